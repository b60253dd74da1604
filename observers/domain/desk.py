"""An organisation's desk: what needs it first, and its people in order. Read only."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.fields import BooleanField

from accounts.names import fold
from elections.domain.windows import elections_open_to
from elections.enums import ObserverConsent, Scope, Subject
from elections.models import Election, RequiredDocument
from observers.domain import agreement
from observers.enums import ObserverAnswer, Status
from observers.models import Application, ApplicationDocument
from observers.models.closing import ClosesAt
from organisations.models import NominationRight, Organisation
from privacy.fields import IsFilled

PAGE = 50
READY = "ready"
WITHOUT_PHOTO = "without_photo"
DECLINED = "declined"
# Whom the organisation has to do something about: the person has said no.
DOES_NOT_WANT = Q(status__in=agreement.RUNNING, observer_answer=ObserverAnswer.DECLINED)

# In the Azerbaijani order of names: the key of the name, and the row, for namesakes.
Place = tuple[str, int]


@dataclass(frozen=True)
class Page:
    """One page of people; `more` says whether others follow."""

    people: list[Application]
    more: bool


def elections_of(organisation: Organisation) -> list[Election]:
    """Those it may apply for now, the soonest first, then those it has applied for earlier."""
    open_now = elections_open_to(organisation.kind)
    earlier = Election.objects.filter(rights__organisation=organisation).exclude(
        pk__in=[election.pk for election in open_now]
    )
    return [*open_now, *earlier.distinct().order_by("-polling_on")]


def newest_right(rights: QuerySet[NominationRight], election: Election) -> NominationRight | None:
    """The organisation's right for the election, or its last attempt."""
    return rights.filter(election=election).order_by("-created_at", "-pk").first()


def with_readiness(applications: QuerySet[Application], election: Election) -> Any:
    """Adds `is_filled`: the draft lacks nothing that the database can see but the confirmation
    and the observer's agreement; `is_complete`: but the confirmation; `is_ready`: nothing.

    The same questions as `completeness.gaps`, for any number of drafts at once. The age cannot
    be asked here, since dates of birth are encrypted; the submission asks it.
    """
    filled = _filled(election)
    complete = filled & _agreed(election)
    ready = complete & Q(consented_at__isnull=False)
    answers = {"is_filled": filled, "is_complete": complete, "is_ready": ready}
    return applications.annotate(
        **{
            name: ExpressionWrapper(answer, output_field=BooleanField())
            for name, answer in answers.items()
        }
    )


def _filled(election: Election) -> Q:
    filled = (
        Q(status=Status.DRAFT, birth_on__isnull=False)
        & (~Q(scope=Scope.CONSTITUENCY) | Q(constituency__isnull=False))
        & Q(IsFilled(F("address")))
    )
    for column in ("surname", "given_name", "citizenship", "identity_document", "identity_index"):
        filled &= ~Q(**{column: ""})
    filled &= ~Q(photo="")
    asked = RequiredDocument.objects.current().filter(
        election=election, subject=Subject.PERSON, is_required=True
    )
    for document in asked:
        filled &= _answered(document)
    return filled


def _agreed(election: Election) -> Q:
    """That the observer has said yes, where the election wants it before the submission."""
    if election.observer_consent != ObserverConsent.BEFORE_SUBMISSION:
        return Q()
    return Q(organisation__isnull=True) | Q(observer_answer=ObserverAnswer.AGREED)


def _answered(document: RequiredDocument) -> Q:
    filed = ApplicationDocument.objects.filter(
        application=OuterRef("pk"), answers__code=document.code
    )
    answered = Q(Exists(filed))
    return answered | ~Q(kind__in=document.kinds) if document.kinds else answered


def counts(applications: Any) -> dict[str, int]:
    """How many stand in each status, how many drafts have no photo, how many are complete."""
    by_status = {status.value: Count("pk", filter=Q(status=status)) for status in Status}
    found: dict[str, int] = applications.aggregate(
        **by_status,
        **{
            WITHOUT_PHOTO: Count("pk", filter=Q(status=Status.DRAFT, photo="")),
            READY: Count("pk", filter=Q(is_complete=True)),
            DECLINED: Count("pk", filter=DOES_NOT_WANT),
        },
    )
    return found


def narrowed(applications: Any, *, show: str, q: str) -> Any:
    """Only one status, or what needs the organisation; only names that hold every word of `q`."""
    if show == READY:
        applications = applications.filter(is_complete=True)
    elif show == WITHOUT_PHOTO:
        applications = applications.filter(status=Status.DRAFT, photo="")
    elif show == DECLINED:
        applications = applications.filter(DOES_NOT_WANT)
    elif show in Status.values:
        applications = applications.filter(status=show)
    for word in fold(q).split():
        applications = applications.filter(search_key__contains=word)
    return applications


def place_of(applications: Any, key: uuid.UUID | None) -> Place | None:
    """Where that person stands in the order; None when there is no such person."""
    found: Place | None = applications.filter(key=key).values_list("sort_key", "pk").first()
    return found


def page(applications: Any, *, behind: Place | None, size: int = PAGE) -> Page:
    """The people behind that place, with when registration closes for each."""
    rows = (
        applications.select_related("constituency", "election", "decision")
        .annotate(closing=ClosesAt())
        .order_by("sort_key", "pk")
    )
    if behind:
        name, number = behind
        rows = rows.filter(Q(sort_key__gt=name) | Q(sort_key=name, pk__gt=number))
    people = list(rows[: size + 1])
    return Page(people[:size], more=len(people) > size)


def is_closed(application: Any, *, now: datetime.datetime) -> bool:
    """Whether a draft can no longer be sent. `application` comes from `page`."""
    return application.status == Status.DRAFT and application.closing <= now
