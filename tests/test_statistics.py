"""The statistics of an election: right, of one moment, and nobody can be found in them."""

import datetime
import itertools
from collections import Counter, defaultdict
from random import Random
from statistics import median

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from elections.enums import Kind, Outcome, Scope
from elections.models import Election
from observers.domain import appeals
from observers.domain.applications import move
from observers.enums import COUNTED, DECIDED, WAITING
from observers.lifecycle import APPROVE, SUBMIT, TAKE_UP, UNDO
from observers.models import Application, Decision, StatisticsSnapshot
from observers.register import queries, tasks
from observers.register.statistics import snapshots
from observers.register.statistics.facts import Facts, Group
from observers.register.statistics.withholding import Hidden, withhold, withhold_column
from tests import builders as make

FEW, WITHHELD = Hidden.FEW, Hidden.WITHHELD
HOUR = datetime.timedelta(hours=1)
needs_database = pytest.mark.django_db


# --- What is not shown ----------------------------------------------------------------------------


def test_one_to_four_are_not_shown_and_nobody_is():
    assert withhold_column([0, 1, 4, 5, 3]) == [0, FEW, FEW, 5, FEW]


def test_what_would_be_the_only_gap_takes_the_smallest_other_with_it():
    assert withhold_column([3, 40, 7, 0]) == [FEW, 40, WITHHELD, 0]


def test_two_that_can_only_be_one_each_take_a_third_with_them():
    assert withhold_column([1, 1, 20, 30]) == [FEW, FEW, WITHHELD, 30]
    assert withhold_column([4, 4, 20, 30]) == [FEW, FEW, WITHHELD, 30]
    assert withhold_column([1, 2, 20, 30]) == [FEW, FEW, 20, 30]


def test_a_zero_is_kept_back_where_there_is_nothing_else():
    assert withhold_column([3, 0]) == [FEW, WITHHELD]
    assert withhold_column([3]) == [FEW]


def test_sums_of_lines_and_totals_of_columns_together_give_nothing_away():
    table = [[2, 10, 12], [20, 25, 45], [30, 40, 70]]
    assert withhold(table, last_is_sum=True) == [
        [FEW, WITHHELD, 12],
        [WITHHELD, WITHHELD, 45],
        [30, 40, 70],
    ]


def certain(table, shown):
    """The counts of a few that somebody can work out by trying every table that fits what is shown
    and the totals of the columns."""
    totals = [sum(column) for column in zip(*table, strict=True)]
    possible = defaultdict(set)
    lines = [list(lines_that_fit(line, max(totals))) for line in shown]
    for other in itertools.product(*lines):
        if [sum(column) for column in zip(*other, strict=True)] == totals:
            for i, line in enumerate(other):
                for j, n in enumerate(line):
                    possible[i, j].add(n)
    return {(i, j) for (i, j), found in possible.items() if 0 < table[i][j] < 5 and len(found) == 1}


def lines_that_fit(line, most):
    choices = {FEW: range(1, 5), WITHHELD: range(most + 1)}
    for *parts, total in itertools.product(*(choices.get(cell, [cell]) for cell in line)):
        if sum(parts) == total:
            yield [*parts, total]


@pytest.mark.parametrize("seed", range(20))
def test_no_count_of_a_few_can_be_worked_out_by_trying_every_table(seed):
    chance = Random(seed)
    parts = [[chance.choice([0, 1, 2, 4, 6]) for _ in range(2)] for _ in range(3)]
    table = [[*line, sum(line)] for line in parts]
    shown = withhold(table, last_is_sum=True)
    nothing_else_shown = [[FEW if 0 < n < 5 else WITHHELD for n in line] for line in table]
    assert certain(table, shown) <= certain(table, nothing_else_shown)


# --- What is counted ------------------------------------------------------------------------------


@pytest.fixture
def election() -> Election:
    return make.an_election(slug="vote")


def facts(election: Election) -> Facts:
    return snapshots.take(election).facts


def decided_after(application: Application, hours: float) -> None:
    """As if it had been sent so many hours before its decision, with three days to decide it."""
    assert application.decided_at
    sent = application.decided_at - hours * HOUR
    with pgtrigger.ignore("observers.Application:submission_is_kept"):
        make.one(application).update(submitted_at=sent, due_at=sent + 72 * HOUR)


@needs_database
def test_every_status_is_counted_by_kind_and_by_commission(election):
    party = make.an_organisation(election=election)
    make.a_draft(election=election)
    make.a_withdrawn(election=election)
    make.a_submitted(election=election)
    make.an_application_under_review(election=election)
    make.a_returned(election=election, organisation=party)
    make.an_approved(election=election, organisation=party, constituency=2)
    make.a_refused(election=election)
    make.a_cancelled(election=election, scope=Scope.NATIONWIDE)
    make.an_approved()  # in another election
    found = facts(election)
    everything = found.everything
    assert (everything.waiting, everything.returned, everything.received) == (2, 1, 6)
    assert (everything.approved, everything.refused, everything.cancelled) == (1, 1, 1)
    assert {kind: group.received for kind, group in found.kinds.items()} == {
        Kind.OWN_INITIATIVE: 4,
        Kind.PARTY: 2,
    }
    central = make.central_commission(election).pk
    commissions = {key: group.received for key, group in found.commissions.items()}
    first, second = (make.commission_of(election, number).pk for number in (1, 2))
    assert commissions == {first: 4, second: 1, central: 1}
    assert found.organisations == {party.pk: 1}
    assert found.constituencies == {election.constituencies.get(number=2).pk: 1}


@needs_database
def test_what_a_commission_first_decided_stays_counted(election):
    """Cancelled, or registered on appeal: neither was refused less, or registered less, before."""
    make.a_cancelled(election=election)
    upheld = make.a_refused(election=election)
    appeal = make.an_appeal(upheld)
    appeals.uphold(appeal, actor=make.a_judge(appeal), reasoning="The number is right.")
    found = facts(election)
    assert (found.everything.first_approved, found.everything.first_refused) == (1, 1)
    assert (found.everything.refused, found.everything.approved) == (0, 1)
    assert found.appeals == {"upheld": 1}
    (refusals,) = found.refusals
    assert (refusals.kind, refusals.count) == (Kind.OWN_INITIATIVE, 1)


@needs_database
def test_what_was_undone_is_not_counted(election):
    election.undo_seconds = 60
    election.save()
    approved = make.an_approved(election=election)
    returned = make.a_returned(election=election)
    for application in (approved, returned):
        assert move(make.one(application), UNDO, actor=make.the_chair(election)).done
    found = facts(election).everything
    assert (found.decided, found.looked_at, found.was_returned) == (0, 0, 0)


@needs_database
def test_what_came_back_and_was_registered_was_returned(election):
    returned = make.a_returned(election=election)
    move(make.one(returned), SUBMIT, actor=returned.applicant)
    for action in (TAKE_UP, APPROVE):
        move(make.one(returned), action, actor=make.the_chair(election))
    make.an_approved(election=election)
    found = facts(election).everything
    assert (found.returned, found.was_returned, found.looked_at) == (0, 1, 2)


@needs_database
def test_times_and_the_legal_limit(election):
    for hours in (10, 20, 30, 71, 73):
        decided_after(make.an_approved(election=election), hours)
    overdue = make.a_submitted(election=election)
    make.one(overdue).update(due_at=overdue.submitted_at - HOUR)
    found = facts(election).everything
    assert found.median == pytest.approx(30 * 3600)
    assert found.ninety == pytest.approx(72.2 * 3600)
    assert (found.lateness.part, found.lateness.whole) == (2, 6)
    assert found.median_low is None  # of five, no interval is certain enough


@needs_database
def test_who_took_longer_than_half_of_all(election):
    for hours in (10, 20, 30):
        decided_after(make.an_approved(election=election), hours)
        decided_after(make.an_approved(election=election, constituency=2), 2 * hours)
    found = facts(election)
    first, second = (make.commission_of(election, number).pk for number in (1, 2))
    assert found.everything.median == pytest.approx(25 * 3600)
    assert found.commissions[first].slow == 1
    assert found.commissions[second].slow == 2


@needs_database
def test_days_are_those_of_the_register(election):
    make.an_approved(election=election)
    make.a_cancelled(election=election)
    assert list(facts(election).days.items()) == queries.registered_by_day(election)


@needs_database
def test_the_sums_are_what_counting_one_by_one_finds(election):
    """Against Python, over a few dozen applications in any state."""
    chance = Random(5)
    party = make.an_organisation(election=election)
    making = (
        make.a_submitted, make.a_returned, make.an_approved, make.an_approved, make.a_refused,
        make.a_cancelled,
    )  # fmt: skip
    for _ in range(24):
        make_one = chance.choice(making)
        through = chance.choice([None, party])
        make_one(election=election, organisation=through, constituency=chance.choice([1, 2]))
    rows = list(Application.unscoped.filter(election=election, status__in=COUNTED))
    by_commission = Counter(row.commission_id for row in rows)
    first = {
        decision.application_id: decision
        for decision in Decision.objects.exclude(outcome=Outcome.CANCELLED).order_by("pk")
    }
    seconds = [
        (first[row.pk].decided_at - row.submitted_at).total_seconds()
        for row in rows
        if row.status in DECIDED
    ]
    found = facts(election)
    assert {key: group.received for key, group in found.commissions.items()} == by_commission
    assert found.everything.waiting == sum(row.status in WAITING for row in rows)
    assert found.everything.median == pytest.approx(median(seconds), abs=1e-3)
    assert sum(group.slow for group in found.kinds.values()) == sum(
        value > median(seconds) for value in seconds
    )
    for name in ("received", "decided", "was_returned", "late"):
        sums = {
            sum(getattr(group, name) for group in groups.values())
            for groups in (found.kinds, found.commissions)
        }
        assert sums == {getattr(found.everything, name)}


# --- Kept, and counted anew -----------------------------------------------------------------------


@needs_database
def test_what_is_stored_is_what_was_found(election):
    make.an_approved(election=election)
    taken = snapshots.take(election)
    assert snapshots.current(election) == taken


@needs_database
def test_a_page_reads_what_is_stored(election):
    snapshots.take(election)
    make.an_approved(election=election)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert snapshots.current(election).facts.registered == 0
    assert len(asked) == 1


@needs_database
def test_the_task_counts_anew_where_something_has_happened(election):
    make.an_approved(election=election)
    assert tasks.refresh_statistics() == 1
    assert tasks.refresh_statistics() == 0
    make.a_refused(election=election)
    assert tasks.refresh_statistics() == 1
    assert snapshots.current(election).facts.everything.refused == 1


@needs_database
def test_what_waits_is_counted_anew_because_time_passes(election):
    make.a_submitted(election=election)
    assert [tasks.refresh_statistics() for _ in range(2)] == [1, 1]


@needs_database
def test_nothing_is_counted_of_what_is_not_published(election):
    Election.objects.update(is_published=False)
    assert tasks.refresh_statistics() == 0
    assert not StatisticsSnapshot.objects.exists()


@needs_database
def test_an_election_without_applications_has_statistics(election):
    assert facts(election) == Facts(everything=Group())
