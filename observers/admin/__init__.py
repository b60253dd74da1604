"""The registers of the commission's admin that are about observers."""

from observers.admin import (
    appeals,
    applications,
    badges,
    batches,
    exempt,
    letters,
    nominations,
    printing,
    problems,
    replies,
    run_offs,
    sessions,
)

__all__ = [
    "appeals",
    "applications",
    "badges",
    "batches",
    "exempt",
    "letters",
    "nominations",
    "printing",
    "problems",
    "replies",
    "run_offs",
    "sessions",
]
