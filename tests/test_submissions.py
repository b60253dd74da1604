"""Many applications sent in one act, with one receipt: the act, its pages, its PDF, its letters."""

import datetime
import io
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page
from pypdf import PdfReader

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import ObserverConsent, Scope
from elections.models import Election, Window
from notifications.models import Letter
from notifications.outbox import compose
from observers.domain.submissions import NotSent, submit_many
from observers.models import Application, Submission
from organisations.models import Organisation
from tests.builders import (
    a_draft,
    a_representative,
    a_returned,
    a_staff_member,
    a_submitted,
    a_user,
    an_organisation,
    many_drafts,
    one,
    owner_of,
    stored,
)
from tests.races import at_once
from tests.visitors import axe_findings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SECOND = datetime.timedelta(seconds=1)
LATE = "Registration has closed. The draft is kept and can still be read."
CONFIRM = "Confirm that the information is true."


def sent(theirs: Organisation, election: Election, *, by: User | None = None) -> Submission:
    """All that the organisation has, sent by its owner."""
    return submit_many(
        Application.unscoped.filter(organisation=theirs),
        organisation=theirs,
        election=election,
        actor=by or owner_of(theirs),
        confirmed=True,
    )


def refused(submission: Submission) -> list[tuple[int, str]]:
    return list(submission.lines.exclude(reason="").values_list("application_id", "reason"))


# --- The act --------------------------------------------------------------------------------------


def test_many_are_sent_with_one_receipt_that_lists_them(theirs, election):
    rows = [a_draft(organisation=theirs, election=election, consent=False) for _ in range(3)]
    submission = sent(theirs, election)
    now = [stored(row) for row in rows]
    assert {row.status for row in now} == {"submitted"}
    assert all(row.consented_at and row.receipt_number for row in now)
    assert [line.application for line in submission.lines.all()] == now
    assert submission.receipt_number.startswith("S-")
    assert submission.submitted_at == max(row.submitted_at for row in now)


def test_what_cannot_be_sent_stands_on_the_receipt_and_stays_as_it_is(theirs, election):
    good = a_draft(organisation=theirs, election=election, surname="Əliyev")
    bare = a_draft(organisation=theirs, election=election, photo=False, consent=False)
    submission = sent(theirs, election)
    assert refused(submission) == [(bare.pk, "Add a photo.")]
    assert submission.lines.first().application == bare
    assert (stored(good).status, stored(bare).status) == ("submitted", "draft")
    assert stored(bare).consented_at is None


@pytest.mark.parametrize(("left", "late"), [(SECOND, False), (0 * SECOND, True)])
def test_the_clock_refuses_each_that_is_late_and_takes_the_others(theirs, election, left, late):
    nationwide = a_draft(organisation=theirs, election=election, scope=Scope.NATIONWIDE)
    local = a_draft(organisation=theirs, election=election)
    Window.objects.filter(pk=local.window_id).update(closes_at=Now() + left)
    submission = sent(theirs, election)
    assert refused(submission) == ([(local.pk, LATE)] if late else [])
    assert stored(nationwide).status == "submitted"


def test_without_the_confirmation_nothing_is_sent(theirs, election):
    draft = a_draft(organisation=theirs, election=election)
    with pytest.raises(NotSent, match=CONFIRM):
        submit_many(
            one(draft),
            organisation=theirs,
            election=election,
            actor=owner_of(theirs),
            confirmed=False,
        )
    assert stored(draft).status == "draft"


def test_where_nothing_is_taken_there_is_no_receipt_but_the_reasons(theirs, election):
    draft = a_draft(organisation=theirs, election=election, photo=False, consent=False)
    with pytest.raises(NotSent) as caught:
        sent(theirs, election)
    assert [(row.pk, reason) for row, reason in caught.value.refused] == [
        (draft.pk, "Add a photo.")
    ]
    assert not Submission.unscoped.exists()
    assert stored(draft).version == draft.version


def test_only_what_can_still_be_sent_for_that_organisation_is_chosen(theirs, election):
    earlier = a_submitted(organisation=theirs, election=election)
    elsewhere = a_draft(organisation=an_organisation(election=election), election=election)
    draft = a_draft(organisation=theirs, election=election)
    submission = submit_many(
        Application.unscoped.filter(pk__in=[earlier.pk, elsewhere.pk, draft.pk]),
        organisation=theirs,
        election=election,
        actor=owner_of(theirs),
        confirmed=True,
    )
    assert [line.application_id for line in submission.lines.all()] == [draft.pk]


def test_a_stranger_cannot_send_them(theirs, election):
    a_draft(organisation=theirs, election=election)
    with pytest.raises(NotSent):
        sent(theirs, election, by=a_user())


@pytest.mark.django_db(transaction=True)
def test_of_two_representatives_who_send_the_same_at_once_one_gets_the_receipt(theirs, election):
    rows = many_drafts(3, organisation=theirs, election=election)
    both = (owner_of(theirs), a_representative(theirs))
    results = at_once(*(lambda by=by: tried(theirs, election, by) for by in both))
    assert sorted(results) == ["", "Nothing here waits to be sent any more."]
    assert Submission.unscoped.get().lines.filter(reason="").count() == len(rows)


def tried(theirs: Organisation, election: Election, by: User) -> str:
    """What came of sending everything: nothing if there is a receipt, else the sentence."""
    try:
        sent(theirs, election, by=by)
    except NotSent as not_sent:
        return str(not_sent)
    return ""


def statements(number: int, election: Election) -> int:
    theirs = an_organisation(election=election)
    many_drafts(number, organisation=theirs, election=election, consent=False)
    many_drafts(number, organisation=theirs, election=election, photo=False)
    owner = owner_of(theirs)
    with CaptureQueriesContext(connection) as captured:
        sent(theirs, election, by=owner)
    return len(captured)


def test_sending_thirty_costs_as_many_statements_as_sending_three(election):
    assert statements(3, election) == statements(30, election)


# --- The letters ----------------------------------------------------------------------------------


def test_who_sent_them_gets_one_letter_and_a_colleague_one_about_theirs(theirs, election):
    colleague = a_representative(theirs)
    for applicant in (owner_of(theirs), colleague, colleague):
        a_draft(organisation=theirs, election=election, applicant=applicant)
    a_draft(organisation=theirs, election=election, photo=False)
    submission = sent(theirs, election)
    letters = {letter.recipient: letter for letter in Letter.unscoped.filter(kind__contains="sub")}
    assert not Letter.unscoped.filter(kind="received").exists()
    own, about_theirs = letters[owner_of(theirs)], letters[colleague]
    assert (own.facts["count"], own.facts["refused"]) == (3, 1)
    assert (about_theirs.facts["count"], about_theirs.facts["refused"]) == (2, 0)
    said = compose(own, "a@example.org")
    assert said.subject == f"3 applications received ({submission.receipt_number})"
    assert "1 other application was not taken." in said.body
    assert submission.get_absolute_url() in said.body


# --- The page that sends --------------------------------------------------------------------------


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def owner(theirs: Organisation) -> Client:
    return client_of(owner_of(theirs))


def page_of(theirs: Organisation) -> str:
    return reverse("people:submit", args=[theirs.key])


def post(client: Client, theirs: Organisation, **fields: Any) -> Any:
    typed = {"confirmed": "on", "what": "everything", "seen_at": database_now().isoformat()}
    return client.post(page_of(theirs), typed | fields)


def test_the_page_counts_what_is_complete_and_says_what_holds_others_back(theirs, owner, election):
    a_draft(organisation=theirs, election=election, consent=False)
    a_returned(organisation=theirs, election=election)
    corrected = a_returned(organisation=theirs, election=election)
    one(corrected).update(surname="Qasımov", updated_at=database_now())
    a_draft(organisation=theirs, election=election, photo=False)
    a_draft(organisation=theirs, election=election, address="")
    page = owner.get(page_of(theirs))
    assert page.context["count"] == 2
    assert [person["label"] for person in page.context["people"]] == ["Draft", "Corrected"]
    assert [one["text"] for one in page.context["held"]] == [
        "1 draft has no photo",
        "1 lacks other answers",
    ]
    assert "Send 2 applications" in page.content.decode()


def test_the_desk_leads_there(theirs, owner, election):
    a_draft(organisation=theirs, election=election, consent=False)
    [need] = owner.get(theirs.get_absolute_url()).context["needs"]
    assert need["text"] == "1 draft is complete and ready to be sent."
    assert owner.get(need["url"]).context["count"] == 1


def test_sending_all_leads_to_the_receipt(theirs, owner, election):
    many_drafts(3, organisation=theirs, election=election)
    answer = post(owner, theirs)
    submission = Submission.unscoped.get()
    assert answer["Location"] == submission.get_absolute_url()
    page = owner.get(answer["Location"]).content.decode()
    assert "3 applications are received" in page
    assert all(row.receipt_number in page for row in Application.unscoped.all())
    assert (
        submission.receipt_number
        in owner.get(reverse("people:submissions", args=[theirs.key])).content.decode()
    )


def test_only_what_is_ticked_is_sent(theirs, owner, election):
    chosen, other = many_drafts(2, organisation=theirs, election=election)
    post(owner, theirs, what="ticked", application=[str(chosen.key), "no key"])
    assert (stored(chosen).status, stored(other).status) == ("submitted", "draft")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"confirmed": ""}, CONFIRM), ({"what": "ticked"}, "Tick at least one application.")],
)
def test_what_is_missing_is_said_on_the_page(theirs, owner, election, fields, sentence):
    draft = a_draft(organisation=theirs, election=election)
    assert sentence in post(owner, theirs, **fields).content.decode()
    assert stored(draft).status == "draft"


def test_a_second_click_finds_the_receipt_of_the_first(theirs, owner, election):
    a_draft(organisation=theirs, election=election)
    seen_at = database_now().isoformat()
    answers = [post(owner, theirs, seen_at=seen_at) for _ in range(2)]
    assert Submission.unscoped.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]


def test_what_was_changed_since_the_page_was_opened_is_not_sent_unseen(theirs, owner, election):
    seen = a_draft(organisation=theirs, election=election)
    seen_at = database_now().isoformat()
    later = a_draft(organisation=theirs, election=election)
    post(owner, theirs, seen_at=seen_at)
    assert (stored(seen).status, stored(later).status) == ("submitted", "draft")


def test_what_closed_since_the_page_was_opened_is_named_with_its_reason(theirs, owner, election):
    draft = a_draft(organisation=theirs, election=election)
    seen_at = database_now().isoformat()
    Window.objects.filter(pk=draft.window_id).update(closes_at=Now())
    answer = post(owner, theirs, seen_at=seen_at)
    assert answer.status_code == 409
    assert LATE in answer.content.decode()


def test_without_the_nomination_right_the_page_has_nothing_to_press(election):
    theirs = an_organisation(election=election, granted=False)
    a_draft(organisation=theirs, election=election)
    page = client_of(owner_of(theirs)).get(page_of(theirs)).content.decode()
    assert "1 application is complete. It can be sent as soon as" in page
    assert "btn-primary" not in page


def test_who_has_not_agreed_is_not_ready_where_the_election_wants_it(theirs, owner, election):
    Election.objects.update(observer_consent=ObserverConsent.BEFORE_SUBMISSION)
    agreed, _silent = many_drafts(2, organisation=theirs, election=election)
    one(agreed).update(observer_answer="agreed", observer_answered_at=database_now())
    page = owner.get(page_of(theirs))
    assert [person["key"] for person in page.context["people"]] == [agreed.key]
    [held] = page.context["held"]
    assert held["text"] == "1 observer has not agreed yet"
    assert owner.get(held["url"]).status_code == 200


# --- The PDF --------------------------------------------------------------------------------------


def test_the_pdf_names_everybody_with_their_number(theirs, owner, election):
    many_drafts(70, organisation=theirs, election=election)
    a_draft(organisation=theirs, election=election, surname="#panic(1) $x$ Ёлкин", photo=False)
    submission = sent(theirs, election)
    answer = owner.get(reverse("people:submission_pdf", args=[theirs.key, submission.key]))
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    numbers = Application.unscoped.exclude(receipt_number=None)
    assert [row.receipt_number for row in numbers if row.receipt_number not in text] == []
    for said in (submission.receipt_number, "#panic(1) $x$ Ёлкин Elçin", "Add a photo.", "Page 2"):
        assert said in text


# --- In a browser, and for others -----------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("script", [True, False])
def test_the_whole_way_on_a_phone(new_visitor, theirs, election, script):
    """With script axe looks at the pages; without it they work as well."""
    many_drafts(2, organisation=theirs, election=election, consent=False)
    a_draft(organisation=theirs, election=election, photo=False)
    visitor: Page = new_visitor(width=360, script=script)
    sign_in(visitor, owner_of(theirs), new_visitor.address)
    visitor.goto(theirs.get_absolute_url())
    visitor.get_by_role("link", name="2 drafts are complete and ready to be sent.").click()
    assert not script or axe_findings(visitor) == []
    visitor.get_by_label("I confirm that the information is true").check()
    visitor.get_by_role("button", name="Send 2 applications").click()
    visitor.get_by_role("heading", name="2 applications are received").wait_for()
    assert not script or axe_findings(visitor) == []


def sign_in(visitor: Page, user: User, address: str) -> None:
    cookie = client_of(user).cookies["sessionid"].value
    visitor.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])


@pytest.mark.parametrize("who", ["stranger", "another organisation", "central chair"])
def test_the_receipts_are_nobody_elses(theirs, election, who):
    a_draft(organisation=theirs, election=election)
    submission = sent(theirs, election)
    user = {
        "stranger": a_user,
        "another organisation": lambda: owner_of(an_organisation(election=election)),
        "central chair": lambda: a_staff_member(StaffRole.CENTRAL_CHAIR, election),
    }[who]()
    pdf = reverse("people:submission_pdf", args=[theirs.key, submission.key])
    for address in (page_of(theirs), submission.get_absolute_url(), pdf):
        assert client_of(user).get(address).status_code == 404


def test_a_receipt_is_not_found_below_another_of_their_organisations(theirs, owner, election):
    a_draft(organisation=theirs, election=election)
    submission = sent(theirs, election)
    second = an_organisation(election=election, owner=owner_of(theirs))
    address = reverse("people:submission", args=[second.key, submission.key])
    assert owner.get(address).status_code == 404
