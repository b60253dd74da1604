"""What the open data of an election are: a description that software reads (Frictionless Data
Package), and files kept day by day."""

import gzip
import hashlib
import tempfile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.urls import reverse

from elections.domain.clock import database_now
from elections.enums import Kind, Scope
from elections.models import Election
from observers.models import RegisterSnapshot
from observers.register import exports
from observers.register.filters import STATUSES, Filters
from observers.register.statistics import audit, snapshots
from observers.register.statistics.figures import Form
from observers.register.statistics.queries import Names
from observers.register.statistics.tables import TABLES, Source
from observers.register.statistics.withholding import Hidden
from observers.register.totals import totals

# Anybody may use, share and adapt it, and says where it is from.
LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}
# How much of a name is shown may be decided otherwise later, so what is kept has none.
KEPT_COLUMNS = tuple(column for column in exports.COLUMNS if column != "name")

_REGISTER_FIELDS: dict[str, dict[str, Any]] = {
    "number": {
        "type": "string",
        "title": "Accreditation number",
        "constraints": {"required": True, "unique": True},
    },
    "name": {"type": "string", "title": "Name, as much of it as the election shows"},
    "kind": {
        "type": "string",
        "title": "On whose initiative",
        "constraints": {"required": True, "enum": Kind.values},
    },
    "organisation": {"type": "string", "title": "Nominated by; empty: nobody"},
    "scope": {
        "type": "string",
        "title": "Where the person may observe",
        "constraints": {"required": True, "enum": Scope.values},
    },
    "constituency": {"type": "integer", "title": "Number of the constituency"},
    "constituency_name": {"type": "string", "title": "Name of the constituency"},
    "registered_on": {"type": "date", "title": "Day of registration, in the election's time zone"},
    "status": {
        "type": "string",
        "title": "registered, or cancelled since",
        "constraints": {"required": True, "enum": list(STATUSES)},
    },
}


# What statistics have in the place of a number that could point at a person.
_HIDDEN = [hidden.value for hidden in Hidden]
_TYPES = {Form.TEXT: "string", Form.DATE: "date", Form.COUNT: "integer"}


def package(election: Election, *, changed_at: Any) -> dict[str, Any]:
    """The descriptor (specs.frictionlessdata.io, Data Package v1). Paths are beside it."""
    described: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"observers-{election.slug}",
        "id": settings.SITE_URL + reverse("register:package", args=[election.slug]),
        "title": f"{election.name}: register of observers",
        "homepage": settings.SITE_URL + election.get_absolute_url(),
        "licenses": [LICENCE],
        "contributors": [{"title": election.authority_name, "role": "publisher"}],
        "resources": [_register(election), *_statistics(election)],
    }
    if changed_at:
        described["created"] = changed_at.isoformat(timespec="seconds")
    return described


def _register(election: Election) -> dict[str, Any]:
    return {
        "name": "register",
        "title": "Registered observers",
        "description": "As it is now. A name is shown as far as the election decides: "
        + ", ".join(f"{kind.value}: {election.name_policy_of(kind).value}" for kind in Kind),
        "path": "register.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [{"name": name, **_REGISTER_FIELDS[name]} for name in exports.COLUMNS],
            "primaryKey": "number",
            "missingValues": [""],
        },
    }


def _statistics(election: Election) -> list[dict[str, Any]]:
    """Every table. A number that is hidden is a missing value, which says why."""
    facts = snapshots.current(election).facts
    source = Source(election, facts, Names.read(election, facts.organisations))
    made = {name: make(source) for name, make in {**TABLES, **audit.TABLES}.items()}
    return [
        {
            "name": f"statistics-{name}".replace("_", "-"),
            "title": table.title,
            "path": f"statistics/{name}.csv",
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {
                        "name": column.name,
                        "type": _TYPES.get(column.form, "number"),
                        "title": column.heading,
                    }
                    for column in table.columns
                ],
                "missingValues": ["", *_HIDDEN],
            },
        }
        for name, table in made.items()
    ]


def keep_snapshots() -> int:
    """Keep the register of each published election as it is today; returns how many are new. May
    run twice: a day is kept once."""
    return sum(_keep(election) for election in Election.objects.published())


def _keep(election: Election) -> bool:
    now = database_now()
    day = now.astimezone(election.zone).date()
    if RegisterSnapshot.objects.filter(election=election, day=day).exists():
        return False
    with tempfile.TemporaryFile() as kept:
        with gzip.GzipFile(fileobj=kept, mode="wb", mtime=int(now.timestamp())) as packed:
            for chunk in exports.csv_chunks(election, Filters(), columns=KEPT_COLUMNS):
                packed.write(chunk)
        size = kept.tell()
        kept.seek(0)
        digest = hashlib.file_digest(kept, "sha256").hexdigest()
        kept.seek(0)
        known = totals(election)
        row = RegisterSnapshot(
            election=election, day=day, taken_at=now, size=size, sha256=digest,
            observers=known.registered + known.cancelled,
        )  # fmt: skip
        return _stored(row, File(kept, name=f"{election.slug}-{day}.csv.gz"))


def _stored(row: RegisterSnapshot, file: File) -> bool:
    row.file.save(str(file.name), file, save=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # another worker was as quick
        row.file.delete(save=False)
        return False
    return True
