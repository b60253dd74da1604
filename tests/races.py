"""Two things at once, each with a connection of its own, in an order that the test chooses."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction
from django.utils import translation

Job = Callable[[], Any]
PATIENCE_S = 10.0


def at_once(*jobs: Job) -> list[Any]:
    """Start the jobs together; their results in order. What a job raises is raised here."""
    together = threading.Barrier(len(jobs))

    def start(job: Job) -> Any:
        together.wait(PATIENCE_S)
        return _spoken(job)

    with ThreadPoolExecutor(len(jobs)) as threads:
        running = [threads.submit(start, job) for job in jobs]
        return [future.result(PATIENCE_S) for future in running]


def while_waiting(first: Job, *others: Job) -> list[Any]:
    """The others run against what `first` holds locked: it commits only once every
    one of them waits for it, or has finished. Results in order."""
    held, go_on = threading.Event(), threading.Event()

    def hold() -> Any:
        with transaction.atomic():
            try:
                result = first()
            finally:
                held.set()
            go_on.wait(PATIENCE_S)
        return result

    with ThreadPoolExecutor(1 + len(others)) as threads:
        running = [threads.submit(_spoken, hold)]
        held.wait(PATIENCE_S)
        running += [threads.submit(_spoken, job) for job in others]
        try:
            _wait_for_waiting(len(others), running)
        finally:
            go_on.set()
        return [future.result(PATIENCE_S) for future in running]


def _spoken(job: Job) -> Any:
    """In English, and with the connection given back."""
    try:
        with translation.override("en"):
            return job()
    finally:
        connection.close()


def _wait_for_waiting(count: int, running: list[Future[Any]]) -> None:
    """Until that many connections to this database wait for a lock."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if _waiting() >= count or any(future.done() for future in running[1:]):
            return
        time.sleep(0.01)
    raise AssertionError("Nobody waited: there was no race.")


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT l.granted AND a.datname = current_database()"
        )
        (count,) = cursor.fetchone()
    return int(count)
