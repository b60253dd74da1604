"""Print batches are made in the background, by one worker each. May run twice."""

from celery import shared_task

from observers.badges import making
from observers.domain import holding, print_files

# One that took its worker down this often is given up.
ATTEMPTS = 3


@shared_task
def make_prints(key: int) -> None:
    with holding.held(holding.PRINTS, key) as mine:
        batch = print_files.take_up(key, attempts=ATTEMPTS) if mine else None
        if batch:
            making.make(batch)


@shared_task
def resume_prints() -> int:
    """Take up what no worker is at: a message was lost, or a worker was killed."""
    left = 0
    for batch in print_files.unfinished():
        with holding.held(holding.PRINTS, batch.pk) as free:
            if free:
                make_prints.delay(batch.pk)
                left += 1
    return left


@shared_task
def remove_old_prints() -> int:
    return print_files.remove_old()
