from observers.models.appeal import Appeal, AppealEvent
from observers.models.application import Application, ApplicationDocument, ApplicationEvent
from observers.models.badge import Badge, BadgeEvent
from observers.models.decision import Decision

__all__ = [
    "Appeal",
    "AppealEvent",
    "Application",
    "ApplicationDocument",
    "ApplicationEvent",
    "Badge",
    "BadgeEvent",
    "Decision",
]
