from elections.models.authorities import Commission, CommissionMember, Constituency
from elections.models.calendar import (
    CalendarEvent,
    ClosesAt,
    Election,
    Extension,
    RunOff,
    Window,
)
from elections.models.proposals import ProposalBase
from elections.models.rules import RefusalGround, RequiredDocument, SavedReply

__all__ = [
    "CalendarEvent",
    "ClosesAt",
    "Commission",
    "CommissionMember",
    "Constituency",
    "Election",
    "Extension",
    "ProposalBase",
    "RefusalGround",
    "RequiredDocument",
    "RunOff",
    "SavedReply",
    "Window",
]
