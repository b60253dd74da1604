"""A stranger who follows every public link of an election with people in every state, pages, files
and feeds alike, finds none of what is nobody's business."""

import gzip
import io
import json
import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.test import Client
from pypdf import PdfReader

from elections.enums import Scope
from elections.models import Election
from observers.models import Application
from observers.register import open_data
from organisations.enums import OrganisationKind
from organisations.models import NominationRight, Organisation, Representative
from tests import builders as make

pytestmark = pytest.mark.django_db
# Addresses in HTML, in the feed and in the descriptions.
LINKS = re.compile(
    r"""(?:href|src|action|hx-get)="([^"#][^"]*)"|<link>([^<]+)<|"path": "([^"]+)\""""
)
# Doors, not pages: behind them one is somebody.
NOT_WALKED = re.compile(r"^/(static|accounts|admin|language|desk|apply|organisations|agreement)/")
MOST = 250
# Shown by everybody's browser alike.
LEAST_LENGTH = 5


@pytest.fixture
def election() -> Election:
    """With somebody in every state, and private values that can be recognised."""
    election = make.an_election(slug="vote", name_policies={"own_initiative": "initials"})
    party = make.an_organisation(election=election, name="Horizon Party")
    mission = make.an_organisation(election=election, kind=OrganisationKind.INTERNATIONAL)
    make.an_organisation(election=election, granted=False, name="Waiting Party")
    number = 0
    for made in (
        make.a_draft, make.a_submitted, make.a_returned, make.a_refused, make.a_withdrawn,
        make.an_approved, make.an_approved, make.a_cancelled,
    ):  # fmt: skip
        for organisation in (None, party, mission):
            number += 1
            scope = Scope.NATIONWIDE if organisation == mission else Scope.CONSTITUENCY
            made(
                election=election,
                organisation=organisation,
                scope=scope,
                surname=f"Surname{'abcdefghijklmnopqrstuvwxyz'[number % 26]}",
                given_name=f"Givenname{'abcdefghijklmnopqrstuvwxyz'[number % 26]}",
                identity_number=f"AZE71{number:05d}",
                address=f"Hidden street {number:04d}",
                phone=f"+99455700{number:04d}",
                email=f"private{number}@example.org",
            )
    make.an_appeal(election=election)
    open_data.keep_snapshots()
    return election


def private_values(election: Election) -> dict[str, str]:
    """Each with what it is."""
    values: dict[str, str] = {}
    for row in Application.unscoped.filter(election=election):
        what = f"of a {row.status} application"
        born = row.birth_on
        private = {
            "identity number": [row.identity_number, row.identity_index, row.birth_index],
            "address": [row.address],
            "phone": [row.phone, row.phone[-7:]],
            "e-mail": [row.email, row.applicant.email],
            "receipt": [row.receipt_number or ""],
            "key": [str(row.key), row.key.hex],
            "photo": [row.photo.name or ""],
            "birth": [f"{born:{form}}" for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d")]
            if born else [],
        }  # fmt: skip
        if row.status not in ("approved", "cancelled"):
            private["name"] = [row.surname] if row.surname.startswith("Surname") else []
        elif row.kind == "own_initiative":
            private["hidden name"] = [row.given_name]
        for name, found in private.items():
            values |= {value: f"{name} {what}" for value in found if len(value) >= LEAST_LENGTH}
    for right in NominationRight.unscoped.filter(election=election):
        values |= {
            str(right.key): "key of a right",
            str(right.receipt_number): "receipt of a right",
        }
    for organisation in Organisation.unscoped.all():
        values |= {organisation.phone: "phone", organisation.legal_address: "legal address"}
    for person in Representative.objects.select_related("user"):
        values |= {person.email: "e-mail of a representative"}
    values["Waiting Party"] = "an organisation that has only applied"
    return {value: what for value, what in values.items() if len(value) >= LEAST_LENGTH}


def _text(address: str, body: bytes) -> str:
    if address.endswith(".gz"):
        return gzip.decompress(body).decode()
    if body.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return body.decode("utf-8", "replace")


def walk(client: Client) -> Iterator[tuple[str, str]]:
    """Every address that can be reached from the first page, with what is shown there."""
    waiting, known = ["/"], {"/"}
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code in (301, 302):
            body = answer["Location"].encode()
            links = [answer["Location"]]
        else:
            text = _text(address, body)
            body = text.encode()
            links = [next(filter(None, found)) for found in LINKS.findall(text)]
        yield address, body.decode("utf-8", "replace")
        for link in links:
            found = urldefrag(urljoin(f"http://testserver{address}", link.replace("&amp;", "&")))[0]
            parts = urlsplit(found)
            there = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.scheme in ("http", "https") and there not in known and len(known) < MOST:
                known.add(there)
                if not NOT_WALKED.match(there):
                    waiting.append(there)


def test_no_public_page_file_or_feed_holds_a_private_value(election):
    values = private_values(election)
    assert len(values) > 100
    found, visited = [], []
    for address, text in walk(Client(headers={"accept-language": "en"})):
        visited.append(address)
        found += [f"{what}: {address}" for value, what in values.items() if value in text]
    assert found == []
    rooms = (
        "/elections/vote/", "/elections/vote/register/", "/elections/vote/register.csv",
        "/elections/vote/register.json", "/elections/vote/organisations/",
        "/elections/vote/constituencies/2/", "/elections/vote/statistics/",
        "/elections/vote/datapackage.json", "/elections/vote/decisions.atom",
        "/elections/vote/snapshots/", "/verify/",
    )  # fmt: skip
    assert [room for room in rooms if room not in visited] == []
    assert any(re.fullmatch(r"/elections/vote/register/A-[\d-]+/", place) for place in visited)
    assert any(place.endswith(".csv.gz") for place in visited)


def test_the_walk_would_have_found_what_is_shown(election):
    """What is public is found: the walk reads what it visits."""
    shown = Application.unscoped.filter(election=election, status="approved", kind="party")[0]
    texts = [text for _address, text in walk(Client())]
    assert any(shown.surname in text for text in texts)
    assert any(json.dumps(shown.accreditation_number) in text for text in texts)
