"""The desk: from one application to the next, by pointer and by keys alone."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import StaffRole
from elections.enums import DecisionWay
from notifications.models import Letter
from observers.domain import claims, proposals
from observers.enums import Status
from observers.lifecycle import REFUSE
from observers.models import Application, Claim, Proposal, Recusal
from tests.builders import (
    DAY,
    a_saved_reply,
    a_staff_member,
    a_submitted,
    an_application_under_review,
    an_election,
    one,
    reasons_to_refuse,
    stored,
)
from tests.test_review import (
    LIST,
    confirmed,
    decision_on,
    due,
    offered,
    page_of,
    refusal,
    said,
    visit,
)
from tests.visitors import axe_findings, signed_in

pytestmark = pytest.mark.django_db
DESK = f"{LIST}desk/"


@pytest.fixture
def election(db):
    return an_election(refusal_way=DecisionWay.TWO, undo_seconds=10)


@pytest.fixture
def reviewer(election):
    return a_staff_member(StaffRole.CENTRAL_REVIEWER, election, full_name="Aygün")


@pytest.fixture
def colleague(election):
    return a_staff_member(StaffRole.CENTRAL_REVIEWER, election, full_name="Rəşad")


def deed(application: Application, what: str) -> str:
    return reverse("admin:observers_application_deed", args=[application.pk, what])


def settle(application: Application, how: str) -> str:
    return reverse("admin:observers_application_settle", args=[application.pk, how])


def in_order(election: Any, *surnames: str, **columns: Any) -> list[Application]:
    """Submitted, the first the most urgent."""
    rows = [a_submitted(election=election, surname=each, **columns) for each in surnames]
    for hours, row in enumerate(rows, start=1):
        due(row, timezone.now() + hours * datetime.timedelta(hours=1))
    return rows


def shown(answer: Any) -> Application:
    """Whose page somebody was led to."""
    application: Application = answer.context["application"]
    return application


def proposed(election: Any, by: Any, **columns: Any) -> Application:
    application = an_application_under_review(election=election, **columns)
    reasons = reasons_to_refuse(election)
    assert proposals.propose(one(application), REFUSE, actor=by, reasons=reasons).proposed
    return application


def holder(application: Application) -> Any:
    claim = claims.holding(application)
    return claim.reviewer if claim else None


# --- From one to the next -------------------------------------------------------------------------


def test_looking_at_the_desk_takes_nothing(election, reviewer):
    in_order(election, "Birinci", "İkinci")
    page = signed_in(reviewer).get(DESK)
    assert (page.context["waiting"], Claim.objects.count()) == (2, 0)


def test_the_next_is_taken_and_shown_with_its_place_and_time(election, reviewer):
    first, _second = in_order(election, "Birinci", "İkinci")
    page = signed_in(reviewer).post(DESK, follow=True)
    assert (shown(page), holder(first)) == (first, reviewer)
    assert (page.context["place"], page.context["waiting"], page.context["is_mine"]) == (1, 2, True)


def test_approving_leads_to_the_next_with_a_way_back(election, reviewer):
    first, second = in_order(election, "Birinci", "İkinci")
    client = signed_in(reviewer)
    client.post(DESK)
    page = client.post(decision_on(first, "approve"), confirmed(first), follow=True)
    last = page.context["last"]
    assert (shown(page), holder(second), holder(first)) == (second, reviewer, None)
    assert last.words == "Approved: Birinci Elçin Rauf oğlu."
    assert 8 <= last.seconds <= 10
    assert last.press.url == deed(first, "undo")


def test_after_the_last_the_desk_says_that_nothing_waits(election, reviewer):
    (only,) = in_order(election, "Birinci")
    page = signed_in(reviewer).post(decision_on(only, "approve"), confirmed(only), follow=True)
    assert page.redirect_chain[-1][0].startswith(DESK)
    assert said(page) == ["Nothing waits here that is free for you."]
    assert page.context["last"].words == "Approved: Birinci Elçin Rauf oğlu."


def test_one_goes_on_within_the_filters_of_the_list(election, reviewer):
    in_order(election, "Birinci", "Əvvəlki", constituency=1)
    there = in_order(election, "Üçüncü", "Dördüncü", constituency=2)
    client = signed_in(reviewer)
    commission = there[0].commission_id
    listed = client.get(LIST, {"commission": commission, "o": "1", "q": ""})
    page = client.post(listed.context["next_url"], follow=True)
    assert (shown(page), page.context["waiting"]) == (there[0], 2)
    approve = page.context["desk"].decide[0]
    page = client.post(approve.url, approve.sends, follow=True)
    assert shown(page) == there[1]
    page = client.post(page.context["desk"].move[0].url, follow=True)
    assert shown(page) == there[1]
    assert page.context["queue"].carried == f"commission={commission}"


def test_what_is_passed_over_comes_again_when_nothing_else_waits(election, reviewer):
    first, second = in_order(election, "Birinci", "İkinci")
    client = signed_in(reviewer)
    client.post(DESK)
    page = client.post(deed(first, "next"), follow=True)
    assert (shown(page), holder(first)) == (second, None)
    assert shown(client.post(deed(second, "next"), follow=True)) == first


def test_it_is_handed_back_at_once(election, reviewer, colleague):
    (only,) = in_order(election, "Birinci")
    client = signed_in(reviewer)
    client.post(DESK)
    page = client.post(deed(only, "hand-back"), follow=True)
    assert (said(page), holder(only)) == (["Handed back: Birinci Elçin Rauf oğlu."], None)
    assert shown(signed_in(colleague).post(DESK, follow=True)) == only


def test_who_looks_again_keeps_it(election, reviewer):
    (only,) = in_order(election, "Birinci")
    client = signed_in(reviewer)
    client.post(DESK)
    began = timezone.now()
    Claim.objects.update(
        claimed_at=began - datetime.timedelta(minutes=14),
        expires_at=began + datetime.timedelta(minutes=1),
    )
    page = client.get(page_of(only))
    assert page.context["claim"].expires_at > began + datetime.timedelta(minutes=14)


# --- What a colleague holds -----------------------------------------------------------------------


def test_what_a_colleague_holds_is_shown_and_not_taken_away(election, reviewer, colleague):
    (only,) = in_order(election, "Birinci")
    signed_in(colleague).post(DESK)
    client = signed_in(reviewer)
    page = client.get(page_of(only))
    assert offered(page) == []
    assert page.context["desk"].hindrance.startswith("Rəşad has had this on their desk since ")
    taken = client.post(deed(only, "take"), follow=True)
    assert said(taken)[0].startswith("Rəşad has had this on their desk since ")
    assert holder(only) == colleague


def test_what_a_colleague_holds_is_not_decided_over_their_head(election, reviewer, colleague):
    (only,) = in_order(election, "Birinci")
    signed_in(colleague).post(DESK)
    page = signed_in(reviewer).post(decision_on(only, "approve"), confirmed(only), follow=True)
    assert said(page) == [
        "Nothing was changed. Rəşad has this on their desk. It is free when they hand it back."
    ]
    assert stored(only).status == Status.SUBMITTED


def test_the_list_says_who_holds_what_and_what_is_proposed(election, reviewer, colleague):
    held, _free = in_order(election, "Birinci", "İkinci")
    proposed(election, by=colleague, surname="Üçüncü")
    one(held).update(due_at=timezone.now() - DAY)
    signed_in(colleague).post(DESK)
    page = signed_in(reviewer).get(LIST).content.decode()
    assert "Rəşad until " in page
    assert "Refused: proposed by Rəşad" in page


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(election, reviewer, colleague):
    client = signed_in(reviewer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(LIST).status_code == 200
        return len(counted)

    proposed(election, by=colleague)
    queries()
    with_one = queries()
    for number in range(4):
        proposed(election, by=colleague, surname=f"Ad{number}")
    assert queries() == with_one


# --- Undo -----------------------------------------------------------------------------------------


def test_a_decision_is_undone_and_its_letter_never_leaves(election, reviewer):
    first, _second = in_order(election, "Birinci", "İkinci")
    client = signed_in(reviewer)
    client.post(DESK)
    client.post(decision_on(first, "approve"), confirmed(first))
    page = client.post(deed(first, "undo"), follow=True)
    assert (shown(page), stored(first).status) == (first, Status.UNDER_REVIEW)
    assert said(page) == ["Undone: Birinci Elçin Rauf oğlu waits again."]
    assert (holder(first), Letter.unscoped.get(kind="approved").status) == (reviewer, "withdrawn")


def test_it_is_too_late_once_the_letter_may_have_left(election, reviewer):
    (only,) = in_order(election, "Birinci")
    client = signed_in(reviewer)
    client.post(decision_on(only, "approve"), confirmed(only))
    Letter.unscoped.filter(kind="approved").update(next_attempt_at=timezone.now())
    page = client.post(deed(only, "undo"), follow=True)
    assert said(page)[-1] == "It is too late to undo it: the letter has left."
    assert stored(only).status == Status.APPROVED


def test_nobody_undoes_a_colleagues_decision(election, reviewer, colleague):
    (only,) = in_order(election, "Birinci")
    signed_in(colleague).post(decision_on(only, "approve"), confirmed(only))
    client = signed_in(reviewer)
    assert offered(client.get(page_of(only))) == []
    assert said(client.post(deed(only, "undo"), follow=True)) == [
        "Only who decided it can undo it."
    ]


# --- Returns --------------------------------------------------------------------------------------


def test_a_saved_reply_is_read_in_the_applicants_language(election, reviewer):
    reply = a_saved_reply(election)
    (only,) = in_order(election, "Birinci")
    only.applicant.language = "az"
    only.applicant.save()
    client = signed_in(reviewer)
    answers = {"reply": reply.pk, "note": "Təcili.", "days_to_answer": 3}
    asked = client.get(decision_on(only, "return")).content.decode()
    assert "Send a photo of your face. (az)" in asked
    client.post(decision_on(only, "return"), confirmed(only, **answers))
    last = stored(only).returns.get()
    assert (last.note, last.fields) == ("Send a photo of your face. (az)\n\nTəcili.", ["photo"])
    assert last.answer_by - last.returned_at == 3 * DAY


def test_the_fields_that_are_marked_count_whatever_the_reply_is_about(election, reviewer):
    reply = a_saved_reply(election)
    (only,) = in_order(election, "Birinci")
    answers = {"reply": reply.pk, "fields_to_correct": ["address"], "days_to_answer": 1}
    signed_in(reviewer).post(decision_on(only, "return"), confirmed(only, **answers))
    assert stored(only).returns.get().fields == ["address"]


@pytest.mark.parametrize(("days", "accepted"), [(0, False), (1, True), (30, True), (31, False)])
def test_between_one_and_thirty_days_are_given(election, reviewer, days, accepted):
    (only,) = in_order(election, "Birinci")
    answers = {"fields_to_correct": ["photo"], "note": "A new one.", "days_to_answer": days}
    signed_in(reviewer).post(decision_on(only, "return"), confirmed(only, **answers))
    assert (stored(only).status == Status.RETURNED) is accepted


def test_another_elections_saved_reply_does_not_serve(election, reviewer):
    a_saved_reply(election)
    elsewhere = a_saved_reply(an_election())
    (only,) = in_order(election, "Birinci")
    page = signed_in(reviewer).post(
        decision_on(only, "return"), confirmed(only, reply=elsewhere.pk, days_to_answer=2)
    )
    assert "reply" in page.context["asked"]["form"].errors


@pytest.mark.parametrize(
    ("stands_still", "words"), [(True, "stands still until"), (False, "runs on meanwhile")]
)
def test_the_form_says_what_becomes_of_the_clock(reviewer, stands_still, words):
    election = an_election(clock_stands_still=stands_still)
    (only,) = in_order(election, "Birinci")
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    assert words in signed_in(chair).get(decision_on(only, "return")).content.decode()


# --- Two people -----------------------------------------------------------------------------------


def test_a_refusal_is_proposed_and_taken_back_by_who_proposed_it(election, reviewer):
    only, after = in_order(election, "Birinci", "İkinci")
    client = signed_in(reviewer)
    client.post(DESK)
    page = client.post(
        decision_on(only, "refuse"), confirmed(only, **refusal(election)), follow=True
    )
    assert (shown(page), holder(only)) == (after, None)
    assert page.context["last"].words == "Refusal proposed: Birinci Elçin Rauf oğlu."
    back = page.context["last"].press
    client.post(back.url, back.sends)
    assert Proposal.unscoped.get().settled_as == "taken_back"


def test_a_colleague_confirms_what_is_proposed(election, reviewer, colleague):
    only = proposed(election, by=reviewer)
    client = signed_in(colleague)
    page = client.post(DESK, follow=True)
    assert (shown(page), offered(page)) == (only, ["Decline", "Confirm the refusal"])
    assert "does not know the number" in page.content.decode()
    confirm = page.context["desk"].decide[-1]
    done = client.post(confirm.url, confirm.sends, follow=True)
    decision = stored(only).decision
    assert (decision.outcome, decision.proposed_by, decision.confirmed_by) == (
        "refused",
        reviewer,
        colleague,
    )
    assert done.context["last"].words.startswith("Refused: ")


def test_who_proposed_it_is_not_offered_to_confirm_it(election, reviewer):
    only = proposed(election, by=reviewer)
    client = signed_in(reviewer)
    page = client.get(page_of(only))
    assert (offered(page), page.context["desk"].said) == (
        ["Take back"],
        "You proposed this: a colleague has to adopt it.",
    )
    client.post(settle(only, "confirm"), {"proposal": page.context["proposal"].pk})
    assert stored(only).status == Status.UNDER_REVIEW


def test_a_proposal_that_is_declined_stays_in_the_history_with_its_reason(
    election, reviewer, colleague
):
    only = proposed(election, by=reviewer)
    client = signed_in(colleague)
    (proposal,) = Proposal.unscoped.all()
    without = client.post(settle(only, "decline"), {"proposal": proposal.pk, "note": " "})
    assert list(without.context["asked"]["form"].errors) == ["note"]
    note = {"proposal": proposal.pk, "note": "The card is valid."}
    page = client.post(settle(only, "decline"), note, follow=True)
    assert offered(page) == ["Approve", "Return for correction", "Propose refusal"]
    assert [each.settled_note for each in page.context["settled"]] == ["The card is valid."]


def test_another_proposal_than_the_one_shown_is_not_confirmed(election, reviewer, colleague):
    only = proposed(election, by=reviewer)
    (shown_first,) = Proposal.unscoped.all()
    proposals.take_back(shown_first, actor=reviewer)
    reasons = reasons_to_refuse(election)
    proposals.propose(one(only), REFUSE, actor=reviewer, reasons=reasons)
    page = signed_in(colleague).post(
        settle(only, "confirm"), {"proposal": shown_first.pk}, follow=True
    )
    assert said(page) == ["What was proposed is settled meanwhile."]
    assert stored(only).status == Status.UNDER_REVIEW


def test_what_is_proposed_is_settled_before_anything_else_is_decided(election, reviewer, colleague):
    only = proposed(election, by=reviewer)
    page = signed_in(colleague).post(decision_on(only, "approve"), confirmed(only), follow=True)
    assert said(page) == [
        "Nothing was changed. Something is proposed for this application: that is settled first."
    ]


def test_a_session_is_named_where_it_decides(election, reviewer, colleague):
    type(election).objects.filter(pk=election.pk).update(refusal_way=DecisionWay.SESSION)
    only = proposed(election, by=reviewer)
    page = signed_in(colleague).get(page_of(only))
    assert (offered(page), page.context["desk"].said) == (
        ["Decline"],
        "The commission decides this in its session.",
    )


# --- Who may --------------------------------------------------------------------------------------


def test_who_stood_aside_is_told_so_and_decides_nothing(election, reviewer):
    (only,) = in_order(election, "Birinci")
    Recusal.objects.create(reviewer=reviewer, application=only, reason="A cousin.")
    client = signed_in(reviewer)
    page = client.get(page_of(only))
    assert (offered(page), page.context["desk"].hindrance) == (
        [],
        "You stood aside from this application: a colleague decides it.",
    )
    client.post(decision_on(only, "approve"), confirmed(only))
    assert stored(only).status == Status.SUBMITTED


def test_an_auditor_has_no_desk(election):
    (only,) = in_order(election, "Birinci")
    client = signed_in(a_staff_member(StaffRole.AUDITOR, election))
    assert (client.get(DESK).status_code, client.post(DESK).status_code) == (403, 403)
    assert client.get(LIST).context["next_url"] == ""
    assert [client.post(deed(only, what)).status_code for what in ("take", "next", "undo")] == [
        403,
        403,
        403,
    ]


def test_another_commission_is_not_there(election, reviewer):
    theirs = proposed(election, by=reviewer, constituency=2)
    client = signed_in(a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    answers = [
        client.post(deed(theirs, what)) for what in ("take", "keep", "next", "hand-back", "undo")
    ] + [client.post(settle(theirs, how)) for how in ("confirm", "decline", "take-back")]
    assert {answer.status_code for answer in answers} == {404}
    client.post(DESK)
    assert Claim.objects.count() == 0


# --- With keys alone ------------------------------------------------------------------------------


def press(page: Any, *keys: str) -> None:
    """As soon as the page listens."""
    for key in keys:
        page.locator("html[data-keys=ready]").wait_for(state="attached")
        page.keyboard.press(key)


def at_desk(page: Any, surname: str) -> None:
    page.get_by_role("heading", level=1, name=surname).wait_for()


@pytest.mark.django_db(transaction=True)
def test_a_reviewer_decides_with_keys_alone(new_visitor, live_server):
    election = an_election(refusal_way=DecisionWay.TWO, undo_seconds=60)
    reviewer, colleague = (a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in range(2))
    a_saved_reply(election)
    first, second, third = in_order(election, "Birinci", "İkinci", "Üçüncü")
    page = visit(new_visitor, live_server, reviewer, width=1440)
    page.goto(DESK)
    press(page, "n")
    at_desk(page, "Birinci")
    assert axe_findings(page) == []
    press(page, "a")
    at_desk(page, "İkinci")
    assert page.get_by_text("Approved: Birinci").is_visible()
    press(page, "u")
    at_desk(page, "Birinci")
    assert stored(first).status == Status.UNDER_REVIEW
    press(page, "a")
    at_desk(page, "İkinci")

    press(page, "r")
    page.get_by_role("heading", name="Return this application").wait_for()
    page.locator("input[name=reply]:focus").wait_for()
    assert axe_findings(page) == []
    press(page, "ArrowDown")
    assert page.get_by_label("Photo", exact=True).is_checked()
    press(page, "Control+Enter")
    at_desk(page, "Üçüncü")
    assert stored(second).returns.get().fields == ["photo"]

    press(page, "f")
    page.get_by_role("heading", name="Refuse this application").wait_for()
    press(page, "Escape")
    page.get_by_role("heading", name="Decision").wait_for()
    press(page, "f")
    page.get_by_role("heading", name="Refuse this application").wait_for()
    press(page, "Space", "Tab", "Space", *["Tab"] * 12)
    page.keyboard.type("No such card: a, f, n.")
    press(page, "Control+Enter")
    page.get_by_text("Refusal proposed: Üçüncü").wait_for()
    assert (stored(first).status, Proposal.unscoped.get().what_was_checked) == (
        "approved",
        "No such card: a, f, n.",
    )

    other = visit(new_visitor, live_server, colleague, width=1440)
    other.goto(DESK)
    press(other, "n")
    at_desk(other, "Üçüncü")
    assert axe_findings(other) == []
    press(other, "c")
    other.get_by_text("Refused: Üçüncü").wait_for()
    assert stored(third).decision.confirmed_by == colleague


@pytest.mark.django_db(transaction=True)
def test_the_desk_holds_on_a_phone_and_without_script(new_visitor, live_server):
    election = an_election(undo_seconds=60)
    reviewer = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    first, second = in_order(election, "Birinci", "İkinci")
    page = visit(new_visitor, live_server, reviewer, width=360)
    page.goto(DESK)
    assert axe_findings(page) == []
    page.get_by_role("button", name="Take the next").click()
    at_desk(page, "Birinci")
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Approve").click()
    at_desk(page, "İkinci")
    page.get_by_role("button", name="Undo").click()
    at_desk(page, "Birinci")
    assert stored(first).status == Status.UNDER_REVIEW

    plain = new_visitor(width=1440, script=False)
    cookie = signed_in(reviewer).cookies["sessionid"].value
    plain.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    plain.goto(page_of(second))
    plain.get_by_role("button", name="Approve").click()
    assert stored(second).status == Status.APPROVED


@pytest.mark.django_db(transaction=True)
def test_keys_rest_while_one_types_and_when_they_are_switched_off(new_visitor, live_server):
    election = an_election()
    reviewer = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    (only,) = in_order(election, "Birinci")
    page = visit(new_visitor, live_server, reviewer, width=1440)
    page.goto(page_of(only))
    page.get_by_label("A note").focus()
    press(page, "a")
    assert page.get_by_label("A note").input_value() == "a"
    page.get_by_role("button", name="Keys on the buttons").click()
    page.get_by_role("heading", level=1, name="Birinci").click()
    press(page, "a")
    page.reload()
    press(page, "a", "Control+a")
    page.wait_for_timeout(300)
    assert stored(only).status == Status.SUBMITTED
