"""What an application said when it was returned: for those that came back, not what it says now."""

import random
from collections.abc import Sequence
from typing import Any

from accounts.copying import Columns
from observers.domain.snapshots import PLACE, STATED

WITHOUT_MARKS = str.maketrans("ƏəIıÖöÜüĞğŞşÇç", "EeIiOoUuGgSsCc")


def seen_when_returned(
    row: Columns,
    fields: Sequence[str],
    *,
    was_corrected: bool,
    portraits: Sequence[str],
    chance: random.Random,
) -> dict[str, Any]:
    """The snapshot that a return keeps (`observers/domain/snapshots.py`). `row` is as it is today;
    if it `was_corrected`, the `fields` said something else then."""
    said = {name: "" if row[name] is None else str(row[name]) for name in (*STATED, *PLACE)}
    if was_corrected:
        said |= {name: _before(name, said[name], portraits, chance) for name in fields}
    return {**said, "documents": []}


def _before(name: str, corrected: str, portraits: Sequence[str], chance: random.Random) -> str:
    if name == "photo":
        return chance.choice([portrait for portrait in portraits if portrait != corrected])
    if name == "identity_number":
        return corrected[:-1] + chance.choice([d for d in "0123456789" if d != corrected[-1:]])
    if name == "address":
        return corrected.partition(",")[0]
    if name == "patronymic":
        return ""
    return corrected.translate(WITHOUT_MARKS)
