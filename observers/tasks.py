"""Work in the background. Each task calls one function of the domain and may run twice."""

from celery import shared_task

from accounts.models import User
from elections.models import Commission, RunOff
from observers.domain import badges, closing, counting, looking, pages, run_offs
from observers.models import ApplicationDocument


@shared_task
def close_registration() -> int:
    """Announce what the clock has closed."""
    return len(closing.close_registration())


@shared_task
def remind_of_drafts() -> int:
    return closing.remind_of_drafts()


@shared_task
def count_pages(document: int) -> None:
    """So that the desk need not, when it shows the document for the first time."""
    pages.count(ApplicationDocument.objects.filter(pk=document))


@shared_task
def look_for_photos() -> int:
    """How many live applications have a photo that the storage does not have."""
    return looking.look_for_photos()


@shared_task
def expire_badges() -> int:
    """How many badges whose time ended long ago are listed as expired now."""
    return badges.expire()


@shared_task
def fold_counts() -> int:
    """So that the register adds up a few rows for its counts, and not every change there was."""
    return counting.fold()


@shared_task
def renew_badges(run_off: int, by: int, commission: int | None = None) -> int:
    """How many badges were issued anew for the run-off."""
    found = RunOff.objects.filter(pk=run_off).select_related("election").first()
    actor = User.objects.filter(pk=by, is_active=True).first()
    place = Commission.objects.filter(pk=commission).first() if commission else None
    if found is None or actor is None or (commission and place is None):
        return 0
    portions = run_offs.renew(found, by=actor, commission=place)
    return sum(len(portion.done) for portion in portions)
