"""Who signs in: the demo's own accounts, and staff and representatives as authors of the past."""

import datetime
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from accounts.copying import Sheet, reserve_keys, sheet_of, take_in
from accounts.enums import CONSTITUENCY_ROLES, StaffRole
from accounts.models import User
from elections.loading import read_table
from elections.models import Commission, CommissionMember, Election
from observers.demo.people import Names


@dataclass(frozen=True)
class DemoAccounts:
    """`users` by role; `tables` as accounts.toml has them."""

    users: dict[str, User]
    tables: list[dict[str, Any]]


@dataclass(frozen=True)
class Bench:
    """Who decides in a commission: the reviewer proposes, the chair confirms."""

    reviewer: User
    chair: User


def account_of(
    *, email: str, full_name: str, language: str, joined_at: datetime.datetime, password: str = ""
) -> User:
    """An account, not yet stored. Without a password nobody signs in with it.

    `password` is one that is hashed already: hashing is slow on purpose, and the demo's is known.
    """
    return User(
        email=email,
        full_name=full_name,
        language=language,
        password=password or UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(),
        date_joined=joined_at,
    )


def store_accounts(users: list[User]) -> list[User]:
    for user, key in zip(users, reserve_keys(User, len(users)), strict=True):
        user.pk = key
    take_in(*account_sheets(users))
    return users


def account_sheets(users: list[User]) -> tuple[Sheet, Sheet]:
    """With verified addresses, so that letters to them leave."""
    addresses = [EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users]
    return sheet_of(User, users), sheet_of(EmailAddress, addresses)


def make_demo_accounts(folder: Path, *, joined_at: datetime.datetime) -> DemoAccounts:
    """The accounts of accounts.toml with their common password, hashed once."""
    tables = read_table(folder, "accounts.toml")
    password = make_password(tables["password"])
    users = store_accounts(
        [
            account_of(
                email=table["email"],
                full_name=table["name"],
                language=table["language"],
                joined_at=joined_at,
                password=password,
            )
            for table in tables["accounts"]
        ]
    )
    roles = [table["role"] for table in tables["accounts"]]
    return DemoAccounts(dict(zip(roles, users, strict=True)), tables["accounts"])


def staff_commissions(
    election: Election, demo: DemoAccounts, names: Names, *, since: datetime.datetime
) -> dict[int, Bench]:
    """A reviewer and a chair for every commission, by the commission's key.

    The demo's accounts take their posts; all others are filled with people who cannot sign in.
    """
    commissions = list(election.commissions.select_related("constituency"))
    filled = {
        (_commission_of(table, commissions).pk, table["role"]): demo.users[table["role"]]
        for table in demo.tables
        if table["role"] in StaffRole
    }
    vacant = [
        (commission, role)
        for commission in commissions
        for role in CONSTITUENCY_ROLES
        if not commission.is_central and (commission.pk, role.value) not in filled
    ]
    staff = [_member_of(commission, role, names, since) for commission, role in vacant]
    for (commission, role), user in zip(vacant, store_accounts(staff), strict=True):
        filled[commission.pk, role.value] = user
    _post(filled, since)
    return {
        commission.pk: Bench(
            *(filled[commission.pk, f"{commission.authority}_{post}"] for post in _POSTS)
        )
        for commission in commissions
    }


_POSTS = ("reviewer", "chair")


def _commission_of(table: dict[str, Any], commissions: list[Commission]) -> Commission:
    number = table.get("constituency")
    for commission in commissions:
        own = commission.constituency.number if commission.constituency else None
        if own == number:
            return commission
    raise LookupError(f"accounts.toml: there is no constituency {number}.")


def _member_of(
    commission: Commission, role: StaffRole, names: Names, since: datetime.datetime
) -> User:
    number = commission.constituency.number if commission.constituency else 0
    post = role.value.rpartition("_")[2]
    return account_of(
        email=f"{post}.{number}@example.org",
        full_name=names.local().spoken,
        language="az",
        joined_at=since,
    )


def _post(filled: dict[tuple[int, str], User], since: datetime.datetime) -> None:
    CommissionMember.objects.bulk_create(
        CommissionMember(commission_id=commission, user=user, role=role, appointed_at=since)
        for (commission, role), user in filled.items()
    )
    User.objects.filter(pk__in=[user.pk for user in filled.values()]).update(is_staff=True)
