"""Organisations and who acts for them."""

import datetime
import random
from dataclasses import dataclass

from accounts.copying import reserve_keys, sheet_of, take_in
from accounts.models import User
from elections.enums import Kind
from observers.demo.accounts import DemoAccounts, account_of, store_accounts
from observers.demo.chance import Weighted, make_key
from observers.demo.people import Names
from organisations.domain.people import search_key
from organisations.enums import RepresentativeRole
from organisations.models import Organisation, Representative

Row = dict[str, str]


@dataclass(frozen=True)
class Nominator:
    """An organisation as organisations.csv has it, its owner, and who files for it."""

    row: Row
    organisation: Organisation
    owner: User
    filer: User


def make_organisations(
    rows: list[Row],
    *,
    demo: DemoAccounts,
    names: Names,
    chance: random.Random,
    since: datetime.datetime,
) -> list[Nominator]:
    """Store all of them with their representatives. The demo's accounts get their own; the other
    organisations an owner who cannot sign in."""
    organisations = [_organisation(row, chance, since) for row in rows]
    for organisation, key in zip(organisations, reserve_keys(Organisation, len(rows)), strict=True):
        organisation.pk = key
    take_in(sheet_of(Organisation, organisations))
    owned = {table["organisation"] for table in demo.tables if "organisation" in table}
    strangers = [row for row in rows if row["key"] not in owned]
    accounts = store_accounts([_account(row, names, since) for row in strangers])
    owners = dict(zip((row["key"] for row in strangers), accounts, strict=True))
    nominators = [
        Nominator(
            row,
            organisation,
            owners.get(row["key"], demo.users["organisation_owner"]),
            owners.get(row["key"], demo.users["representative"]),
        )
        for row, organisation in zip(rows, organisations, strict=True)
    ]
    Representative.objects.bulk_create(
        post for nominator in nominators for post in _posts(nominator, since)
    )
    return nominators


def by_kind(nominators: list[Nominator]) -> dict[str, Weighted[Nominator]]:
    """Those with a nomination right, to be drawn by how many observers they have."""
    granted = [n for n in nominators if n.row["nomination_status"] == "granted"]
    return {
        kind: Weighted(
            [n for n in granted if n.row["kind"] == kind],
            [int(n.row["weight"]) for n in granted if n.row["kind"] == kind],
        )
        for kind in {n.row["kind"] for n in granted}
    }


def _organisation(row: Row, chance: random.Random, since: datetime.datetime) -> Organisation:
    """Under the name it has at home."""
    name = row["name_en"] if row["kind"] == Kind.INTERNATIONAL else row["name_az"]
    return Organisation(
        key=make_key(chance),
        kind=row["kind"],
        name=name,
        short_name=row["short_name"],
        country=row["country"],
        registration_number=row["registration_number"],
        legal_address=row["legal_address"],
        search_key=search_key(name, row["short_name"]),
        created_at=since,
    )


def _account(row: Row, names: Names, since: datetime.datetime) -> User:
    is_foreign = row["kind"] == Kind.INTERNATIONAL
    name = names.of_country(row["country"]) if is_foreign else names.local()
    return account_of(
        email=f"{row['key']}@example.org",
        full_name=name.spoken,
        language="en" if is_foreign else "az",
        joined_at=since,
    )


def _posts(nominator: Nominator, since: datetime.datetime) -> list[Representative]:
    people = {nominator.owner: RepresentativeRole.OWNER}
    people.setdefault(nominator.filer, RepresentativeRole.REPRESENTATIVE)
    return [
        Representative(
            organisation=nominator.organisation,
            user=user,
            email=user.email,
            role=role,
            added_at=since,
        )
        for user, role in people.items()
    ]
