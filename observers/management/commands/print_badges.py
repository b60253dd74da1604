"""`manage.py print_badges --election SLUG --to FOLDER [--commission N] [--size …] [--sheet …]`: for
a print shop. Nothing is marked as printed by it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from elections.models import Commission, Election
from observers.badges import rendering
from observers.badges.facts import facts_of
from observers.badges.layout import Form
from observers.enums import BadgeSize, BadgeStatus, PrintSheet
from observers.models import Badge


class Command(BaseCommand):
    help = "Write the badges that wait to be printed as PDFs. The folder then holds personal data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--election", required=True, metavar="SLUG")
        parser.add_argument("--to", required=True, type=Path, metavar="FOLDER")
        parser.add_argument(
            "--commission", type=int, metavar="N", help="of constituency N; 0: the central one"
        )
        parser.add_argument("--size", choices=BadgeSize.values, default=BadgeSize.CARD)
        parser.add_argument("--sheet", choices=PrintSheet.values, default=PrintSheet.A4)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["to"]
        folder.mkdir(parents=True, exist_ok=True)
        form = Form(BadgeSize(options["size"]), PrintSheet(options["sheet"]))
        made = rendering.parts(facts_of(self._badges(options)), form)
        total = 0
        try:
            for number, part in enumerate(made, start=1):
                path = folder / f"badges-{number:03}.pdf"
                path.touch(mode=0o600)
                path.write_bytes(part.pdf)
                total += len(part.badges)
                self.stdout.write(f"{path}: {len(part.badges)}")
        except rendering.PhotoMissing as missing:
            raise CommandError(f"The photo of {missing} is missing.") from missing
        self.stdout.write(f"Badges: {total}")

    def _badges(self, options: dict[str, Any]) -> Any:
        election = Election.objects.filter(slug=options["election"]).first()
        if election is None:
            raise CommandError(f"There is no election {options['election']}.")
        waiting = Badge.unscoped.filter(
            application__election=election, status=BadgeStatus.ISSUED
        ).order_by("application__organisation__name", "application__sort_key", "pk")
        if options["commission"] is None:
            return waiting
        return waiting.filter(application__commission=self._commission(election, options))

    def _commission(self, election: Election, options: dict[str, Any]) -> Commission:
        number = options["commission"]
        of: Any = {"constituency__number": number} if number else {"constituency__isnull": True}
        found = election.commissions.filter(**of).first()
        if found is None:
            raise CommandError(f"There is no commission of constituency {number}.")
        return found
