"""The observer's own word: asked by letter or on paper, given through a link, void for another."""

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from elections.models import Election
from notifications import outbox
from notifications.models import Letter
from observers.domain import agreement, drafts
from observers.domain.applications import move
from observers.domain.personal_links import token_of
from observers.domain.way_to_badge import is_settled
from observers.enums import ObserverAnswer, Status
from observers.lifecycle import SUBMIT, WITHDRAW
from observers.models import Application
from organisations.models import Organisation
from tests import builders as make
from tests.visitors import axe_findings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
RULES = {"en": "I observe impartially.\nI carry the badge.", "az": "Qərəzsizəm.", "ru": "Правило."}


@pytest.fixture
def election() -> Election:
    return make.an_election(observer_consent="before_badge", conduct_texts=RULES)


@pytest.fixture
def theirs(election: Election) -> Organisation:
    return make.an_organisation(election=election)


@pytest.fixture
def draft(election: Election, theirs: Organisation) -> Application:
    return make.a_draft(election=election, organisation=theirs)


def answered(application: Application, *, agreed: bool = True) -> Application:
    token = token_of(make.stored(application))
    return agreement.answer(token, agreed=agreed, now=database_now())


def link(application: Application) -> str:
    return agreement.path_of(make.stored(application))


def saved(application: Application, **columns: Any) -> Application:
    row = make.stored(application)
    drafts.save(row, version=row.version, now=database_now(), **columns)
    return make.stored(row)


def signed_in(organisation: Organisation) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make.owner_of(organisation))
    return client


def page_of(organisation: Organisation) -> str:
    return reverse("people:agreements", args=[organisation.key])


# --- The answer -----------------------------------------------------------------------------------


def test_an_answer_is_recorded_and_can_be_changed(draft):
    client = Client(headers={"accept-language": "en"})
    assert "nominates you as an observer" in client.get(link(draft)).content.decode()
    for said, heading in (("agreed", "You have agreed"), ("declined", "You have declined")):
        page = client.post(link(draft), {"answer": said}, follow=True).content.decode()
        assert heading in page
        assert make.stored(draft).observer_answer == said


def test_the_same_answer_again_keeps_its_moment(draft):
    first = answered(draft)
    again = answered(draft)
    assert again.observer_answered_at == first.observer_answered_at
    assert is_settled(again)


def test_the_page_tells_nothing_that_a_stranger_with_the_link_should_not_know(draft):
    answer = Client().get(link(draft))
    page = answer.content.decode()
    row = make.stored(draft)
    for secret in (row.identity_number, row.address, row.phone, row.email, "1980"):
        assert secret not in page
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_forged_or_foreign_link_is_not_there(draft, theirs):
    other = make.a_draft(election=draft.election, organisation=theirs)
    name, signature = token_of(make.stored(draft)).split(".")
    foreign = token_of(make.stored(other)).split(".")[1]
    own = make.a_draft(election=draft.election)
    tokens = [f"{name}.{foreign}", f"{name}.{signature[:-1]}", name, "x", token_of(own)]
    for token in tokens:
        address = reverse("agreement", args=[token])
        assert Client().get(address).status_code == 404
        assert Client().post(address, {"answer": "agreed"}).status_code == 404


def test_where_nobody_asks_there_is_no_link(theirs, draft):
    Election.objects.update(observer_consent="not_asked")
    assert Client().get(link(draft)).status_code == 404
    assert signed_in(theirs).get(page_of(theirs)).status_code == 404
    assert is_settled(make.stored(draft))


def test_a_withdrawn_application_says_so_and_takes_no_answer(draft):
    move(make.one(draft), WITHDRAW, actor=draft.applicant)
    page = Client(headers={"accept-language": "en"}).post(
        link(draft), {"answer": "agreed"}, follow=True
    )
    assert "has withdrawn this nomination" in page.content.decode()
    assert make.stored(draft).observer_answer == ""


@pytest.mark.parametrize(("after", "late"), [(-1, False), (0, True)])
def test_the_answer_stands_when_polling_day_begins(draft, after, late):
    now = draft.election.end_of_day(1) + datetime.timedelta(seconds=after)
    token = token_of(make.stored(draft))
    if late:
        with pytest.raises(agreement.CannotAnswer):
            agreement.answer(token, agreed=False, now=now)
    else:
        assert agreement.answer(token, agreed=False, now=now).observer_answer == "declined"


def test_with_a_badge_the_answer_stands(election, theirs):
    observer = make.an_approved(election=election, organisation=theirs)
    answered(observer, agreed=True)
    with pytest.raises(agreement.CannotAnswer):
        answered(observer, agreed=False)


# --- Another person -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "void"),
    [
        ({"identity_number": "AA7654321"}, True),
        ({"phone": "+994 55 000 00 00"}, False),
        ({"surname": "Məmmədli"}, False),
    ],
)
def test_another_person_is_asked_anew(draft, columns, void):
    answered(draft)
    old, old_link = make.stored(draft), link(draft)
    new = saved(draft, **columns)
    assert agreement.voided_by(old, new) is void
    assert (new.observer_answer, new.observer_answered_at is None) == (
        "" if void else "agreed",
        void,
    )
    assert Client().get(old_link).status_code == (404 if void else 200)


def test_another_place_is_another_question(draft):
    answered(draft)
    row = make.stored(draft)
    place = draft.election.constituencies.get(number=2)
    drafts.choose_place(
        row, version=row.version, scope="constituency", constituency=place, now=database_now()
    )
    assert make.stored(draft).observer_answer == ""


# --- Before the submission ------------------------------------------------------------------------


@pytest.fixture
def asked_first(draft: Application) -> Application:
    Election.objects.update(observer_consent="before_submission")
    return make.stored(draft)


@pytest.mark.parametrize(
    ("answer", "why"),
    [(None, "has not agreed"), (False, "has declined"), (True, "")],
)
def test_nothing_is_sent_without_the_observers_word(asked_first, answer, why):
    if answer is not None:
        answered(asked_first, agreed=answer)
    moved = move(make.one(asked_first), SUBMIT, actor=asked_first.applicant)
    assert [why in reason for _, reason in moved.skipped] == ([True] if why else [])
    assert (make.stored(asked_first).status == Status.SUBMITTED) is not bool(why)


def test_the_database_itself_refuses(asked_first):
    by = asked_first.applicant
    with (
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
        acting_as(by, action=SUBMIT),
    ):
        make.one(asked_first).update(status=Status.SUBMITTED)
    assert getattr(refused.value.__cause__, "sqlstate", "") == "PD005"


def test_who_applies_on_their_own_initiative_is_not_asked(election):
    Election.objects.update(observer_consent="before_submission")
    assert make.a_submitted(election=election).status == Status.SUBMITTED


# --- Asking ---------------------------------------------------------------------------------------


def test_one_letter_a_day_leaves_to_each_who_has_not_answered(theirs, draft):
    silent = make.a_draft(election=draft.election, organisation=theirs, email="")
    client = signed_in(theirs)
    client.post(page_of(theirs))
    client.post(page_of(theirs))
    letter = Letter.unscoped.get(kind="agreement_asked")
    assert letter.address == make.stored(draft).email
    assert make.stored(silent).observer_asked_at is None
    yesterday = database_now() - agreement.AGAIN_AFTER
    Application.unscoped.update(observer_asked_at=yesterday)
    client.post(page_of(theirs))
    assert Letter.unscoped.filter(kind="agreement_asked").count() == 2


def test_the_letter_leads_to_the_page(draft, smtp_sink, settings):
    settings.SITE_URL = "https://portal.example.org"
    agreement.ask(make.one(draft), by=draft.applicant)
    outbox.carry()
    letter = Letter.unscoped.get(kind="agreement_asked", status="sent")
    message = outbox.compose(letter, letter.address)
    assert message.to == [make.stored(draft).email]
    assert f"https://portal.example.org{link(draft)}\n" in message.body


def test_the_desk_says_who_declined_and_the_list_who_stands_how(theirs, draft):
    answered(draft, agreed=False)
    make.a_draft(election=draft.election, organisation=theirs)
    client = signed_in(theirs)
    desk = client.get(f"{theirs.get_absolute_url()}?status=declined")
    assert [person["name"] for person in desk.context["people"]] == [draft.full_name]
    page = client.get(page_of(theirs))
    assert page.context["counts"] == {"not_asked": 1, "asked": 0, "agreed": 0, "declined": 1, "": 0}
    only = client.get(page_of(theirs), {"show": "declined"})
    assert len(only.context["people"]) == 1


def test_codes_are_printed_and_noted_as_handed_out(theirs, draft):
    client = signed_in(theirs)
    sheet = reverse("people:agreement_sheet", args=[theirs.key])
    page = client.get(sheet).content.decode()
    assert page.count('src="data:image/svg+xml') == 1
    client.post(sheet)
    assert agreement.standing(make.stored(draft)) == agreement.Standing.ASKED


def test_the_number_of_queries_does_not_grow(theirs, draft, django_assert_max_num_queries):
    client = signed_in(theirs)
    for name in ("people:agreements", "people:agreement_sheet"):
        address = reverse(name, args=[theirs.key])
        with django_assert_max_num_queries(30) as first:
            client.get(address)
        for _ in range(3):
            make.a_draft(election=draft.election, organisation=theirs)
        with django_assert_max_num_queries(len(first)):
            client.get(address)


def test_another_organisation_sees_nothing_of_it(election, theirs, draft):
    other = signed_in(make.an_organisation(election=election))
    for name in ("people:agreements", "people:agreement_sheet"):
        address = reverse(name, args=[theirs.key])
        assert other.get(address).status_code == 404
        assert other.post(address).status_code == 404
    assert make.stored(draft).observer_asked_at is None


# --- On a phone -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_somebody_agrees_on_a_phone_without_script(new_visitor, draft):
    phone = new_visitor(width=360, language="az", script=False)
    with override("az"):
        address = link(draft)
    phone.goto(address)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.locator("button[value=agreed]").click()
    phone.locator(".status--approved").wait_for()
    assert make.stored(draft).observer_answer == ObserverAnswer.AGREED


@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_on_a_phone(new_visitor, draft):
    phone = new_visitor(width=360)
    phone.goto(link(draft))
    assert axe_findings(phone) == []
