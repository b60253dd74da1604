"""What PostgreSQL adds to the counts whenever applications come, move or go."""

# ruff: noqa: S608 - the statements are put together from names of columns only

import pgtrigger

from observers.enums import COUNTED

COLUMNS = "election_id, commission_id, status, kind, scope, constituency_id, organisation_id"
_STATUSES = ", ".join(f"'{status}'" for status in COUNTED)
_MORE = f"SELECT {COLUMNS}, 1 AS n FROM new_rows WHERE status IN ({_STATUSES})"
_FEWER = f"SELECT {COLUMNS}, -1 FROM old_rows WHERE status IN ({_STATUSES})"


class _Counted(pgtrigger.Trigger):
    """Adds what a statement has changed, summed up; most statements change nothing of it."""

    when = pgtrigger.After
    level = pgtrigger.Statement
    changes: str

    def get_func(self, model: object) -> str:
        return f"""
            INSERT INTO observers_applicationcount ({COLUMNS}, applications)
            SELECT {COLUMNS}, sum(n) FROM ({self.changes}) changed
            GROUP BY {COLUMNS} HAVING sum(n) <> 0;
            RETURN NULL;
        """


class _CountedAnew(_Counted):
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="new_rows")
    changes = _MORE


class _CountedAgain(_Counted):
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="old_rows", new="new_rows")
    changes = f"{_MORE} UNION ALL {_FEWER}"


class _CountedNoMore(_Counted):
    operation = pgtrigger.Delete
    referencing = pgtrigger.Referencing(old="old_rows")
    changes = f"SELECT {COLUMNS}, -1 AS n FROM old_rows WHERE status IN ({_STATUSES})"


COUNTING = [
    _CountedAnew(name="counted_when_it_comes"),
    _CountedAgain(name="counted_when_it_moves"),
    _CountedNoMore(name="counted_when_it_goes"),
]
