"""The letters about nomination rights: one function each."""

import datetime
from typing import Any

from elections.texts import in_language
from notifications.models import Letter
from notifications.outbox import letter
from organisations.models import NominationDecision, NominationRight, Representative


def nomination_received(right: NominationRight) -> Letter:
    return _about(right, "nomination_received", due_at=_iso(right.due_at))


def nomination_granted(right: NominationRight, decision: NominationDecision) -> Letter:
    return _about(right, "nomination_granted")


def nomination_returned(right: NominationRight, note: str) -> Letter:
    return _about(right, "nomination_returned", note=note)


def nomination_refused(right: NominationRight, decision: NominationDecision) -> Letter:
    """With the ground, what was checked, the body to appeal to and the last moment for it."""
    language, ground = right.filed_by.language, decision.ground
    return _about(
        right,
        "nomination_refused",
        ground=in_language(ground.texts, language) if ground else "",
        article=in_language(ground.articles, language) if ground else "",
        what_was_checked=decision.what_was_checked,
        appeal_body=in_language(decision.appeal_body_names, language),
        appeal_until=_iso(decision.appeal_until),
    )


def invitation(representative: Representative, *, invited_by: Any) -> Letter:
    """To somebody who shall act for the organisation, in the language of who invites."""
    return Letter(
        kind="invitation",
        to_address=representative.email,
        language=invited_by.language,
        facts={
            "organisation": representative.organisation.name,
            "invited_by": str(invited_by),
            "path": representative.organisation.get_absolute_url(),
        },
    )


def _about(right: NominationRight, kind: str, **facts: Any) -> Letter:
    election, language = right.election, right.filed_by.language
    return letter(
        kind,
        about=election.slug,
        recipient=right.filed_by,
        reference=right.receipt_number or "",
        organisation=right.organisation.name,
        path=right.get_absolute_url(),
        election=in_language(election.names, language),
        time_zone=election.time_zone,
        time_zone_names=election.time_zone_names,
        commission=in_language(right.commission.names, language),
        **facts,
    )


def _iso(moment: datetime.datetime | None) -> str:
    return moment.isoformat() if moment else ""
