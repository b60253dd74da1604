"""When an application itself can no longer be sent for the first time."""

from typing import Any

from django.db.models import DateTimeField, F, Func


class ClosesAt(Func):
    """Of each row of applications: when its window closes for it, extensions included; where it
    names somebody in place of another, when substitutions close."""

    function = "observers_closes_at"
    output_field = DateTimeField()

    def __init__(self, *columns: Any, **extra: Any) -> None:
        own = (F("window_id"), F("constituency_id"), F("kind"), F("substitutes_id"))
        super().__init__(*(columns or own), **extra)
