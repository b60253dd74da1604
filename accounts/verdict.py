"""The answer to "may they?", with its reason."""

from dataclasses import dataclass


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
