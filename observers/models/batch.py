"""Many clean applications approved in one act, after a sample was looked at singly."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from elections.domain.posts import reached_by_posts
from elections.models import Commission, Election
from observers.enums import BatchStatus, SampleVerdict
from observers.models.application import Application


class BatchQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """By those who may see all that is in it: the central commission's reach every
        commission, those of a constituency only their own."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(reached_by_posts(user, "application", "view"))


class Batch(models.Model):
    """A selection as it was checked. `commission` is null for one that reaches over several."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    election = models.ForeignKey(Election, models.PROTECT, related_name="batches")
    commission = models.ForeignKey(Commission, models.PROTECT, null=True, related_name="batches")
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("begun"), db_default=Now())
    # How it was chosen, in the words of the list's filters: a query string.
    chosen_by = models.TextField(blank=True)
    status = models.CharField(
        max_length=12, choices=BatchStatus.choices, default=BatchStatus.CHECKING, editable=False
    )
    checked_at = models.DateTimeField(_("checked"), null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    # Approval took more than one: it was proposed for each line that is marked as approved.
    is_proposed = models.BooleanField(default=False, editable=False)
    # How often a worker has begun: one that kills its worker is given up.
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    unscoped: ClassVar[Any] = BatchQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(BatchQuerySet)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("-begun_at", "-pk")

    def __str__(self) -> str:
        return f"{self.begun_by}, {self.begun_at:%Y-%m-%d %H:%M}"


class BatchLine(models.Model):
    """One application of a batch: as which version it was checked, and why it was left out, empty
    if it was not. `verdict` is what a reviewer found who looked at one of the sample."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    # Why it was left out: the codes of the checks that found something, or a sentence.
    findings = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    is_approved = models.BooleanField(default=False)
    in_sample = models.BooleanField(default=False)
    verdict = models.CharField(max_length=12, choices=SampleVerdict.choices, blank=True, default="")
    looked_at_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(_("looked at"), null=True)
    note = models.TextField(_("what is wrong"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("line of a batch")
        verbose_name_plural = _("lines of a batch")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "application"], name="an_application_once_per_batch"
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(looked_at_by__isnull=False, looked_at__isnull=False),
                name="a_verdict_is_somebodys",
            ),
        ]
        indexes = [
            models.Index(fields=["batch"], name="sample_of_batch", condition=Q(in_sample=True)),
        ]

    def __str__(self) -> str:
        return f"{self.batch}: {self.application}"
