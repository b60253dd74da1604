"""25,000 badges from database rows to print-ready PDFs, against typst alone for the same pages.

Each badge has a photo of its own, as the storage keeps them, and its signed QR code. Typst alone is
given the same parts, on the same cores, with photos and codes made beforehand: what remains is
typesetting. The two take turns, 2,000 badges at a time, so that whatever else the machine does
slows both down. Memory is what the portal's side takes in all its processes together.
`BADGES=2000` for fewer; `BADGE_FORM=lanyard-a4` for another size or sheet.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import django
import psutil

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from PIL import Image

from accounts.enums import StaffRole
from bench._report import Line, show
from bench.approval import approve_all, settle, waiting
from elections.models import Election
from observers.badges import rendering, typesetting
from observers.badges.facts import facts_of
from observers.badges.layout import Form
from observers.enums import BadgeSize, PrintSheet
from observers.models import Badge
from tests import builders
from tests.faces import a_photo, encoded

BADGES = int(os.environ.get("BADGES", "25000"))
SIZE, SHEET = os.environ.get("BADGE_FORM", "card-single").split("-")
FORM = Form(BadgeSize(SIZE), PrintSheet(SHEET))
TURN = 2000
# More than a part holds: no page has a picture that an earlier one of its part had.
PHOTOS = 500
NAMES = settings.BASE_DIR / "elections" / "demo" / "azerbaijan-2024"
DRESSED = (
    "UPDATE observers_application SET photo = (%(photos)s::text[])[1 + mod(id, %(many)s)],"
    " surname = (%(surnames)s::text[])[1 + mod(id * 7919, cardinality(%(surnames)s::text[]))],"
    " given_name = (%(names)s::text[])[1 + mod(id * 104729, cardinality(%(names)s::text[]))],"
    " patronymic = (%(names)s::text[])[1 + mod(id * 31, cardinality(%(names)s::text[]))] || ' oğlu'"
    " WHERE election_id = %(election)s"
)


def registered(rows: int) -> Election:
    """So many observers with badges, under names and with photos as there are."""
    election = waiting(rows)
    builders.a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    approve_all(election.slug)
    told: dict[str, Any] = {
        "photos": _photos(),
        "many": PHOTOS,
        "surnames": _column("surnames.csv", "masculine"),
        "names": _column("given_names.csv", "name"),
        "election": election.pk,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(DRESSED, told)
    settle()
    return election


def _column(file: str, name: str) -> list[str]:
    with (NAMES / file).open(encoding="utf-8") as rows:
        return [row[name] for row in csv.DictReader(rows)]


def _photos() -> list[str]:
    """Heads of other sizes in front of a grainy wall: as many bytes as a real photo has."""
    grain = Image.effect_noise((600, 800), 40).convert("RGB")
    stored = []
    for number in range(PHOTOS):
        inset = 40 + number % 100
        head = a_photo((600, 800), head=(inset, 60 + number % 90, 600 - inset, 720))
        head.putpixel((number, 0), (0, 0, 0))
        body = encoded(Image.blend(head, grain, 0.08), quality=88)
        stored.append(default_storage.save(f"photos/bench/{number}.jpg", ContentFile(body)))
    return stored


def _badges(slug: str, start: int, count: int) -> Any:
    """A turn of them, as a queryset that is no slice."""
    these = Badge.unscoped.filter(application__election__slug=slug).order_by("pk")
    keys = these.values_list("pk", flat=True)[start : start + count]
    return these.filter(pk__in=list(keys))


# --- The portal ----------------------------------------------------------------------------------


def make(slug: str, start: str, count: str, folder: str) -> None:
    """In a process of its own: prints how long it took."""
    badges = _badges(slug, int(start), int(count))
    begun, made = time.perf_counter(), 0
    for part in rendering.parts(facts_of(badges), FORM):
        Path(folder, f"{part.first}.pdf").write_bytes(part.pdf)
        made += len(part.badges)
    print(json.dumps({"seconds": time.perf_counter() - begun, "count": made}))


def made(slug: str, start: int, count: int, folder: Path) -> float:
    """Seconds."""
    told = subprocess.run(
        _command(slug, start, count, folder), check=True, capture_output=True, text=True
    ).stdout
    figures = json.loads(told.splitlines()[-1])
    assert figures["count"] == count  # noqa: S101 - a figure of nothing is no figure
    return float(figures["seconds"])


def peak_memory(slug: str, count: int) -> float:
    """MB that all its processes have together at the highest. Looking at processes takes time from
    them, so this is a run of its own."""
    peak = 0
    with tempfile.TemporaryDirectory() as folder:
        command = _command(slug, 0, count, Path(folder))
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
            while running.poll() is None:
                peak = max(peak, _memory(psutil.Process(running.pid)))
                time.sleep(0.02)
    return peak / 2**20


def _command(slug: str, start: int, count: int, folder: Path) -> list[str]:
    return [sys.executable, "-m", "bench.badges", slug, str(start), str(count), str(folder)]


def _memory(process: psutil.Process) -> int:
    try:
        family = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family)
    except psutil.NoSuchProcess:
        return 0


# --- Typst alone ---------------------------------------------------------------------------------


def ready(slug: str, start: int, count: int, folder: Path) -> list[Path]:
    """The same parts with everything in its place."""
    coming = facts_of(_badges(slug, start, count))
    folders: list[Path] = []
    while portion := tuple(islice(coming, rendering.PART)):
        part = folder / str(len(folders))
        part.mkdir()
        rendering.lay_out(part, portion, FORM)
        folders.append(part)
    with ThreadPoolExecutor(rendering.WORKERS) as pool:
        list(pool.map(typesetting.prepare, folders))
    return folders


def alone(folders: list[Path]) -> float:
    def typeset(folder: Path) -> None:
        code = f"from observers.badges.typesetting import *; typeset(Path({str(folder)!r}))"
        subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, check=True)

    begun = time.perf_counter()
    with ThreadPoolExecutor(rendering.WORKERS) as pool:
        list(pool.map(typeset, folders))
    return time.perf_counter() - begun


def main() -> None:
    slug = registered(BADGES).slug
    made_in, alone_in, size = 0.0, 0.0, 0
    for start in range(0, BADGES, TURN):
        count = min(TURN, BADGES - start)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            made_in += made(slug, start, count, folder)
            size += sum(pdf.stat().st_size for pdf in folder.glob("*.pdf"))
            shutil.rmtree(folder)
            folder.mkdir()
            alone_in += alone(ready(slug, start, count, folder))
    show(
        f"{BADGES:,} badges ({SIZE}, {SHEET}) to PDFs of {rendering.PART}, on {rendering.WORKERS}"
        " cores",
        [
            Line("time, in times of typst alone", made_in / alone_in, "x", bar=2),
            Line("badges", BADGES / made_in, "/s"),
            Line("typst alone, photos and codes ready", BADGES / alone_in, "/s"),
            Line(
                "peak memory of all processes", peak_memory(slug, min(TURN, BADGES)), "MB", bar=1000
            ),
            Line("size of a badge in its PDF", size / BADGES / 1000, "KB"),
        ],
    )


if __name__ == "__main__":
    make(*sys.argv[1:])
