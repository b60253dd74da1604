from elections.models.authorities import Commission, CommissionMember, Constituency
from elections.models.calendar import CalendarEvent, Election, Extension, Window
from elections.models.rules import RefusalGround, RequiredDocument

__all__ = [
    "CalendarEvent",
    "Commission",
    "CommissionMember",
    "Constituency",
    "Election",
    "Extension",
    "RefusalGround",
    "RequiredDocument",
    "Window",
]
