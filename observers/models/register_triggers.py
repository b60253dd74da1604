"""How PostgreSQL keeps the register: whenever what it shows of somebody changes, their line is
written anew."""

# ruff: noqa: S608 - the statements are put together from names of columns only

import pgtrigger

from observers.enums import PUBLIC

_PUBLIC = ", ".join(f"'{status}'" for status in PUBLIC)
# What a line of the register is made of.
_SHOWN = (
    "status", "kind", "scope", "constituency_id", "organisation_id", "accreditation_number",
    "surname", "given_name", "patronymic", "sort_key", "search_key", "decided_at",
)  # fmt: skip


def _columns(of: str) -> str:
    return ", ".join(f"{of}.{column}" for column in _SHOWN)


class _Registered(pgtrigger.Trigger):
    """Planned anew for each statement: of one row or of thousands."""

    when = pgtrigger.After
    level = pgtrigger.Statement
    declare = [("these", "bigint[]")]
    these: str

    def get_func(self, model: object) -> str:
        return f"""
            EXECUTE $these$ SELECT array({self.these}) $these$ INTO these;
            IF cardinality(these) > 0 THEN
                PERFORM observers_register_anew(these);
            END IF;
            RETURN NULL;
        """


class _RegisteredAtOnce(_Registered):
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="new_rows")
    these = f"SELECT id FROM new_rows WHERE status IN ({_PUBLIC})"


class _RegisteredAnew(_Registered):
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="old_rows", new="new_rows")
    these = f"""
        SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE (n.status IN ({_PUBLIC}) OR o.status IN ({_PUBLIC}))
          AND ({_columns("n")}) IS DISTINCT FROM ({_columns("o")})"""


class _RegisteredNoMore(_Registered):
    operation = pgtrigger.Delete
    referencing = pgtrigger.Referencing(old="old_rows")
    these = f"SELECT id FROM old_rows WHERE status IN ({_PUBLIC})"


REGISTERING = [
    _RegisteredAtOnce(name="registered_at_once"),
    _RegisteredAnew(name="registered_anew"),
    _RegisteredNoMore(name="registered_no_more"),
]
