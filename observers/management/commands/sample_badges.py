"""`manage.py sample_badges [FOLDER]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from observers.badges import samples
from observers.enums import BadgeSize


class Command(BaseCommand):
    help = (
        "Draw badges of nobody, every kind in both sizes with short and with long texts, to see "
        "what a changed layout looks like. docs/badges.md says what can be changed."
    )
    # Neither database nor keys are needed to look at a layout.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default=".", type=Path, help="where to put them")

    def handle(self, *args: Any, **options: Any) -> None:
        for size in BadgeSize:
            drawn = options["folder"] / f"sample-{size}.pdf"
            drawn.write_bytes(samples.as_pdf(size))
            self.stdout.write(str(drawn))
