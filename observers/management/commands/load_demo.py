"""`manage.py load_demo [--observers N] [--seed N]`: the demo election, once."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count
from django.utils import translation

from accounts.access import Role
from elections.domain.clock import database_now
from elections.loading import LoadError, read_table
from elections.models import Election
from observers.demo.load import gather_statistics, load_demo
from observers.enums import Status
from observers.models import Application
from organisations.models import NominationRight

FOLDER = Path(settings.BASE_DIR, "elections", "demo", "azerbaijan-2024")


class Command(BaseCommand):
    help = "Load the demo election: everything in it is invented. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--observers", type=int, metavar="N", help="how many (default: as in the files)"
        )
        parser.add_argument("--seed", type=int, default=2024, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demo election comes with accounts whose password everybody knows, so it is "
                "only loaded where DEMO=1 is set."
            )
        try:
            election = self._found() or self._load(options["observers"], options["seed"])
            with translation.override("en"):
                self._describe(election)
                self._list_accounts()
        except LoadError as error:
            raise CommandError(str(error)) from error

    def _found(self) -> Election | None:
        slug = read_table(FOLDER, "election.toml")["slug"]
        election: Election | None = Election.objects.filter(slug=slug).first()
        if election:
            self.stdout.write("The demo election is there already; nothing was changed.")
        return election

    def _load(self, observers: int | None, seed: int) -> Election:
        if observers is None:
            observers = read_table(FOLDER, "distribution.toml")["total"]
        if observers < 0:
            raise CommandError("--observers cannot be less than 0.")
        election = load_demo(FOLDER, observers=observers, seed=seed, now=database_now())
        gather_statistics()
        return election

    def _describe(self, election: Election) -> None:
        rights = NominationRight.unscoped.filter(election=election)
        counts = dict(
            Application.unscoped.filter(election=election)
            .values_list("status")
            .annotate(count=Count("pk"))
        )
        self.stdout.write(
            f"{election.name}, polling on {election.polling_on:%d %B %Y}: "
            f"{election.commissions.count()} commissions, {rights.count()} organisations, "
            f"{sum(counts.values()):,} observers"
        )
        for status in Status:
            if status in counts:
                self.stdout.write(f"  {status.label:<26}{counts[status]:>8,}")

    def _list_accounts(self) -> None:
        table = read_table(FOLDER, "accounts.toml")
        self.stdout.write(f"\nAccounts of the demo, all with the password {table['password']}")
        for account in table["accounts"]:
            place = f" ({account['constituency']})" if "constituency" in account else ""
            self.stdout.write(f"  {Role(account['role']).label + place:<30}{account['email']}")
