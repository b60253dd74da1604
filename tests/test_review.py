"""The desk in the admin: finding applications, reading one, deciding one, approving many."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import StaffRole
from accounts.models import User
from elections.enums import Scope
from notifications import outbox
from notifications.models import Letter
from observers.domain import drafts
from observers.domain.reasons import Reasons
from observers.enums import Status
from observers.lifecycle import APPROVE, REFUSE
from observers.models import Application, Decision
from observers.review import decisions
from observers.review.words import due_in_words
from observers.templatetags.review_desk import waiting_for
from privacy.uploads import check_document
from tests.builders import (
    DAY,
    a_draft,
    a_ground,
    a_refused,
    a_representative,
    a_required_document,
    a_returned,
    a_staff_member,
    a_submitted,
    a_user,
    an_application_in,
    an_application_under_review,
    an_approved,
    an_election,
    an_organisation,
    commission_of,
    one,
    stored,
)
from tests.races import at_once
from tests.visitors import axe_findings, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/observers/application/"
KEPT = (
    "elections/election",
    "elections/constituency",
    "elections/commission",
    "elections/requireddocument",
    "elections/refusalground",
    "elections/commissionmember",
    "accounts/user",
)


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def chair(election):
    return a_staff_member(StaffRole.CENTRAL_CHAIR, election)


def page_of(application: Application) -> str:
    return reverse("admin:observers_application_change", args=[application.pk])


def decision_on(application: Application, action: str) -> str:
    return reverse("admin:observers_application_decide", args=[application.pk, action])


def names(answer: Any) -> list[str]:
    return [row.surname for row in answer.context["cl"].result_list]


def offered(page: Any) -> list[str]:
    """What can be decided here."""
    return [str(press.label) for press in page.context["desk"].decide]


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def due(application: Application, moment: datetime.datetime) -> None:
    Application.unscoped.filter(pk=application.pk).update(due_at=moment)


# --- Who sees what --------------------------------------------------------------------------------


def everyone(election: Any) -> dict[str, Application]:
    return {
        "first": a_submitted(election=election, surname="Birinci", constituency=1),
        "second": a_submitted(election=election, surname="İkinci", constituency=2),
        "central": a_submitted(election=election, surname="Mərkəz", scope=Scope.NATIONWIDE),
    }


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (StaffRole.CONSTITUENCY_REVIEWER, ["Birinci"]),
        (StaffRole.CONSTITUENCY_CHAIR, ["Birinci"]),
        (StaffRole.CENTRAL_REVIEWER, ["Birinci", "İkinci", "Mərkəz"]),
        (StaffRole.CENTRAL_CHAIR, ["Birinci", "İkinci", "Mərkəz"]),
        (StaffRole.AUDITOR, ["Birinci", "İkinci", "Mərkəz"]),
    ],
)
def test_the_list_shows_what_was_submitted_to_the_viewers_commission(election, role, seen):
    everyone(election)
    a_draft(election=election, surname="Qaralama")
    a_submitted(election=an_election(), surname="Başqa")
    assert names(signed_in(a_staff_member(role, election)).get(LIST)) == seen


def test_the_election_administrator_sees_no_applications(election):
    rows = everyone(election)
    client = signed_in(a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election))
    assert (client.get(LIST).status_code, client.get(page_of(rows["first"])).status_code) == (
        403,
        404,
    )


def test_a_superuser_without_a_post_sees_no_applications(election):
    rows = everyone(election)
    client = signed_in(a_user(is_staff=True, is_superuser=True))
    assert (client.get(LIST).status_code, client.get(page_of(rows["first"])).status_code) == (
        403,
        404,
    )


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("action", ["", "approve", "refuse", "return", "cancel"])
def test_another_commissions_application_is_not_there(election, method, action):
    rows = everyone(election)
    client = signed_in(a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    address = decision_on(rows["second"], action) if action else page_of(rows["second"])
    assert getattr(client, method)(address).status_code == 404
    assert stored(rows["second"]).status == Status.SUBMITTED


def test_a_draft_is_nobodys_business(election, chair):
    draft = a_draft(election=election)
    assert signed_in(chair).get(page_of(draft)).status_code == 404


def test_staff_do_not_meet_their_own_draft_in_the_admin(election, chair):
    draft = a_draft(election=election, applicant=chair)
    client = signed_in(chair)
    assert (client.get(page_of(draft)).status_code, names(client.get(f"{LIST}?status=all"))) == (
        404,
        [],
    )


def test_representatives_and_applicants_find_no_admin(election):
    organisation = an_organisation(election=election)
    application = a_submitted(election=election, organisation=organisation)
    for user in (a_representative(organisation), a_user()):
        client = signed_in(user)
        answers = [client.get(path) for path in ("/admin/", LIST, page_of(application))]
        assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_stranger_is_led_to_the_door(election, client):
    answer = client.get(page_of(a_submitted(election=election)), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


def test_an_auditor_sees_everything_and_can_do_nothing(election):
    application = an_application_under_review(election=election)
    client = signed_in(a_staff_member(StaffRole.AUDITOR, election))
    page = client.get(page_of(application))
    assert (page.status_code, offered(page)) == (200, [])
    for action in ("approve", "refuse", "return"):
        answer = client.post(
            decision_on(application, action), {"confirmed": "1", "version": application.version}
        )
        assert answer.status_code == 403
    assert client.get(LIST).context["action_form"] is None
    assert client.post(f"{LIST}approve/").status_code == 403
    assert stored(application).status == Status.UNDER_REVIEW


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (StaffRole.CENTRAL_REVIEWER, []),
        (StaffRole.CENTRAL_CHAIR, ["Cancel the registration"]),
        (StaffRole.CONSTITUENCY_REVIEWER, []),
        (StaffRole.CONSTITUENCY_CHAIR, ["Cancel the registration"]),
    ],
)
def test_only_a_chair_cancels(election, role, labels):
    application = an_approved(election=election)
    client = signed_in(a_staff_member(role, election))
    page = client.get(page_of(application))
    assert offered(page) == labels
    allowed = 200 if labels else 403
    assert client.get(decision_on(application, "cancel")).status_code == allowed


# --- Nothing is entered in the admin --------------------------------------------------------------


def test_a_crafted_post_does_not_change_a_status(election, chair):
    application = a_submitted(election=election)
    answer = signed_in(chair).post(
        page_of(application), {"status": "approved", "surname": "Other", "_save": "Save"}
    )
    assert answer.status_code == 403
    assert (stored(application).status, stored(application).surname) == ("submitted", "Məmmədov")


def test_nothing_is_added_or_deleted(election, chair):
    application, client = a_submitted(election=election), signed_in(chair)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}add/", {"status": "approved"}).status_code == 403
    assert client.post(f"{LIST}{application.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": application.pk})
    assert stored(application).status == Status.SUBMITTED


def test_columns_cannot_be_guessed_at_through_the_address(election, chair):
    a_submitted(election=election)
    answer = signed_in(chair).get(f"{LIST}?identity_index__startswith=a")
    assert answer.status_code == 400


# --- Finding --------------------------------------------------------------------------------------


def test_the_list_begins_with_what_waits_the_most_urgent_first(election, chair):
    later = a_submitted(election=election, surname="Sonra")
    sooner = an_application_under_review(election=election, surname="Əvvəl")
    an_approved(election=election, surname="Bitmiş")
    due(later, timezone.now() + 2 * DAY)
    due(sooner, timezone.now() + DAY)
    assert names(signed_in(chair).get(LIST)) == ["Əvvəl", "Sonra"]


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.DRAFT, Status.LAPSED)])
def test_the_status_filter(election, chair, status):
    for each in (Status.SUBMITTED, Status.APPROVED, Status.REFUSED, status):
        an_application_in(each, election=election, surname=str(each.value))
    found = set(names(signed_in(chair).get(LIST, {"status": status.value})))
    assert found == {status.value}


def test_the_due_filter_counts_days_of_the_portal(election, chair):
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = {
        "overdue": now - datetime.timedelta(seconds=2),
        "today": midnight + DAY - datetime.timedelta(microseconds=1),
        "tomorrow": midnight + DAY,
        "later": midnight + 2 * DAY,
    }
    for name, moment in moments.items():
        due(a_submitted(election=election, surname=name), moment)
    due(an_approved(election=election, surname="decided"), now - DAY)
    client = signed_in(chair)
    found = {name: names(client.get(LIST, {"due": name})) for name in moments}
    assert found == {name: [name] for name in moments}


def test_filters_by_kind_scope_commission_and_organisation(election, chair):
    party = an_organisation(election=election, name="Üfüq Partiyası")
    a_submitted(election=election, surname="Partiyadan", organisation=party)
    a_submitted(election=election, surname="Özü", constituency=2)
    a_submitted(election=election, surname="Ölkə", scope=Scope.NATIONWIDE)
    client = signed_in(chair)
    assert names(client.get(LIST, {"kind": "party"})) == ["Partiyadan"]
    assert names(client.get(LIST, {"scope": "nationwide"})) == ["Ölkə"]
    assert names(client.get(LIST, {"commission": commission_of(election, 2).pk})) == ["Özü"]
    assert names(client.get(LIST, {"organisation": "UFUQ part"})) == ["Partiyadan"]
    assert names(client.get(LIST, {"commission": "x"})) == []


def test_a_constituency_is_not_offered_a_choice_of_commissions(election):
    a_submitted(election=election)
    client = signed_in(a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    offered = [spec.parameter_name for spec in client.get(LIST).context["cl"].filter_specs]
    assert "commission" not in offered


def test_another_commission_in_the_address_shows_nothing_of_it(election):
    a_submitted(election=election, constituency=2)
    client = signed_in(a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    assert names(client.get(LIST, {"commission": commission_of(election, 2).pk})) == []


def test_search_finds_a_name_however_it_is_typed(election, chair):
    an_approved(election=election, surname="Əliyev", given_name="Çingiz")
    a_submitted(election=election, surname="Quliyev", given_name="Əli")
    assert names(signed_in(chair).get(LIST, {"q": "cingiz ELIYEV"})) == ["Əliyev"]


def test_search_finds_exact_numbers_and_no_parts_of_them(election, chair):
    application = stored(
        an_approved(election=election, surname="Tapılan", identity_number="AA1234567")
    )
    a_submitted(election=election, surname="Başqa")
    client = signed_in(chair)
    terms = (
        application.receipt_number,
        str(application.receipt_number).lower(),
        application.accreditation_number,
        "aa 1234567",
        "АА1234567",  # typed in Cyrillic
    )
    assert [names(client.get(LIST, {"q": term})) for term in terms] == [["Tapılan"]] * 5
    assert [names(client.get(LIST, {"q": term})) for term in ("AA12345", "1234567")] == [[], []]


def test_search_by_document_number_knows_other_citizenships(election, chair):
    a_submitted(
        election=election, surname="Kowalski", citizenship="PL", identity_number="ZS0123456"
    )
    assert names(signed_in(chair).get(LIST, {"q": "ZS0123456"})) == ["Kowalski"]


def test_search_stays_within_the_commission(election):
    a_submitted(election=election, constituency=2, identity_number="AA7654321")
    client = signed_in(a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    assert names(client.get(LIST, {"q": "AA7654321", "status": "all"})) == []


def test_the_number_of_queries_does_not_grow_with_the_rows(election, chair):
    organisation = an_organisation(election=election)
    client = signed_in(chair)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert client.get(LIST).status_code == 200
        return len(counted)

    a_submitted(election=election, organisation=organisation)
    client.get(LIST)
    with_one = queries()
    for constituency in (1, 2):
        a_submitted(
            election=election,
            organisation=an_organisation(election=election),
            constituency=constituency,
        )
    assert (queries(), with_one <= 12) == (with_one, True)


def test_the_list_does_not_read_what_is_sealed(election, chair):
    a_submitted(election=election)
    (row,) = signed_in(chair).get(LIST).context["cl"].result_list
    sealed = {"identity_number", "address", "phone", "email", "birth_on"}
    assert sealed <= row.get_deferred_fields()


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "overdue by under a minute"),
        (-59, "overdue by 59 min"),
        (-5 * 60, "overdue by 5 h"),
        (-72 * 60, "overdue by 3 days"),
        (30, "today, in 30 min"),
        (12 * 60, "tomorrow, in 12 h"),
        (80 * 60, "in 3 days"),
    ],
)
def test_due_in_words(minutes, words):
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    due_at = noon + datetime.timedelta(minutes=minutes)
    assert due_in_words(Application(status=Status.SUBMITTED, due_at=due_at), noon) == words


def test_what_is_decided_is_not_due():
    row = Application(status=Status.APPROVED, due_at=timezone.now() - DAY)
    assert due_in_words(row, timezone.now()) == ""


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("stands_still", "words"), [(True, "stands still"), (False, "in 3 days")])
def test_while_returned_the_clock_stands_still_where_the_election_says_so(stands_still, words):
    row = a_returned(election=an_election(clock_stands_still=stands_still))
    assert due_in_words(row, row.submitted_at).startswith(words)


# --- One application ------------------------------------------------------------------------------


def test_the_page_says_everything_the_commission_knows(election, chair):
    application = a_refused(
        election=election, identity_number="AA1112223", address="Bakı, Nizami küçəsi 7"
    )
    page = signed_in(chair).get(page_of(application)).content.decode()
    expected = [
        "Məmmədov",
        "AA1112223",
        "Bakı, Nizami küçəsi 7",
        "29 February 1980",
        "The information is not confirmed (en)",
        "Number of the document",
        "The body above (en)",
        "Waiting to be sent",
        reverse("apply:photo", args=[application.key]),
    ]
    assert [words for words in expected if words not in page] == []


def test_the_history_tells_who_did_what(election, chair):
    application = a_returned(election=election, by=chair, note="Correct the surname.")
    events = signed_in(chair).get(page_of(application)).context["events"]
    assert [(event["label"], event["actor"]) for event in events] == [
        ("Draft", application.applicant),
        ("Submitted", application.applicant),
        ("Under review", chair),
        ("Returned for correction", chair),
    ]
    assert events[-1]["reason"] == "Correct the surname."


def test_documents_are_shown_and_open_for_the_commission(election, chair):
    asked = a_required_document(election, is_required=False)
    draft = a_draft(election=election)
    pdf = SimpleUploadedFile("card.pdf", b"%PDF-1.4\nstartxref\n0\n%%EOF", "application/pdf")
    document = drafts.attach(draft, check_document(pdf), answers=asked, by=draft.applicant)
    decided = decisions.applications.move(one(draft), "submit", actor=draft.applicant)
    client = signed_in(chair)
    address = reverse("apply:document", args=[draft.key, document.key])
    assert address in client.get(page_of(decided.done[0])).content.decode()
    assert client.get(address).status_code == 200


# --- One decision ---------------------------------------------------------------------------------


def confirmed(application: Application, **answers: Any) -> dict[str, Any]:
    return {"version": stored(application).version, "confirmed": "1", **answers}


def refusal(election: Any, **answers: Any) -> dict[str, Any]:
    return {
        "ground": a_ground(election).pk,
        "unconfirmed_fields": ["identity_number", "photo"],
        "what_was_checked": "The state register has no such document.",
        **answers,
    }


def test_looking_at_a_decision_does_not_make_it(election, chair):
    application = a_submitted(election=election)
    before = Letter.unscoped.count()
    page = signed_in(chair).get(decision_on(application, "approve"))
    assert page.context["asked"]["letter"]["subject"].startswith("Registered as an observer")
    assert (stored(application).status, Letter.unscoped.count()) == ("submitted", before)


def test_approving_what_nobody_took_up_takes_it_up_on_the_way(election, chair):
    application = a_submitted(election=election)
    answer = signed_in(chair).post(
        decision_on(application, "approve"), confirmed(application), follow=True
    )
    now = stored(application)
    moves = list(application.events.order_by("pk").values_list("action", "actor"))[-2:]
    assert (now.status, bool(now.accreditation_number)) == (Status.APPROVED, True)
    assert moves == [("take_up", chair.pk), ("approve", chair.pk)]
    assert answer.context["last"].words == "Approved: Məmmədov Elçin Rauf oğlu."
    assert Letter.unscoped.filter(kind="approved").count() == 1


def test_a_return_names_the_fields_in_the_applicants_language(election, chair):
    application = a_submitted(election=election)
    answers = {"fields_to_correct": ["photo", "address"], "note": "Send a newer photo."}
    client = signed_in(chair)
    answers["days_to_answer"] = 5
    read = client.post(
        decision_on(application, "return"), {"version": application.version, **answers}
    )
    letter = read.context["asked"]["letter"]["text"]
    assert "Fields to correct: photo, address" in letter
    assert stored(application).status == Status.SUBMITTED
    client.post(decision_on(application, "return"), confirmed(application, **answers))
    now = stored(application)
    last = now.returns.get()
    assert (now.status, last.note, last.fields) == (
        Status.RETURNED,
        "Send a newer photo.",
        ["photo", "address"],
    )
    assert last.answer_by - last.returned_at == 5 * DAY


def test_a_refusal_is_read_before_it_is_made(election, chair):
    application = a_submitted(election=election)
    client = signed_in(chair)
    read = client.post(
        decision_on(application, "refuse"), {"version": application.version, **refusal(election)}
    )
    letter = read.context["asked"]["letter"]["text"]
    assert "The state register has no such document." in letter
    assert stored(application).status == Status.SUBMITTED
    client.post(decision_on(application, "refuse"), confirmed(application, **refusal(election)))
    decision = Decision.objects.get(application=application)
    assert (decision.outcome, decision.unconfirmed_fields, decision.proposed_by) == (
        "refused",
        ["identity_number", "photo"],
        chair,
    )


def test_what_was_read_is_what_is_sent(election, chair):
    application = a_submitted(election=election)
    client = signed_in(chair)
    address = decision_on(application, "refuse")
    read = client.post(address, {"version": application.version, **refusal(election)})
    client.post(address, confirmed(application, **refusal(election)))
    sent = outbox.compose(Letter.unscoped.get(kind="refused"), application.applicant.email)
    assert (sent.subject, sent.body) == (
        read.context["asked"]["letter"]["subject"],
        read.context["asked"]["letter"]["text"],
    )


@pytest.mark.parametrize(
    ("left_out", "field"),
    [
        ({"ground": ""}, "ground"),
        ({"unconfirmed_fields": []}, "unconfirmed_fields"),
        ({"what_was_checked": "  "}, "what_was_checked"),
        ({"unconfirmed_fields": ["status"]}, "unconfirmed_fields"),
    ],
)
def test_a_refusal_without_its_reasons_is_asked_for_them(election, chair, left_out, field):
    application = a_submitted(election=election)
    answer = signed_in(chair).post(
        decision_on(application, "refuse"), confirmed(application, **refusal(election, **left_out))
    )
    assert (answer.status_code, list(answer.context["asked"]["form"].errors)) == (200, [field])
    assert stored(application).status == Status.SUBMITTED


def test_another_elections_ground_does_not_serve(election, chair):
    application = a_submitted(election=election)
    elsewhere = a_ground(an_election())
    answer = signed_in(chair).post(
        decision_on(application, "refuse"),
        confirmed(application, **refusal(election, ground=elsewhere.pk)),
    )
    assert list(answer.context["asked"]["form"].errors) == ["ground"]


def test_a_return_without_a_note_is_asked_for_it(election, chair):
    application = a_submitted(election=election)
    answer = signed_in(chair).post(decision_on(application, "return"), confirmed(application))
    assert list(answer.context["asked"]["form"].errors) == [
        "days_to_answer",
        "fields_to_correct",
        "note",
    ]


def test_the_answers_can_be_changed_after_reading(election, chair):
    application = a_submitted(election=election)
    answers = {"version": application.version, "change": "1", **refusal(election)}
    page = signed_in(chair).post(decision_on(application, "refuse"), answers)
    assert ("letter" in page.context["asked"], "no such document" in page.content.decode()) == (
        False,
        True,
    )


def test_a_registration_is_cancelled_with_its_act(election, chair):
    application = an_approved(election=election)
    client = signed_in(chair)
    without = client.post(decision_on(application, "cancel"), confirmed(application, act=" "))
    assert list(without.context["asked"]["form"].errors) == ["act"]
    client.post(
        decision_on(application, "cancel"), confirmed(application, act="Court of Appeal, 2(103)")
    )
    assert stored(application).status == Status.CANCELLED
    assert stored(application).decision.what_was_checked == "Court of Appeal, 2(103)"


def test_the_second_of_two_reviewers_is_told_what_happened(election, chair):
    application = an_application_under_review(election=election)
    stale = confirmed(application)
    colleague = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    signed_in(colleague).post(
        decision_on(application, "refuse"), confirmed(application, **refusal(election))
    )
    answer = signed_in(chair).post(decision_on(application, "approve"), stale, follow=True)
    assert said(answer) == [
        "Nothing was changed. “Approve” is not possible: the status is “Refused”."
    ]
    assert stored(application).status == Status.REFUSED


def test_what_the_applicant_changed_meanwhile_is_not_decided_unseen(election, chair):
    application = a_returned(election=election)
    stale = {"version": application.version, "confirmed": "1"}
    row = stored(application)
    drafts.save(row, version=row.version, now=timezone.now(), surname="Başqası")
    decisions.applications.move(one(row), "submit", actor=row.applicant)
    answer = signed_in(chair).post(decision_on(application, "approve"), stale, follow=True)
    assert said(answer) == [f"Nothing was changed. {decisions.changed_since()}"]
    assert stored(application).status == Status.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_the_same_moment_make_one_decision():
    election = an_election()
    application = a_submitted(election=election)
    first, second = (a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in range(2))
    reasons = Reasons(
        ground=a_ground(election), unconfirmed_fields=("photo",), what_was_checked="Looked."
    )
    moved = at_once(
        lambda: decisions.decide(one(application), APPROVE, actor=first),
        lambda: decisions.decide(one(application), REFUSE, actor=second, reasons=reasons),
    )
    assert sorted((len(each.done), len(each.skipped)) for each in moved) == [(0, 1), (1, 0)]
    assert Decision.objects.filter(application=application).count() == 1


def test_a_decision_without_reasons_leaves_nothing_behind(election, chair):
    application = a_submitted(election=election)
    with pytest.raises(ValueError, match="needs its reasons"):
        decisions.decide(one(application), REFUSE, actor=chair)
    assert stored(application).status == Status.SUBMITTED


# --- Approving many (see `test_batches.py`) -------------------------------------------------------


def test_bulk_approval_takes_as_many_statements_for_three_as_for_one(election, chair):
    def statements(count: int) -> int:
        rows = [a_submitted(election=election) for _ in range(count)]
        these = Application.objects.visible_to(chair).filter(pk__in=[row.pk for row in rows])
        with CaptureQueriesContext(connection) as counted:
            assert len(decisions.decide(these, APPROVE, actor=chair).done) == count
        return len(counted)

    statements(1)  # what is read once and kept on the user
    assert statements(1) == statements(3)


# --- The first page -------------------------------------------------------------------------------


def waiting(client: Client) -> dict[str, list[int]]:
    user = User.objects.get(pk=client.session["_auth_user_id"])
    return {
        str(row["label"]): [count["number"] for count in row["counts"]]
        for row in waiting_for(user)["rows"]
    }


@pytest.mark.usefixtures("english")
def test_the_first_page_counts_what_waits(election, chair):
    overdue = a_submitted(election=election, constituency=1)
    due(overdue, timezone.now() - DAY)
    a_submitted(election=election, constituency=2)
    an_approved(election=election, constituency=1)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    client = signed_in(reviewer)
    assert "What waits for you" in client.get("/admin/").content.decode()
    assert waiting(client) == {"Constituency election commission (en)": [1, 0, 1, 1]}
    assert waiting(signed_in(chair)) == {
        "Central election commission (en)": [0, 0, 0],
        "All commissions": [2, 0, 1],
        "Nomination rights": [0, 0, 0],
    }


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_reviewer_refuses_one_and_approves_another(new_visitor, live_server):
    election = an_election()
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    refused = a_submitted(election=election, surname="Rədd", constituency=1)
    approved = a_submitted(election=election, surname="Qəbul", constituency=2)
    page = visit(new_visitor, live_server, chair, width=360)

    page.goto("/admin/")
    assert axe_findings(page) == []
    page.get_by_role("link", name="2 waiting").click()
    assert axe_findings(page) == []
    page.get_by_label("Find").fill("redd")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Rədd Elçin Rauf oğlu").click()
    assert axe_findings(page) == []
    page.get_by_role("link", name="Refuse").click()
    page.get_by_role("button", name="Read the letter first").click()
    assert axe_findings(page) == []
    page.get_by_label("The information is not confirmed").check()
    page.get_by_label("Photo").check()
    page.get_by_label("What was checked, and what it showed").fill("Another person's photo.")
    page.get_by_role("button", name="Read the letter first").click()
    assert axe_findings(page) == []
    assert page.get_by_text("Another person's photo.").first.is_visible()
    page.get_by_role("button", name="Refuse").click()
    assert page.get_by_text("Refused: Rədd Elçin Rauf oğlu.").is_visible()
    assert axe_findings(page) == []

    page.goto(LIST)
    page.get_by_role("row", name="Qəbul").get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("approve")
    page.get_by_role("button", name="Go").click()
    assert axe_findings(page) == []
    assert page.get_by_role("heading", name="The applications are being checked").is_visible()
    assert (stored(refused).status, stored(approved).status) == ("refused", "submitted")


@pytest.mark.django_db(transaction=True)
def test_the_registers_hold_in_a_browser(new_visitor, live_server):
    """Nothing against the content policy (`new_visitor` fails then), nothing for axe-core."""
    election = an_election()
    a_required_document(election)
    user = a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election)
    page = visit(new_visitor, live_server, user)
    for path in KEPT:
        page.goto(f"/admin/{path}/")
        assert (path, axe_findings(page)) == (path, [])
        page.locator("#result_list tbody a").first.click()
        assert (path, axe_findings(page)) == (path, [])


def visit(new_visitor: Any, live_server: Any, user: User, width: int = 1280) -> Any:
    """Somebody who has signed in already."""
    page = new_visitor(width=width)
    cookie = signed_in(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page
