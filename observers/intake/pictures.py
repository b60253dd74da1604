"""The photos of an upload: prepared once, matched to its people, kept until they are stored."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile

from observers.enums import EDITABLE
from observers.intake import files, progress
from observers.intake.comparing import Compared
from observers.intake.findings import Finding
from observers.intake.photos import Person, Picture, Prepared, list_pictures, match
from observers.intake.photos import prepare_pictures as prepare
from observers.intake.progress import Tell
from observers.models import Application, Upload, UploadedPhoto

# Pictures between two looks at whether to go on.
PORTION = 50
# Numbers of people who stand in no sheet: above those of any.
OUT_OF_ROWS = 10_000_000


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom a picture may belong to: a row of the sheet, or an application without one."""

    person: Person
    has_photo: bool
    application: int | None = None

    @property
    def row_number(self) -> int | None:
        return None if self.application else self.person.row_number


def somebody(one: Compared) -> Somebody:
    answers = one.row.answers
    names = (answers.get(name) for name in ("surname", "given_name", "patronymic"))
    person = Person(
        row_number=one.row.number,
        identity_number=answers.get("identity_number") or "",
        full_name=" ".join(filter(None, names)),
        photo=answers.get("photo") or "",
    )
    return Somebody(person, bool(one.application and one.application.photo))


def everybody_editable(upload: Upload) -> list[Somebody]:
    """For photos that come alone: the organisation's drafts and returned applications."""
    rows = Application.unscoped.filter(
        organisation=upload.organisation_id, election=upload.election_id, status__in=EDITABLE
    )
    return [
        Somebody(
            Person(OUT_OF_ROWS + number, row.identity_number, row.full_name, ""),
            bool(row.photo),
            application=row.pk,
        )
        for number, row in enumerate(rows.order_by("pk").iterator())
    ]


@dataclass
class Looked:
    """What the look at the photos found: for the report."""

    counts: dict[str, int]
    findings: list[Finding]


def look_through(
    upload: Upload, people: list[Somebody], *, tell: Tell, stop: Callable[[], None]
) -> Looked:
    """Prepare every picture, find whose it is, and say what is missing or too many.

    Raises Unusable for an archive that cannot be read, and what `stop` raises.
    """
    if not upload.sheet:
        people = everybody_editable(upload)
    if upload.archive:
        upload.photos.all().delete()
        used, looked = _of_the_archive(upload, people, tell=tell, stop=stop)
    elif upload.photos.exists():
        used, looked = _again(upload, people)
    else:
        used, looked = _of_earlier_uploads(upload, people), Looked({}, [])
    without = [each for each in people if not each.has_photo and each.person.row_number not in used]
    if upload.sheet:
        looked.findings += [_missing(each) for each in without]
    looked.counts |= {"photos_used": len(used), "without_photo": len(without)}
    return looked


def _missing(each: Somebody) -> Finding:
    return Finding(
        each.person.row_number, "photo", "photo_missing", each.person.full_name, {}, False
    )


def _of_the_archive(
    upload: Upload, people: list[Somebody], *, tell: Tell, stop: Callable[[], None]
) -> tuple[set[int], Looked]:
    by_number = {each.person.row_number: each for each in people}
    with files.archive_on_disk(upload) as archive:
        pictures = list_pictures(archive)
        matches = match(pictures, [each.person for each in people])
        names = {picture.index: picture.name for picture in pictures}
        whose = {one.picture: by_number[one.row_number] for one in matches.matched}
        refused: dict[int, Finding] = {}
        for portion in _portions(archive, pictures, tell=tell, stop=stop):
            named = [(one, names[one.index], whose.get(one.index)) for one in portion]
            UploadedPhoto.objects.bulk_create([_kept(upload, *each) for each in named])
            refused |= {each[0].index: _refusal(*each) for each in named if each[0].problem}
    lonely = [names[i] for i in matches.without_row if i not in refused]
    doubled = [(row, names[i]) for i, row in matches.doubled if i not in refused]
    counts = {
        "photos": len(pictures),
        "photos_unused": len(lonely) + len(doubled),
        "photos_refused": len(refused),
    }
    findings = [*refused.values(), *map(_stranger, lonely)]
    findings += [Finding(row, "photo", "photo_doubled", name, {}, False) for row, name in doubled]
    used = {each.person.row_number for index, each in whose.items() if index not in refused}
    return used, Looked(counts, findings)


def _portions(
    archive: Path, pictures: list[Picture], *, tell: Tell, stop: Callable[[], None]
) -> Iterator[list[Prepared]]:
    """The pictures as they are prepared, some together; between them somebody may stop it."""
    prepared, done = iter(prepare(archive, pictures)), 0
    while portion := list(islice(prepared, PORTION)):
        stop()
        done += len(portion)
        tell(progress.PHOTOS, done, len(pictures))
        yield portion


def _kept(upload: Upload, prepared: Prepared, name: str, whose: Somebody | None) -> UploadedPhoto:
    photo = UploadedPhoto(
        upload=upload,
        name=name,
        row_number=whose.row_number if whose else None,
        application_id=whose.application if whose else None,
        has_face=prepared.has_face,
        crop=prepared.crop,
        problem=prepared.problem,
    )
    if not prepared.problem:
        keep_portrait(photo, prepared.portrait)
        photo.source.name = files.keep_picture(upload, f"{photo.key}.source.jpg", prepared.source)
        photo.fingerprint = hashlib.sha256(prepared.source).hexdigest()[:40]
    return photo


def keep_portrait(photo: UploadedPhoto, portrait: bytes) -> None:
    photo.portrait.name = files.keep_picture(photo.upload, f"{photo.key}.jpg", portrait)


def _refusal(prepared: Prepared, name: str, whose: Somebody | None) -> Finding:
    """A picture that cannot be used does not keep its row from being stored."""
    row = whose.row_number or 0 if whose else 0
    problem = prepared.problem
    return Finding(row, "photo", problem["code"], name, problem.get("params", {}), False)


def _again(upload: Upload, people: list[Somebody]) -> tuple[set[int], Looked]:
    """The columns were named anew: the pictures are there, whose they are may be another."""
    photos = list(upload.photos.order_by("pk"))
    upload.photos.update(row_number=None)
    pictures = [Picture(index, photo.name, 0) for index, photo in enumerate(photos)]
    matches = match(pictures, [each.person for each in people])
    whose = {one.picture: one.row_number for one in matches.matched}
    for index, photo in enumerate(photos):
        photo.row_number = whose.get(index)
    UploadedPhoto.objects.bulk_update(photos, ["row_number"], batch_size=500)
    used = {photo.row_number for photo in photos if photo.row_number and not photo.problem}
    counts = {
        "photos": len(photos),
        "photos_unused": sum(photo.row_number is None for photo in photos),
        "photos_refused": sum(bool(photo.problem) for photo in photos),
    }
    strangers = [photo.name for photo in photos if photo.row_number is None]
    return used, Looked(counts, [_stranger(name) for name in strangers])


def _stranger(name: str) -> Finding:
    return Finding(0, "photo", "photo_without_row", name, {}, False)


def _of_earlier_uploads(upload: Upload, people: list[Somebody]) -> set[int]:
    """A corrected sheet comes without its photos: those that were handed in before and belong to
    nobody yet are taken again."""
    earlier = list(
        UploadedPhoto.objects.filter(
            upload__organisation=upload.organisation_id,
            upload__election=upload.election_id,
            application=None,
            problem={},
        )
        .exclude(upload=upload)
        .exclude(portrait="")
        .select_related("upload")
        .order_by("-pk")
    )
    waiting = [each for each in people if not each.has_photo]
    if not earlier or not waiting:
        return set()
    pictures = [Picture(index, photo.name, 0) for index, photo in enumerate(earlier)]
    by_number = {each.person.row_number: each for each in waiting}
    matched = match(pictures, [each.person for each in waiting]).matched
    copies = [
        _copied(earlier[one.picture], upload, by_number[one.row_number])
        for one in matched
        if one.how != "row"
    ]
    UploadedPhoto.objects.bulk_create(copies)
    return {number for number in (copy.row_number for copy in copies) if number}


def _copied(photo: UploadedPhoto, upload: Upload, whose: Somebody) -> UploadedPhoto:
    copy = UploadedPhoto(
        upload=upload,
        name=photo.name,
        row_number=whose.row_number,
        application_id=whose.application,
        has_face=photo.has_face,
        crop=photo.crop,
        fingerprint=photo.fingerprint,
    )
    keep_portrait(copy, _content(photo.portrait))
    copy.source.name = files.keep_picture(upload, f"{copy.key}.source.jpg", _content(photo.source))
    return copy


def _content(stored: FieldFile) -> bytes:
    with stored.open("rb") as opened:
        return opened.read()


def stored_photos(upload: Upload) -> QuerySet[UploadedPhoto]:
    """Those that somebody can be given."""
    return upload.photos.exclude(portrait="").filter(problem={})
