"""The run-off: who announces it, what becomes of the badges of the first round."""

import datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.enums import StaffRole
from accounts.models import User
from elections.enums import Kind
from elections.models import Election, RunOff
from observers.domain import badges, replacing, run_offs
from observers.domain.ended_badges import ended_badges
from observers.domain.run_offs import Announcement, CannotAnnounce
from observers.enums import IssueReason
from observers.models import Application
from observers.tasks import renew_badges
from tests.builders import (
    DAY,
    a_staff_member,
    a_substitute,
    a_user,
    an_approved,
    an_election,
    an_organisation,
    badge_of,
    badges_of,
    commission_of,
    owner_of,
    stored,
    substitutions_close,
    the_chair,
)
from tests.clocks import the_clock_at
from tests.races import at_once
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def chair(election):
    return the_chair(election)


def in_two_weeks(election: Election, *, later: int = 0) -> Announcement:
    """The run-off, and its badges until the end of the day after it."""
    day = election.polling_on + datetime.timedelta(days=14 + later)
    return Announcement(polling_on=day, badges_until=election.end_of_day(-15 - later))


def announced(election: Election, *, stay_valid: bool = True, by: User | None = None) -> RunOff:
    return run_offs.announce(
        election,
        in_two_weeks(election),
        badges_stay_valid=stay_valid,
        by=by or the_chair(election),
    )


def renewed(run_off: RunOff, *, by: User, **of: Any) -> int:
    return sum(len(portion.done) for portion in run_offs.renew(run_off, by=by, **of))


def statuses(application: Application) -> list[str]:
    return list(badges_of(application).values_list("status", flat=True))


# --- Announced ------------------------------------------------------------------------------------


def test_badges_that_stay_valid_end_with_the_run_off(election):
    badge = badge_of(an_approved(election=election))
    run_off = announced(election)
    after = stored(badge)
    assert (after.serial, after.status) == (1, "issued")
    assert after.valid_until == run_off.badges_until


def test_the_signed_list_says_so_to_checkers_without_a_network(election):
    run_off = announced(election)
    assert ended_badges().run_offs == {election.pk: run_off.badges_until}


def test_what_lasts_longer_anyway_is_left_alone(election):
    mission = an_organisation(kind="international", election=election)
    badge = badge_of(an_approved(election=election, organisation=mission))
    announced(election)
    assert stored(badge).valid_until == election.badges_valid_until(Kind.INTERNATIONAL)
    assert stored(badge).valid_until > in_two_weeks(election).badges_until


def test_what_has_ended_before_is_not_called_back(election, chair):
    old = badge_of(an_approved(election=election))
    badges.replace(old, why=IssueReason.LOST, by=chair)
    before = stored(old).valid_until
    announced(election)
    assert (stored(old).status, stored(old).valid_until) == ("replaced", before)


def test_another_elections_badges_stay_as_they_are(election):
    foreign = badge_of(an_approved())
    announced(election)
    assert stored(foreign).valid_until == foreign.valid_until


def test_who_is_registered_afterwards_is_valid_for_the_run_off(election):
    run_off = announced(election, stay_valid=False)
    badge = badge_of(an_approved(election=Election.objects.get(pk=election.pk)))
    assert badge.valid_until == run_off.badges_until


def test_it_is_announced_once(election):
    announced(election)
    with pytest.raises(CannotAnnounce, match="already"):
        announced(election)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_announce_it_at_once_one_does():
    election = an_election()
    chair = the_chair(election)

    def attempt() -> bool:
        try:
            announced(election, by=chair)
        except CannotAnnounce:
            return False
        return True

    assert sorted(at_once(attempt, attempt)) == [False, True]


def test_a_run_off_comes_after_the_first_round(election, chair):
    said = Announcement(election.polling_on, election.end_of_day(-15))
    with pytest.raises(CannotAnnounce, match="after the first round"):
        run_offs.announce(election, said, badges_stay_valid=True, by=chair)


@pytest.mark.parametrize(("short_of_midnight", "refused"), [(0, False), (1, True)])
def test_badges_are_valid_for_the_whole_polling_day(election, chair, short_of_midnight, refused):
    day = election.polling_on + datetime.timedelta(days=14)
    until = election.end_of_day(-14) - datetime.timedelta(seconds=short_of_midnight)
    try:
        run_offs.announce(election, Announcement(day, until), badges_stay_valid=True, by=chair)
    except CannotAnnounce:
        assert refused
    else:
        assert not refused


@pytest.mark.parametrize(
    "role",
    [role for role in StaffRole if role not in ("central_chair", "election_administrator")],
)
def test_nobody_else_announces_it(election, role):
    with pytest.raises(CannotAnnounce, match="central commission"):
        announced(election, by=a_staff_member(role, election))


def test_another_elections_chair_announces_nothing_here(election):
    with pytest.raises(CannotAnnounce):
        announced(election, by=the_chair(an_election()))


# --- Moved, only to later -------------------------------------------------------------------------


def test_a_later_day_takes_the_badges_along(election, chair):
    badge, run_off = badge_of(an_approved(election=election)), announced(election)
    run_offs.move(run_off, in_two_weeks(election, later=7), by=chair)
    assert stored(badge).valid_until == in_two_weeks(election, later=7).badges_until


def test_what_has_been_said_is_not_taken_back(election, chair):
    badge, run_off = badge_of(an_approved(election=election)), announced(election)
    with pytest.raises(CannotAnnounce, match="later time only"):
        run_offs.move(run_off, in_two_weeks(election, later=-1), by=chair)
    assert stored(badge).valid_until == run_off.badges_until


# --- Issued anew ----------------------------------------------------------------------------------


def test_where_they_do_not_stay_valid_nothing_changes_by_itself(election):
    badge = badge_of(an_approved(election=election))
    announced(election, stay_valid=False)
    assert stored(badge).valid_until == badge.valid_until
    assert ended_badges().run_offs == {}


def test_each_gets_the_next_serial_until_the_end_of_the_run_off(election, chair):
    rows = [an_approved(election=election) for _ in range(3)]
    run_off = announced(election, stay_valid=False)
    assert renewed(run_off, by=chair) == 3
    assert [statuses(row) for row in rows] == [["replaced", "issued"]] * 3
    assert {badge_of(row).valid_until for row in rows} == {run_off.badges_until}
    assert {badge_of(row).why for row in rows} == {"renewed"}


def test_asked_again_it_renews_none_twice(election, chair):
    an_approved(election=election)
    run_off = announced(election, stay_valid=False)
    assert (renewed(run_off, by=chair), renewed(run_off, by=chair)) == (1, 0)


def test_cut_short_it_goes_on_where_it_was(election, chair, monkeypatch):
    monkeypatch.setattr(run_offs, "PORTION", 2)
    for _ in range(5):
        an_approved(election=election)
    run_off = announced(election, stay_valid=False)
    next(run_offs.renew(run_off, by=chair))
    assert run_offs.renewal(run_off, seen_by=chair) == run_offs.Renewal(done=2, left=3)
    assert renewed(run_off, by=chair) == 3


def test_an_international_badge_that_lasts_longer_is_not_renewed(election, chair):
    mission = an_organisation(kind="international", election=election)
    guest = an_approved(election=election, organisation=mission)
    assert renewed(announced(election, stay_valid=False), by=chair) == 0
    assert statuses(guest) == ["issued"]


def test_a_constituency_chair_renews_those_of_that_commission(election):
    here, next_door = (an_approved(election=election, constituency=n) for n in (1, 2))
    run_off = announced(election, stay_valid=False)
    local = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 1))
    assert renewed(run_off, by=local) == 1
    assert (statuses(here), statuses(next_door)) == (["replaced", "issued"], ["issued"])


def test_the_central_chair_renews_those_of_one_commission(election, chair):
    here, next_door = (an_approved(election=election, constituency=n) for n in (1, 2))
    run_off = announced(election, stay_valid=False)
    assert renewed(run_off, by=chair, commission=commission_of(election, 2)) == 1
    assert (statuses(here), statuses(next_door)) == (["issued"], ["replaced", "issued"])


def test_a_reviewer_renews_none(election):
    row = an_approved(election=election)
    run_off = announced(election, stay_valid=False)
    assert renewed(run_off, by=a_staff_member(StaffRole.CENTRAL_REVIEWER, election)) == 0
    assert statuses(row) == ["issued"]


def test_where_badges_stay_valid_none_is_renewed(election, chair):
    row = an_approved(election=election)
    assert renewed(announced(election), by=chair) == 0
    assert statuses(row) == ["issued"]


@pytest.mark.parametrize(("before_the_end", "count"), [(1, 1), (0, 0)])
def test_after_the_run_off_none_is_renewed(election, chair, before_the_end, count):
    an_approved(election=election)
    run_off = announced(election, stay_valid=False)
    with the_clock_at(run_off.badges_until - before_the_end * SECOND):
        assert renewed(run_off, by=chair) == count


@pytest.mark.django_db(transaction=True)
def test_two_who_renew_at_once_renew_each_badge_once():
    election = an_election()
    row, chair = an_approved(election=election), the_chair(election)
    run_off = announced(election, stay_valid=False)
    assert sorted(at_once(*[lambda: renewed(run_off, by=chair)] * 2)) == [0, 1]
    assert statuses(row) == ["replaced", "issued"]


def test_the_task_does_it_in_the_background_and_tolerates_what_is_gone(election, chair):
    an_approved(election=election)
    run_off = announced(election, stay_valid=False)
    assert renew_badges(run_off.pk, chair.pk) == 1
    assert renew_badges(0, chair.pk) == renew_badges(run_off.pk, 0) == 0


# --- The pages ------------------------------------------------------------------------------------

ADD = "admin:elections_runoff_add"
LIST = "admin:elections_runoff_changelist"


def page(name: str, run_off: RunOff) -> str:
    return reverse(f"admin:elections_runoff_{name}", args=[run_off.pk])


def answers(election: Election, *, stay: str = "stay", later: int = 0) -> dict[str, str]:
    day = in_two_weeks(election, later=later).polling_on
    return {
        "election": str(election.pk),
        "polling_on": day.isoformat(),
        "badges": stay,
        "last_day": (day + DAY).isoformat(),
    }


@pytest.mark.parametrize("role", ["central_chair", "election_administrator"])
def test_the_central_commission_announces_it_on_a_page(election, role):
    badge = badge_of(an_approved(election=election))
    client = signed_in(a_staff_member(role, election))
    asked = client.get(reverse(ADD)).content.decode()
    assert "Announced once" in asked
    answer = client.post(reverse(ADD), answers(election))
    run_off = RunOff.objects.get(election=election)
    assert answer["Location"] == page("change", run_off)
    assert stored(badge).valid_until == run_off.badges_until
    assert run_off.badges_until == in_two_weeks(election).badges_until


def test_a_mistake_is_said_at_the_form_and_changes_nothing(election, chair):
    wrong = answers(election) | {"polling_on": election.polling_on.isoformat()}
    answer = signed_in(chair).post(reverse(ADD), wrong).content.decode()
    assert "A run-off is held after the first round." in answer
    assert not RunOff.objects.exists()


def test_it_is_moved_to_a_later_day_on_its_page(election, chair):
    run_off = announced(election)
    signed_in(chair).post(page("move", run_off), answers(election, later=7))
    assert RunOff.objects.get().polling_on == in_two_weeks(election, later=7).polling_on
    sent = signed_in(chair).post(page("move", run_off), answers(election)).content.decode()
    assert "later time only" in sent


@pytest.mark.django_db(transaction=True)
def test_the_page_has_the_badges_renewed_and_says_how_far_it_is(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    election = an_election()
    row, chair = an_approved(election=election), the_chair(election)
    run_off = announced(election, stay_valid=False)
    client = signed_in(chair)
    shown = client.get(page("change", run_off)).content.decode()
    assert "1 badge is still to be issued anew" in shown
    client.post(page("renew", run_off), {"commission": ""})
    assert statuses(row) == ["replaced", "issued"]
    assert page("renew", run_off) not in client.get(page("change", run_off)).content.decode()


def test_a_reviewer_reads_the_page_and_is_offered_nothing(election):
    an_approved(election=election)
    run_off = announced(election, stay_valid=False)
    client = signed_in(a_staff_member(StaffRole.CENTRAL_REVIEWER, election))
    shown = client.get(page("change", run_off)).content.decode()
    assert page("renew", run_off) not in shown
    assert page("move", run_off) not in shown
    assert client.post(page("renew", run_off), {}).status_code == 403


@pytest.mark.parametrize("name", ["change", "move", "renew"])
def test_strangers_organisations_and_other_elections_see_no_page(election, name):
    party = an_organisation(election=election)
    run_off = announced(election, stay_valid=False)
    abroad = the_chair(an_election())
    for user in (a_user(), owner_of(party), abroad):
        assert signed_in(user).get(page(name, run_off)).status_code == 404


@pytest.mark.parametrize(
    ("stay_valid", "said"), [(True, "stay valid until"), (False, "issued anew")]
)
def test_everybody_reads_that_there_is_a_run_off(election, client, stay_valid, said):
    announced(election, stay_valid=stay_valid)
    shown = client.get(election.get_absolute_url(), headers={"accept-language": "en"})
    assert said in shown.content.decode()


def every_page_of_badges_that_end(election: Election) -> list[tuple[User, str]]:
    """Who opens it, and where."""
    substitutions_close(election)
    party, chair = an_organisation(election=election), the_chair(election)
    kept, former, lacking = (an_approved(election=election, organisation=party) for _ in range(3))
    badge, draft = badge_of(kept), a_substitute(former)
    replacing.revoke(badge_of(lacking), by=chair, because="Lent to somebody else.")
    run_off = announced(election, stay_valid=False)
    for_staff = [
        *(reverse(f"admin:observers_badge_{name}", args=[badge.pk])
          for name in ("change", "replace", "revoke")),
        *(page(name, run_off) for name in ("change", "move")),
        *(reverse(name) for name in (LIST, ADD, "admin:observers_badge_changelist",
                                     "admin:observers_withoutbadge_changelist")),
    ]  # fmt: skip
    for_them = [
        *(reverse(f"apply:{name}", args=[former.key]) for name in ("overview", "substitute")),
        *(reverse(f"apply:{name}", args=[draft.key]) for name in ("overview", "check")),
        f"{reverse('people:submit', args=[party.key])}?election={election.slug}",
    ]
    owner = owner_of(party)
    return [*((chair, each) for each in for_staff), *((owner, each) for each in for_them)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_their_pages_are_accessible_and_fit_the_screen(new_visitor, width):
    found = every_page_of_badges_that_end(an_election())
    browsers = {user: with_session(new_visitor(width=width), user) for user, _ in found}
    for user, address in found:
        browser = browsers[user]
        browser.goto(address)
        assert axe_findings(browser) == [], address
        assert browser.evaluate("document.documentElement.scrollWidth") <= width, address
