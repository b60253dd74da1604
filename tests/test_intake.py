"""From a file to drafts: checked first, stored once, mended, interrupted."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from elections.models import Election
from observers.domain.applications import move
from observers.enums import StoreMode, UploadStatus
from observers.intake import checking, receiving, reports, steering, storing, tasks
from observers.lifecycle import SUBMIT
from observers.models import Application, ApplicationEvent, Upload
from organisations.models import Organisation
from tests import builders
from tests.races import at_once
from tests.workbooks import a_person, a_picture, a_sheet, a_workbook, an_archive

pytestmark = pytest.mark.django_db


@pytest.fixture
def election() -> Election:
    return builders.an_election()


@pytest.fixture
def organisation(election: Election) -> Organisation:
    return builders.an_organisation(election=election)


def silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


def uploaded(organisation: Organisation, election: Election, rows: Any, **given: Any) -> Upload:
    """Received and checked."""
    upload = receiving.receive(
        organisation=organisation,
        election=election,
        by=builders.owner_of(organisation),
        sheet=a_sheet(rows) if rows is not None else None,
        in_background=False,
        **given,
    )
    checking.check(upload, tell=silent)
    return upload


def stored(upload: Upload, mode: str = StoreMode.GOOD_ROWS) -> Upload:
    by = builders.owner_of(upload.organisation)
    steering.start_storing(upload, mode=mode, by=by, in_background=False)
    storing.store(upload, tell=silent)
    return upload


def people(organisation: Organisation) -> list[Application]:
    return list(Application.unscoped.filter(organisation=organisation).order_by("pk"))


def fates(upload: Upload) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "repeated", "sent", "wrong")
    return {name: upload.counts[name] for name in names if upload.counts[name]}


def codes(upload: Upload) -> set[str]:
    return {code for _column, code, *_rest in upload.findings if code != "photo_missing"}


def test_the_dry_run_stores_nothing(organisation, election):
    upload = uploaded(organisation, election, [a_person(1), a_person(2)])
    assert fates(upload) == {"new": 2}
    assert people(organisation) == []


def test_good_rows_become_drafts_of_whoever_stored_them(organisation, election):
    stored(uploaded(organisation, election, [a_person(7)]))
    (draft,) = people(organisation)
    assert (draft.surname, draft.identity_number) == ("Əliyev", "AA0000007")
    assert draft.constituency.number == 2
    assert draft.commission == builders.commission_of(election, 2)
    (event,) = ApplicationEvent.objects.filter(application=draft)
    assert (event.action, event.actor) == ("begin", builders.owner_of(organisation))


def test_a_draft_from_a_file_is_like_one_from_the_form(organisation, election):
    """Search, order and the guard against duplicates see no difference."""
    stored(uploaded(organisation, election, [a_person(3)]))
    (draft,) = people(organisation)
    before = {name: getattr(draft, name) for name in ("identity_index", "birth_index", "sort_key")}
    builders.drafts.save(draft, version=1, now=draft.created_at, phone="+994 50 111 22 33")
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in before} == before


def test_the_same_file_twice_changes_nothing(organisation, election):
    rows = [a_person(number) for number in range(1, 6)]
    stored(uploaded(organisation, election, rows))
    again = uploaded(organisation, election, rows)
    assert fates(again) == {"unchanged": 5}
    with pytest.raises(steering.NotNow):
        stored(again)
    assert [draft.version for draft in people(organisation)] == [1] * 5


def test_a_corrected_file_changes_what_it_corrects_and_adds_the_rest(organisation, election):
    stored(uploaded(organisation, election, [a_person(1), a_person(2)]))
    corrected = [a_person(1), a_person(2, Ünvan="Gəncə"), a_person(3)]
    upload = stored(uploaded(organisation, election, corrected))
    assert fates(upload) == {"new": 1, "changed": 1, "unchanged": 1}
    assert [row.address for row in people(organisation)][1:] == [
        "Gəncə", a_person(3)["Ünvan"],
    ]  # fmt: skip


def test_bad_rows_stay_out_and_are_named(organisation, election):
    rows = [a_person(1), a_person(2, **{"Doğum tarixi": "07.02.2020"}), a_person(3)]
    upload = stored(uploaded(organisation, election, rows))
    assert len(people(organisation)) == 2
    (group,) = reports.report(upload).errors
    assert (group.column, group.examples) == ("birth_on", [(3, "07.02.2020")])


def test_all_or_nothing_stores_nothing_of_a_file_with_a_bad_row(organisation, election):
    upload = uploaded(organisation, election, [a_person(1), a_person(2, Ad="")])
    with pytest.raises(steering.NotNow):
        stored(upload, StoreMode.ALL_OR_NOTHING)
    assert people(organisation) == []


def test_all_or_nothing_looks_again_when_it_stores(organisation, election):
    upload = uploaded(organisation, election, [a_person(1), a_person(2)])
    builders.shut(election)
    stored(upload, StoreMode.ALL_OR_NOTHING)
    assert (upload.status, upload.counts["wrong"]) == (UploadStatus.CHECKED, 2)
    assert people(organisation) == []


def test_one_number_in_two_rows_is_said_of_the_second(organisation, election):
    rows = [a_person(1), a_person(2, **{"Sənədin nömrəsi": "AA0000001"}), a_person(1)]
    upload = uploaded(organisation, election, rows)
    assert fates(upload) == {"new": 1, "wrong": 1, "repeated": 1}


def test_somebody_elses_observer_is_flagged_and_stored(organisation, election):
    other = builders.an_organisation(election=election)
    draft = builders.a_draft(election=election, organisation=other, identity_number="AA0000001")
    move(builders.one(draft), SUBMIT, actor=draft.applicant)
    upload = stored(uploaded(organisation, election, [a_person(1)]))
    assert codes(upload) == {"live_elsewhere"}
    assert str(other) not in str(upload.findings)
    assert len(people(organisation)) == 1


def test_a_look_alike_among_ones_own_is_flagged(organisation, election):
    twin = a_person(1) | {"Sənədin nömrəsi": "AA0009999", "Ata adı": ""}
    upload = uploaded(organisation, election, [a_person(1), twin])
    assert (fates(upload), codes(upload)) == ({"new": 2}, {"look_alike"})


def test_what_was_sent_is_left_as_it_is(organisation, election):
    draft = builders.a_submitted(
        election=election, organisation=organisation, identity_number="AA0000001"
    )
    upload = uploaded(organisation, election, [a_person(1), a_person(2)])
    assert fates(upload) == {"sent": 1, "new": 1}
    stored(upload)
    assert builders.stored(draft).surname == draft.surname


def test_a_returned_application_is_corrected_after_the_closing(organisation, election):
    draft = builders.a_returned(
        election=election, organisation=organisation, identity_number="AA0000001", constituency=2
    )
    builders.shut(election)
    stored(uploaded(organisation, election, [a_person(1, Ünvan="Şəki")]))
    assert builders.stored(draft).address == "Şəki"


def test_a_second_start_after_an_interruption_stores_the_rest(organisation, election, monkeypatch):
    monkeypatch.setattr("observers.intake.listing.PORTION", 2)
    upload = uploaded(organisation, election, [a_person(number) for number in range(1, 6)])
    by = builders.owner_of(organisation)
    steering.start_storing(upload, mode=StoreMode.GOOD_ROWS, by=by, in_background=False)
    with pytest.raises(KeyboardInterrupt):
        storing.store(upload, tell=Interruption(after=3))
    assert len(people(organisation)) == 4
    tasks.store_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.counts["stored_new"]) == (UploadStatus.STORED, 5)
    assert len(people(organisation)) == 5


class Interruption:
    """The worker's end, at the n-th word of its progress."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_all_or_nothing_interrupted_leaves_nothing(organisation, election, monkeypatch):
    monkeypatch.setattr("observers.intake.listing.PORTION", 2)
    upload = uploaded(organisation, election, [a_person(number) for number in range(1, 6)])
    by = builders.owner_of(organisation)
    steering.start_storing(upload, mode=StoreMode.ALL_OR_NOTHING, by=by, in_background=False)
    with pytest.raises(KeyboardInterrupt):
        storing.store(upload, tell=Interruption(after=3))
    assert people(organisation) == []


def test_what_was_stopped_can_be_taken_up_again(organisation, election):
    upload = uploaded(organisation, election, [a_person(1)])
    by = builders.owner_of(organisation)
    steering.start_storing(upload, mode="good_rows", by=by, in_background=False)
    steering.cancel(upload)
    storing.store(upload, tell=silent)
    assert (upload.status, people(organisation)) == (UploadStatus.CHECKED, [])
    assert stored(upload).counts["stored_new"] == 1


def test_a_cancelled_upload_leaves_nothing_on_disk(organisation, election):
    upload = uploaded(organisation, election, [a_person(1)])
    kept = upload.sheet.name
    steering.cancel(upload)
    assert (upload.status, default_storage.exists(kept)) == (UploadStatus.CANCELLED, False)


def test_an_unusable_file_is_said_and_not_kept(organisation, election):
    upload = receiving.receive(
        organisation=organisation,
        election=election,
        by=builders.owner_of(organisation),
        sheet=builders.SimpleUploadedFile("list.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
        in_background=False,
    )
    kept = upload.sheet.name
    checking.check(upload, tell=silent)
    assert (upload.status, default_storage.exists(kept)) == (UploadStatus.UNUSABLE, False)


def test_the_spreadsheet_cannot_be_read_on_disk(organisation, election):
    upload = uploaded(organisation, election, [a_person(1)])
    with upload.sheet.open("rb") as kept:
        assert a_workbook([a_person(1)])[:2] not in kept.read()[:20]


def test_photos_find_their_people(organisation, election):
    archive = an_archive({"AA0000001.jpg": a_picture(), "nobody.jpg": a_picture(60)})
    upload = uploaded(organisation, election, [a_person(1), a_person(2)], photos=[archive])
    counts = {name: upload.counts[name] for name in ("photos_used", "photos_unused")}
    assert (counts, upload.counts["without_photo"]) == ({"photos_used": 1, "photos_unused": 1}, 1)
    stored(upload)
    assert [bool(row.photo) for row in people(organisation)] == [True, False]


def test_each_photo_that_is_left_over_is_counted_once(organisation, election):
    """One that is no picture, and belongs to nobody besides."""
    files = {"__MACOSX/x.jpg": b"", "odd.jpg": b"<html>", "who.jpg": a_picture()}
    upload = uploaded(organisation, election, [a_person(1)], photos=[an_archive(files)])
    counts = {name: upload.counts[name] for name in ("photos", "photos_unused", "photos_refused")}
    assert counts == {"photos": 2, "photos_unused": 1, "photos_refused": 1}
    assert {photo.name for photo in upload.photos.all()} == {"odd.jpg", "who.jpg"}


def test_the_same_photos_twice_change_nothing(organisation, election):
    for _ in range(2):
        archive = an_archive({"AA0000001.jpg": a_picture()})
        upload = uploaded(organisation, election, [a_person(1)], photos=[archive])
        stored(upload)
    assert [row.version for row in people(organisation)] == [1]


def test_photos_alone_find_the_drafts_there_are(organisation, election):
    stored(uploaded(organisation, election, [a_person(1)]))
    archive = an_archive({"AA0000001.jpg": a_picture()})
    stored(uploaded(organisation, election, None, photos=[archive]))
    assert [bool(row.photo) for row in people(organisation)] == [True]


def test_a_corrected_sheet_finds_the_photos_of_the_first(organisation, election):
    archive = an_archive({"AA0000001.jpg": a_picture()})
    stored(uploaded(organisation, election, [a_person(1, Ad=""), a_person(2)], photos=[archive]))
    stored(uploaded(organisation, election, [a_person(1)]))
    by_number = {row.identity_number: bool(row.photo) for row in people(organisation)}
    assert by_number == {"AA0000001": True, "AA0000002": False}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_upload_the_same_people_at_once_one_begins_each(organisation, election):
    rows = [a_person(number) for number in range(1, 30)]
    uploads = [uploaded(organisation, election, rows) for _ in range(2)]
    at_once(*(lambda upload=upload: stored(upload) for upload in uploads))
    assert len(people(organisation)) == 29
    assert sum(upload.counts.get("stored_new", 0) for upload in uploads) == 29


# --- From the shell -------------------------------------------------------------------------------


def test_the_command_stores_and_says_so(organisation, election, tmp_path, capsys):
    path = tmp_path / "list.xlsx"
    path.write_bytes(a_workbook([a_person(1), a_person(2)]))
    call_command(
        "import_observers", str(path), election=election.slug, organisation=str(organisation.pk)
    )
    assert len(people(organisation)) == 2
    assert "Stored: 2 new" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "ending", "left"),
    [({}, 1, 1), ({"dry_run": True}, 1, 0), ({"all_or_nothing": True}, 2, 0)],
)
def test_the_command_ends_with_what_came_of_it(
    organisation, election, tmp_path, options, ending, left
):
    path = tmp_path / "list.xlsx"
    path.write_bytes(a_workbook([a_person(1), a_person(2, Ad="")]))
    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_observers",
            str(path),
            election=election.slug,
            organisation=str(organisation.key),
            **options,
        )
    assert (ended.value.code, len(people(organisation))) == (ending, left)


def test_the_command_says_what_it_cannot_read(organisation, election, tmp_path):
    with pytest.raises(CommandError, match="cannot be read") as refused:
        call_command(
            "import_observers",
            str(tmp_path / "none.xlsx"),
            election=election.slug,
            organisation=str(organisation.pk),
        )
    assert refused.value.returncode == 2
