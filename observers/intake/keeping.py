"""How long the files of an upload are kept: as long as somebody may want to mend with them."""

import datetime

from elections.domain.clock import database_now
from observers.enums import UploadStatus
from observers.intake.checking import discard
from observers.models import Upload

# Days after which spreadsheets and pictures are removed; the report stays without its rows.
KEPT_FOR = datetime.timedelta(days=14)


def remove_old_uploads() -> int:
    """Returns how many uploads lost their files now. What applications were given stays."""
    old = Upload.unscoped.exclude(sheet="", archive="").filter(
        created_at__lt=database_now() - KEPT_FOR,
        status__in=(UploadStatus.STORED, UploadStatus.CHECKED, UploadStatus.UNMAPPED),
    )
    removed = 0
    for upload in old.iterator():
        discard(upload)
        if upload.status != UploadStatus.STORED:
            upload.status = UploadStatus.CANCELLED
        upload.findings = []
        upload.save(update_fields=["sheet", "archive", "status", "findings"])
        removed += 1
    return removed
