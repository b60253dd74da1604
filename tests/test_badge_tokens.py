"""The token of a badge: one way to write it, and nothing else is genuine."""

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm
from pycose.keys.curves import Ed25519
from pycose.keys.okp import OKPKey
from pycose.messages.cosemessage import CoseMessage
from pycose.messages.sign1message import Sign1Message

from elections.enums import Scope
from observers.badges import keys, tokens
from observers.badges.facts import facts_of
from observers.badges.tokens import BadgeFacts, NotGenuine
from observers.models import Badge
from tests import badge_vectors as vectors
from tests import builders

FILE = json.loads(Path("docs/badge-test-vectors.json").read_text())
pytestmark = pytest.mark.usefixtures("published_key")
FACTS = BadgeFacts(**vectors.facts_of(vectors.FACTS["one constituency"]))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def is_genuine(token):
    try:
        tokens.read(token)
    except NotGenuine:
        return False
    return True


# --- The published vectors ------------------------------------------------------------------------


def test_the_published_vectors_are_those_of_their_module():
    assert json.loads(json.dumps(vectors.made())) == FILE


@pytest.mark.parametrize("vector", FILE["genuine"], ids=lambda vector: vector["name"])
def test_the_portal_writes_and_reads_the_vectors(vector):
    facts = BadgeFacts(**vectors.facts_of(vector["facts"]))
    token = tokens.sign(facts)
    assert (token, tokens.link(token)) == (vector["token"], vector["link"])
    assert tokens.read(vector["token"]) == facts


@pytest.mark.parametrize("vector", FILE["not_genuine"], ids=lambda vector: vector["why"])
def test_what_is_not_genuine_is_refused(vector):
    assert not is_genuine(vector["token"])


# --- Every change is seen -------------------------------------------------------------------------


@pytest.mark.parametrize("name", vectors.FACTS)
def test_every_turned_bit_is_refused(name):
    whole = vectors.bytes_of(tokens.sign(BadgeFacts(**vectors.facts_of(vectors.FACTS[name]))))
    turned = [
        bytes([*whole[:place], whole[place] ^ 1 << bit, *whole[place + 1 :]])
        for place in range(len(whole))
        for bit in range(8)
    ]
    assert len(turned) > 900
    assert [each for each in turned if is_genuine(vectors.text(each))] == []


@pytest.mark.parametrize("name", vectors.FACTS)
def test_every_other_letter_is_refused(name):
    token = tokens.sign(BadgeFacts(**vectors.facts_of(vectors.FACTS[name])))
    others = [
        token[:place] + letter + token[place + 1 :]
        for place in range(len(token))
        for letter in LETTERS + "018a=- "
        if letter != token[place]
    ]
    assert len(others) > 7000
    assert [each for each in others if is_genuine(each)] == []


def test_every_missing_and_every_added_byte_is_refused():
    whole = vectors.bytes_of(tokens.sign(FACTS))
    shorter = [whole[:place] + whole[place + 1 :] for place in range(len(whole))]
    longer = [whole[:place] + b"\x00" + whole[place:] for place in range(len(whole) + 1)]
    assert [each for each in shorter + longer if is_genuine(vectors.text(each))] == []


# --- Whatever is given: an answer -----------------------------------------------------------------


@given(st.text())
def test_any_text_is_answered(text):
    assert not is_genuine(text)


@given(st.text(LETTERS, min_size=100, max_size=400))
def test_any_text_of_the_right_letters_is_answered(text):
    assert not is_genuine(text)


@given(st.binary(max_size=250))
def test_any_bytes_behind_a_right_beginning_are_answered(rest):
    beginning = vectors.bytes_of(tokens.sign(FACTS))[:11]
    assert not is_genuine(vectors.text(beginning + rest))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.integers() | st.text(), inner),
    max_leaves=10,
)


@given(ANYTHING)
def test_anything_signed_by_our_key_that_is_no_badge_is_answered(claims):
    assert not is_genuine(vectors.signed(claims))


@given(st.binary(max_size=150))
def test_any_bytes_signed_by_our_key_are_answered(payload):
    assert not is_genuine(vectors.signed(payload))


@given(st.sampled_from([2, 4, 5, -65537]), ANYTHING)
def test_one_claim_of_another_type_is_refused(name, value):
    true = vectors.claims(vectors.FACTS["one constituency"])
    changed = true | {name: value}
    if name in (4, 5) and isinstance(value, int) and not isinstance(value, bool):
        return  # another time, signed, is another badge
    assert not is_genuine(vectors.signed(changed))


def test_a_megabyte_is_refused():
    assert not is_genuine("A" * 1_000_000)


# --- Facts ----------------------------------------------------------------------------------------


def moments(first, last):
    since, until = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (first, last))
    thousandths = st.integers(0, (until - since) // datetime.timedelta(milliseconds=1))
    return thousandths.map(lambda number: since + datetime.timedelta(milliseconds=number))


@given(
    st.builds(
        BadgeFacts,
        number=st.from_regex(r"[A-Z]-[0-9]{7,12}-[0-9]{2}", fullmatch=True),
        serial=st.integers(1, 32767),
        election=st.integers(1, 2**31),
        scope=st.sampled_from([Scope.NATIONWIDE, Scope.SPECIAL_PERMISSION]),
        constituency=st.just(0),
        index=st.integers(1, 2**63 - 1),
        valid_from=moments(2000, 2050),
        valid_until=moments(2051, 9999),
    )
)
def test_what_is_signed_is_read_again(facts):
    whole = {
        name: getattr(facts, name).replace(microsecond=0) for name in ("valid_from", "valid_until")
    }
    assert tokens.read(tokens.sign(facts)) == replace(facts, **whole)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "12345"},
        {"number": "A-0012345-20\n"},
        {"number": "A-٠٠١٢٣٤٥-20"},
        {"serial": 0},
        {"election": 0},
        {"index": 0},
        {"constituency": 0},
        {"constituency": -1},
        {"scope": Scope.NATIONWIDE},
        {"scope": Scope.NATIONWIDE, "constituency": -1},
        {"valid_until": FACTS.valid_from},
    ],
)
def test_what_no_badge_can_say_is_not_signed(wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        tokens.sign(replace(FACTS, **wrong))


def test_an_expired_badge_is_genuine():
    long_ago = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
    past = replace(FACTS, valid_from=long_ago, valid_until=long_ago + datetime.timedelta(days=1))
    assert tokens.read(tokens.sign(past)) == past


def test_the_link_is_of_characters_that_qr_codes_hold_best():
    assert set(tokens.link(tokens.sign(FACTS))) <= set(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("scope", "number"), [("constituency", 2), ("nationwide", 0)])
def test_the_code_of_a_badge_says_what_is_printed_on_it(scope, number):
    badge = builders.badge_of(builders.an_approved(scope=scope, constituency=2))
    (printed,) = facts_of(Badge.unscoped.filter(pk=badge.pk))
    beginning, token = printed.link[:36], printed.link[36:]
    assert beginning == "HTTPS://ACCREDITATION.EXAMPLE.ORG/V/"
    assert tokens.read(token) == BadgeFacts(
        number=badge.application.accreditation_number,
        serial=1,
        election=badge.application.election.pk,
        scope=Scope(scope),
        constituency=number,
        index=badge.pk,
        valid_from=badge.valid_from.replace(microsecond=0),
        valid_until=badge.valid_until.replace(microsecond=0),
    )


# --- A second implementation ----------------------------------------------------------------------


def test_pycose_verifies_what_we_sign():
    message = CoseMessage.decode(vectors.bytes_of(tokens.sign(FACTS)))
    assert (message.phdr, message.uhdr) == ({Algorithm: EdDSA, KID: b"t1"}, {})
    message.key = OKPKey(crv=Ed25519, x=keys.public_keys()["t1"].public)
    assert message.verify_signature()
    assert cbor2.loads(message.payload) == vectors.claims(vectors.FACTS["one constituency"])


def test_we_read_what_pycose_signs():
    payload = cbor2.dumps(vectors.claims(vectors.FACTS["one constituency"]))
    message = Sign1Message(phdr={Algorithm: EdDSA, KID: b"t1"}, payload=payload)
    message.key = OKPKey(crv=Ed25519, d=vectors.SEED)
    assert tokens.read(vectors.text(message.encode())) == FACTS


@pytest.fixture(scope="module")
def documented():
    """What docs/badges.md tells others to write, and the published key as it reads it."""
    text = Path("docs/badges.md").read_text()
    written: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], written)  # noqa: S102
    return written, written["keys_of"]({"keys": [FILE["key"]["jwk"]]})


@pytest.mark.parametrize("vector", FILE["genuine"], ids=lambda vector: vector["name"])
def test_the_documented_checker_reads_the_vectors(documented, vector):
    checker, known = documented
    assert checker["facts_of"](vector["token"], known) == vectors.claims(vector["facts"])


@pytest.mark.parametrize("vector", FILE["not_genuine"], ids=lambda vector: vector["why"])
def test_the_documented_checker_refuses_what_is_not_genuine(documented, vector):
    checker, known = documented
    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever it is, it is a refusal)
        checker["facts_of"](vector["token"], known)


@pytest.mark.parametrize(
    ("name", "moment", "expected"),
    [
        ("one constituency", vectors.ISSUED_AT, "valid"),
        ("one constituency", 1707422400, "not valid at this time"),
        ("one constituency", 1705651199, "not valid at this time"),
        ("nationwide, replaced twice", 1708891199, "valid"),
    ],
)
def test_the_documented_checker_answers_by_the_list(documented, name, moment, expected):
    checker, known = documented
    listed = checker["list_of"](bytes.fromhex(FILE["status_list"]["envelope"]), known)
    facts = vectors.claims(vectors.FACTS[name])
    assert checker["answer"](facts, listed, moment) == expected


@pytest.mark.parametrize(("index", "expected"), [(1, "revoked"), (3, "replaced by another badge")])
def test_the_documented_checker_knows_what_has_ended(documented, index, expected):
    checker, known = documented
    listed = checker["list_of"](bytes.fromhex(FILE["status_list"]["envelope"]), known)
    facts = vectors.claims(vectors.FACTS["one constituency"] | {"index": index})
    assert checker["answer"](facts, listed, vectors.ISSUED_AT) == expected
