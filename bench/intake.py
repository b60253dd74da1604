"""25,000 rows from a workbook to stored drafts, against a bare COPY of the same rows.

The COPY goes into the same tables with the same indexes and triggers; its lines are ready, so it
is the least that storing them can cost. Memory is the whole process's, the reader's included.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.copying import sheet, take_in
from bench._report import Line, show
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from observers.enums import StoreMode
from observers.intake import checking, drafting, receiving, steering, storing
from observers.intake.drafting import Given
from observers.intake.listing import people_of
from observers.models import Application, Upload
from tests import builders
from tests.workbooks import a_person, a_workbook

ROWS = int(os.environ.get("BENCH_ROWS", "25000"))


def silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def an_upload(content: bytes) -> Upload:
    """Of an organisation and an election of its own: nothing is there yet."""
    election = builders.an_election(constituencies=125)
    organisation = builders.an_organisation(election=election)
    return receiving.receive(
        organisation=organisation,
        election=election,
        by=builders.owner_of(organisation),
        sheet=SimpleUploadedFile("observers.xlsx", content),
        in_background=False,
    )


def stored(upload: Upload) -> None:
    steering.start_storing(
        upload, mode=StoreMode.GOOD_ROWS, by=upload.uploaded_by, in_background=False
    )
    storing.store(upload, tell=silent)


def a_bare_copy(upload: Upload) -> float:
    """Seconds for the same rows, their lines made beforehand."""
    upload.stored_by = upload.uploaded_by
    people = people_of(upload, now=database_now())
    comparison, given = people.comparison(), Given(upload)
    columns = [
        drafting.new_draft(upload, one, comparison, given)
        for portion in people.portions()
        for one in comparison.compare(portion)
    ]
    ready = sheet(Application, columns)

    def copy() -> None:
        with transaction.atomic(), acting_as(upload.uploaded_by, action="begin"):
            take_in(ready)

    return timed(copy)


def peak_memory(content: bytes) -> float:
    """MB at the highest, of the command with its reader, told apart from this process."""
    upload = an_upload(content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "observers.xlsx")
        path.write_bytes(content)
        command = [sys.executable, "manage.py", "import_observers", str(path)]
        command += ["--election", upload.election.slug]
        command += ["--organisation", str(upload.organisation.pk)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
            return max(_watched(psutil.Process(running.pid), running)) / 2**20


def _watched(process: psutil.Process, running: "subprocess.Popen[bytes]") -> "list[int]":
    seen = [0]
    while running.poll() is None:
        try:
            family = [process, *process.children(recursive=True)]
            seen.append(sum(one.memory_info().rss for one in family))
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.02)
    return seen


def main() -> None:
    people = [a_person(number, Dairə=1 + number % 125) for number in range(ROWS)]
    valid = a_workbook(people)
    wrong = a_workbook(person | {"Doğum tarixi": "31.02.1990"} for person in people)
    upload = an_upload(valid)
    checking_it = timed(lambda: checking.check(upload, tell=silent))
    storing_it = timed(lambda: stored(upload))
    all_wrong = an_upload(wrong)
    checking_wrong = timed(lambda: checking.check(all_wrong, tell=silent))
    copying = a_bare_copy(an_upload(valid))
    whole = checking_it + storing_it
    assert upload.counts["stored_new"] == ROWS  # noqa: S101 - a figure of nothing is no figure
    show(
        f"Intake: {ROWS:,} rows of XLSX",
        [
            Line("checked and stored, against bare COPY", whole / copying, "×", bar=20),
            Line("stored alone, against bare COPY", storing_it / copying, "×"),
            Line("rows per second, checked and stored", ROWS / whole, "/s"),
            Line("bare COPY", copying, "s"),
            Line("an error in every row, against none", checking_wrong / checking_it, "×", bar=1),
            Line("peak memory of the command", peak_memory(valid), "MB", bar=400),
        ],
    )
