"""Another person in place of one who is registered, before a deadline of its own.

The organisation begins a draft for the same place. Nothing changes until it is sent; then, in the
same moment, the registration of the first person ends, and with it the badge (the database does it:
guard `another_takes_the_place`). The commission decides on the second as on anybody, and the first
does not come back, whatever it decides.
"""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdict import YES, Verdict, no
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from notifications.models import Letter
from observers import permissions
from observers.domain import letters
from observers.domain.drafts import DraftError, deciding_commission
from observers.enums import GIVEN_UP, Status
from observers.lifecycle import SUBSTITUTE
from observers.models import Application


def may_be_named(application: Application, *, by: User, now: datetime.datetime) -> Verdict:
    """Whether `by` may name another person in place of this one at that moment."""
    permitted = permissions.may(by, SUBSTITUTE, application)
    if not permitted:
        return permitted
    if application.status != Status.APPROVED:
        return no(_("Only who is registered gives way to another person."))
    closes_at = application.window.substitutions_close_at
    if closes_at is None:
        return no(_("Nobody is named in place of another there."))
    if now >= closes_at:
        return no(_("The time to name another person has passed: whoever is registered stays so."))
    return YES


@transaction.atomic
def begin(application: Application, *, by: User) -> Application:
    """The draft of whoever takes the place of this registered person; a second click finds what
    the first began. Raises DraftError with the reason where nobody can be named."""
    these = Application.unscoped.select_for_update(of=("self",))
    former = these.select_related("window", "constituency", "organisation").get(pk=application.pk)
    verdict = may_be_named(former, by=by, now=database_now())
    if not verdict:
        raise DraftError(verdict.reason)
    running = running_of(former)
    if running:
        return running
    with acting_as(by, action="begin"):
        begun: Application = Application.unscoped.create(
            election_id=former.election_id,
            window=former.window,
            commission=deciding_commission(former.window, former.constituency),
            kind=former.kind,
            scope=former.scope,
            constituency=former.constituency,
            organisation=former.organisation,
            applicant=by,
            substitutes=former,
        )
    return begun


def running_of(application: Application) -> Application | None:
    """Who is named in place of this person: a draft, or sent already. None where nobody is."""
    named = Application.unscoped.filter(substitutes=application).exclude(status__in=GIVEN_UP)
    found: Application | None = named.first()
    return found


def farewells(sent: Iterable[Application]) -> list[Letter]:
    """To each whose place one of these has just taken."""
    taken = {row.substitutes_id: row for row in sent if row.substitutes_id}
    if not taken:
        return []
    former = Application.unscoped.filter(pk__in=taken).select_related(
        "election", "commission", "applicant", "organisation"
    )
    return [letters.substituted(row) for row in former.order_by("pk")]
