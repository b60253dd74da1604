from observers.models.appeal import Appeal, AppealEvent
from observers.models.application import Application, ApplicationDocument, ApplicationEvent
from observers.models.badge import Badge, BadgeEvent
from observers.models.batch import Batch, BatchLine
from observers.models.blanks import BlankMovement
from observers.models.correction import Return
from observers.models.counts import ApplicationCount
from observers.models.decision import Decision
from observers.models.desk import (
    Claim,
    InternalNote,
    Message,
    MissingPhoto,
    Reassignment,
    Recusal,
    SettledPair,
)
from observers.models.exempt import ExemptPerson
from observers.models.letters import LetterOnPaper
from observers.models.paper import PaperForm
from observers.models.printing import (
    Handover,
    HandoverLine,
    PrintBatch,
    PrintLine,
    PrintPart,
)
from observers.models.problems import (
    Forgotten,
    NotReached,
    Overdue,
    WithoutBadge,
    WithoutPhoto,
)
from observers.models.proposal import Proposal
from observers.models.registered import (
    RegisterChange,
    RegisteredName,
    RegisteredObserver,
    RegisterSnapshot,
    RegisterWord,
)
from observers.models.session import AgendaItem, CommissionSession
from observers.models.statistics import StatisticsSnapshot
from observers.models.submission import Submission, SubmissionLine
from observers.models.upload import Upload, UploadedPhoto

__all__ = [
    "AgendaItem",
    "Appeal",
    "AppealEvent",
    "Application",
    "ApplicationCount",
    "ApplicationDocument",
    "ApplicationEvent",
    "Badge",
    "BadgeEvent",
    "Batch",
    "BatchLine",
    "BlankMovement",
    "Claim",
    "CommissionSession",
    "Decision",
    "ExemptPerson",
    "Forgotten",
    "Handover",
    "HandoverLine",
    "InternalNote",
    "LetterOnPaper",
    "Message",
    "MissingPhoto",
    "NotReached",
    "Overdue",
    "PaperForm",
    "PrintBatch",
    "PrintLine",
    "PrintPart",
    "Proposal",
    "Reassignment",
    "Recusal",
    "RegisterChange",
    "RegisterSnapshot",
    "RegisterWord",
    "RegisteredName",
    "RegisteredObserver",
    "Return",
    "SettledPair",
    "StatisticsSnapshot",
    "Submission",
    "SubmissionLine",
    "Upload",
    "UploadedPhoto",
    "WithoutBadge",
    "WithoutPhoto",
]
