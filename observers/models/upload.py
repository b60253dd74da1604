"""Many people at once: a spreadsheet and photos that an organisation hands in, and their report."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import scoped
from elections.enums import Scope
from elections.models import Constituency, Election
from observers.enums import StoreMode, UploadStatus
from observers.models.application import Application
from observers.models.represented import RepresentedQuerySet
from organisations.models import Organisation
from privacy.fields import EncryptedJSONField, EncryptedTextField


class UploadQuerySet(RepresentedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Without the findings, which are large and wanted on one page only."""
        return super().visible_to(user).defer("findings")

    def unfinished(self) -> Self:
        """What a worker is at, or should be."""
        return self.filter(status__in=(UploadStatus.CHECKING, UploadStatus.STORING))


class Upload(models.Model):
    """One spreadsheet, or photos, or both: read and checked first, stored when told to.

    The spreadsheet lies on disk sealed (`privacy.sealed_files`). `counts` and `findings` are the
    report of the newest check. Nothing of it is an application until it is stored.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="uploads")
    election = models.ForeignKey(Election, models.PROTECT, related_name="uploads")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="uploads")
    # Who told it to be stored: the drafts are theirs.
    stored_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)

    status = models.CharField(
        max_length=20,
        choices=UploadStatus.choices,
        default=UploadStatus.CHECKING,
        editable=False,
    )
    # The kept files; empty once they are removed. The names are the organisation's own.
    sheet = models.FileField(upload_to="uploads/", blank=True)
    sheet_name = EncryptedTextField(_("spreadsheet"), blank=True)
    archive = models.FileField(upload_to="uploads/", blank=True)
    archive_name = EncryptedTextField(_("photos"), blank=True)

    # What holds for rows that do not say it themselves.
    scope = models.CharField(max_length=20, choices=Scope.choices, blank=True)
    constituency = models.ForeignKey(
        Constituency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Which column of the sheet holds what, as the organisation said it: {"surname": 3, ...};
    # null while the headings speak for themselves.
    columns = models.JSONField(null=True, blank=True)
    mode = models.CharField(max_length=20, choices=StoreMode.choices, default=StoreMode.GOOD_ROWS)

    counts = models.JSONField(default=dict, blank=True)
    findings = EncryptedJSONField(default=list, blank=True)
    # Why the whole of it cannot be used: {"code": ..., "params": {...}}.
    problem = EncryptedJSONField(default=dict, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    stored_at = models.DateTimeField(_("stored"), null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    # How often a worker has begun its present work: one that kills its worker is given up.
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    unscoped: ClassVar[Any] = UploadQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(UploadQuerySet)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(
                fields=["status"],
                name="unfinished_uploads",
                condition=Q(status__in=[UploadStatus.CHECKING, UploadStatus.STORING]),
            ),
        ]

    def __str__(self) -> str:
        return self.sheet_name or self.archive_name or str(self.key)

    def get_absolute_url(self) -> str:
        return reverse("people:upload", args=[self.organisation.key, self.key])


class UploadedPhoto(models.Model):
    """One picture of an upload: whose it is, how it was cropped, or why it cannot be used.

    `portrait` is what an application gets (3:4, see `domain/photos.py`); `source` is the whole
    picture, made smaller, kept so that it can be cropped anew, and removed with the upload's files.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="photos")
    name = EncryptedTextField(_("file name"))
    # Of the sheet, counted as Excel does; null for a picture without a row.
    row_number = models.PositiveIntegerField(null=True)
    application = models.ForeignKey(
        Application, models.SET_NULL, null=True, related_name="+", editable=False
    )
    portrait = models.FileField(upload_to="uploads/", blank=True)
    source = models.FileField(upload_to="uploads/", blank=True)
    # The same for the same picture: handed in twice, it changes nothing.
    fingerprint = models.CharField(max_length=40, blank=True)
    has_face = models.BooleanField(default=False)
    # What was cut out of `source`: [left, top, right, bottom] as shares of its width and height.
    crop = models.JSONField(default=list, blank=True)
    # Why it cannot be used: {"code": ..., "params": {...}}; empty if it can.
    problem = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("row_number", "pk")
        constraints = [
            models.UniqueConstraint(fields=["upload", "row_number"], name="one_photo_per_row"),
        ]

    def __str__(self) -> str:
        return self.name
