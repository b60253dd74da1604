"""The register's own lines (`observers/models/registered.py`), which the database keeps."""

from typing import Any

from django.db import connection


def write_anew(applications: Any) -> None:
    """Write the lines of these anew: for whoever stores a past in another order than it happened,
    a cancellation before the approval it ended."""
    these = list(applications.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT observers_register_anew(%s)", [these])
