"""The observer's own word, where an organisation nominates them: asked, agreed, declined.

A person answers through a link, without an account: it comes by letter, or printed as a QR code.
When another person is entered instead, the first one's link opens nothing, and the database
forgets the first one's answer (trigger `another_person_is_asked_anew`).
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.enums import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Kind, ObserverConsent
from notifications import outbox
from observers.domain import badges, letters, personal_links
from observers.domain.way_to_badge import is_asked_for, is_settled
from observers.enums import LIVE, VALID_BADGES, ObserverAnswer, Status
from observers.models import Application, Badge
from observers.models.closing import ClosesAt
from privacy.fields import IsFilled

# Whose word counts for anything: the application can still lead to a badge.
RUNNING = (Status.DRAFT, *LIVE)
# A person is written to at most this often.
AGAIN_AFTER = datetime.timedelta(days=1)
# What asking and answering need not open. The e-mail address is opened when a letter goes there.
CLOSED = ("birth_on", "identity_number", "address", "phone")
IN_ONE_TRANSACTION = 1000
# Letters that one press of the button writes: the answer has to come within a request's time.
MOST_AT_ONCE = 5000


class Standing(TextChoices):
    """How far it is with one person's word."""

    NOT_ASKED = "not_asked", gettext_lazy("Not asked yet")
    ASKED = "asked", gettext_lazy("Asked, no answer yet")
    AGREED = "agreed", gettext_lazy("Agreed")
    DECLINED = "declined", gettext_lazy("Declined")


STANDINGS = {
    Standing.NOT_ASKED: Q(observer_answer="", observer_asked_at__isnull=True),
    Standing.ASKED: Q(observer_answer="", observer_asked_at__isnull=False),
    Standing.AGREED: Q(observer_answer=ObserverAnswer.AGREED),
    Standing.DECLINED: Q(observer_answer=ObserverAnswer.DECLINED),
}


class NoSuchNomination(Exception):
    """The link is not one of ours, or no longer one: there is nothing behind it."""


class CannotAnswer(Exception):
    """The time to answer is over. The message says why, and may be shown."""


# --- Whether it is asked for, and given --------------------------------------------------------


def hinders_submission(application: Application) -> str:
    """Why it cannot be sent as long as the person has not agreed. Empty if it can."""
    consent = application.election.observer_consent
    if consent != ObserverConsent.BEFORE_SUBMISSION or is_settled(application):
        return ""
    if application.observer_answer == ObserverAnswer.DECLINED:
        return _("The observer has declined the nomination, so it cannot be sent.")
    return _("The observer has not agreed to the nomination yet. Ask them, then send it.")


def standing(application: Application) -> Standing:
    """How far it is with this person's word."""
    if application.observer_answer:
        return Standing(application.observer_answer)
    return Standing.ASKED if application.observer_asked_at else Standing.NOT_ASKED


def voided_by(old: Application, new: Application) -> bool:
    """Whether the change from `old` to `new` makes another person or another place of it, so that
    an answer given before counts no longer. The database asks the same when it is stored."""
    return any(
        getattr(old, name) != getattr(new, name)
        for name in ("identity_index", "scope", "constituency_id")
    )


# --- The link ----------------------------------------------------------------------------------


def path_of(application: Application) -> str:
    return reverse("agreement", args=[personal_links.token_of(application)])


def nomination(token: str, *, locked: bool = False) -> Any:
    """The application behind a link, with `closing`: when registration closes for it.

    Raises NoSuchNomination for a link that is forged or damaged, for a person who was replaced,
    and for an election that does not ask.
    """
    rows = _in_full(Application.unscoped.filter(organisation__isnull=False))
    if locked:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(key=personal_links.key_in(token)).first()
    if row is None or not is_asked_for(row) or not personal_links.is_genuine(token, row):
        raise NoSuchNomination
    return row


def _in_full(applications: Any) -> Any:
    """With all that a person is told about their nomination."""
    return (
        applications.select_related("election", "organisation", "constituency", "commission")
        .defer(*CLOSED)
        .annotate(closing=ClosesAt())
    )


# --- Asking ------------------------------------------------------------------------------------


def running(applications: Any) -> Any:
    """Those whose word counts for anything."""
    return applications.filter(status__in=RUNNING, organisation__isnull=False)


def askable(applications: Any) -> Any:
    """Those of `running` that say who the person is: a link is made for a person."""
    return running(applications).exclude(Q(surname="") | Q(given_name="") | Q(identity_index=""))


def in_place_to_be_written_to(applications: Any, *, now: datetime.datetime) -> Any:
    """Those with an e-mail address who have not answered, nor been asked since a day ago."""
    asked_of_late = Q(observer_asked_at__gt=now - AGAIN_AFTER)
    unanswered = askable(applications).filter(Q(IsFilled(F("email"))), observer_answer="")
    return unanswered.exclude(asked_of_late)


def ask(applications: QuerySet[Application], *, by: User) -> int:
    """Write to those who can be written to, `MOST_AT_ONCE` of them; returns how many.

    Two who press the button at once write one letter to each. Cut short, it goes on where it was
    when it is asked again.
    """
    now = database_now()
    reachable = in_place_to_be_written_to(applications, now=now).order_by("pk")
    keys = list(reachable.values_list("pk", flat=True)[:MOST_AT_ONCE])
    starts = range(0, len(keys), IN_ONE_TRANSACTION)
    return sum(_ask(keys[start : start + IN_ONE_TRANSACTION], by=by, now=now) for start in starts)


@transaction.atomic
def _ask(keys: list[int], *, by: User, now: datetime.datetime) -> int:
    these = in_place_to_be_written_to(Application.unscoped.filter(pk__in=keys), now=now)
    locked = _in_full(these).select_for_update(of=("self",)).order_by("pk")
    rows = [row for row in locked if not hindrance(row, now=now, badges=False)]
    outbox.write(
        letters.agreement_asked(
            row, path=path_of(row), answer_by=answer_by(row), language=_language(row, by)
        )
        for row in rows
    )
    _note_as_asked(rows, now=now)
    return len(rows)


def _language(application: Application, by: User) -> str:
    """Citizens are written to in the first language of the election, guests from abroad in that
    of who invites them. The page behind the link speaks all."""
    languages = application.election.languages
    if application.kind == Kind.INTERNATIONAL and by.language in languages:
        return str(by.language)
    return str(languages[0])


def note_as_handed_out(applications: QuerySet[Application]) -> int:
    """Remember that these got their link on paper; returns for how many that is news."""
    with transaction.atomic():
        these = askable(applications).filter(STANDINGS[Standing.NOT_ASKED])
        pks = list(these.select_for_update(of=("self",)).values_list("pk", flat=True))
        return int(Application.unscoped.filter(pk__in=pks).update(observer_asked_at=database_now()))


def _note_as_asked(rows: list[Application], *, now: datetime.datetime) -> None:
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    these.update(observer_asked_at=now)


# --- Answering ---------------------------------------------------------------------------------


def answer(token: str, *, agreed: bool, now: datetime.datetime) -> Application:
    """Record the person's answer; the same answer again changes nothing. Who is registered already
    and agrees is issued the badge.

    Raises NoSuchNomination and CannotAnswer.
    """
    said = ObserverAnswer.AGREED if agreed else ObserverAnswer.DECLINED
    with transaction.atomic():
        row: Application = nomination(token, locked=True)
        reason = hindrance(row, now=now)
        if reason:
            raise CannotAnswer(reason)
        if row.observer_answer != said:
            row.observer_answer, row.observer_answered_at = said, now
            row.observer_asked_at = row.observer_asked_at or now
            row.save(update_fields=["observer_answer", "observer_answered_at", "observer_asked_at"])
            if agreed and row.status == Status.APPROVED:
                badges.issue([row], actor=None, now=now)
    return row


def answer_by(application: Any) -> datetime.datetime:
    """Until when the person can answer and change the answer, half-open: the last day before
    polling; where the answer is needed to send a draft, not longer than that is possible.

    `application` comes with `closing`, as from `nomination`.
    """
    election = application.election
    eve: datetime.datetime = election.end_of_day(1)
    needed_first = election.observer_consent == ObserverConsent.BEFORE_SUBMISSION
    if needed_first and application.status == Status.DRAFT:
        return min(eve, application.closing)
    return eve


def hindrance(application: Any, *, now: datetime.datetime, badges: bool = True) -> str:
    """Why there is nothing to answer any more. Empty if there is. `badges`: whether to look for
    one, which is a query."""
    over = {
        Status.WITHDRAWN: _("The organisation has withdrawn this nomination."),
        Status.LAPSED: _("Registration closed before this nomination was sent to the commission."),
        Status.REFUSED: _("The commission has refused the registration."),
        Status.CANCELLED: _("The registration has been cancelled."),
    }.get(application.status, "")
    if over:
        return over
    if now >= answer_by(application):
        return _("The time to answer is over.")
    if badges and _has_badge(application):
        return _("The badge has been issued. To give it up, write to the commission.")
    return ""


def _has_badge(application: Application) -> bool:
    valid = Badge.unscoped.filter(application=application, status__in=VALID_BADGES)
    return bool(valid.exists())


# --- How it stands with all of them ------------------------------------------------------------


def counts(applications: Any) -> dict[str, int]:
    """How many stand how; under "" those whose name or document number is lacking."""
    found: dict[str, int] = running(askable(applications)).aggregate(
        **{state.value: Count("pk", filter=where) for state, where in STANDINGS.items()}
    )
    everybody = running(applications).count()
    return found | {"": everybody - sum(found.values())}


def narrowed(applications: Any, *, show: str) -> Any:
    """Those who can be asked or were; only those who stand so, where `show` says how."""
    chosen = askable(applications)
    return chosen.filter(STANDINGS[Standing(show)]) if show in Standing.values else chosen
