"""One's own badge: what its observer and their organisation read of it, and download."""

import datetime
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from elections.models import Election, RunOff
from notifications import outbox
from notifications.models import Letter
from observers.domain import agreement, badges
from observers.domain.personal_links import token_of
from observers.enums import IssueReason
from observers.lifecycle import HAND_OVER, PRINT, REVOKE
from observers.models import Application, Badge
from tests import builders as make
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def election(db: None) -> Election:
    return make.an_election(observer_consent="before_badge", badge_download=True)


@pytest.fixture
def own(election: Election) -> Application:
    """Registered on their own initiative, with a badge."""
    return make.an_approved(election=election, surname="Əliyev", given_name="Çingiz")


@pytest.fixture
def nominated(election: Election, theirs: Any) -> Application:
    """Registered through an organisation; has agreed, and has a badge."""
    return agreed(make.an_approved(election=election, organisation=theirs))


def agreed(application: Application) -> Application:
    agreement.answer(token_of(make.stored(application)), agreed=True, now=database_now())
    return make.stored(application)


def pdf_of(application: Application, size: str = "card") -> str:
    return f"{reverse('apply:badge', args=[application.key])}?size={size}"


def pdf_by_link(application: Application) -> str:
    return reverse("agreement_badge", args=[token_of(make.stored(application))])


def page_of(application: Application) -> Any:
    page = signed_in(application.applicant).get(application.get_absolute_url())
    return page.context["progress"].badge


def link_page(application: Application) -> Any:
    english = Client(headers={"accept-language": "en"})
    return english.get(agreement.path_of(make.stored(application))).context["badge"]


def moved(application: Application, action: str) -> None:
    badges.move(make.badges_of(application), action, actor=make.the_chair(application.election))


def without_download(election: Election) -> None:
    Election.objects.filter(pk=election.pk).update(badge_download=False)


def read(answer: Any) -> PdfReader:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return PdfReader(io.BytesIO(answer.content))


# --- Where it stands -----------------------------------------------------------------------------


def test_the_page_says_what_stands_on_the_badge(own):
    badge = make.badge_of(own)
    words = page_of(own)
    assert [fact["value"] for fact in words.facts][:2] == [own.accreditation_number, "1"]
    ends = badge.valid_until.astimezone(own.election.zone) - datetime.timedelta(minutes=1)
    assert f"{ends.day} {ends:%B %Y}, 24:00" in words.facts[2]["value"]


@pytest.mark.parametrize(
    ("actions", "happens"),
    [
        ((), "printed next. It is then collected from"),
        ((PRINT,), "can be collected from"),
        ((PRINT, HAND_OVER), "has been handed over"),
        ((REVOKE,), "Hand it back to"),
    ],
)
def test_each_status_says_what_happens_next(election, own, actions, happens):
    without_download(election)
    for action in actions:
        moved(own, action)
    assert happens in page_of(own).happens


def test_an_ended_badge_is_said_to_be_expired(own):
    Badge.unscoped.filter(application=own).update(valid_until=database_now())
    words = page_of(own)
    assert (words.label, words.downloads) == ("Expired", [])


def test_a_run_off_that_keeps_badges_valid_is_said(own):
    until = database_now() + 30 * make.DAY
    RunOff.objects.create(
        election=own.election,
        polling_on=until.date(),
        badges_until=until,
        announced_by=make.the_chair(own.election),
    )
    Badge.unscoped.filter(application=own).update(valid_until=database_now())
    assert f"{until.astimezone(own.election.zone):%B %Y}" in page_of(own).facts[2]["value"]
    assert page_of(own).label == "Valid"


def test_before_the_decision_there_is_no_badge_to_speak_of(election):
    assert page_of(make.a_submitted(election=election)) is None


def test_the_organisation_reads_that_consent_is_outstanding(election, theirs):
    waiting = make.an_approved(election=election, organisation=theirs)
    words = page_of(waiting)
    assert words.happens == "The badge is issued as soon as the observer agrees to the nomination."
    assert words.consent_url.startswith(reverse("people:agreements", args=[theirs.key]))


def test_the_observer_reads_that_their_own_word_is_outstanding(election, theirs):
    waiting = make.an_approved(election=election, organisation=theirs)
    assert link_page(waiting).happens == (
        "You are registered. The badge is issued as soon as you agree."
    )
    assert [fact["value"] for fact in link_page(agreed(waiting)).facts][1] == "1"


def test_a_replaced_badge_is_not_spoken_of_any_more(own):
    badges.replace(make.badge_of(own), why=IssueReason.LOST, by=make.the_chair(own.election))
    assert [fact["value"] for fact in page_of(own).facts][1] == "2"


# --- Downloaded ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "millimetres"), [("card", (85.6, 54)), ("lanyard", (105, 148))])
def test_the_observer_downloads_one_page_of_their_size(own, size, millimetres):
    answer = signed_in(own.applicant).get(pdf_of(own, size))
    (page,) = read(answer).pages
    points = (float(page.mediabox.width), float(page.mediabox.height))
    assert sorted(points) == pytest.approx(sorted(side / 25.4 * 72 for side in millimetres), abs=1)
    assert own.accreditation_number in page.extract_text()
    assert answer["Cache-Control"] == "private, no-store"


def test_representatives_download_the_badges_of_whom_they_nominated(nominated, theirs):
    for user in (nominated.applicant, make.a_representative(theirs)):
        assert len(read(signed_in(user).get(pdf_of(nominated))).pages) == 1


def test_a_nominated_observer_downloads_it_by_their_link(nominated):
    answer = Client().get(pdf_by_link(nominated))
    assert nominated.accreditation_number in read(answer).pages[0].extract_text()
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    offered = [download["url"] for download in link_page(nominated).downloads]
    link = pdf_by_link(nominated)
    assert offered == [f"{link}?size=card", f"{link}?size=lanyard"]


def test_the_link_of_somebody_who_was_replaced_opens_nothing(nominated):
    earlier = pdf_by_link(nominated)
    Application.unscoped.filter(pk=nominated.pk).update(identity_index="somebody else")
    assert Client().get(earlier).status_code == 404
    assert Client().get(earlier.replace("agreement/", "agreement/x", 1)).status_code == 404


@pytest.mark.parametrize("end", ["revoked", "over", "cancelled"])
def test_what_is_not_valid_is_not_there(own, nominated, end):
    for application in (own, nominated):
        if end == "revoked":
            moved(application, REVOKE)
        elif end == "over":
            Badge.unscoped.filter(application=application).update(valid_until=database_now())
        else:
            make.without_badge(application)
    assert signed_in(own.applicant).get(pdf_of(own)).status_code == 404
    assert signed_in(nominated.applicant).get(pdf_of(nominated)).status_code == 404
    assert Client().get(pdf_by_link(nominated)).status_code == 404


def test_a_size_that_does_not_exist_is_not_there(own):
    assert signed_in(own.applicant).get(pdf_of(own, "poster")).status_code == 404


def test_where_the_election_does_not_allow_it_a_sentence_says_where_to_collect_it(
    election, own, nominated
):
    without_download(election)
    for answer in (
        signed_in(own.applicant).get(pdf_of(own)),
        Client(headers={"accept-language": "en"}).get(pdf_by_link(nominated)),
    ):
        assert answer.status_code == 403
        assert "printed by the commission and collected from it" in answer.content.decode()
    assert (page_of(own).downloads, link_page(nominated).downloads) == ([], [])


def test_the_commission_has_it_all_the_same(election, own):
    without_download(election)
    reviewer = make.a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    assert len(read(signed_in(reviewer).get(pdf_of(own))).pages) == 1


def test_it_is_made_only_so_often(own, settings):
    settings.OWN_BADGE_RATE = "1/10m"
    client = signed_in(own.applicant)
    assert client.get(pdf_of(own)).status_code == 200
    second = client.get(pdf_of(own))
    assert second.status_code == 429
    assert 0 < int(second["Retry-After"]) <= 600


def test_each_link_is_counted_by_itself(nominated, theirs, settings):
    settings.OWN_BADGE_RATE = "1/10m"
    other = agreed(make.an_approved(election=nominated.election, organisation=theirs))
    assert Client().get(pdf_by_link(nominated)).status_code == 200
    assert Client().get(pdf_by_link(nominated)).status_code == 429
    assert Client().get(pdf_by_link(other)).status_code == 200


def test_a_photo_that_is_gone_is_told_in_a_sentence(own):
    own.photo.storage.delete(own.photo.name)
    answer = signed_in(own.applicant).get(pdf_of(own))
    assert (answer.status_code, "photo" in answer.content.decode()) == (409, True)


def test_axe_finds_nothing(new_visitor, own, nominated):
    phone = with_session(new_visitor(width=360), own.applicant)
    phone.goto(own.get_absolute_url())
    assert phone.get_by_role("heading", name="Badge").is_visible()
    assert axe_findings(phone) == []
    guest = new_visitor(width=360)
    guest.goto(agreement.path_of(make.stored(nominated)))
    assert axe_findings(guest) == []


# --- The letter of the registration --------------------------------------------------------------


def letter_to(application: Application) -> str:
    letter = Letter.unscoped.get(kind="approved", reference=application.receipt_number)
    return str(outbox.compose(letter, "somebody@example.org").body)


def test_the_letter_leads_to_the_download(own, settings):
    settings.SITE_URL = "https://portal.example.org"
    assert f"https://portal.example.org{own.get_absolute_url()}#badge\n" in letter_to(own)


def test_the_letter_says_where_the_badge_is_collected(election):
    without_download(election)
    election.refresh_from_db()
    row = make.an_approved(election=election)
    assert "It is collected once the commission has printed it, from: " in letter_to(row)


def test_the_letter_says_that_consent_is_outstanding_and_goes_on_saying_so(election, theirs):
    row = make.an_approved(election=election, organisation=theirs)
    agreed(row)
    assert "issued as soon as the observer has agreed to the nomination" in letter_to(row)


def test_a_letter_of_before_says_what_it_said_then(own):
    letter = Letter.unscoped.get(kind="approved", reference=own.receipt_number)
    Letter.unscoped.filter(pk=letter.pk).update(
        facts={name: said for name, said in letter.facts.items() if name != "badge"}
    )
    assert "The commission issues the badge, which is carried while observing." in letter_to(own)


# --- Who else ------------------------------------------------------------------------------------


def test_a_stranger_another_organisation_and_another_commission_find_no_badge(
    election, own, nominated
):
    rival = make.owner_of(make.an_organisation(election=election))
    neighbour = make.a_staff_member(
        StaffRole.CONSTITUENCY_CHAIR, make.commission_of(election, number=2)
    )
    foreign = make.a_staff_member(StaffRole.CENTRAL_CHAIR, make.an_election())
    auditor = make.a_staff_member(StaffRole.AUDITOR, election)
    for user in (make.a_user(), rival, neighbour, foreign, auditor):
        assert signed_in(user).get(pdf_of(own)).status_code == 404
        assert signed_in(user).get(pdf_of(nominated)).status_code == 404
    assert Client().get(pdf_of(own))["Location"].startswith(reverse("account_login"))
