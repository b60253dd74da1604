"""How who is registered comes by their badge. For pages and letters; asks the database nothing."""

from enum import StrEnum

from elections.enums import ObserverConsent
from observers.enums import ObserverAnswer
from observers.models import Application


class WayToBadge(StrEnum):
    """Stands in letters that have left: do not rename."""

    # It waits for the observer's own word.
    AWAITED = "awaited"
    DOWNLOAD = "download"
    COLLECT = "collect"


def way_to_badge(application: Application) -> WayToBadge:
    """Of somebody who is registered. Who has no account collects theirs."""
    if not is_settled(application):
        return WayToBadge.AWAITED
    if application.election.badge_download and not application.paper_received_at:
        return WayToBadge.DOWNLOAD
    return WayToBadge.COLLECT


def is_asked_for(application: Application) -> bool:
    """Whether this person's own word is asked for at all. Who applies on their own initiative
    confirms everything themselves."""
    nominated = application.organisation_id is not None
    return nominated and application.election.observer_consent != ObserverConsent.NOT_ASKED


def is_settled(application: Application) -> bool:
    """Whether a badge may be issued as far as the person's own word goes."""
    return not is_asked_for(application) or application.observer_answer == ObserverAnswer.AGREED
