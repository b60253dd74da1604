from observers.models.appeal import Appeal, AppealEvent
from observers.models.application import Application, ApplicationDocument, ApplicationEvent
from observers.models.badge import Badge, BadgeEvent
from observers.models.decision import Decision
from observers.models.submission import Submission, SubmissionLine
from observers.models.upload import Upload, UploadedPhoto

__all__ = [
    "Appeal",
    "AppealEvent",
    "Application",
    "ApplicationDocument",
    "ApplicationEvent",
    "Badge",
    "BadgeEvent",
    "Decision",
    "Submission",
    "SubmissionLine",
    "Upload",
    "UploadedPhoto",
]
