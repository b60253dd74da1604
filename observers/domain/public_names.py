"""How much of an observer's name everybody may read: in the register, and where a number is
checked. The election says it, for each kind of observer (`Election.name_policy_of`)."""

from elections.enums import NamePolicy


def shown_name(surname: str, given_name: str, patronymic: str, *, policy: str) -> str:
    """ "Əliyev Çingiz Rəsul oğlu", "Əliyev Ç. R.", or nothing."""
    if policy == NamePolicy.NUMBER:
        return ""
    others = [given_name, patronymic]
    if policy == NamePolicy.INITIALS:
        others = [f"{other[0]}." for other in others if other]
    return " ".join(part for part in (surname, *others) if part)
