"""The answer to "may they?", with its reason."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True)
class Verdict:
    """True or false, and when false a sentence that may be shown to a person."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


def no(reason: object) -> Verdict:
    return Verdict(False, str(reason))


def insist(verdict: Verdict) -> None:
    """Go on only if they may. Raises PermissionDenied, whose page says the reason."""
    if not verdict:
        raise PermissionDenied(verdict.reason)
