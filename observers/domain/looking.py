"""Whether the photos are where they should be: a disk may lose a file that the database knows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from django.core.files.storage import Storage

from observers.enums import LIVE
from observers.models import Application, MissingPhoto

PORTION = 500
# A storage behind a network answers slowly, and several questions at once.
AT_ONCE = 8


def look_for_photos(*, portion: int = PORTION) -> int:
    """Mark every live application whose photo the storage does not have, take the mark from those
    whose photo is there again, and say how many are marked.

    Portion by portion, outside of any transaction; may be killed and run again. Where the storage
    itself fails, its error is raised and nothing is marked for it.
    """
    MissingPhoto.objects.exclude(application__status__in=LIVE).delete()
    for photos in _portions(portion):
        found = _is_there(list(photos.values()))
        _mark({key: name for key, name in photos.items() if not found[name]})
        there = [key for key, name in photos.items() if found[name]]
        MissingPhoto.objects.filter(application__in=there).delete()
    return MissingPhoto.objects.count()


def _portions(size: int) -> Iterator[dict[int, str]]:
    """Names of photos by application id."""
    live = Application.unscoped.filter(status__in=LIVE).exclude(photo="").order_by("pk")
    after = 0
    while photos := dict(live.filter(pk__gt=after).values_list("pk", "photo")[:size]):
        yield photos
        after = max(photos)


def _is_there(names: list[str]) -> dict[str, bool]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(names, pool.map(_storage().exists, names), strict=True))


def _storage() -> Storage:
    storage: Storage = Application._meta.get_field("photo").storage
    return storage


def _mark(missing: dict[int, str]) -> None:
    """Unless the photo was replaced while we looked."""
    still = Application.unscoped.filter(pk__in=list(missing)).values_list("pk", "photo")
    MissingPhoto.objects.bulk_create(
        (MissingPhoto(application_id=key) for key, name in still if missing[key] == name),
        ignore_conflicts=True,
    )
