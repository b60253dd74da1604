"""`manage.py badge_key [KID]`"""

import base64
import secrets
from itertools import count
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from observers.badges.keys import KEY_BYTES, KID, BadgeKey, from_seed, public_keys


class Command(BaseCommand):
    help = (
        "Make a key that signs badges, and print what to put into the environment. For a key that "
        "is already there, print its public part, which is what BADGE_RETIRED_KEYS takes once the "
        "private one is to go. Nothing is stored. docs/badges.md says how keys are changed."
    )
    # It is asked for when the checks miss a key.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kid", nargs="?", metavar="KID", help="1 to 4 letters or digits")

    def handle(self, *args: Any, **options: Any) -> None:
        there = _keys_there()
        kid = options["kid"] or next(f"k{n}" for n in count(1) if f"k{n}" not in there)
        if not KID.fullmatch(kid):
            raise CommandError("A key id is 1 to 4 letters (A-Z, a-z) or digits.")
        if kid in there:
            self.stdout.write(f"# The public part of {kid}, for BADGE_RETIRED_KEYS:")
            self.stdout.write(f"{kid}:{there[kid].x}")
            return
        seed = secrets.token_bytes(KEY_BYTES)
        self.stdout.write("# Secret. For BADGE_KEYS, entries being separated by commas:")
        self.stdout.write(f"{kid}:{base64.b64encode(seed).decode()}")
        self.stdout.write("# Its public part, for BADGE_RETIRED_KEYS when the secret is gone:")
        self.stdout.write(f"# {kid}:{from_seed(kid, seed).x}")


def _keys_there() -> dict[str, BadgeKey]:
    """None where they cannot be used yet: that is when this command is needed most."""
    try:
        return public_keys()
    except ImproperlyConfigured:
        return {}
