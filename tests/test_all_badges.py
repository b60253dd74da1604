"""The badges of an organisation's observers: counted, explained where lacking, and all as PDF."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from elections.models import Election
from observers.badges import tasks
from observers.domain import agreement, badge_downloads, badges, print_files
from observers.domain.personal_links import token_of
from observers.enums import BadgeSize, BadgeStatus, IssueReason, PrintSheet, PrintStatus
from observers.lifecycle import PRINT
from observers.models import PrintBatch
from organisations.models import Organisation
from tests import builders as make
from tests.races import at_once
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = pytest.mark.django_db
CARD_SHEETS = {"size": "card", "sheet": "a4"}


@pytest.fixture
def election(db: None) -> Election:
    return make.an_election(observer_consent="before_badge", badge_download=True)


@pytest.fixture
def client(theirs: Organisation) -> Client:
    """Of a representative, who reads English."""
    return signed_in(make.a_representative(theirs))


@pytest.fixture
def others(election: Election) -> Client:
    return signed_in(make.owner_of(make.an_organisation(election=election)))


def registered(
    theirs: Organisation, election: Election, *, agrees: Any = True, **columns: Any
) -> Any:
    row = make.an_approved(election=election, organisation=theirs, **columns)
    if agrees is not None:
        agreement.answer(token_of(row), agreed=agrees, now=database_now())
    return make.stored(row)


def page_of(client: Client, theirs: Organisation, **query: str) -> Any:
    return client.get(reverse("people:badges", args=[theirs.key]), query)


def pressed(client: Client, theirs: Organisation, **form: str) -> Any:
    return client.post(reverse("people:badges_make", args=[theirs.key]), CARD_SHEETS | form)


def made(theirs: Organisation, election: Election, **columns: Any) -> PrintBatch:
    """Begun and finished."""
    by = make.owner_of(theirs)
    chosen = {"size": BadgeSize.CARD, "sheet": PrintSheet.SINGLE} | columns
    batch = badge_downloads.begin(theirs, election, by=by, **chosen)
    tasks.make_prints(batch.pk)
    return PrintBatch.unscoped.get(pk=batch.pk)


def part_of(batch: Any, number: int = 1) -> str:
    return reverse("people:badges_part", args=[batch.organisation.key, batch.key, number])


# --- Who has one, and who has not ----------------------------------------------------------------


def test_it_is_counted_who_has_a_badge_and_why_others_have_none(client, theirs, election):
    registered(theirs, election)
    badges.move(make.badges_of(registered(theirs, election)), PRINT, actor=make.the_chair(election))
    registered(theirs, election, agrees=None)
    registered(theirs, election, agrees=False)
    make.without_badge(registered(theirs, election))
    make.a_submitted(election=election, organisation=theirs)
    counts = page_of(client, theirs).context["counts"]
    assert (counts.registered, counts.with_badge) == (5, 2)
    assert counts.standings == {"without": 3, "issued": 1, "printed": 1, "handed_over": 0}
    assert counts.without == {"unanswered": 1, "declined": 1, "other": 1}


def test_each_reason_leads_to_the_page_where_it_is_mended(client, theirs, election):
    registered(theirs, election, agrees=None)
    registered(theirs, election, agrees=False)
    make.without_badge(registered(theirs, election))
    page = reverse("people:agreements", args=[theirs.key]) + f"?election={election.slug}"
    lacking = page_of(client, theirs).context["lacking"]
    assert [reason["url"] for reason in lacking] == [page, f"{page}&show=declined", ""]


def test_where_nobody_is_asked_consent_is_no_reason(client, theirs, election):
    Election.objects.filter(pk=election.pk).update(observer_consent="not_asked")
    election.refresh_from_db()
    make.without_badge(make.an_approved(election=election, organisation=theirs))
    assert page_of(client, theirs).context["counts"].without["other"] == 1


def test_the_list_shows_those_that_stand_so(client, theirs, election):
    has = registered(theirs, election, surname="Abbasov")
    lacks = registered(theirs, election, surname="Babayev", agrees=None)
    shown = {
        show: [person["name"] for person in page_of(client, theirs, show=show).context["people"]]
        for show in ("", "issued", "without", "handed_over")
    }
    assert shown == {
        "": [has.full_name, lacks.full_name],
        "issued": [has.full_name],
        "without": [lacks.full_name],
        "handed_over": [],
    }


def test_only_who_has_a_valid_badge_has_something_to_download(client, theirs, election):
    has = registered(theirs, election, surname="Abbasov")
    registered(theirs, election, surname="Babayev", agrees=None)
    people = page_of(client, theirs).context["people"]
    assert [each["action_url"] for each in people] == [reverse("apply:badge", args=[has.key]), ""]


def test_where_the_election_does_not_allow_it_nothing_is_downloaded(client, theirs, election):
    registered(theirs, election)
    batch = made(theirs, election)
    Election.objects.filter(pk=election.pk).update(badge_download=False)
    page = page_of(client, theirs)
    assert page.context["all"] is None
    assert [each["action_url"] for each in page.context["people"]] == [""]
    assert client.get(part_of(batch)).status_code == 404
    pressed(client, theirs)
    assert PrintBatch.unscoped.count() == 1


@pytest.mark.parametrize("rows", [1, 4])
def test_the_page_asks_as_much_for_many_as_for_one(
    client, theirs, election, rows, django_assert_max_num_queries
):
    for _each in range(rows):
        registered(theirs, election)
    with django_assert_max_num_queries(24):
        page_of(client, theirs)


# --- All at once ---------------------------------------------------------------------------------


def test_a_press_makes_one_pdf_of_all_that_are_valid_by_name(
    client, theirs, election, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr("observers.badges.tasks.make_prints.delay", tasks.make_prints)
    rows = [registered(theirs, election, surname=name) for name in ("Çələbi", "Abbasov")]
    registered(theirs, election, agrees=None)
    make.an_approved(election=election)
    with django_capture_on_commit_callbacks(execute=True):
        pressed(client, theirs, sheet="single")
    (part,) = page_of(client, theirs).context["all"]["made"]["parts"]
    pages = PdfReader(io.BytesIO(client.get(part["url"]).content)).pages
    numbers = [row.accreditation_number for row in reversed(rows)]
    assert len(pages) == 2
    assert all(n in page.extract_text() for n, page in zip(numbers, pages, strict=True))


def test_while_it_is_made_the_page_says_how_far_it_is(client, theirs, election):
    registered(theirs, election)
    pressed(client, theirs)
    said = page_of(client, theirs).context["all"]
    assert said["is_making"]
    assert said["work"]["sentence"] == "The PDFs are being made: 0 of 1 badges."


def test_who_presses_twice_begins_it_once(client, theirs, election):
    registered(theirs, election)
    pressed(client, theirs)
    pressed(client, theirs)
    assert PrintBatch.unscoped.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_representatives_who_press_at_once_begin_one():
    election = make.an_election(badge_download=True)
    theirs = make.an_organisation(election=election)
    make.an_approved(election=election, organisation=theirs)
    by = make.owner_of(theirs)

    def begin() -> Any:
        try:
            return badge_downloads.begin(
                theirs, election, by=by, size=BadgeSize.CARD, sheet=PrintSheet.A4
            )
        except badge_downloads.CannotDownload as error:
            return error

    at_once(begin, begin)
    assert PrintBatch.unscoped.count() == 1


def test_a_new_one_removes_the_files_of_the_one_before(
    theirs, election, django_capture_on_commit_callbacks
):
    registered(theirs, election)
    first = made(theirs, election)
    with django_capture_on_commit_callbacks(execute=True):
        second = made(theirs, election)
    first.refresh_from_db()
    assert first.files_removed_at is not None
    assert badge_downloads.latest(theirs, election) == second


def test_a_badge_stays_issued_however_often_it_is_downloaded(theirs, election):
    row = registered(theirs, election)
    made(theirs, election)
    assert make.badge_of(row).status == BadgeStatus.ISSUED


def test_a_part_with_a_badge_that_has_ended_is_not_given_out(client, theirs, election):
    row = registered(theirs, election)
    batch = made(theirs, election)
    assert client.get(part_of(batch)).status_code == 200
    badges.replace(make.badge_of(row), why=IssueReason.LOST, by=make.the_chair(election))
    assert client.get(part_of(batch)).status_code == 404
    (part,) = page_of(client, theirs).context["all"]["made"]["parts"]
    assert part["url"] == ""


def test_what_was_removed_can_be_made_anew(client, theirs, election):
    registered(theirs, election)
    print_files.remove(made(theirs, election))
    said = page_of(client, theirs).context["all"]["made"]
    assert (said["parts"], said["is_removed"]) == ([], True)


def test_nothing_is_made_of_nobody(theirs, election):
    with pytest.raises(badge_downloads.CannotDownload):
        made(theirs, election)


def test_it_is_made_only_so_often(client, theirs, election, settings):
    settings.ALL_BADGES_RATE = "1/h"
    registered(theirs, election)
    for _press in range(2):
        pressed(client, theirs)
        PrintBatch.unscoped.update(status=PrintStatus.READY)
    assert PrintBatch.unscoped.count() == 1


def test_a_form_without_a_size_begins_nothing(client, theirs, election):
    registered(theirs, election)
    pressed(client, theirs, size="poster")
    assert PrintBatch.unscoped.count() == 0


def test_axe_finds_nothing(new_visitor, theirs, election):
    registered(theirs, election)
    registered(theirs, election, agrees=None)
    made(theirs, election)
    phone = with_session(new_visitor(width=360), make.owner_of(theirs))
    phone.goto(reverse("people:badges", args=[theirs.key]))
    assert axe_findings(phone) == []


# --- Who else ------------------------------------------------------------------------------------


def test_a_stranger_another_organisation_and_the_commission_find_nothing(
    client, others, theirs, election
):
    registered(theirs, election)
    batch = made(theirs, election)
    staff = signed_in(make.a_staff_member(StaffRole.CENTRAL_CHAIR, election))
    for stranger in (others, staff, signed_in(make.a_user())):
        assert page_of(stranger, theirs).status_code == 404
        assert pressed(stranger, theirs).status_code == 404
        assert stranger.get(part_of(batch)).status_code == 404
    assert PrintBatch.unscoped.count() == 1


def test_another_organisation_has_no_part_through_its_own_address(others, theirs, election):
    registered(theirs, election)
    batch = made(theirs, election)
    own = PrintBatch.unscoped.exclude(pk=batch.pk)
    assert own.count() == 0
    rival = Organisation.unscoped.exclude(pk=theirs.pk).get()
    address = reverse("people:badges_part", args=[rival.key, batch.key, 1])
    assert others.get(address).status_code == 404
