"""Photos by the thousand: from an archive of files to portraits that belong to somebody."""

from observers.domain.photos import recrop
from observers.intake.photos.archive import Picture, list_pictures, pack
from observers.intake.photos.matching import Match, Matches, Person, match
from observers.intake.photos.preparing import Prepared, prepare_pictures

__all__ = [
    "Match",
    "Matches",
    "Person",
    "Picture",
    "Prepared",
    "list_pictures",
    "match",
    "pack",
    "prepare_pictures",
    "recrop",
]
