from organisations.models.nomination import (
    NominationDecision,
    NominationDocument,
    NominationEvent,
    NominationProposal,
    NominationRight,
)
from organisations.models.organisation import Organisation, Representative

__all__ = [
    "NominationDecision",
    "NominationDocument",
    "NominationEvent",
    "NominationProposal",
    "NominationRight",
    "Organisation",
    "Representative",
]
