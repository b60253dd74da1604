"""What letters say that stands in their facts as data.

Letters may not ask the rooms above about an election, so its time zone and the name of that zone
in each language lie in the facts.
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import get_language

from accounts.time_words import day_in_full, moment_in_full

register = template.Library()


@register.simple_tag(takes_context=True)
def moment(context: Any, iso: str) -> str:
    """A moment given as ISO 8601, in full: "Sunday 28 January 2024, 24:00 (Baku time)"."""
    names: dict[str, str] = context.get("time_zone_names") or {}
    language = (get_language() or "").split("-")[0]
    return moment_in_full(
        datetime.fromisoformat(iso), zone=context["time_zone"], zone_name=names.get(language, "")
    )


@register.simple_tag(takes_context=True)
def day(context: Any, iso: str) -> str:
    """A day given as ISO 8601, in full: "Sunday 28 January 2024"."""
    return day_in_full(date.fromisoformat(iso), zone=context["time_zone"])
