"""Codes of badges, as they are printed, and as others would forge them."""

from typing import Any

from observers.badges import tokens
from observers.badges.tokens import BadgeFacts
from observers.models import Badge
from tests import builders


def facts_of(badge: Badge, **others: Any) -> BadgeFacts:
    """What stands on the badge; `others` instead, for what it does not say."""
    printed: dict[str, Any] = {
        "number": badge.number,
        "serial": badge.serial,
        "election": badge.application.election_id,
        "scope": badge.scope,
        "constituency": badge.constituency.number if badge.constituency else 0,
        "index": badge.pk,
        "valid_from": badge.valid_from,
        "valid_until": badge.valid_until,
    }
    return BadgeFacts(**(printed | others))


def code_of(badge: Badge, **others: Any) -> str:
    return tokens.sign(facts_of(badge, **others))


def a_badge(**columns: Any) -> Badge:
    """The valid one of an observer who has just been registered."""
    return builders.badge_of(builders.an_approved(**columns))
