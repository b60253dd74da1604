"""Whatever an address of the public pages asks for, it gets a page or a sentence."""

from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elections.models import Election
from observers.models import RegisteredObserver
from tests import builders as make

pytestmark = pytest.mark.django_db
PATIENT = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PATHS = (
    "register/", "register.csv", "register.json", "organisations/", "constituencies/",
    "statistics/",
)  # fmt: skip
NAMES = ("q", "kind", "constituency", "organisation", "status", "after", "page", "kind[]", "é")
words = st.one_of(
    st.text(max_size=120),
    st.text(alphabet="aəe%_*\\'\"-0A 1", max_size=30),
    st.sampled_from([
        "party", "registered", "cancelled", "1", "2", "-1", "0", "9999", "A-0000001-95",
        "00000000-0000-0000-0000-000000000000", "memmedov", "mmdov", "\0", "\ud7ff", "٣", "²",
    ]),
    st.integers().map(str),
    st.uuids().map(str),
)  # fmt: skip
queries = st.lists(st.tuples(st.sampled_from(NAMES), words), max_size=6)


@pytest.fixture
def somebody(election: Election) -> Election:
    party = make.an_organisation(election=election)
    make.an_approved(election=election)
    make.an_approved(election=election, organisation=party)
    return election


@PATIENT
@given(path=st.sampled_from(PATHS), query=queries, typed=st.booleans())
def test_every_query_gets_a_page_or_a_sentence(somebody, path, query, typed):
    headers = {"hx-request": "true"} if typed else {}
    address = f"/elections/{somebody.slug}/{path}?{encoded(query)}"
    answer = Client(headers=headers).get(address)
    body = b"".join(answer) if answer.streaming else answer.content
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or len(body) > 20


@PATIENT
@given(raw=st.binary(max_size=60).map(lambda raw: "".join(f"%{byte:02x}" for byte in raw)))
def test_no_bytes_are_too_much(somebody, raw):
    for name in ("q", "after", "constituency"):
        answer = Client().get(f"/elections/{somebody.slug}/register/?{name}={raw}")
        assert answer.status_code in (200, 400)


@PATIENT
@given(
    room=st.sampled_from(["register", "organisations", "constituencies", "snapshots"]), last=words
)
def test_an_address_of_nothing_is_not_found(somebody, room, last):
    answer = Client().get(f"/elections/{somebody.slug}/{room}/{quote(last, safe='')}/")
    assert answer.status_code in (200, 301, 404)


@PATIENT
@given(query=queries)
def test_a_page_and_its_file_agree_about_who_is_found(somebody, query):
    address = f"/elections/{somebody.slug}/register"
    asked = encoded([(name, value) for name, value in query if name != "after"])
    page, file = Client().get(f"{address}/?{asked}"), Client().get(f"{address}.csv?{asked}")
    assert page.status_code == file.status_code
    if page.status_code == 200:
        numbers = RegisteredObserver.objects.values_list("number", flat=True)
        exact = page.content.decode().partition('id="similar"')[0]
        written = b"".join(file).decode()
        assert [n for n in numbers if (n in exact) != (n in written)] == []


def encoded(query: list[tuple[str, str]]) -> str:
    return urlencode([(name, value.encode("utf-8", "replace")) for name, value in query])
