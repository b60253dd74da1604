from elections.models.authorities import Commission, CommissionMember, Constituency
from elections.models.calendar import CalendarEvent, ClosesAt, Election, Extension, Window
from elections.models.rules import RefusalGround, RequiredDocument

__all__ = [
    "CalendarEvent",
    "ClosesAt",
    "Commission",
    "CommissionMember",
    "Constituency",
    "Election",
    "Extension",
    "RefusalGround",
    "RequiredDocument",
    "Window",
]
