"""Applications that came on paper: entered by staff, corrected, withdrawn.

An application on paper is in time, and due, by the moment at which it was handed in. The database
insists on the scan, and that nothing is handed in tomorrow (trigger `paper_has_its_scan`).
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import Reach, reach
from accounts.models import User
from elections.domain.clock import database_now
from elections.domain.posts import posts_of
from elections.domain.windows import closing_moment, window_for
from elections.enums import Authority, Kind, Scope
from elections.models import CommissionMember, Constituency, Election, RequiredDocument
from elections.templatetags.time_words import in_full, opening_in_full
from observers import permissions
from observers.domain import drafts, pages
from observers.domain.applications import Moved, move
from observers.domain.identity import identity_index
from observers.domain.way_to_badge import is_asked_for
from observers.enums import ObserverAnswer
from observers.lifecycle import ENTER, WITHDRAW_ON_PAPER
from observers.models import Application, PaperForm
from organisations.models import NominationRight, Organisation
from privacy.uploads import CheckedDocument


class PaperError(Exception):
    """Nothing was stored. The message may be shown to a person; `field` names the answer it is
    about, where it is about one."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Place:
    """Where somebody wants to observe, and who nominates them."""

    election: Election
    scope: str
    constituency: Constituency | None = None
    organisation: Organisation | None = None

    @property
    def kind(self) -> str:
        return str(self.organisation.kind) if self.organisation else Kind.OWN_INITIATIVE


@dataclass(frozen=True)
class Sheet:
    """What stands on the paper and what was pinned to it. Photo and documents are prepared
    (`photos.prepare_photo`, `uploads.check_document`); of a correction, only what is new."""

    answers: Mapping[str, Any]
    photo: ContentFile | None = None
    documents: Sequence[tuple[RequiredDocument, CheckedDocument]] = field(default_factory=tuple)
    is_signed: bool = True


@dataclass(frozen=True)
class Received:
    """When it was handed in, what of it was scanned, and in which language to answer."""

    at: datetime.datetime
    scan: CheckedDocument
    language: str


@dataclass(frozen=True)
class Counter:
    """What somebody may enter in one election: for their constituency, or for all of it."""

    election: Election
    is_central: bool
    constituencies: Any
    scopes: list[Scope]


def counters_of(user: User) -> list[Counter]:
    """The elections in which posts of the user let them enter what comes on paper."""
    serving: dict[int, list[CommissionMember]] = {}
    for post in posts_of(user):
        if reach(post.role, "application", "enter") != Reach.NOTHING:
            serving.setdefault(post.commission.election_id, []).append(post)
    elections = Election.objects.filter(pk__in=serving).order_by("-polling_on", "pk")
    return [_counter(election, serving[election.pk]) for election in elections]


def _counter(election: Election, serving: list[CommissionMember]) -> Counter:
    central = any(reach(post.role, "application", "enter") == Reach.ALL for post in serving)
    windows = election.windows.all()
    places = election.constituencies.all()
    if not central:
        windows = windows.filter(authority=Authority.CONSTITUENCY)
        places = places.filter(commission__in=[post.commission_id for post in serving])
    scopes = {Scope(window.scope) for window in windows}
    return Counter(election, central, places, [scope for scope in Scope if scope in scopes])


def nominating(election: Election) -> Any:
    """Organisations that may nominate in this election. Their names are public."""
    granted = NominationRight.unscoped.granted().filter(election=election).values("organisation")
    names = Organisation.unscoped.filter(pk__in=granted).defer("legal_address", "phone")
    return names.order_by("search_key", "pk")


def enter(
    place: Place,
    sheet: Sheet,
    received: Received,
    *,
    actor: User,
    key: uuid.UUID | None = None,
) -> Application:
    """Store and submit what came on paper, in one act: all of it or nothing.

    With the `key` of an application that the actor entered before, that one is the answer. Raises
    PaperError when it cannot be taken.
    """
    if key and (earlier := _entered_before(key, actor)):
        return earlier
    _insist_on_time(place, received.at)
    _insist_on_one_per_person(place.election, sheet, actor)
    pages_of_scan = pages.number_of(received.scan)
    try:
        with transaction.atomic(), _files_go_with_it() as files:
            draft = _begin(place, received, actor=actor, key=key)
            _fill(draft, sheet, files, at=received.at, by=actor)
            _file(draft, received, files, by=actor, pages=pages_of_scan)
            _send(draft, actor=actor)
    except IntegrityError as error:
        # The same form, sent twice at once.
        if key and (earlier := _entered_before(key, actor)):
            return earlier
        raise error
    stored: Application = Application.unscoped.get(pk=draft.pk)
    return stored


def correct(
    application: Application, sheet: Sheet, *, version: int, actor: User, because: str
) -> Application:
    """Enter the corrected answers of a returned application and send it again: it keeps its place.

    `because` says what the correction rests on. Raises PaperError, and StaleDraft when somebody
    else has changed it since `version`.
    """
    _insist_on_permission(application, actor)
    if not because.strip():
        raise PaperError(_("Say how the correction reached you."), "because")
    now = database_now()
    with transaction.atomic(), _files_go_with_it() as files:
        application.version = version
        try:
            _fill(application, sheet, files, at=now, by=actor)
        except drafts.DuplicatePerson as error:
            raise PaperError(str(error), "identity_number") from error
        _send(application, actor=actor, because=because.strip())
    stored: Application = Application.unscoped.get(pk=application.pk)
    return stored


def withdraw(application: Application, *, actor: User, request: str) -> Moved:
    """Withdraw at the applicant's written `request`, named in the history. The applicant is told.

    Raises PaperError without it.
    """
    if not request.strip():
        raise PaperError(_("Name the written request: its date, and who signed it."), "request")
    this = Application.unscoped.filter(pk=application.pk)
    return move(this, WITHDRAW_ON_PAPER, actor=actor, because=request.strip())


# --- Whether it can be taken ----------------------------------------------------------------------


def _entered_before(key: uuid.UUID, actor: User) -> Application | None:
    theirs = Application.unscoped.filter(applicant=actor, paper_received_at__isnull=False)
    found: Application | None = theirs.filter(key=key).first()
    return found


def _insist_on_time(place: Place, at: datetime.datetime) -> None:
    """By the moment on the receipt stamp: half-open, as for everybody."""
    election = place.election
    if at > database_now():
        raise PaperError(_("This moment has not come yet. Check date and time."), "received_at")
    window = window_for(election, kind=place.kind, scope=place.scope)
    if window is None:
        raise PaperError(_("This election has no registration of that kind."), "scope")
    if at < window.opens_at:
        raise PaperError(
            _("Registration had not opened then: it opened %(moment)s.")
            % {"moment": opening_in_full(window.opens_at, election)},
            "received_at",
        )
    closes_at = closing_moment(window, kind=place.kind, constituency=place.constituency)
    if at >= closes_at:
        raise PaperError(
            _(
                "It was handed in too late: registration closed %(moment)s. It cannot be entered; "
                "tell the person so in writing."
            )
            % {"moment": in_full(closes_at, election)},
            "received_at",
        )


def _insist_on_one_per_person(election: Election, sheet: Sheet, actor: User) -> None:
    """Asked again, and with the last word, by the database."""
    person = identity_index(
        citizenship=str(sheet.answers.get("citizenship", "")),
        number=str(sheet.answers.get("identity_number", "")),
    )
    live = Application.unscoped.live().filter(election=election, identity_index=person)
    other = live.first() if person else None
    if other is None:
        return
    if Application.unscoped.visible_to(actor).filter(pk=other.pk).exists():
        said = _("This person already has an application in this election: %(number)s.")
        raise PaperError(said % {"number": other.receipt_number}, "identity_number")
    raise PaperError(
        _("This person already has an application in this election, with another commission."),
        "identity_number",
    )


def _insist_on_permission(application: Application, actor: User) -> None:
    permitted = permissions.may(actor, "enter", application)
    if not permitted:
        raise PaperError(permitted.reason)


# --- Storing it -----------------------------------------------------------------------------------


@contextmanager
def _files_go_with_it() -> Iterator[list[Any]]:
    """Files that were stored on the way are removed again if the whole is not."""
    files: list[Any] = []
    try:
        yield files
    except BaseException:
        for file in files:
            file.storage.delete(file.name)
        raise


def _begin(place: Place, received: Received, *, actor: User, key: uuid.UUID | None) -> Application:
    try:
        draft = drafts.begin(
            election=place.election,
            scope=place.scope,
            applicant=actor,
            organisation=place.organisation,
            constituency=place.constituency,
            paper_received_at=received.at,
            key=key,
        )
    except drafts.DraftError as error:
        raise PaperError(str(error)) from error
    if not permissions.may(actor, "enter", draft):
        raise PaperError(
            _("%(commission)s decides this: hand the paper on to it, with the time of receipt.")
            % {"commission": draft.commission},
            "scope",
        )
    return draft


def _fill(
    draft: Application, sheet: Sheet, files: list[Any], *, at: datetime.datetime, by: User
) -> None:
    """The answers, and what was pinned to them. Raises what `drafts.save` raises."""
    now = database_now()
    if sheet.answers:
        drafts.save(draft, version=draft.version, now=now, **sheet.answers)
    if sheet.photo:
        drafts.set_photo(draft, sheet.photo, version=draft.version, now=now)
        files.append(_stored_photo(draft))
    for document, checked in sheet.documents:
        filed = drafts.attach(draft, checked, answers=document, by=by)
        files.append(filed.file)
    if sheet.is_signed:
        _signed(draft, at=at)


def _stored_photo(draft: Application) -> Any:
    """As a file: until it is read anew, the row holds its name."""
    field: Any = Application._meta.get_field("photo")
    return field.attr_class(draft, field, str(draft.photo))


def _signed(draft: Application, *, at: datetime.datetime) -> None:
    """Who has signed the form has confirmed what it says, and agreed to being nominated."""
    given: dict[str, Any] = {"consented_at": draft.consented_at or at}
    if is_asked_for(draft):
        said = {"observer_answer": ObserverAnswer.AGREED, "observer_answered_at": at}
        given |= {"observer_asked_at": at, **said}
    Application.unscoped.filter(pk=draft.pk).update(**given)


def _file(
    draft: Application, received: Received, files: list[Any], *, by: User, pages: int | None
) -> None:
    form = PaperForm(
        application=draft,
        entered_by=by,
        language=received.language,
        original_name=received.scan.original_name,
        content_type=received.scan.content_type,
        size=received.scan.content.size,
        pages=pages,
    )
    form.scan.save(str(draft.key), received.scan.content, save=False)
    files.append(form.scan)
    form.save()


def _send(draft: Application, *, actor: User, because: str = "") -> None:
    this = Application.unscoped.filter(pk=draft.pk)
    moved = move(this, ENTER, actor=actor, because=because)
    if moved.skipped:
        raise PaperError(" ".join(reason for _row, reason in moved.skipped))
