"""A worker is killed in the middle of a file: the next one ends what it began."""

import time
from collections.abc import Callable

import pytest

from observers.enums import StoreMode, UploadStatus
from observers.intake import receiving, steering, tasks
from observers.models import Application, ApplicationEvent, Upload
from tests import builders
from tests.workbooks import a_person, a_sheet

ROWS = 4000
PATIENCE_S = 60


def wait_until(upload: Upload, ready: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_S * 50):
        upload.refresh_from_db()
        if ready():
            return
        time.sleep(0.02)
    pytest.fail(f"Still {upload.status}: {upload.counts}")


@pytest.mark.parametrize("mode", list(StoreMode))
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_stores_is_followed_by_another(worker_process, mode):
    organisation = builders.an_organisation(election=builders.an_election())
    by = builders.owner_of(organisation)
    worker = worker_process()
    upload = receiving.receive(
        organisation=organisation,
        election=builders.Election.objects.get(),
        by=by,
        sheet=a_sheet(a_person(number) for number in range(ROWS)),
    )
    wait_until(upload, lambda: upload.status == UploadStatus.CHECKED)
    steering.start_storing(upload, mode=mode, by=by)
    begun = {
        StoreMode.GOOD_ROWS: lambda: upload.counts.get("stored_new", 0) > 0,
        StoreMode.ALL_OR_NOTHING: lambda: upload.attempts > 0,
    }
    wait_until(upload, begun[mode])
    worker.kill()
    worker.wait()
    upload.refresh_from_db()
    assert upload.status == UploadStatus.STORING
    half = {StoreMode.GOOD_ROWS: upload.counts.get("stored_new", 0), StoreMode.ALL_OR_NOTHING: 0}
    assert Application.unscoped.count() == half[mode] < ROWS
    assert tasks.resume_uploads() == 1
    worker_process()
    wait_until(upload, lambda: upload.status == UploadStatus.STORED)
    assert Application.unscoped.count() == upload.counts["stored_new"] == ROWS
    assert ApplicationEvent.objects.count() == ROWS
