"""The desk of the body above: what is appealed against and why, the two answers, and rulings."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import expect

from accounts.enums import StaffRole
from notifications.models import Letter
from observers.domain import appeals
from observers.models import Appeal, Application, Recusal
from tests.builders import (
    a_cancelled,
    a_judge,
    a_refused,
    a_ruling,
    a_staff_member,
    a_submitted,
    a_user,
    an_appeal,
    an_approved,
    an_election,
    commission_of,
    stored,
    the_chair,
)
from tests.clocks import the_clock_at
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = pytest.mark.django_db
LIST = "/admin/observers/appeal/"


def seen(user: Any, address: str) -> str:
    answer = signed_in(user).get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def page(appeal: Appeal) -> str:
    return f"{LIST}{appeal.pk}/change/"


def answering(appeal: Appeal, action: str) -> str:
    return f"{LIST}{appeal.pk}/{action}/"


def recording(application: Application) -> str:
    return reverse("admin:observers_appeal_record", args=[application.pk])


def kept(appeal: Appeal) -> Appeal:
    found: Appeal = Appeal.unscoped.get(pk=appeal.pk)
    return found


# --- The list -------------------------------------------------------------------------------------


def test_the_list_shows_what_waits_and_the_rest_when_asked():
    election = an_election()
    waiting = an_appeal(election=election, surname="Abbasov")
    answered = an_appeal(election=election, surname="Bayramov")
    judge = a_judge(waiting)
    appeals.dismiss(answered, actor=judge, reasoning="No.")
    html = seen(judge, LIST)
    assert ("Abbasov" in html, "Bayramov" in html) == (True, False)
    everything = seen(judge, f"{LIST}?status=all")
    assert everything.index("Abbasov") < everything.index("Bayramov")
    found = seen(judge, f"{LIST}?q=bayramov")
    assert ("Abbasov" in found, "Bayramov" in found) == (False, True)
    number = answered.decision.application.receipt_number
    assert "Bayramov" in seen(judge, f"{LIST}?q={number}")


def test_the_list_is_narrowed_by_outcome_commission_and_time():
    election = an_election()
    refused = an_appeal(election=election, surname="Abbasov", constituency=1)
    cancelled = an_appeal(a_cancelled(election=election, surname="Bayramov", constituency=2))
    judge = a_judge(refused)
    second = commission_of(election, 2).pk
    for query in ("against=cancelled", f"commission={second}"):
        html = seen(judge, f"{LIST}?{query}")
        assert ("Abbasov" in html, "Bayramov" in html) == (False, True), query
    assert "Abbasov" not in seen(judge, f"{LIST}?due=overdue")
    with the_clock_at(cancelled.due_at):
        html = seen(judge, f"{LIST}?due=overdue")
    assert "overdue by" in html


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_fifty():
    election = an_election()
    first = an_appeal(election=election)
    client = signed_in(a_judge(first))

    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    questions()
    alone = questions()
    for _ in range(9):
        an_appeal(election=election)
    assert questions() == alone


# --- One appeal -----------------------------------------------------------------------------------


def test_the_page_shows_the_decision_the_grounds_and_the_application():
    appeal = an_appeal(surname="Abbasov")
    html = seen(a_judge(appeal), page(appeal))
    application = appeal.decision.application
    for shown in (
        "The number is right: see the card.",
        "The information is not confirmed (en)",
        "Number of the document",
        "The register of identity cards does not know the number.",
        str(appeal.decision.proposed_by),
        "Abbasov",
        application.identity_number,
        application.receipt_number,
        reverse("apply:photo", args=[application.key]),
        f'href="{answering(appeal, "uphold")}#decision" data-key="u"',
        f'href="{answering(appeal, "dismiss")}#decision" data-key="d"',
    ):
        assert shown in html, shown


def test_the_letter_is_read_before_anything_is_decided():
    appeal = an_appeal()
    client = signed_in(a_judge(appeal))
    html = client.post(answering(appeal, "dismiss"), {"reasoning": "Nobody knows it."})
    text = html.content.decode()
    assert "Appeal dismissed: Məmmədov Elçin Rauf oğlu" in text
    assert "Who may be asked next: The body above (en)" in text
    upheld = client.post(answering(appeal, "uphold"), {"reasoning": "It was valid."})
    text = upheld.content.decode()
    assert "Appeal upheld, registered as an observer: Məmmədov Elçin Rauf oğlu" in text
    assert "(the number is given on approval)" in text
    assert kept(appeal).status == "lodged"
    assert not Letter.unscoped.filter(kind__in=("appeal_dismissed", "registered_on_appeal"))


@pytest.mark.parametrize(("action", "status"), [("uphold", "approved"), ("dismiss", "refused")])
def test_confirmed_the_answer_is_given(action, status):
    appeal = an_appeal()
    judge = a_judge(appeal)
    fields = {"reasoning": "So it is.", "confirmed": "1"}
    answer = signed_in(judge).post(answering(appeal, action), fields)
    assert answer["Location"] == page(appeal)
    assert (kept(appeal).reasoning, kept(appeal).decided_by) == ("So it is.", judge)
    assert stored(appeal.decision.application).status == status
    assert "So it is." in seen(judge, page(appeal))


def test_an_answer_without_reasons_is_not_given_and_changed_answers_are_kept():
    appeal = an_appeal()
    client = signed_in(a_judge(appeal))
    empty = client.post(answering(appeal, "uphold"), {"reasoning": "", "confirmed": "1"})
    assert "Write why: the applicant reads it." in empty.content.decode()
    changed = client.post(answering(appeal, "uphold"), {"reasoning": "Mine.", "change": "1"})
    assert "Mine.</textarea>" in changed.content.decode()
    assert kept(appeal).status == "lodged"


def test_who_took_part_reads_why_they_do_not_decide():
    appeal = an_appeal()
    chair = appeal.decision.proposed_by
    assert "You took part in the decision appealed against" in seen(chair, page(appeal))
    answer = signed_in(chair).post(
        answering(appeal, "dismiss"), {"reasoning": "No.", "confirmed": "1"}
    )
    assert answer.status_code == 403
    assert kept(appeal).status == "lodged"


def test_who_stood_aside_reads_why_they_do_not_decide():
    appeal = an_appeal()
    judge = a_judge(appeal)
    Recusal.objects.create(reviewer=judge, application=appeal.decision.application, reason="Kin.")
    assert "You stood aside from this application" in seen(judge, page(appeal))
    assert signed_in(judge).get(answering(appeal, "uphold")).status_code == 403


def test_a_new_application_meanwhile_is_said_and_nothing_is_changed():
    application = a_refused(identity_number="AA7654321")
    appeal = an_appeal(application)
    a_submitted(election=application.election, identity_number="AA7654321")
    client = signed_in(a_judge(appeal))
    fields = {"reasoning": "It was valid.", "confirmed": "1"}
    html = client.post(answering(appeal, "uphold"), fields, follow=True).content.decode()
    assert "Nothing was changed. This person has another application in this election" in html
    assert kept(appeal).status == "lodged"


def test_an_appeal_withdrawn_meanwhile_is_not_answered():
    appeal = an_appeal()
    client = signed_in(a_judge(appeal))
    appeals.withdraw(appeal, by=appeal.decision.application.applicant)
    fields = {"reasoning": "So.", "confirmed": "1"}
    html = client.post(answering(appeal, "dismiss"), fields, follow=True).content.decode()
    assert "Nothing was changed." in html
    assert kept(appeal).status == "withdrawn"


def test_the_page_of_the_application_shows_its_appeals():
    appeal = an_appeal()
    application = appeal.decision.application
    address = f"/admin/observers/application/{application.pk}/change/"
    html = seen(a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, application.election), address)
    assert f'href="{page(appeal)}"' in html
    assert "To be decided by" in html


# --- Whose it is ----------------------------------------------------------------------------------


def test_the_constituency_reads_appeals_against_its_decisions_and_decides_none():
    election = an_election()
    appeal = an_appeal(election=election, constituency=1)
    own = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    html = seen(own, page(appeal))
    assert "This appeal is not yours to act on." in html
    assert 'data-key="u"' not in html
    fields = {"reasoning": "No.", "confirmed": "1"}
    assert signed_in(own).post(answering(appeal, "dismiss"), fields).status_code == 403
    assert "Məmmədov" in seen(own, LIST)


def test_to_another_commission_and_another_election_there_is_no_such_appeal():
    election = an_election()
    appeal = an_appeal(election=election, constituency=1)
    neighbour = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    elsewhere = the_chair(an_election())
    for user in (neighbour, elsewhere):
        client = signed_in(user)
        for address in (page(appeal), answering(appeal, "uphold"), answering(appeal, "dismiss")):
            assert client.get(address).status_code == 404
            assert client.post(address, {"reasoning": "No.", "confirmed": "1"}).status_code == 404
        assert "Məmmədov" not in seen(user, LIST)
        assert client.get(recording(appeal.decision.application)).status_code == 404
    assert kept(appeal).status == "lodged"


def test_an_applicant_has_no_desk():
    appeal = an_appeal()
    for user in (appeal.decision.application.applicant, a_user()):
        assert signed_in(user).get(page(appeal)).status_code == 404


# --- Rulings --------------------------------------------------------------------------------------


def a_form(**fields: Any) -> dict[str, Any]:
    document = SimpleUploadedFile("ruling.pdf", b"%PDF-1.4\nstartxref\n0\n%%EOF\n")
    return {
        "court": "Court of Appeal",
        "number": "77",
        "ruled_on": "2024-02-01",
        "upheld": "yes",
        "reasoning": "The card was valid.",
        "document": document,
    } | fields


def test_the_chair_records_a_ruling_with_its_document():
    application = a_refused(scope="nationwide")
    chair = the_chair(application.election)
    answer = signed_in(chair).post(recording(application), a_form())
    ruling = Appeal.unscoped.get()
    assert answer["Location"] == page(ruling)
    assert (ruling.court, ruling.ruling_number, ruling.status) == (
        "Court of Appeal",
        "77",
        "upheld",
    )
    assert ruling.ruling.read().startswith(b"%PDF-1.4")
    assert stored(application).status == "approved"
    html = seen(chair, page(ruling))
    assert reverse("apply:ruling", args=[ruling.key]) in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"document": ""}, "Choose a file."),
        (
            {"document": SimpleUploadedFile("a.exe", b"MZ")},
            "This file cannot be read as a picture.",
        ),
        ({"ruled_on": "2999-01-01"}, "This day has not come yet."),
        ({"court": ""}, "Name the court."),
        ({"upheld": ""}, "Choose one."),
    ],
)
def test_a_ruling_that_lacks_something_is_not_recorded(fields, said):
    application = a_refused(scope="nationwide")
    chair = the_chair(application.election)
    html = signed_in(chair).post(recording(application), a_form(**fields)).content.decode()
    assert said in html
    assert "The card was valid." in html
    assert Appeal.unscoped.count() == 0


def test_where_there_is_nothing_to_rule_about_the_page_says_so():
    application = an_approved()
    chair = the_chair(application.election)
    assert "There is no refusal or cancellation" in seen(chair, recording(application))
    signed_in(chair).post(recording(application), a_form())
    assert Appeal.unscoped.count() == 0


def test_others_than_the_chair_record_none():
    application = a_refused()
    for role in (StaffRole.CENTRAL_REVIEWER, StaffRole.CONSTITUENCY_CHAIR, StaffRole.AUDITOR):
        client = signed_in(a_staff_member(role, application.election))
        assert client.get(recording(application)).status_code == 404
        assert client.post(recording(application), a_form()).status_code == 404
    assert Appeal.unscoped.count() == 0


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_appeal_is_dismissed_with_keys_only(new_visitor):
    appeal = an_appeal()
    browser = with_session(new_visitor(), a_judge(appeal))
    browser.goto(page(appeal))
    browser.wait_for_timeout(500)
    browser.keyboard.press("d")
    expect(browser.get_by_label("Why", exact=True)).to_be_focused()
    browser.keyboard.type("Nobody knows it.")
    browser.wait_for_timeout(500)
    browser.keyboard.press("Control+Enter")
    expect(browser.get_by_text("Who may be asked next").first).to_be_visible()
    browser.wait_for_timeout(500)
    browser.locator("[data-sends]").focus()
    browser.keyboard.press("Control+Enter")
    expect(browser.get_by_text("Dismissed: Məmmədov")).to_be_visible()
    assert kept(appeal).reasoning == "Nobody knows it."


@pytest.mark.django_db(transaction=True)
def test_nothing_keeps_anybody_of_the_body_out(new_visitor):
    election = an_election()
    appeal = an_appeal(election=election)
    court = a_refused(election=election, scope="nationwide")
    ruling = appeals.record_ruling(court, actor=the_chair(election), ruling=a_ruling())
    judge = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    refused = a_refused(election=election)
    addresses = [
        LIST,
        page(appeal),
        answering(appeal, "uphold"),
        page(ruling),
        recording(refused),
        f"/admin/observers/application/{refused.pk}/change/",
    ]
    for width in (360, 1440):
        browser = with_session(new_visitor(width=width), judge)
        for address in addresses:
            browser.goto(address)
            assert axe_findings(browser) == [], (address, width)
            assert browser.evaluate("document.documentElement.scrollWidth") <= width, address
        browser.goto(answering(appeal, "dismiss"))
        browser.get_by_label("Why", exact=True).fill("No.")
        browser.get_by_role("button", name="Continue").click()
        assert axe_findings(browser) == [], width
