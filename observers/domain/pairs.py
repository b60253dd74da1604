"""Pairs of applications that might be the same person's: found, and settled once and for all.

What makes two alike is in `duplicates.py`. Here the database compares all with all, coarsely, and
what it finds is compared in full, a page at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from observers import permissions
from observers.domain.duplicates import GONE, alike, comparable
from observers.models import Application, SettledPair

# What PostgreSQL compares by trigrams: without what the spellings of one name differ in most.
_COARSE = (
    "translate(replace(replace({row}.search_key, ' oglu', ''), ' qizi', ''),"
    " 'eyoqkxjwh', 'aiuggccv')"
)
# Names that `alike` takes for one are at least so similar; see the test. One in two hundred others
# with the same birthday is.
COARSELY_ALIKE = 0.3
# So many applications are held against all others in one statement, and so many for one page.
CHUNK = 5_000
FOR_A_PAGE = 30_000

SEALED = (
    "birth_on",
    "identity_number",
    "address",
    "phone",
    "email",
    "organisation__legal_address",
    "organisation__phone",
)

# Numbers of two applications.
Pair = tuple[int, int]

# `a` goes through what the viewer's commissions have; where both are theirs, the pair is found at
# the older. CASE, because comparing names is what takes the time.
_CANDIDATES = """
    WITH a AS MATERIALIZED (
        SELECT id, election_id, identity_index, birth_index, {coarse_of_r} AS coarse,
            concat_ws(' ', surname, given_name, patronymic) AS name
        FROM observers_application r
        WHERE id > %(behind)s AND id <= %(up_to)s AND submitted_at IS NOT NULL
            AND status <> ALL(%(gone)s) AND commission_id = ANY(%(commissions)s)
    ), found AS (
        SELECT a.id AS here, b.id AS there, '' AS one, '' AS other
        FROM a JOIN observers_application b ON b.election_id = a.election_id
            AND b.identity_index = a.identity_index AND b.identity_index <> ''
        WHERE b.submitted_at IS NOT NULL AND b.status <> ALL(%(gone)s)
            AND (b.id > a.id OR b.id <> a.id AND b.commission_id <> ALL(%(commissions)s))
        UNION ALL
        SELECT a.id, b.id, a.name, concat_ws(' ', b.surname, b.given_name, b.patronymic)
        FROM a JOIN observers_application b ON b.election_id = a.election_id
            AND b.birth_index = a.birth_index AND b.birth_index <> ''
        WHERE b.submitted_at IS NOT NULL AND b.status <> ALL(%(gone)s)
            AND b.identity_index <> a.identity_index
            AND CASE
                WHEN b.id > a.id OR b.id <> a.id AND b.commission_id <> ALL(%(commissions)s)
                THEN similarity(a.coarse, {coarse_of_b}) >= %(coarsely)s
                ELSE false
            END
    )
    SELECT here, there, one, other FROM found
    WHERE (here, there) > (%(here)s, %(there)s) AND NOT EXISTS (
        SELECT 1 FROM observers_settledpair s
        WHERE s.first_id = least(here, there) AND s.second_id = greatest(here, there)
    )
    ORDER BY here, there
"""


class PairError(Exception):
    """The pair cannot be settled. The message may be shown to a person."""


@dataclass(frozen=True)
class Page:
    """`after` is where the next begins; None where all were looked through. A page may be short, or
    empty, and others follow: looking through everything at once would take too long."""

    pairs: list[Pair]
    after: Pair | None


def page(commissions: Collection[int], *, after: Pair = (0, 0), size: int = 50) -> Page:
    """Pairs of which at least one is in one of these commissions, behind `after` in their order;
    without those that somebody has settled. The older of each pair stands first."""
    found: list[Pair] = []
    behind = after[0] - 1
    for _chunk in range(FOR_A_PAGE // CHUNK):
        up_to = _end_of_chunk(commissions, behind)
        for here, there, one, other in _candidates(commissions, behind, up_to, after):
            if one == other or alike(comparable(one), comparable(other)):
                found.append((min(here, there), max(here, there)))
                if len(found) == size:
                    return Page(found, after=(here, there))
        if up_to is None:
            return Page(found, after=None)
        behind = up_to
    return Page(found, after=(behind + 1, 0))


def count(commissions: Collection[int], *, at_most: int) -> int:
    """How many there are; `at_most` stands for that many or more."""
    counted, after = 0, (0, 0)
    while True:
        found = page(commissions, after=after, size=at_most - counted)
        counted += len(found.pairs)
        if found.after is None or counted == at_most:
            return counted
        after = found.after


def _end_of_chunk(commissions: Collection[int], behind: int) -> int | None:
    """The last application of the chunk behind that one; None where it is the last chunk."""
    theirs = Application.unscoped.filter(
        commission__in=commissions, submitted_at__isnull=False, pk__gt=behind
    )
    last: list[int] = list(theirs.order_by("pk").values_list("pk", flat=True)[CHUNK - 1 : CHUNK])
    return last[0] if last else None


def _candidates(
    commissions: Collection[int], behind: int, up_to: int | None, after: Pair
) -> list[tuple[int, int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES.format(
                coarse_of_r=_COARSE.format(row="r"), coarse_of_b=_COARSE.format(row="b")
            ),
            {
                "gone": [str(status) for status in GONE],
                "coarsely": COARSELY_ALIKE,
                "commissions": list(commissions),
                "behind": behind,
                "up_to": up_to or _LAST,
                "here": after[0],
                "there": after[1],
            },
        )
        return list(cursor.fetchall())


_LAST = 2**62


def shown(keys: Collection[int]) -> dict[int, Application]:
    """By id, what a page shows of both sides to whoever sees the pair: nothing that is sealed. For
    the commission: they may be another's."""
    rows = Application.unscoped.filter(pk__in=list(keys)).select_related(
        "organisation", "constituency", "commission", "election"
    )
    return {row.pk: row for row in rows.defer(*SEALED)}


def settled(first: Application, second: Application) -> SettledPair | None:
    """What came of this pair, if somebody has settled it; the older comes first."""
    pairs = SettledPair.objects.filter(first=first, second=second).select_related("settled_by")
    found: SettledPair | None = pairs.first()
    return found


def are_alike(first: Application, second: Application) -> bool:
    """Whether this is a pair at all: nobody may hold any two applications against each other."""
    if first.election_id != second.election_id or {first.status, second.status} & {*GONE}:
        return False
    if first.identity_index and first.identity_index == second.identity_index:
        return True
    same_day = bool(first.birth_index) and first.birth_index == second.birth_index
    return same_day and alike(comparable(first.full_name), comparable(second.full_name))


def may_settle(user: User, first: Application, second: Application) -> bool:
    """Whoever may decide on one of the two."""
    return any(permissions.may(user, "review", each) for each in (first, second))


@transaction.atomic
def settle(
    first: Application, second: Application, *, is_same_person: bool, note: str, actor: User
) -> SettledPair:
    """Once and for all. Nothing is decided by it: that needs a decision on one of the two.

    Raises PairError where the actor may not, a colleague was faster, or it is the same person and
    nobody says how that was found out.
    """
    if not may_settle(actor, first, second):
        raise PairError(_("This pair is not yours to settle."))
    if is_same_person and not note.strip():
        raise PairError(_("Say how you found out that it is the same person."))
    older, newer = sorted((first, second), key=lambda each: each.pk)
    try:
        with transaction.atomic():
            pair: SettledPair = SettledPair.objects.create(
                first=older,
                second=newer,
                is_same_person=is_same_person,
                note=note.strip(),
                settled_by=actor,
            )
    except IntegrityError as error:
        raise PairError(_("A colleague has settled this pair already.")) from error
    return pair
