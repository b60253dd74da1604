"""Many applications sent in one act, with one receipt."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import scoped
from elections.lifecycle import append_only
from elections.models import Election
from observers.models.application import Application
from observers.models.represented import RepresentedQuerySet
from organisations.models import Organisation


class Submission(models.Model):
    """The receipt of one act: who sent which applications when, and which were not taken."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    receipt_number = models.CharField(_("receipt number"), max_length=24, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="submissions")
    election = models.ForeignKey(Election, models.PROTECT, related_name="submissions")
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="submissions")
    submitted_at = models.DateTimeField(_("submitted"), db_default=Now())

    unscoped: ClassVar[Any] = RepresentedQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(RepresentedQuerySet)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("-submitted_at", "-pk")
        triggers = [append_only("submissions_are_append_only")]

    def __str__(self) -> str:
        return self.receipt_number

    def get_absolute_url(self) -> str:
        return reverse("people:submission", args=[self.organisation.key, self.key])


class SubmissionLine(models.Model):
    """One application of a submission; `reason` says why it was not taken, empty if it was."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="lines")
    application = models.ForeignKey(Application, models.PROTECT, related_name="submission_lines")
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("line of a submission")
        verbose_name_plural = _("lines of a submission")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "application"], name="an_application_once_per_submission"
            ),
        ]
        triggers = [append_only("submission_lines_are_append_only")]

    def __str__(self) -> str:
        return f"{self.submission}: {self.application}"
