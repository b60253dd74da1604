"""Rows become drafts, and corrections of drafts, many in a statement. Within a transaction that
holds the organisation (see `storing`)."""

import datetime
import uuid
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.copying import Columns, sheet, take_in
from elections.lifecycle import acting_as
from observers.domain import drafts
from observers.enums import EDITABLE, Status
from observers.intake import pictures
from observers.intake.comparing import Compared, Comparison
from observers.models import Application, Upload, UploadedPhoto

# What a correction may touch beside the answers themselves.
PLACE = ("scope", "constituency", "window", "commission")
DERIVED = ("identity_index", "birth_index", "sort_key", "search_key")
STAMPS = ("photo", "version", "updated_at")


class Given:
    """The photos that an upload brings, by row, and what these people have been given before."""

    def __init__(self, upload: Upload) -> None:
        usable = list(pictures.stored_photos(upload))
        self.by_row = {photo.row_number: photo for photo in usable if photo.row_number}
        self._before: set[tuple[int | None, str]] = set(
            UploadedPhoto.objects.filter(
                fingerprint__in={photo.fingerprint for photo in usable}, application__isnull=False
            )
            .exclude(upload=upload)
            .values_list("application", "fingerprint")
        )

    def for_row(self, one: Compared) -> UploadedPhoto | None:
        """The photo of this row, unless this person was given the very same one before."""
        photo = self.by_row.get(one.row.number)
        if photo is None or one.application is None:
            return photo
        return photo if self.is_news(photo, one.application) else None

    def is_news(self, photo: UploadedPhoto, application: Application) -> bool:
        if application.photo.name == photo.portrait.name:
            return False
        return not application.photo or (application.pk, photo.fingerprint) not in self._before


def begin(upload: Upload, rows: list[Compared], comparison: Comparison, given: Given) -> None:
    """A draft for each. The keys follow from the upload and the row: begun twice is begun once."""
    if not rows:
        return
    columns = [new_draft(upload, one, comparison, given) for one in rows]
    with acting_as(upload.stored_by, action="begin"):
        take_in(sheet(Application, columns))
    photos = ((one, given.by_row.get(one.row.number)) for one in rows)
    _belong(upload, [(one, photo) for one, photo in photos if photo])


def _key(upload: Upload, one: Compared) -> uuid.UUID:
    return uuid.uuid5(upload.key, str(one.row.number))


def new_draft(upload: Upload, one: Compared, comparison: Comparison, given: Given) -> Columns:
    """What is stored of a person who is new."""
    answers = one.row.answers
    photo = given.by_row.get(one.row.number)
    person = {name: answers.get(name) or "" for name in drafts.COLUMNS if name != "birth_on"}
    return {
        "key": _key(upload, one),
        "election_id": upload.election_id,
        "organisation_id": upload.organisation_id,
        "applicant_id": upload.stored_by_id,
        "kind": upload.organisation.kind,
        **comparison.new_place(one),
        **person,
        "birth_on": answers["birth_on"],
        "identity_index": one.identity_index,
        "birth_index": one.birth_index,
        **drafts.name_keys(*(person[name] for name in drafts.NAMES)),
        "photo": photo.portrait.name if photo else "",
        "status": Status.DRAFT.value,
        "version": 1,
        "return_note": "",
        "observer_answer": "",
    }


def _belong(upload: Upload, pairs: list[tuple[Compared, UploadedPhoto]]) -> None:
    """Say of each photo whose it is, now that its application is there."""
    keys = {_key(upload, one): photo for one, photo in pairs}
    for pk, key in Application.unscoped.filter(key__in=keys).values_list("pk", "key"):
        keys[key].application_id = pk
    UploadedPhoto.objects.bulk_update(keys.values(), ["application"], batch_size=500)


def correct(upload: Upload, rows: list[Compared], given: Given, *, now: datetime.datetime) -> int:
    """Write what the file says differently, and photos that are new. Returns how many changed."""
    corrected, photos = [], []
    for one in rows:
        application, photo = one.application, given.for_row(one)
        if application is None or not (one.changes or photo):
            continue
        for name, value in one.changes.items():
            setattr(application, name, value)
        if photo:
            _give(photo, application)
            photos.append(photo)
        _stamp(application, now)
        corrected.append(application)
    names = {name for one in rows for name in one.changes} & set(drafts.COLUMNS)
    Application.unscoped.bulk_update(corrected, [*names, *PLACE, *DERIVED, *STAMPS], batch_size=250)
    UploadedPhoto.objects.bulk_update(photos, ["application"], batch_size=500)
    return len(corrected)


def give(photos: Iterable[UploadedPhoto], given: Given, *, now: datetime.datetime) -> int:
    """Photos that came without a sheet, to those who can still be changed."""
    by_application = {photo.application_id: photo for photo in photos}
    locked = Application.unscoped.select_for_update(of=("self",)).filter(
        pk__in=by_application, status__in=EDITABLE
    )
    changed = []
    for application in locked.order_by("pk"):
        photo = by_application[application.pk]
        if given.is_news(photo, application):
            _give(photo, application)
            _stamp(application, now)
            changed.append(application)
    Application.unscoped.bulk_update(changed, STAMPS, batch_size=500)
    return len(changed)


def _stamp(application: Application, now: datetime.datetime) -> None:
    """An open form of this application learns that it was changed elsewhere."""
    for name, value in drafts.derived(application).items():
        setattr(application, name, value)
    application.version += 1
    application.updated_at = now


def _give(photo: UploadedPhoto, application: Application) -> None:
    earlier = application.photo.name or ""
    application.photo.name = photo.portrait.name
    photo.application = application
    if drafts.is_own_photo(application, earlier):
        transaction.on_commit(lambda: default_storage.delete(earlier), robust=True)
