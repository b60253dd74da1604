"""Who needs no registration and applies all the same (art. 40.2-40.3): a flag for people to look
at, by number; by a like name and the same day of birth; where that is not known, by the name."""

import datetime
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Max, Q

from elections.models import CommissionMember
from observers.domain.duplicates import alike, comparable, name_keys, sounds
from observers.domain.identity import birth_index, identity_index
from observers.enums import Capacity
from observers.models import Application, ExemptPerson


@dataclass(frozen=True)
class Known:
    """Somebody who is exempt, from the register or by a post in a commission."""

    full_name: str
    capacity: Capacity
    name: str
    identity_index: str = ""
    birth_index: str = ""
    user: int | None = None


def set_identity(
    person: ExemptPerson, *, number: str, citizenship: str, born: datetime.date | None
) -> None:
    """Number and day of birth are kept as fingerprints only. Nothing given keeps what is there."""
    if number:
        person.identity_index = identity_index(citizenship=citizenship, number=number)
    if born:
        person.birth_index = birth_index(born)


def set_name(person: ExemptPerson, full_name: str) -> None:
    person.full_name = full_name
    person.search_key = comparable(full_name)
    person.name_keys = name_keys(person.search_key)


def exempt(applications: Iterable[Application]) -> dict[int, list[Known]]:
    """By application id, who of the exempt people of its election it might be. Two queries for any
    number of rows, at times a third, which need none of their sealed columns."""
    rows = list(applications)
    keys = {row.pk: name_keys(_own_name(row)) for row in rows}
    found = _Register(rows, keys)
    return {
        row.pk: [person for person in found.candidates(row, keys[row.pk]) if _might_be(person, row)]
        for row in rows
    }


def _might_be(person: Known, row: Application) -> bool:
    if person.identity_index and person.identity_index == row.identity_index:
        return True
    if person.user is not None and person.user == _applies_oneself(row):
        return True
    if not person.birth_index or not row.birth_index:
        return _sounds_like(person, row)
    same_day = person.birth_index == row.birth_index
    return same_day and alike(comparable(row.full_name), person.name)


def _sounds_like(person: Known, row: Application) -> bool:
    """By the name alone: surname and given name are the same, and the father's where both say it.
    Merely alike are too many."""
    own, said = sounds(_own_name(row)), sounds(person.name)
    father = sounds(comparable(row.patronymic))
    return own <= said and (said == own or not father or father <= said)


def _own_name(row: Application) -> str:
    return comparable(f"{row.surname} {row.given_name}")


def _applies_oneself(row: Application) -> int | None:
    """The account of the observer, where it is the observer's."""
    is_own = row.organisation_id is None and row.paper_received_at is None
    return row.applicant_id if is_own else None


class _Register:
    """The exempt people who share a number, a birthday or the key of a name with some row."""

    def __init__(self, rows: list[Application], keys: dict[int, list[str]]) -> None:
        self.found: dict[tuple[int, str, object], list[Known]] = defaultdict(list)
        elections = {row.election_id for row in rows}
        self._read_register(
            rows, elections, sorted({key for each in keys.values() for key in each})
        )
        self.members = _members_of(elections)

    def candidates(self, row: Application, keys: list[str]) -> list[Known]:
        by: list[tuple[str, object]] = [
            ("number", row.identity_index),
            ("birth", row.birth_index),
            ("user", _applies_oneself(row)),
            *(("name", key) for key in keys),
        ]
        members = self.members.get(row.election_id, {})
        found = [self.found.get((row.election_id, *each), ()) for each in by]
        found += [members.get(each, ()) for each in by]
        return list(dict.fromkeys(person for people in found for person in people))

    def _read_register(
        self, rows: list[Application], elections: set[int], keys: Iterable[str]
    ) -> None:
        numbers = {row.identity_index for row in rows} - {""}
        birthdays = {row.birth_index for row in rows} - {""}
        people = ExemptPerson.objects.filter(
            Q(identity_index__in=numbers)
            | Q(birth_index__in=birthdays)
            | Q(name_keys__overlap=keys),
            election__in=elections,
        )
        for person in people:
            known = Known(
                person.full_name,
                Capacity(person.capacity),
                person.search_key,
                person.identity_index,
                person.birth_index,
            )
            self._keep(person.election_id, known, person.name_keys)

    def _keep(self, election: int, known: Known, keys: list[str]) -> None:
        if known.identity_index:
            self.found[election, "number", known.identity_index].append(known)
        if known.birth_index:
            self.found[election, "birth", known.birth_index].append(known)
        for key in keys:
            self.found[election, "name", key].append(known)


# Who is looked up by what: an account, or the key of a name.
Members = dict[tuple[str, object], list[Known]]


def _members_of(elections: set[int]) -> dict[int, Members]:
    """By election, who serves in its commissions. They are a thousand and the same from one
    application to the next, so they are read again only when somebody has come or gone; a name
    that was changed is known a minute later."""
    posts = CommissionMember.objects.serving().filter(commission__election__in=elections)
    counted = posts.order_by().values_list("commission__election").annotate(Count("pk"), Max("pk"))
    minute = int(time.time() // 60)
    return {election: _read_members(election, (*stamp, minute)) for election, *stamp in counted}


@lru_cache(maxsize=16)
def _read_members(election: int, stamp: tuple[int, ...]) -> Members:
    posts = CommissionMember.objects.serving().filter(commission__election=election).order_by("pk")
    found: Members = defaultdict(list)
    for user, full_name in posts.values_list("user_id", "user__full_name"):
        name = comparable(full_name)
        known = Known(full_name, Capacity.COMMISSION_MEMBER, name, user=user)
        for key in (("user", user), *(("name", key) for key in name_keys(name))):
            found[key].append(known)
    return dict(found)
