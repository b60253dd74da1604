"""`manage.py load_election FOLDER --polling-day YYYY-MM-DD`."""

import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from elections.loading import LoadError, load_election


class Command(BaseCommand):
    help = "Store an election that a folder of files describes. It is not published yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--polling-day", type=datetime.date.fromisoformat, required=True, metavar="DATE"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            election = load_election(
                options["folder"], polling_on=options["polling_day"], is_published=False
            )
        except LoadError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Loaded {election.slug}: polling on {election.polling_on}, "
            f"{election.constituencies.count()} constituencies, "
            f"{election.commissions.count()} commissions. Publish it in the admin."
        )
