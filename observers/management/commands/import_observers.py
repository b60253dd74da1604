"""`manage.py import_observers FILE --election SLUG --organisation ID [--photos ZIP] [--dry-run]`"""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accounts.models import User
from elections.models import Election
from observers.enums import StoreMode, UploadStatus
from observers.intake import checking, holding, receiving, reports, steering, storing
from observers.intake.findings import Unusable, say
from observers.models import Upload
from organisations.models import Organisation, Representative

SOME_WRONG, NOTHING_STORED = 1, 2
HELP = """Check a spreadsheet of observers, with their photos, and store them as drafts.

Does what the upload page does, by the same code. Ends with
  0  every row is stored, or was stored before
  1  some rows are wrong; the good ones are stored
  2  nothing is stored: the file cannot be used, or --all-or-nothing met a wrong row
With --dry-run nothing is stored; it ends with what the real run would end with."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="XLSX, XLS, ODS or CSV")
        parser.add_argument("--election", required=True, metavar="SLUG")
        parser.add_argument("--organisation", required=True, metavar="ID", help="its number or key")
        parser.add_argument("--photos", metavar="ZIP", help="photos of these people")
        parser.add_argument("--dry-run", action="store_true", help="report only")
        parser.add_argument("--all-or-nothing", action="store_true", help="no wrong row, or none")
        parser.add_argument(
            "--as", dest="email", metavar="EMAIL", help="the representative who files the drafts"
        )
        parser.add_argument("--language", default="en", choices=["az", "en", "ru"])

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            ending = self._run(options)
        if ending:
            raise SystemExit(ending)

    def _run(self, options: dict[str, Any]) -> int:
        organisation = _organisation(options["organisation"])
        try:
            upload = receiving.receive(
                organisation=organisation,
                election=_election(options["election"]),
                by=_representative(organisation, options["email"]),
                sheet=_opened(options["file"]),
                photos=[_opened(options["photos"])] if options["photos"] else (),
                in_background=False,
            )
        except Unusable as unusable:
            raise CommandError(str(unusable), returncode=NOTHING_STORED) from unusable
        with holding.held(upload.pk):
            return self._work(upload, options)

    def _work(self, upload: Upload, options: dict[str, Any]) -> int:
        self._with_bar(checking.check, upload)
        if upload.status == UploadStatus.UNUSABLE:
            sentence = say(upload.problem["code"], upload.problem["params"])
            raise CommandError(sentence, returncode=NOTHING_STORED)
        if upload.status == UploadStatus.UNMAPPED:
            steering.cancel(upload)
            raise CommandError(
                "Required columns were not recognised. Name the columns as in the template.",
                returncode=NOTHING_STORED,
            )
        self._describe(upload)
        wrong = upload.counts["wrong"]
        ending = SOME_WRONG if wrong else 0
        if wrong and options["all_or_nothing"]:
            ending = NOTHING_STORED
        if options["dry_run"] or ending == NOTHING_STORED:
            steering.cancel(upload)
            return ending
        self._store(upload, options)
        return ending

    def _store(self, upload: Upload, options: dict[str, Any]) -> None:
        mode = StoreMode.ALL_OR_NOTHING if options["all_or_nothing"] else StoreMode.GOOD_ROWS
        try:
            steering.start_storing(upload, mode=mode, by=upload.uploaded_by, in_background=False)
        except steering.NotNow as refused:
            self.stdout.write(str(refused))
            return
        self._with_bar(storing.store, upload)
        counts = upload.counts
        self.stdout.write(
            f"Stored: {counts.get('stored_new', 0):,} new, "
            f"{counts.get('stored_changed', 0):,} changed."
        )

    def _with_bar(self, work: Any, upload: Upload) -> None:
        columns = (
            TextColumn("{task.description}"), BarColumn(),
            MofNCompleteColumn(), TimeElapsedColumn(),
        )  # fmt: skip
        console = Console(stderr=True)
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("reading", total=None)
            work(
                upload,
                tell=lambda stage, done, total: bar.update(
                    task, description=stage, completed=done, total=total or None
                ),
            )

    def _describe(self, upload: Upload) -> None:
        said = reports.report(upload)
        for name in ("new", "changed", "unchanged", "repeated", "sent", "wrong", "without_photo"):
            if said.counts.get(name):
                self.stdout.write(f"{said.counts[name]:>8,}  {name.replace('_', ' ')}")
        for group in (*said.errors, *said.notices):
            where = f" [{group.rows}]" if group.rows else ""
            label = f"{group.column_label}: " if group.column_label else ""
            self.stdout.write(f"{group.count:>8,} × {label}{group.sentence}{where}")


def _opened(path: str) -> UploadedFile:
    try:
        opened = Path(path).open("rb")  # noqa: SIM115 - read until the command ends
    except OSError as error:
        raise CommandError(
            f"{path} cannot be read: {error.strerror}.", returncode=NOTHING_STORED
        ) from error
    file = File(opened)
    return UploadedFile(file=opened, name=Path(path).name, size=file.size)


def _election(slug: str) -> Election:
    try:
        return Election.objects.get(slug=slug)
    except Election.DoesNotExist:
        known = ", ".join(Election.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(
            f"There is no election {slug!r}. Known: {known}.", returncode=NOTHING_STORED
        ) from None


def _organisation(said: str) -> Organisation:
    column = "pk" if said.isdecimal() else "key"
    try:
        found: Organisation = Organisation.unscoped.get(**{column: said})
    except (Organisation.DoesNotExist, ValidationError, ValueError, OverflowError):
        raise CommandError(
            f"There is no organisation {said!r}.", returncode=NOTHING_STORED
        ) from None
    return found


def _representative(organisation: Organisation, email: str | None) -> User:
    """Whose the drafts will be: the one named, else the organisation's owner."""
    those = Representative.objects.filter(organisation=organisation, user__isnull=False)
    if email:
        those = those.filter(user__email__iexact=email)
    first = those.select_related("user").order_by("role", "pk").first()
    if first is None or first.user is None:
        raise CommandError(
            "Nobody of that address represents the organisation.", returncode=NOTHING_STORED
        )
    return first.user
