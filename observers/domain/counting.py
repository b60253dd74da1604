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

# The same of the words of the register; most of them stay as they are.
_FOLD_WORDS = """
WITH parts AS (
    DELETE FROM observers_registerword WHERE (election_id, word) IN (
        SELECT election_id, word FROM observers_registerword
        GROUP BY election_id, word HAVING count(*) > 1
    ) RETURNING election_id, word, observers
)
INSERT INTO observers_registerword (election_id, word, observers)
SELECT election_id, word, sum(observers) FROM parts
GROUP BY election_id, word HAVING sum(observers) <> 0
"""
_FOLD_CHANGES = """
WITH parts AS (
    DELETE FROM observers_registerchange WHERE election_id IN (
        SELECT election_id FROM observers_registerchange GROUP BY election_id HAVING count(*) > 1
    ) RETURNING election_id, at, changes
)
INSERT INTO observers_registerchange (election_id, at, changes)
SELECT election_id, max(at), sum(changes) FROM parts GROUP BY election_id
"""


@transaction.atomic
def fold() -> int:
    """Put one row in the place of many; returns how many are left. May run twice at once: what the
    one takes away, the other does not see."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD_WORDS)
        cursor.execute(_FOLD_CHANGES)
        cursor.execute(_FOLD)
        return int(cursor.rowcount)
