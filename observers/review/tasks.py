"""Batches are checked and decided in the background, by one worker each. May run twice."""

from celery import shared_task

from observers.domain import batches, holding
from observers.enums import BatchStatus
from observers.lifecycle import APPROVE
from observers.models import Batch
from observers.review import decisions

# One that took its worker down this often is given up.
ATTEMPTS = 3


@shared_task
def check_batch(key: int) -> None:
    with holding.held(holding.BATCHES, key) as mine:
        batch = batches.take_up(key, BatchStatus.CHECKING, attempts=ATTEMPTS) if mine else None
        if batch:
            actor = batch.begun_by
            batches.check(
                batch,
                hindrance=lambda row: decisions.hindrance(row, APPROVE, actor=actor),
                tell=batches.telling(batch),
            )


@shared_task
def decide_batch(key: int) -> None:
    with holding.held(holding.BATCHES, key) as mine:
        batch = batches.take_up(key, BatchStatus.DECIDING, attempts=ATTEMPTS) if mine else None
        if batch and batch.decided_by:
            actor = batch.decided_by
            batches.decide(
                batch,
                decide_these=lambda these, versions: decisions.decide(
                    these, APPROVE, actor=actor, seen=versions
                ),
                tell=batches.telling(batch),
            )


TASKS = {BatchStatus.CHECKING: check_batch, BatchStatus.DECIDING: decide_batch}


@shared_task
def resume_batches() -> int:
    """Take up what no worker is at: a message was lost, or a worker was killed."""
    left = 0
    for batch in Batch.unscoped.filter(status__in=batches.WORKING).order_by("pk"):
        with holding.held(holding.BATCHES, batch.pk) as free:
            if free:
                TASKS[BatchStatus(batch.status)].delay(batch.pk)
                left += 1
    return left
