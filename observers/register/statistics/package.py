"""The statistics of an election described for software (Frictionless Data Package, v1)."""

import datetime
from collections.abc import Iterable
from typing import Any

from observers.register.open_data import LICENCE
from observers.register.statistics.figures import Form, Table
from observers.register.statistics.tables import Source
from observers.register.statistics.withholding import Hidden

_TYPES = {Form.TEXT: "string", Form.DATE: "date", Form.COUNT: "integer"}
# What stands in the place of a number that is not shown, or of one that there is not.
MISSING = ["", *(hidden.value for hidden in Hidden)]


def package(
    source: Source, tables: Iterable[Table], *, taken_at: datetime.datetime
) -> dict[str, Any]:
    """Paths are beside it."""
    return {
        "profile": "tabular-data-package",
        "name": f"statistics-{source.election.slug}",
        "title": f"{source.election.name}: statistics",
        "created": taken_at.isoformat(timespec="seconds"),
        "licenses": [LICENCE],
        "contributors": [{"title": source.election.authority_name, "role": "publisher"}],
        "resources": [_resource(table) for table in tables],
    }


def _resource(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {
                    "name": column.name,
                    "title": column.heading,
                    "type": _TYPES.get(column.form, "number"),
                }
                for column in table.columns
            ],
            "missingValues": MISSING,
        },
    }
