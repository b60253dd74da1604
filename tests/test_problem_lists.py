"""Lists whose rows are all wrong in one way, and pairs that might be one person."""

import datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from accounts.enums import StaffRole
from accounts.models import User
from accounts.names import fold
from elections.domain.clock import database_now
from elections.enums import ObserverConsent
from elections.models import Election
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.domain import badges, claims, looking, pairs, problems
from observers.domain.duplicates import alike, comparable, look_alikes
from observers.domain.pairs import PairError
from observers.enums import ObserverAnswer
from observers.lifecycle import REVOKE
from observers.models import Application, Claim, MissingPhoto, SettledPair
from observers.tasks import look_for_photos
from tests import builders
from tests.builders import (
    a_cancelled,
    a_staff_member,
    a_submitted,
    a_user,
    a_withdrawn,
    an_application_under_review,
    an_approved,
    an_election,
    an_organisation,
    badges_of,
    commission_of,
    many_drafts,
    one,
    the_chair,
    without_badge,
)
from tests.races import at_once
from tests.visitors import axe_findings, signed_in

pytestmark = pytest.mark.django_db
LISTS = ("withoutbadge", "overdue", "notreached", "withoutphoto", "forgotten")
PAIRS = "/admin/observers/application/pairs/"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def election() -> Election:
    return an_election()


@pytest.fixture
def reviewer(election: Election) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)


@pytest.fixture
def neighbour(election: Election) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission_of(election, 2))


def address(name: str) -> str:
    return f"/admin/observers/{name}/"


def listed(user: User, name: str) -> list[Application]:
    response: Any = signed_in(user).get(address(name))
    assert response.status_code == 200
    return list(response.context_data["cl"].result_list)


def on(name: str, applications: Any = None) -> list[Application]:
    rows = Application.unscoped.all() if applications is None else applications
    return list(problems.LISTS[name](rows).order_by("pk"))


# --- Each list shows what is wrong, and nothing else ----------------------------------------------


def test_without_a_badge_are_the_registered_who_have_none(election):
    bare = without_badge(an_approved(election=election))
    an_approved(election=election)
    a_cancelled(election=election)
    a_submitted(election=election)
    assert on("without_badge") == [bare]


def test_a_badge_that_is_no_longer_valid_is_none(election):
    approved = an_approved(election=election)
    badges.move(badges_of(approved), REVOKE, actor=the_chair(election))
    assert on("without_badge") == [approved]


def test_no_badge_is_missed_of_whom_the_election_still_asks(election):
    """Where the election wants the observer's own consent before the badge."""
    approved = an_approved(election=election, organisation=an_organisation(election=election))
    without_badge(approved)
    Election.objects.filter(pk=election.pk).update(observer_consent=ObserverConsent.BEFORE_BADGE)
    assert on("without_badge") == []
    agreed = {"observer_answer": ObserverAnswer.AGREED, "observer_answered_at": Now()}
    one(approved).update(**agreed)
    assert on("without_badge") == [approved]


def test_overdue_is_what_waits_beyond_its_moment(election):
    late, in_time = a_submitted(election=election), a_submitted(election=election)
    decided = an_approved(election=election)
    one(late).update(due_at=database_now() - MINUTE)
    one(decided).update(due_at=database_now() - MINUTE)
    one(in_time).update(due_at=database_now() + MINUTE)
    assert on("overdue") == [late]


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (status, status in ("failed", "held"))
        for status in LetterStatus.values
        if status not in ("sent", "handed_over")  # these have a time, which the others have not
    ],
)
def test_letters_that_reached_nobody_are_shown(status, shown, election):
    application = a_submitted(election=election)
    a_submitted(election=election)
    theirs = Letter.unscoped.filter(reference=application.receipt_number)
    theirs.update(status=status)
    assert on("not_reached") == ([application] if shown else [])


def test_of_several_letters_the_newest_is_named_and_the_others_counted(election, reviewer):
    application = an_approved(election=election)
    Letter.unscoped.filter(reference=application.receipt_number).update(status="failed")
    newest = Letter.unscoped.filter(kind="approved", reference=application.receipt_number)
    newest.update(status="held")
    (row,) = on("not_reached")
    assert (row.letter_kind, row.letter_status, row.letters) == ("approved", "held", 2)
    page = signed_in(reviewer).get(address("notreached")).content.decode()
    assert "No verified address" in page
    assert "and 1 earlier" in page
    assert application.applicant.email not in page


def test_claimed_and_forgotten_is_what_ran_out_and_still_waits(election, reviewer):
    forgotten, held, free, decided = (
        an_application_under_review(election=election) for _ in range(4)
    )
    for application, moment in ((forgotten, -MINUTE), (held, MINUTE), (decided, -MINUTE)):
        expires_at = database_now() + moment
        Claim.objects.create(application=application, reviewer=reviewer, expires_at=expires_at)
    builders._moved(decided, "approve", by=the_chair(election))
    assert on("forgotten") == [forgotten]
    assert on("forgotten")[0].claimed_by == reviewer.full_name
    assert free not in on("forgotten")


def a_forgotten(election: Election, reviewer: User, **columns: Any) -> Application:
    application = a_submitted(election=election, **columns)
    ago = database_now() - MINUTE
    Claim.objects.create(application=application, reviewer=reviewer, expires_at=ago)
    return application


def free(user: User, *applications: Application) -> int:
    chosen = [str(application.pk) for application in applications]
    posted = {"action": "free", "_selected_action": chosen}
    return signed_in(user).post(address("forgotten"), posted, follow=True).status_code


def test_what_was_forgotten_is_freed_and_what_is_held_is_not(election, reviewer):
    forgotten, taken = a_forgotten(election, reviewer), a_forgotten(election, reviewer)
    chair = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    claims.claim_next(one(taken), reviewer=chair)
    free(chair, forgotten, taken)
    assert [claim.application for claim in Claim.objects.all()] == [taken]


def test_what_was_taken_up_while_one_chose_is_not_freed(election, reviewer):
    """Chosen from a list that was true a moment ago."""
    taken = a_forgotten(election, reviewer)
    claims.claim_next(one(taken), reviewer=a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    assert problems.free(one(taken)) == 0
    assert Claim.objects.filter(application=taken).exists()


def test_another_commission_and_an_auditor_free_nothing(election, reviewer, neighbour):
    forgotten = a_forgotten(election, reviewer)
    free(neighbour, forgotten)
    free(a_staff_member(StaffRole.AUDITOR, election), forgotten)
    assert Claim.objects.count() == 1


# --- Photos ---------------------------------------------------------------------------------------


def lose_photo_of(application: Application) -> None:
    default_storage.delete(str(application.photo.name))


def test_a_photo_that_is_gone_is_noticed_and_forgotten_when_it_is_back(election):
    lost, kept = a_submitted(election=election), a_submitted(election=election)
    content = lost.photo.read()
    lose_photo_of(lost)
    assert look_for_photos() == 1
    assert on("without_photo") == [lost]
    assert kept not in on("without_photo")
    with default_storage.open(lost.photo.name, "wb") as file:
        file.write(content)
    assert look_for_photos() == 0
    assert on("without_photo") == []


def test_all_portions_are_looked_through_and_twice_is_once(election):
    for _ in range(5):
        lose_photo_of(a_submitted(election=election))
    assert [looking.look_for_photos(portion=2) for _ in range(2)] == [5, 5]


def test_photos_of_drafts_and_of_what_is_over_are_not_looked_for(election):
    draft, over = builders.a_draft(election=election), a_withdrawn(election=election)
    lose_photo_of(draft)
    lose_photo_of(over)
    assert look_for_photos() == 0


def test_a_mark_goes_when_the_application_is_over(election):
    application = a_submitted(election=election)
    lose_photo_of(application)
    look_for_photos()
    builders._moved(application, "withdraw", by=application.applicant)
    assert (look_for_photos(), MissingPhoto.objects.count()) == (0, 0)


def test_a_photo_replaced_while_we_look_is_not_missing(election):
    application = a_submitted(election=election)
    looking._mark({application.pk: "photos/of-before.jpg"})
    assert MissingPhoto.objects.count() == 0


def test_a_storage_that_fails_marks_nothing(election, monkeypatch):
    lose_photo_of(a_submitted(election=election))

    def fails(name: str) -> bool:
        raise OSError("The storage does not answer.")

    monkeypatch.setattr(looking._storage(), "exists", fails)
    with pytest.raises(OSError, match="does not answer"):
        look_for_photos()
    assert MissingPhoto.objects.count() == 0


# --- As pages -------------------------------------------------------------------------------------


def spoiled(election: Election, reviewer: User, number: int, constituency: int = 1) -> None:
    """So many applications that are on every list but that of badges, and as many on that one."""
    for application in many_drafts(number, election=election, constituency=constituency):
        application = builders._moved(application, "submit", by=application.applicant)
        one(application).update(due_at=database_now() - MINUTE)
        MissingPhoto.objects.create(application=application)
        Claim.objects.create(
            application=application, reviewer=reviewer, expires_at=database_now() - MINUTE
        )
    Letter.unscoped.update(status="failed")
    for _ in range(number):
        without_badge(an_approved(election=election, constituency=constituency))


def test_each_list_says_what_helps_and_shows_ones_own_commission(election, reviewer, neighbour):
    spoiled(election, reviewer, 1)
    spoiled(election, reviewer, 1, constituency=2)
    mine, theirs = commission_of(election, 1), commission_of(election, 2)
    for name in LISTS:
        assert {row.commission for row in listed(reviewer, name)} == {mine}, name
        assert {row.commission for row in listed(neighbour, name)} == {theirs}, name
        page = signed_in(reviewer).get(address(name)).content.decode()
        assert 'class="problem__to-do"' in page


def test_a_row_leads_to_its_application(election, reviewer):
    spoiled(election, reviewer, 1)
    (row,) = listed(reviewer, "overdue")
    page = signed_in(reviewer).get(address("overdue")).content.decode()
    assert reverse("admin:observers_application_change", args=[row.pk]) in page


@pytest.mark.parametrize("name", LISTS)
def test_fifty_rows_cost_as_many_queries_as_one(
    name, election, reviewer, django_assert_max_num_queries
):
    spoiled(election, reviewer, 1)
    client = signed_in(reviewer)
    client.get(address(name))
    with django_assert_max_num_queries(15) as first:
        client.get(address(name))
    spoiled(election, reviewer, 10)
    with django_assert_max_num_queries(len(first)):
        response = client.get(address(name))
    assert len(response.context_data["cl"].result_list) >= 10


@pytest.mark.parametrize("name", LISTS)
def test_strangers_find_no_list(name, election):
    administrator = a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election)
    assert signed_in(administrator).get(address(name)).status_code in (403, 404)
    assert signed_in(a_user()).get(address(name)).status_code == 404
    assert Client().get(address(name)).status_code == 302


# --- Pairs ----------------------------------------------------------------------------------------


def everywhere(election: Election) -> list[int]:
    return list(election.commissions.values_list("pk", flat=True))


def found(election: Election, *numbers: int) -> list[pairs.Pair]:
    """In the commissions of these constituencies; without any, in all."""
    where = [commission_of(election, number).pk for number in numbers] or everywhere(election)
    return pairs.page(where).pairs


def twins(election: Election, *, constituencies: tuple[int, int] = (1, 2)) -> list[Application]:
    first, second = constituencies
    return [
        a_submitted(election=election, surname="Əliyev", constituency=first),
        a_submitted(election=election, surname="Aliyev", constituency=second),
    ]


def test_a_namesake_with_the_same_birthday_makes_a_pair_and_others_do_not(election):
    first, second = twins(election)
    birthday = datetime.date(1981, 3, 4)
    a_submitted(election=election, surname="Əliyev", birth_on=birthday)
    a_submitted(election=election, surname="Quliyeva", given_name="Nigar", patronymic="")
    a_submitted(surname="Əliyev")
    assert found(election) == [(first.pk, second.pk)]


def test_the_same_number_makes_a_pair_whatever_the_name(election):
    refused = builders.a_refused(election=election, identity_number="AA1234567")
    again = a_submitted(
        election=election,
        identity_number="AA1234567",
        surname="Quliyeva",
        given_name="Nigar",
        birth_on=datetime.date(1990, 1, 1),
    )
    assert found(election) == [(refused.pk, again.pk)]


def test_who_has_withdrawn_makes_no_pair(election):
    first, _second = twins(election)
    builders._moved(first, "withdraw", by=first.applicant)
    assert found(election) == []


def test_a_pair_is_its_two_commissions_and_no_thirds():
    election = an_election(constituencies=3)
    pair = tuple(application.pk for application in twins(election))
    assert (found(election, 1), found(election, 2), found(election, 3)) == ([pair], [pair], [])
    assert found(election, 1, 2) == [pair]


def test_pairs_are_found_page_by_page_each_once(election, monkeypatch):
    """Three namesakes in the first constituency and two in the second: ten pairs."""
    monkeypatch.setattr(pairs, "CHUNK", 2)
    monkeypatch.setattr(pairs, "FOR_A_PAGE", 4)
    for constituency in (1, 2, 1, 2, 1):
        a_submitted(election=election, constituency=constituency)
    for where in (everywhere(election), everywhere(election)[1:2]):
        seen, after = [], (0, 0)
        while after is not None:
            page = pairs.page(where, after=after, size=3)
            seen += page.pairs
            after = page.after
        assert len(seen) == len(set(seen)) == pairs.count(where, at_most=99)
        assert len(seen) == (10 if len(where) > 1 else 9)
        assert all(first < second for first, second in seen)
    assert pairs.count(everywhere(election), at_most=4) == 4


SPELLINGS = [
    ("Əliyev Elçin Rauf oğlu", "ELCHIN ALIYEV"),
    ("Səfərli Nəzakət Aydın qızı", "Nazakat Safarli"),
    ("Məmmədli Müşfiq Bəhram oğlu", "Mushfik Mammadli"),
    ("Qocayeva Məlahət Ceyhun qızı", "Malahat Kojayeva"),
    ("Xəlilov Bəxtiyar Həmzə oğlu", "Bahtiyar Khelilov"),
    ("Əhmədova Qızılgül Fariz qızı", "Qizilgul Ehmedova"),
    ("Əliyev Elçin", "Алиев Эльчин"),
    ("Məmmədov Rəşad", "Məmədov Rəşad"),
]


@pytest.mark.parametrize(("one_way", "another"), SPELLINGS)
def test_what_the_names_compare_the_database_lets_through(one_way, another):
    assert alike(comparable(one_way), comparable(another))
    coarse = pairs._COARSE.format(row="r")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT similarity({coarse}, {coarse.replace('r.', 's.')})"  # noqa: S608
            " FROM (SELECT %s::text AS search_key) r, (SELECT %s::text AS search_key) s",
            [fold(one_way), fold(another)],
        )
        assert cursor.fetchone()[0] >= pairs.COARSELY_ALIKE


def pair_address(first: Application, second: Application) -> str:
    return reverse("admin:observers_application_pair", args=[first.pk, second.pk])


def settle(user: User, sides: list[Application], answer: str, note: str = "") -> Any:
    return signed_in(user).post(pair_address(*sides), {"answer": answer, "note": note})


def test_a_settled_pair_is_never_asked_again(election, reviewer):
    first, second = twins(election)
    assert look_alikes(first) == [second]
    assert settle(reviewer, [first, second], "different").status_code == 302
    assert (found(election), look_alikes(first), look_alikes(second)) == ([], [], [])
    third = a_submitted(election=election, surname="Əliyev")
    assert found(election) == [(first.pk, third.pk), (second.pk, third.pk)]


def test_that_it_is_one_person_needs_the_reason(election, reviewer):
    sides = twins(election)
    assert settle(reviewer, sides, "same", " ").status_code == 200
    assert not SettledPair.objects.exists()
    assert settle(reviewer, sides, "same", "The same number, one digit off.").status_code == 302
    pair = SettledPair.objects.get()
    assert (pair.is_same_person, pair.settled_by) == (True, reviewer)
    page = signed_in(reviewer).get(pair_address(*sides)).content.decode()
    assert "Settled: the same person" in page
    assert "one digit off" in page


def test_a_pair_that_a_colleague_has_settled_is_said_to_be(election, reviewer, neighbour):
    sides = twins(election)
    settle(neighbour, sides, "different")
    page = settle(reviewer, sides, "same", "I think so.").content.decode()
    assert "Settled: different people" in page
    assert SettledPair.objects.get().settled_by == neighbour


@pytest.mark.django_db(transaction=True)
def test_of_two_who_settle_at_once_one_is_told(election, reviewer, neighbour):
    sides = twins(election)

    def settles(user: User) -> str:
        try:
            pairs.settle(*sides, is_same_person=False, note="", actor=user)
        except PairError as error:
            return str(error)
        return ""

    told = at_once(lambda: settles(reviewer), lambda: settles(neighbour))
    assert sorted(told)[0] == ""
    assert sorted(told)[1] != ""
    assert SettledPair.objects.count() == 1


def test_of_another_commissions_application_nothing_sealed_is_shown(election, reviewer):
    mine, theirs = twins(election)
    page = signed_in(reviewer).get(pair_address(mine, theirs)).content.decode()
    assert mine.identity_number in page
    assert mine.address in page
    assert theirs.full_name in page
    assert theirs.receipt_number in page
    for sealed in (theirs.identity_number, theirs.address, theirs.email, str(theirs.key)):
        assert sealed not in page


def test_the_central_commission_sees_both_in_full(election):
    sides = twins(election)
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    page = signed_in(chair).get(pair_address(*sides)).content.decode()
    assert [side.identity_number in page for side in sides] == [True, True]
    assert page.count("<img class=") == 2


def test_who_sees_a_pair():
    election = an_election(constituencies=3)
    sides = twins(election)
    stranger = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission_of(election, 3))
    elsewhere = a_staff_member(StaffRole.CENTRAL_CHAIR, an_election())
    administrator = a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election)
    for user in (stranger, elsewhere, administrator, sides[0].applicant, a_user()):
        assert signed_in(user).get(pair_address(*sides)).status_code == 404
        assert settle(user, sides, "different").status_code == 404
    assert signed_in(stranger).get(PAIRS).context_data["pairs"] == []
    assert Client().get(PAIRS).status_code == 302
    assert not SettledPair.objects.exists()


def test_two_who_are_not_alike_are_not_held_against_each_other(election, reviewer):
    """Else anybody could read the names of another commission's applicants through one's own."""
    mine = a_submitted(election=election)
    theirs = a_submitted(election=election, surname="Quliyeva", given_name="Nigar", constituency=2)
    client = signed_in(reviewer)
    assert client.get(pair_address(mine, theirs)).status_code == 404
    twin = a_submitted(election=election, constituency=2)
    assert client.get(pair_address(mine, twin)).status_code == 200
    assert client.get(pair_address(twin, mine)).status_code == 404


def test_an_auditor_looks_and_settles_nothing(election):
    sides = twins(election)
    auditor = a_staff_member(StaffRole.AUDITOR, election)
    assert "Settle this pair" not in signed_in(auditor).get(pair_address(*sides)).content.decode()
    assert settle(auditor, sides, "different").status_code == 403
    assert not SettledPair.objects.exists()


def test_another_commissions_pairs_are_not_there(election, reviewer):
    twins(election, constituencies=(2, 2))
    client = signed_in(reviewer)
    assert client.get(PAIRS).context_data["pairs"] == []
    other = commission_of(election, 2).pk
    assert client.get(f"{PAIRS}?commission={other}").status_code == 404
    for wrong in ("?commission=x", "?after=x", "?after=1"):
        assert client.get(PAIRS + wrong).status_code == 404


def test_many_pairs_cost_as_many_queries_as_one(election, reviewer, django_assert_max_num_queries):
    twins(election)
    client = signed_in(reviewer)
    client.get(PAIRS)
    with django_assert_max_num_queries(12) as first:
        client.get(PAIRS)
    for _ in range(10):
        a_submitted(election=election, surname="Əliyev")
    with django_assert_max_num_queries(len(first)):
        response = client.get(PAIRS)
    assert len(response.context_data["pairs"]) == 50


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_a_pair_is_settled_in_a_browser(new_visitor, live_server, width):
    election = an_election()
    twins(election)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    page = new_visitor(width=width)
    cookie = signed_in(reviewer).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto("/admin/observers/application/dashboard/")
    page.get_by_role("link", name="Pairs that might be one person 1").click()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Compare").click()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="The same person").click()
    assert axe_findings(page) == []
    page.get_by_label("How you found out").fill("Both photos show one person.")
    page.get_by_role("button", name="The same person").click()
    assert page.get_by_text("No pair waits to be settled").is_visible()
    assert axe_findings(page) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_the_lists_hold_in_a_browser(new_visitor, live_server, width):
    election = an_election()
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    spoiled(election, reviewer, 1)
    page = new_visitor(width=width)
    cookie = signed_in(reviewer).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    for name in LISTS:
        page.goto(address(name))
        assert (name, axe_findings(page)) == (name, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
