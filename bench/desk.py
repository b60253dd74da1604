"""The next application shown, with 90,000 waiting and 20 reviewers at work at once.

"Next shown" is the POST that claims and leads on, and the whole page that is shown then, both
through the real views with middleware, session and templates: what its reviewer waits for, but for
the network. All twenty work on one queue, that of the whole election, which is the longest and the
most contended. Each reads for some seconds, so that together they would decide 57,000 in a day of
eight hours, nine times the peak; every other time the decision itself is in the wait. Beside that
stands what it costs when all twenty press in the same instant. They are served by a few processes
with threads, as by a web server.
"""

import multiprocessing
import os
import random
import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from accounts.enums import StaffRole
from accounts.models import User
from bench._report import Line, show
from bench.approval import settle, waiting
from config import memory
from elections.models import CommissionMember, Election
from observers.lifecycle import APPROVE
from observers.models import Application
from observers.review.decisions import decide
from tests import builders

ROWS = int(os.environ.get("BENCH_ROWS", "90000"))
REVIEWERS, PROCESSES = 20, 4
SHOWN_EACH = 6
READS_S = (5.0, 15.0)
# Members of each of the 126 commissions, whose names are held against the applicants'.
MEMBERS = 10
NAMES = ("Əliyev", "Məmmədova", "Quliyev", "Həsənova", "Hüseynov", "İbrahimova", "Kərimov")
# Of each reviewer: the waits, the one in the same instant, and what was shown.
Ended = tuple[dict[str, list[float]], float, list[int]]
TAKEN, DECIDED = "taken", "decided"


def spread(election: Election) -> None:
    """Over three days, as they come in."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE observers_application SET due_at = due_at - mod(id * 7919, 259200)"
            " * interval '1 second' WHERE election_id = %s",
            [election.pk],
        )


def staffed(election: Election) -> None:
    """As many people in the commissions as there are."""
    commissions = list(election.commissions.all())
    people = User.objects.bulk_create(
        User(email=f"{election.slug}.member{n}@example.org", full_name=f"Elçin {NAMES[n % 7]} {n}")
        for n in range(MEMBERS * len(commissions))
    )
    CommissionMember.objects.bulk_create(
        CommissionMember(
            commission=commissions[n % len(commissions)],
            user=person,
            role=StaffRole.CENTRAL_REVIEWER
            if commissions[n % len(commissions)].is_central
            else StaffRole.CONSTITUENCY_REVIEWER,
        )
        for n, person in enumerate(people)
    )


class Reviewer:
    """At a browser. `waited`: milliseconds until the next was shown, taken alone and after a
    decision; `shown`: the ids of what it was."""

    def __init__(self, election: Election) -> None:
        self.user = builders.a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
        self.client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
        self.client.force_login(self.user)
        self.waited: dict[str, list[float]] = {TAKEN: [], DECIDED: []}
        self.instant = 0.0
        self.shown: list[int] = []

    def take_next(self) -> None:
        """What one has is decided beforehand, unseen by the clock."""
        if self.shown:
            this = Application.objects.visible_to(self.user).filter(pk=self.shown[-1])
            if not decide(this, APPROVE, actor=self.user).done:
                raise AssertionError(f"Not approved: {self.shown[-1]}")
        self._press(TAKEN, reverse("admin:observers_application_desk"), {})

    def decide_and_go_on(self) -> None:
        this = reverse("admin:observers_application_decide", args=[self.shown[-1], "approve"])
        self._press(DECIDED, this, {"confirmed": "1", **self._version()})

    def _version(self) -> dict[str, Any]:
        row = Application.objects.visible_to(self.user).get(pk=self.shown[-1])
        return {"version": row.version}

    def _press(self, what: str, address: str, sends: dict[str, Any]) -> None:
        begun = time.perf_counter()
        answer = self.client.post(address, sends)
        page = self.client.get(answer["Location"])
        self.waited[what].append(1000 * (time.perf_counter() - begun))
        found = re.search(r"/application/(\d+)/change/", answer["Location"])
        if page.status_code != 200 or not found:
            raise AssertionError(f"Nothing was shown: {answer['Location']}")
        self.shown.append(int(found.group(1)))


def at_work(reviewers: list[Reviewer], work: Callable[[Reviewer], None]) -> None:
    """Each in a thread with a connection of its own."""

    def alone(reviewer: Reviewer) -> None:
        with closing(connection):
            work(reviewer)

    with ThreadPoolExecutor(len(reviewers)) as threads:
        list(threads.map(alone, reviewers))


def at_their_pace(reviewer: Reviewer) -> None:
    pause = random.Random(reviewer.user.pk)  # noqa: S311 - no secret
    for _ in range(SHOWN_EACH):
        time.sleep(pause.uniform(*READS_S))
        reviewer.take_next()
        time.sleep(pause.uniform(*READS_S))
        reviewer.decide_and_go_on()


def percentile(times: list[float], which: int) -> float:
    return statistics.quantiles(times, n=100)[which - 1]


def shift(reviewers: list[Reviewer], together: Any) -> list[Reviewer]:
    """What one process serves: at their pace, then all in the same instant."""

    def in_the_same_instant(reviewer: Reviewer) -> None:
        together.wait()
        reviewer.take_next()
        reviewer.instant = reviewer.waited[TAKEN].pop()

    at_work(reviewers, Reviewer.take_next)  # what a process reads once
    memory.settle()  # as a server process does (`config/wsgi.py`)
    for reviewer in reviewers:
        reviewer.waited[TAKEN].clear()
    at_work(reviewers, at_their_pace)
    at_work(reviewers, in_the_same_instant)
    return reviewers


def served(reviewers: list[Reviewer]) -> list[Ended]:
    """By PROCESSES of them, forked from this one."""
    connections.close_all()
    forking = multiprocessing.get_context("fork")
    together = forking.Barrier(len(reviewers))
    with forking.Manager() as manager:
        ended = manager.list()

        def serve(part: list[Reviewer]) -> None:
            ended.extend([(r.waited, r.instant, r.shown) for r in shift(part, together)])

        running = [
            forking.Process(target=serve, args=(reviewers[place::PROCESSES],))
            for place in range(PROCESSES)
        ]
        for process in running:
            process.start()
        for process in running:
            process.join()
        return list(ended)


@override_settings(STAFF_MFA_REQUIRED=False)
def main() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    cache.clear()
    election = waiting(ROWS)
    spread(election)
    staffed(election)
    settle()
    reviewers = [Reviewer(election) for _ in range(REVIEWERS)]
    ended = served(reviewers)
    taken = [took for waited, _instant, _shown in ended for took in waited[TAKEN]]
    decided = [took for waited, _instant, _shown in ended for took in waited[DECIDED]]
    shown = [key for _waited, _instant, each in ended for key in each]
    with CaptureQueriesContext(connection) as counted:
        reviewers[0].take_next()
    show(
        f"Desk: the next of {ROWS:,} that wait, for {REVIEWERS} reviewers",
        [
            Line("next shown, 95th percentile", percentile(taken, 95), "ms", bar=100),
            Line("next shown, half of the times", statistics.median(taken), "ms"),
            Line("decided and next shown, 95th percentile", percentile(decided, 95), "ms"),
            Line("all in the same instant, half of them", statistics.median(instant(ended)), "ms"),
            Line("given to two", len(shown) - len(set(shown)), "", bar=0),
            Line("shown in all", len(shown), ""),
            Line("statements to show the next", len(counted), ""),
        ],
    )


def instant(ended: list[Ended]) -> list[float]:
    return [took for _waited, took, _shown in ended]
