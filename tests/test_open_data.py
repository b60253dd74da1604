"""What is published for software: files, their description, a copy of each day, a feed."""

import csv
import gzip
import io
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.test import Client
from frictionless import Package, system

from elections.models import Election
from notifications.models import Letter
from observers.models import RegisterSnapshot
from observers.register import open_data, tasks
from organisations.models import NominationRight
from tests import builders as make

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def election() -> Election:
    return make.an_election(slug="vote")


def get(client: Client, path: str, **headers: str) -> Any:
    return client.get(f"/elections/vote/{path}", headers=headers)


# --- Conditional requests -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["register.csv", "register.json", "datapackage.json"])
def test_who_has_the_file_already_is_not_sent_it_again(client, election, path):
    make.an_approved(election=election)
    first = get(client, path)
    again = get(client, path, if_none_match=first["ETag"])
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    make.an_approved(election=election)
    assert get(client, path, if_none_match=first["ETag"]).status_code == 200


def test_another_name_of_an_organisation_is_another_file(client, election):
    party = make.an_organisation(election=election)
    make.an_approved(election=election, organisation=party)
    before = get(client, "register.csv")["ETag"]
    party.short_name = "Horizon"
    party.save()
    assert get(client, "register.csv")["ETag"] != before


def test_fewer_names_are_another_file(client, election):
    before = get(client, "register.csv")["ETag"]
    election.name_policy = "number"
    election.save()
    assert get(client, "register.csv")["ETag"] != before


def test_a_file_says_when_it_last_changed(client, election):
    make.an_approved(election=election)
    answer = get(client, "register.csv")
    assert get(client, "register.csv", if_modified_since=answer["Last-Modified"]).status_code == 304
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.head("/elections/vote/register.csv").content == b""


# --- The description ------------------------------------------------------------------------------


def test_the_package_is_valid_and_its_files_fit_it(client, election, tmp_path):
    party = make.an_organisation(election=election)
    make.an_approved(election=election, organisation=party)
    make.an_approved(election=election, scope="nationwide")
    make.a_cancelled(election=election)
    (tmp_path / "statistics").mkdir()
    described = get(client, "datapackage.json").json()
    paths = [resource["path"] for resource in described["resources"]]
    assert len(paths) > 5
    for path in ("datapackage.json", *paths):
        answer = get(client, path)
        (tmp_path / path).write_bytes(answer.getvalue() if answer.streaming else answer.content)
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["rowNumber", "fieldName", "type", "note"]) == []
    assert report.valid


def test_the_package_says_licence_publisher_and_time(client, election):
    make.an_approved(election=election)
    described = get(client, "datapackage.json").json()
    assert described["licenses"][0]["name"] == "CC-BY-4.0"
    assert described["contributors"][0]["role"] == "publisher"
    assert described["created"][:4].isdigit()


# --- Day by day -----------------------------------------------------------------------------------


def test_each_day_is_kept_once_and_without_names(client, election):
    observer = make.an_approved(election=election, surname="Quliyev")
    assert (tasks.keep_snapshots(), tasks.keep_snapshots()) == (1, 0)
    kept = RegisterSnapshot.objects.get()
    answer = get(client, f"snapshots/{kept.day}.csv.gz")
    text = gzip.decompress(answer.getvalue()).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["number"] == observer.accreditation_number
    assert "name" not in row
    assert "Quliyev" not in text
    assert (
        get(client, f"snapshots/{kept.day}.csv.gz", if_none_match=answer["ETag"]).status_code == 304
    )


def test_the_next_day_is_kept_beside_it(election):
    open_data.keep_snapshots()
    first = RegisterSnapshot.objects.get()
    RegisterSnapshot.objects.update(day=first.day - make.DAY)
    assert open_data.keep_snapshots() == 1
    assert RegisterSnapshot.objects.count() == 2


def test_what_is_hidden_is_not_kept_and_not_shown(client):
    make.an_election(slug="vote", is_published=False)
    assert open_data.keep_snapshots() == 0
    paths = (
        "snapshots/",
        "datapackage.json",
        "decisions.atom",
        "organisations/",
        "constituencies/",
    )
    assert {get(client, path).status_code for path in paths} == {404}


@pytest.mark.parametrize("day", ["2024-02-30", "0000-00-00", "2024-02-07"])
def test_a_day_that_was_not_kept_is_not_there(client, election, day):
    assert get(client, f"snapshots/{day}.csv.gz").status_code == 404


# --- The feed -------------------------------------------------------------------------------------


def entries(client: Client) -> list[str]:
    feed = ET.fromstring(get(client, "decisions.atom").content)  # noqa: S314 - our own
    return [str(title.text) for title in feed.iterfind(f"{ATOM}entry/{ATOM}title")]


def test_decisions_about_organisations_are_a_feed(client, election):
    election.languages = ["en"]
    election.save()
    make.an_organisation(election=election, name="Horizon")
    make.an_organisation(election=election, name="Undecided", granted=False)
    assert entries(client) == ["Horizon: the right to nominate observers is granted"]
    answer = get(client, "decisions.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert get(client, "decisions.atom", if_none_match=answer["ETag"]).status_code == 304


def test_what_was_taken_back_before_its_letter_left_was_never_said(client, election):
    make.an_organisation(election=election, name="Horizon")
    right = NominationRight.unscoped.get()
    Letter.unscoped.filter(key=right.decision.letter_id).update(status="withdrawn")
    assert entries(client) == []
