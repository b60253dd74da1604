"""The public register with 25,841 and with 1,000,000 observers.

Each page is asked of both registers and of a bare view in turn, through middleware and templates,
so that whatever else the machine does meets all three alike; half of the times count. The files
are written in a process of their own, so that its peak of memory is its own, and are held against
PostgreSQL's `COPY` of the same columns.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from bench._register_rows import COMMON, RARE, registered, settle
from bench._report import Line, show
from config import memory
from elections.models import Election
from observers.models import RegisteredObserver
from observers.register import exports
from observers.register.filters import Filters

FEW = int(os.environ.get("BENCH_FEW", "25841"))
ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
TURNS, AT_ONCE, EACH = 40, 20, 10
# Searches that mean something to a database, or nearly everybody, or nobody.
NASTY = (
    "%", "_", "*", "a", "%%%%", "____", "\\", "ov", "va", "oglu", "qizi oglu", "oglu ova", "el",
    "m% %m", "memmedov memmedova", "memmedov elcin rauf", "el me qu ha as ra na sa",
    "zade zade zade", "A-", "A-0", "A-00", "0000", "1", "99999999999999999999", "x" * 100,
    "mmmdov", "eliyeb cingis", "partiyasi", "partiyasi birlik", "q w e r t y u i",
)  # fmt: skip


def pages(election: Election) -> dict[str, str]:
    address = f"/elections/{election.slug}/register/"
    lines = RegisteredObserver.objects.filter(election=election).order_by("order_key", "pk")
    half = lines.count() // 2
    deep = lines.values_list("number", flat=True)[half : half + 1].get()
    return {
        "first page": address,
        "deep page": f"{address}?after={deep}",
        "one constituency": f"{address}?constituency=5",
        "one kind, cancelled": f"{address}?kind=ngo&status=cancelled",
        "rare name": f"{address}?q={RARE}",
        "common name": f"{address}?q={COMMON}",
    }


def overviews(election: Election) -> dict[str, str]:
    """Of which only is asked that they take as long for many."""
    return {"home": "/", "its page": f"/elections/{election.slug}/"}


class Visitor:
    def __init__(self) -> None:
        self.client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")

    def took(self, address: str, **asked: str) -> float:
        """Milliseconds until the page was whole."""
        begun = time.perf_counter()
        answer = self.client.get(address, asked or None)
        took = 1000 * (time.perf_counter() - begun)
        if answer.status_code not in (200, 400):
            raise AssertionError(f"{answer.status_code}: {address} {asked}")
        return took


def in_turn(addresses: list[str]) -> list[float]:
    """Half of the times of each."""
    visitor = Visitor()
    for address in addresses:
        visitor.took(address)
    times = [[visitor.took(address) for address in addresses] for _ in range(TURNS)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def compared(few: Election, many: Election) -> list[Line]:
    lines = []
    for (what, small), large in zip(pages(few).items(), pages(many).values(), strict=True):
        of_few, of_many, bare = in_turn([small, large, "/bare/"])
        lines += [
            Line(f"{what}: against {FEW:,}", of_many / of_few, "×", bar=1.5),
            Line(f"{what}: against a bare view", of_many / bare, "×", bar=3),
            Line(f"{what}: half of the times", of_many, "ms"),
        ]
    for (what, small), large in zip(overviews(few).items(), overviews(many).values(), strict=True):
        of_few, of_many = in_turn([small, large])
        lines += [
            Line(f"{what}: against {FEW:,}", of_many / of_few, "×", bar=1.5),
            Line(f"{what}: half of the times", of_many, "ms"),
        ]
    return lines


def nasty(election: Election) -> list[Line]:
    """Each the best of three: what it takes, and not what the machine does beside it."""
    visitor, address = Visitor(), f"/elections/{election.slug}/register/"
    took = {q: min(visitor.took(address, q=q) for _ in range(3)) for q in NASTY}
    slowest = max(took, key=lambda q: took[q])
    return [
        Line(f"slowest of {len(NASTY)} nasty searches ({slowest[:20]})", took[slowest], "ms", 200)
    ]


def at_once(election: Election) -> list[Line]:
    """Twenty at once, each through the pages."""
    addresses = list(pages(election).values())

    def visit(number: int) -> list[float]:
        with closing(connection):
            visitor = Visitor()
            turns = [addresses[(number + turn) % len(addresses)] for turn in range(EACH)]
            return [visitor.took(address) for address in turns]

    with ThreadPoolExecutor(AT_ONCE) as threads:
        times = [took for each in threads.map(visit, range(AT_ONCE)) for took in each]
    return [
        Line(f"{AT_ONCE} at once, 95th percentile", statistics.quantiles(times, n=100)[94], "ms"),
        Line(f"{AT_ONCE} at once, half of the times", statistics.median(times), "ms"),
    ]


# --- The files --------------------------------------------------------------------------------

_SAME_COLUMNS = """
COPY (
    SELECT r.number, r.name, r.kind, o.name, r.scope, c.number, c.names ->> 'az', r.registered_at,
        r.status
    FROM observers_registeredobserver r
    LEFT JOIN elections_constituency c ON c.id = r.constituency_id
    LEFT JOIN organisations_organisation o ON o.id = r.organisation_id
    WHERE r.election_id = {election} ORDER BY r.order_key, r.application_id
) TO STDOUT (FORMAT csv)
"""


def copied(election: Election) -> int:
    with (
        connection.cursor() as cursor,
        cursor.copy(_SAME_COLUMNS.format(election=election.pk)) as copy,
    ):
        return sum(1 for _ in copy)


def written(election: Election) -> int:
    return sum(chunk.count(b"\n") for chunk in exports.csv_chunks(election, Filters())) - 1


def write(slug: str) -> None:
    """In a process of its own: prints how long each took, and the most memory it had."""
    election = Election.objects.get(slug=slug)
    seconds: dict[str, float] = {}
    ways: tuple[Callable[[Election], int], ...] = (written, copied)
    for way in (*ways, *ways):
        begun = time.perf_counter()
        if way(election) != ROWS:
            raise AssertionError(f"{way.__name__} did not write {ROWS:,} lines.")
        took = time.perf_counter() - begun
        seconds[way.__name__] = min(took, seconds.get(way.__name__, took))
    print(json.dumps({**seconds, "MB": _peak_of_memory()}))


def _peak_of_memory() -> float:
    """Of this process alone, in MB: what `getrusage` says begins with the peak of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def files(election: Election) -> list[Line]:
    command = [sys.executable, "-m", "bench.register", election.slug]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return [
        Line("CSV against COPY", figures["written"] / figures["copied"], "×", bar=3),
        Line("CSV", figures["written"], "s"),
        Line("peak memory", figures["MB"], "MB", bar=200),
    ]


@override_settings(ROOT_URLCONF="bench._register_urls")
def main() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    few, many = registered(FEW, first=100_000), registered(ROWS, first=2_000_000)
    settle()
    memory.settle()  # as a server process does (`config/wsgi.py`)
    lines = [*compared(few, many), *nasty(many), *at_once(many), *files(many)]
    show(f"Register: {ROWS:,} observers", lines)


if __name__ == "__main__":
    write(sys.argv[1])
