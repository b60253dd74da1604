"""The applicant's pages of an appeal: lodged, waiting, answered, withdrawn; a court's ruling."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from notifications.models import Letter
from observers.domain import appeals
from observers.domain.applications import move
from observers.domain.reasons import Reasons
from observers.lifecycle import CANCEL
from observers.models import Appeal, Application
from tests.builders import (
    a_cancelled,
    a_draft,
    a_judge,
    a_refused,
    a_representative,
    a_ruling,
    a_staff_member,
    a_submitted,
    a_user,
    an_appeal,
    an_approved,
    an_election,
    an_organisation,
    commission_of,
    one,
    owner_of,
    stored,
    the_chair,
)
from tests.clocks import the_clock_at
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = pytest.mark.django_db
WHY = "The number is right.\nSee the card."


def url(name: str, application: Application) -> str:
    return reverse(f"apply:{name}", args=[application.key])


def page_of(application: Application, name: str = "overview", by: Any = None) -> str:
    answer = signed_in(by or application.applicant).get(url(name, application))
    assert answer.status_code == 200
    return answer.content.decode()


def send(application: Application, **fields: str) -> Any:
    return signed_in(application.applicant).post(url("appeal", application), fields)


# --- Lodging --------------------------------------------------------------------------------------


def test_a_refusal_leads_to_its_appeal():
    application = a_refused()
    html = page_of(application)
    assert "If you do not agree with the decision, appeal to: The body above (en)." in html
    assert f'href="{url("appeal", application)}">Appeal against this decision</a>' in html


def test_the_form_shows_what_it_is_about_and_until_when():
    application = a_refused()
    html = page_of(application, "appeal")
    for shown in (
        "Your appeal goes to: The body above (en).",
        "The information is not confirmed (en)",
        "number of the document",
        "The register of identity cards does not know the number.",
        ", 24:00 (Baku time (en))",
        " left</strong>",
        "It is decided within 3 days of being lodged.",
    ):
        assert shown in html, shown


def test_it_is_checked_before_it_is_lodged():
    application = a_refused()
    html = send(application, grounds=WHY).content.decode()
    assert "Check your appeal" in html
    assert "The number is right.<br>See the card." in html
    assert Appeal.unscoped.count() == 0


def test_confirmed_it_is_lodged_and_its_page_is_the_receipt():
    application = a_refused()
    answer = send(application, grounds=WHY, confirmed="1")
    assert answer["Location"] == url("appeal", application)
    assert Appeal.unscoped.get().grounds == WHY
    html = page_of(application, "appeal")
    assert "The appeal is lodged" in html
    assert application.receipt_number in html
    assert "Withdraw the appeal" in html


def test_grounds_survive_a_change_and_an_error():
    application = a_refused()
    changed = send(application, grounds=WHY, change="1").content.decode()
    assert "See the card.</textarea>" in changed
    empty = send(application, grounds=" ", confirmed="1").content.decode()
    assert "Write why the decision is wrong." in empty
    too_long = send(application, grounds="x" * 8001).content.decode()
    assert f"{'x' * 8001}</textarea>" in too_long
    assert Appeal.unscoped.count() == 0


def test_grounds_survive_the_end_of_the_session():
    application = a_refused()
    client = Client(headers={"Accept-Language": "en"})
    address = url("appeal", application)
    client.post(address, {"grounds": WHY, "confirmed": "1"})
    client.force_login(application.applicant)
    html = client.get(address).content.decode()
    assert "See the card.</textarea>" in html
    assert "Not stored yet" in html


def test_at_the_last_moment_it_is_refused_and_what_was_typed_is_kept():
    application = a_refused()
    client = signed_in(application.applicant)
    with the_clock_at(application.decision.appeal_until):
        answer = client.post(url("appeal", application), {"grounds": WHY, "confirmed": "1"})
        looked = client.get(url("overview", application)).content.decode()
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "The time to appeal has passed: it ended on" in html
    assert "The number is right.<br>See the card." in html
    assert "the time to appeal has passed" in looked
    assert "Appeal against this decision" not in looked


def test_sent_twice_the_second_finds_the_first():
    application = a_refused()
    for _ in range(2):
        answer = send(application, grounds=WHY, confirmed="1")
        assert answer["Location"] == url("appeal", application)
    assert Appeal.unscoped.count() == 1


def test_for_a_court_the_page_says_where_and_offers_no_form():
    application = a_refused(scope="nationwide")
    assert "turn to: The body above (en). That is outside this portal." in page_of(application)
    html = page_of(application, "appeal")
    assert "They are lodged there, outside this portal." in html
    assert "<textarea" not in html
    assert send(application, grounds=WHY, confirmed="1").status_code == 409


def test_what_is_not_refused_has_no_appeal():
    for application in (a_submitted(), an_approved(), a_draft()):
        answer = signed_in(application.applicant).get(url("appeal", application))
        assert answer["Location"] == application.get_absolute_url()
        assert "ppeal against this decision" not in page_of(application)


def test_a_representative_lodges_for_their_people():
    election = an_election()
    theirs = an_organisation(election=election)
    application = a_refused(election=election, organisation=theirs)
    representative = a_representative(theirs)
    fields = {"grounds": WHY, "confirmed": "1"}
    signed_in(representative).post(url("appeal", application), fields)
    assert Appeal.unscoped.get().lodged_by == representative


# --- Afterwards -----------------------------------------------------------------------------------


def test_the_page_of_the_application_says_who_decides_the_appeal_and_by_when():
    appeal = an_appeal()
    html = page_of(appeal.decision.application)
    assert "Your appeal is decided by: Mərkəzi Seçki Komissiyası (en)." in html
    assert f'datetime="{appeal.due_at:%Y-%m-%dT}' in html
    assert "status--lodged" in html


def test_withdrawn_it_may_be_lodged_again():
    appeal = an_appeal()
    application = appeal.decision.application
    client = signed_in(application.applicant)
    assert (
        "Withdraw the appeal?" in client.get(url("withdraw_appeal", application)).content.decode()
    )
    client.post(url("withdraw_appeal", application))
    assert Appeal.unscoped.get().status == "withdrawn"
    assert "Appeal against this decision" in page_of(application)
    assert "Continue: check the appeal" in page_of(application, "appeal")


def test_an_upheld_appeal_is_shown_with_its_reasons_beside_the_registration():
    appeal = an_appeal()
    appeals.uphold(appeal, actor=a_judge(appeal), reasoning="The card was valid.")
    application = stored(appeal.decision.application)
    html = page_of(application)
    for shown in (application.accreditation_number, "status--upheld", "The card was valid."):
        assert shown in html
    assert "Withdraw the appeal" not in page_of(application, "appeal")


def test_a_dismissed_appeal_is_shown_with_its_reasons_and_the_next_body():
    appeal = an_appeal()
    appeals.dismiss(appeal, actor=a_judge(appeal), reasoning="Nobody knows it.")
    application = appeal.decision.application
    for html in (page_of(application), page_of(application, "appeal")):
        assert "Nobody knows it." in html
        assert "Who may be asked next" in html
    assert "turn to: The body above (en)" in page_of(application)
    assert send(application, grounds=WHY, confirmed="1").status_code == 409


def test_what_a_court_has_ruled_is_shown_with_its_document():
    application = a_refused(scope="nationwide")
    appeal = appeals.record_ruling(
        application, actor=the_chair(application.election), ruling=a_ruling()
    )
    html = page_of(stored(application))
    address = reverse("apply:ruling", args=[appeal.key])
    assert f'href="{address}"' in html
    answer = signed_in(application.applicant).get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 ruling"
    assert answer["Content-Disposition"] == 'attachment; filename="ruling-2024-02-01.pdf"'


def test_a_cancellation_after_an_upheld_appeal_can_be_appealed_against_anew():
    appeal = an_appeal()
    appeals.uphold(appeal, actor=a_judge(appeal), reasoning="The card was valid.")
    application = stored(appeal.decision.application)
    chair = the_chair(application.election)
    move(one(application), CANCEL, actor=chair, reasons=Reasons(what_was_checked="Act 7."))
    assert "Continue: check the appeal" in page_of(application, "appeal")


# --- Whose it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["appeal", "withdraw_appeal"])
def test_to_everybody_else_there_is_no_such_appeal(name):
    election = an_election()
    theirs, others = an_organisation(election=election), an_organisation(election=election)
    application = an_appeal(election=election, organisation=theirs).decision.application
    strangers = [
        a_user(),
        owner_of(others),
        the_chair(election),
        a_staff_member("constituency_chair", election),
    ]
    for stranger in strangers:
        client = signed_in(stranger)
        assert client.get(url(name, application)).status_code == 404
        fields = {"grounds": WHY, "confirmed": "1"}
        assert client.post(url(name, application), fields).status_code == 404
    assert Appeal.unscoped.get().status == "lodged"


def test_a_ruling_is_served_to_those_who_may_see_the_appeal_alone():
    election = an_election()
    application = a_refused(election=election, constituency=1)
    ruling = appeals.record_ruling(application, actor=the_chair(election), ruling=a_ruling())
    address = reverse("apply:ruling", args=[ruling.key])
    own = a_staff_member("constituency_reviewer", election)
    neighbour = a_staff_member("constituency_reviewer", commission_of(election, 2))
    elsewhere = the_chair(an_election())
    people = (application.applicant, own, the_chair(election), neighbour, elsewhere, a_user())
    seen = [signed_in(user).get(address).status_code for user in people]
    assert seen == [200, 200, 200, 404, 404, 404]


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_appeal_is_lodged_and_withdrawn_without_script_on_a_phone(new_visitor):
    application = a_refused()
    page = with_session(new_visitor(width=360, script=False), application.applicant)
    page.goto(application.get_absolute_url())
    page.get_by_role("link", name="Appeal against this decision").click()
    page.get_by_role("button", name="Continue: check the appeal").click()
    expect(page.get_by_text("Write why the decision is wrong.").first).to_be_visible()
    page.get_by_label("Why is the decision wrong?").fill(WHY)
    page.get_by_role("button", name="Continue: check the appeal").click()
    page.get_by_role("button", name="Lodge the appeal").click()
    expect(page.get_by_role("heading", name="The appeal is lodged")).to_be_visible()
    assert Letter.unscoped.filter(kind="appeal_lodged").count() == 1
    page.get_by_role("link", name="Withdraw the appeal").click()
    page.get_by_role("button", name="Withdraw the appeal").click()
    expect(page.get_by_text("The appeal is withdrawn.")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_nothing_keeps_anybody_out(new_visitor):
    cancelled, refused, waiting = a_cancelled(), a_refused(), an_appeal()
    answered, court = an_appeal(), a_refused(scope="nationwide")
    appeals.dismiss(answered, actor=a_judge(answered), reasoning="Nobody knows it.")
    appeals.record_ruling(court, actor=the_chair(court.election), ruling=a_ruling())
    pages = [
        (cancelled, "appeal"),
        (refused, "appeal"),
        (waiting.decision.application, "appeal"),
        (waiting.decision.application, "withdraw_appeal"),
        (answered.decision.application, "overview"),
        (answered.decision.application, "appeal"),
        (court, "appeal"),
    ]
    for application, name in pages:
        page = with_session(new_visitor(width=360), application.applicant)
        page.goto(url(name, application))
        assert axe_findings(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    page = with_session(new_visitor(width=360), refused.applicant)
    page.goto(url("appeal", refused))
    page.get_by_label("Why is the decision wrong?").fill(WHY)
    page.get_by_role("button", name="Continue: check the appeal").click()
    assert axe_findings(page) == []
