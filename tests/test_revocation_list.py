"""The revocation list: what it says of each badge, who may have it, how large it gets."""

import datetime
import json
import random
import zlib
from pathlib import Path

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from elections.domain.clock import database_now
from elections.models import RunOff
from observers.badges import revocations
from observers.domain import badges
from observers.domain.ended_badges import EndedBadges, ended_badges
from observers.enums import IssueReason
from observers.lifecycle import REVOKE
from observers.models import Badge
from tests import badge_vectors as vectors
from tests import builders

VECTOR = json.loads(Path("docs/badge-test-vectors.json").read_text())["status_list"]
NOW = datetime.datetime(2024, 2, 7, 7, 0, 59, 999999, tzinfo=datetime.UTC)
NOTHING = EndedBadges()
pytestmark = pytest.mark.usefixtures("published_key")


def decoded(envelope):
    """By a reader of its own: header and claims, with one status for each index."""
    tag = cbor2.loads(envelope)
    protected, unprotected, payload, signature = tag.value
    public = Ed25519PrivateKey.from_private_bytes(vectors.SEED).public_key()
    public.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    claims = cbor2.loads(payload)
    bits = claims[65533]["bits"]
    packed = int.from_bytes(zlib.decompress(claims[65533]["lst"]), "little")
    claims["statuses"] = {
        index: status
        for index in range(packed.bit_length() // bits + 1)
        if (status := packed >> index * bits & 3)
    }
    return tag.tag, cbor2.loads(protected), unprotected, claims


def statuses(envelope):
    return decoded(envelope)[3]["statuses"]


def a_badge():
    return builders.badge_of(builders.an_approved())


def chair_of(badge):
    return builders.the_chair(badge.application.election)


def revoked(badge):
    badges.move(Badge.unscoped.filter(pk=badge.pk), REVOKE, actor=chair_of(badge), because="Lost.")


def replaced(badge):
    return badges.replace(badge, why=IssueReason.LOST, by=chair_of(badge))


# --- Its form -------------------------------------------------------------------------------------


def test_the_published_vector_is_read_as_it_says():
    tag, protected, unprotected, claims = decoded(bytes.fromhex(VECTOR["envelope"]))
    assert (tag, unprotected) == (18, {})
    assert protected == {1: -8, 4: b"t1", 16: "application/statuslist+cwt"}
    assert {str(index): status for index, status in claims["statuses"].items()} == VECTOR[
        "statuses"
    ]
    assert {str(election): until for election, until in claims[-65538].items()} == VECTOR[
        "run_offs"
    ]


def test_the_portal_writes_what_the_vector_says():
    """Compared once decoded: another zlib may pack the same list into other bytes."""
    indexes = {
        status: [index for index, each in vectors.STATUSES.items() if each == status]
        for status in (1, 3)
    }
    run_offs = {
        election: datetime.datetime.fromtimestamp(until, datetime.UTC)
        for election, until in vectors.RUN_OFFS.items()
    }
    written = revocations.signed(
        EndedBadges(vectors.LAST, indexes[1], indexes[3], run_offs), now=NOW
    )
    assert decoded(written) == decoded(bytes.fromhex(VECTOR["envelope"]))


def test_the_example_of_the_status_lists_own_specification():
    """Two bits, of which we do not use the value 2: 1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3."""
    packed = revocations.packed(EndedBadges(11, revoked=[0, 5, 7, 8], replaced=[3, 10, 11]))
    assert zlib.decompress(packed).hex() == "c144f1"  # c9 44 f9 there, with the two values 2


def test_the_claims_are_in_their_one_order():
    payload = cbor2.loads(revocations.signed(NOTHING, now=NOW)).value[2]
    assert payload == cbor2.dumps(cbor2.loads(payload), canonical=True)


def test_it_says_where_it_is_from_when_and_for_how_long():
    claims = decoded(revocations.signed(NOTHING, now=NOW))[3]
    assert claims[2] == "https://accreditation.example.org/verify/status.cwt"
    assert datetime.datetime.fromtimestamp(claims[6], datetime.UTC) == NOW.replace(
        second=0, microsecond=0
    )
    assert (claims[4] - claims[6], claims[65534]) == (48 * 3600, 300)


def test_within_a_minute_it_is_the_same_to_the_byte():
    begin = NOW.replace(second=0, microsecond=0)
    one, same, next_one = (
        revocations.signed(NOTHING, now=moment)
        for moment in (begin, NOW, begin + datetime.timedelta(minutes=1))
    )
    assert one == same != next_one


def test_a_forged_list_is_seen():
    forged = bytearray(revocations.signed(EndedBadges(9, [3], []), now=NOW))
    forged[-70] ^= 1
    with pytest.raises(InvalidSignature):
        decoded(bytes(forged))


@pytest.mark.parametrize(
    ("every", "most"), [(0, 500), (33, 8_000), (1, 500)], ids=["none", "3 in 100", "all"]
)
def test_how_large_it_is_for_a_hundred_thousand_badges(every, most):
    chance = random.Random(1)
    ended = chance.sample(range(1, 100_001), 100_000 // every) if every else []
    size = len(revocations.signed(EndedBadges(100_000, ended, []), now=NOW))
    assert size < most


# --- What it says of badges -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_valid_badge_is_not_marked():
    badge = a_badge()
    assert ended_badges().last == badge.pk
    assert statuses(revocations.current_list()) == {}


@pytest.mark.django_db
def test_a_revoked_badge_is_marked_in_its_own_transaction(client):
    badge, _other = a_badge(), a_badge()
    revoked(badge)
    assert statuses(client.get("/verify/status.cwt").content) == {badge.pk: 1}


@pytest.mark.django_db
def test_a_replaced_badge_is_marked_in_its_own_transaction_and_the_next_is_not(client):
    badge = a_badge()
    following = replaced(badge)
    assert statuses(client.get("/verify/status.cwt").content) == {badge.pk: 3}
    assert ended_badges().last == following.pk


@pytest.mark.django_db
def test_a_cancelled_registration_takes_the_badge_with_it():
    application = builders.a_cancelled()
    badge = builders.badges_of(application).get()
    assert statuses(revocations.current_list()) == {badge.pk: 1}


@pytest.mark.django_db
def test_before_the_first_badge_there_is_an_empty_list():
    assert ended_badges() == NOTHING
    assert statuses(revocations.current_list()) == {}


@pytest.mark.django_db
def test_badges_are_asked_for_in_one_statement_and_run_offs_in_one():
    for end in (revoked, replaced, replaced):
        end(a_badge())
    with CaptureQueriesContext(connection) as queries:
        found = ended_badges()
    assert (len(queries), len(found.revoked), len(found.replaced)) == (2, 1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("stay_valid", [True, False])
def test_a_run_off_that_keeps_badges_valid_is_on_it(stay_valid):
    badge = a_badge()
    election = badge.application.election
    until = badge.valid_until + datetime.timedelta(days=14)
    RunOff.objects.create(
        election=election,
        polling_on=until.date(),
        badges_stay_valid=stay_valid,
        badges_until=until,
        announced_by=chair_of(badge),
    )
    run_offs = decoded(revocations.current_list())[3][-65538]
    assert run_offs == ({election.pk: int(until.timestamp())} if stay_valid else {})


# --- Who gets it ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_for_every_site_and_kept_for_seconds(client):
    answer = client.get("/verify/status.cwt")
    assert answer["Content-Type"] == "application/statuslist+cwt"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=5"
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.django_db
def test_who_has_it_already_is_told_so(client):
    first = client.get("/verify/status.cwt")
    again = client.get("/verify/status.cwt", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"


@pytest.mark.django_db
def test_who_has_an_older_one_gets_the_new_one(client):
    badge = a_badge()
    first = client.get("/verify/status.cwt")
    revoked(badge)
    cache.clear()  # as after five seconds
    again = client.get("/verify/status.cwt", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, statuses(again.content)) == (200, {badge.pk: 1})


@pytest.mark.django_db
def test_however_many_ask_the_badges_are_read_once_in_some_seconds(client):
    client.get("/verify/status.cwt")
    with CaptureQueriesContext(connection) as queries:
        client.get("/verify/status.cwt")
    assert len(queries) == 0


@pytest.mark.django_db
def test_it_is_only_read(client):
    assert client.post("/verify/status.cwt").status_code == 405


@pytest.mark.django_db
def test_the_date_is_the_databases():
    before = database_now().replace(second=0, microsecond=0)
    issued_at = decoded(revocations.current_list())[3][6]
    assert before.timestamp() <= issued_at <= database_now().timestamp()
