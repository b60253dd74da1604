"""The calendar, the authorities and the rules, as the election administrator keeps them."""

from elections.admin import authorities, calendar, rules

__all__ = ["authorities", "calendar", "rules"]
