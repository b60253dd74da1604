"""The counts that the database keeps: added up now and then, so that reading them stays quick."""

from django.db import connection, transaction

from observers.models.counting_triggers import COLUMNS

# One statement: whoever reads meanwhile sees the parts or the sum, and both come to the same.
_FOLD = f"""
WITH parts AS (DELETE FROM observers_applicationcount RETURNING {COLUMNS}, applications)
INSERT INTO observers_applicationcount ({COLUMNS}, applications)
SELECT {COLUMNS}, sum(applications) FROM parts
GROUP BY {COLUMNS} HAVING sum(applications) <> 0
"""  # noqa: S608 - names of columns only


@transaction.atomic
def fold() -> int:
    """Put one row in the place of many; returns how many are left. May run twice at once: what the
    one takes away, the other does not see."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)
        return int(cursor.rowcount)
