"""Standing aside: who has an interest in an application takes no part in it.

Once said it stands. The permissions refuse from then on, and so does the database
(`decided_by_those_who_may`).
"""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.posts import may_by_post
from observers.domain import proposals
from observers.models import Application, Claim, Proposal, Reassignment, Recusal
from organisations.domain import proposals as nomination_proposals
from organisations.models import NominationProposal


class RecusalError(Exception):
    """Nothing is changed. The message may be shown to a person."""


@transaction.atomic
def stand_aside(
    actor: User, application: Application, *, reason: str, whole_organisation: bool = False
) -> Recusal:
    """From this application or, with `whole_organisation`, from everything of who nominates, its
    nomination right included.

    What the actor holds of it goes back to the queue, and what they proposed is taken back. Said
    twice, the first stands. Raises RecusalError.
    """
    if not may_stand_aside(actor, application):
        raise RecusalError(_("This application is not yours to act on."))
    if not reason.strip():
        raise RecusalError(_("Say why you stand aside."))
    whole = whole_organisation and application.organisation_id is not None
    from_what = (
        {"organisation_id": application.organisation_id}
        if whole
        else {"application_id": application.pk}
    )
    recusal, _created = Recusal.objects.get_or_create(
        reviewer=actor, **from_what, defaults={"reason": reason.strip()}
    )
    actor.__dict__.pop("_recusals", None)
    _let_go(actor, recusal)
    return recusal


def may_stand_aside(user: User, application: Application) -> bool:
    """Whoever could decide it by their post, also on what they have a hand in."""
    return may_by_post(
        user,
        "application",
        "review",
        commission=application.commission,
        election_id=application.election_id,
    )


def of(application: Application) -> list[Recusal]:
    """Who has stood aside from it, and why."""
    concerned = Q(application=application.pk)
    if application.organisation_id is not None:
        concerned |= Q(organisation=application.organisation_id)
    return list(Recusal.objects.filter(concerned).select_related("reviewer", "organisation"))


def _let_go(actor: User, recusal: Recusal) -> None:
    """Claims, what was assigned, and open proposals."""
    theirs = Application.unscoped.filter(
        Q(pk=recusal.application_id)
        if recusal.application_id
        else Q(organisation=recusal.organisation_id)
    )
    claims = Q(application__in=theirs)
    if recusal.organisation_id:
        claims |= Q(right__organisation=recusal.organisation_id)
    Claim.objects.filter(claims, reviewer=actor).delete()
    assigned = list(theirs.filter(assigned_to=actor).select_for_update(of=("self",)).order_by("pk"))
    Application.unscoped.filter(pk__in=[row.pk for row in assigned]).update(assigned_to=None)
    Reassignment.objects.bulk_create(
        Reassignment(
            application=row, from_reviewer=actor, reassigned_by=actor, reason=recusal.reason
        )
        for row in assigned
    )
    proposals.take_back_all(Proposal.unscoped.filter(application__in=theirs), actor=actor)
    if recusal.organisation_id:
        _take_back_nominations(actor, recusal.organisation_id)


def _take_back_nominations(actor: User, organisation: int) -> None:
    theirs = NominationProposal.unscoped.open().filter(
        right__organisation=organisation, proposed_by=actor
    )
    for proposal in theirs:
        nomination_proposals.take_back(proposal, by=actor)
