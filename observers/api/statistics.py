"""The tables of an election's statistics: those of the page, and of its files."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import translation
from ninja import Query, Router

from elections.models import Election
from observers.api.answers import TableAnswer, Tables
from observers.api.asking import Asked, ElectionSlug, TableName
from observers.api.elections import moment, published
from observers.api.links import address
from observers.register.statistics import snapshots
from observers.register.statistics.queries import Names
from observers.register.statistics.snapshots import Snapshot
from observers.register.statistics.tables import Source, about
from observers.register.views.statistics import FILES

router = Router(tags=["statistics"])


@router.get("/elections/{slug:election}/statistics", response=Tables, url_name="statistics")
def statistics(request: HttpRequest, election: ElectionSlug, asked: Query[Asked]) -> dict[str, Any]:
    """The tables there are, and when they were counted

    They are counted every few minutes. Two of them hold each kind of nominator and each commission
    against all others: rates, times, and whether a difference is more than chance.
    """
    found = published(election)
    with _counted(found) as (snapshot, source):
        tables = [made(source) for made in FILES.values()]
    return {
        "election": election,
        "taken_at": moment(snapshot.taken_at, found),
        "tables": [
            {
                "table": table.name,
                "title": table.title,
                "url": address("api:table", election, table.name),
                "csv": address("register:table_csv", election, table.name),
            }
            for table in tables
        ],
    }


@router.get("/elections/{slug:election}/statistics/{table}", response=TableAnswer, url_name="table")
def table(
    request: HttpRequest, election: ElectionSlug, table: TableName, asked: Query[Asked]
) -> dict[str, Any]:
    """One table"""
    found = published(election)
    if table not in FILES:
        raise Http404
    with _counted(found) as (snapshot, source):
        made = FILES[table](source)
        hidden = about(source, snapshot.taken_at)["hidden"]
        return {
            "election": election,
            "table": made.name,
            "title": made.title,
            "taken_at": moment(snapshot.taken_at, found),
            "hidden": hidden,
            "columns": [column.name for column in made.columns],
            "rows": made.exported(),
        }


@contextmanager
def _counted(election: Election) -> Iterator[tuple[Snapshot, Source]]:
    """In the first language of the election, whoever asks: as the files."""
    with translation.override(election.languages[0] if election.languages else None):
        snapshot = snapshots.current(election)
        names = Names.read(election, snapshot.facts.organisations)
        yield snapshot, Source(election, snapshot.facts, names)
