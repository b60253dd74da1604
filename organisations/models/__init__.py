from organisations.models.nomination import (
    NominationDecision,
    NominationDocument,
    NominationEvent,
    NominationRight,
)
from organisations.models.organisation import Organisation, Representative

__all__ = [
    "NominationDecision",
    "NominationDocument",
    "NominationEvent",
    "NominationRight",
    "Organisation",
    "Representative",
]
