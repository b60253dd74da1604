"""Badges on paper: what was printed together, its files, and who was given the badges."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from elections.domain.posts import reached_by_posts
from elections.lifecycle import append_only
from elections.models import Commission, Election
from observers.enums import BadgeSize, PrintSheet, PrintStatus
from observers.models.badge import Badge
from observers.models.print_guards import BATCH_GUARDS, LINE_GUARDS
from organisations.models import Organisation, Representative


class PrintBatchQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What their commission prints; of downloads, their own and their organisations'."""
        if not user.is_authenticated:
            return self.none()
        theirs = Representative.objects.filter(user=user).values("organisation")
        downloads = Q(organisation__in=theirs) | Q(organisation__isnull=True, begun_by=user)
        return self.filter(
            Q(is_download=False) & reached_by_posts(user, "badge", "view")
            | Q(is_download=True) & downloads
        )

    def waiting(self) -> Self:
        """What is on its way to the printer: its badges are not put into another batch unasked."""
        return self.filter(
            is_download=False,
            status__in=(PrintStatus.PREPARING, PrintStatus.READY),
            printed_at__isnull=True,
            files_removed_at__isnull=True,
        )


class PrintBatch(models.Model):
    """Badges that are printed together, as they were chosen.

    `commission` is the one that prints, and whose blanks it uses; null for a download, which an
    observer or an organisation has made for themselves and which nobody marks as printed.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    election = models.ForeignKey(Election, models.PROTECT, related_name="print_batches")
    commission = models.ForeignKey(
        Commission, models.PROTECT, null=True, related_name="print_batches"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="print_batches"
    )
    is_download = models.BooleanField(default=False, editable=False)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("begun"), db_default=Now())
    size = models.CharField(_("size"), max_length=10, choices=BadgeSize.choices)
    sheet = models.CharField(_("sheet"), max_length=10, choices=PrintSheet.choices)
    # In the words in which it was chosen, as they stood then.
    chosen = models.TextField(_("chosen"), blank=True, max_length=400)
    count = models.PositiveIntegerField(_("badges"), default=0)
    status = models.CharField(
        max_length=12, choices=PrintStatus.choices, default=PrintStatus.PREPARING, editable=False
    )
    ready_at = models.DateTimeField(_("ready"), null=True)
    printed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    printed_at = models.DateTimeField(_("printed"), null=True)
    # The files hold photos and names: they are removed, the lines stay.
    files_removed_at = models.DateTimeField(_("files removed"), null=True)
    # How often a worker has begun: one that kills its worker is given up.
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    unscoped: ClassVar[Any] = PrintBatchQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(PrintBatchQuerySet)

    class Meta:
        verbose_name = _("print batch")
        verbose_name_plural = _("print batches")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("-begun_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_download=True) | Q(commission__isnull=False),
                name="print_batch_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True, printed_by__isnull=True)
                | Q(
                    printed_at__isnull=False,
                    printed_by__isnull=False,
                    is_download=False,
                    status=PrintStatus.READY,
                ),
                name="printed_batch_was_ready",
            ),
        ]
        triggers = BATCH_GUARDS

    def __str__(self) -> str:
        return f"{self.begun_by}, {self.begun_at:%Y-%m-%d %H:%M}"


class PrintLine(models.Model):
    """One badge of a batch, at its place. `part` is the file with its page; one that ended before
    it was made, or whose photo is gone, has none. `is_printed`: it was valid when the batch was
    marked as printed."""

    batch = models.ForeignKey(PrintBatch, models.PROTECT, related_name="lines")
    badge = models.ForeignKey(Badge, models.PROTECT, related_name="prints")
    position = models.PositiveIntegerField(_("number"))
    part = models.PositiveSmallIntegerField(_("part"), null=True)
    lacks_photo = models.BooleanField(default=False)
    is_printed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("line of a print batch")
        verbose_name_plural = _("lines of a print batch")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["batch", "badge"], name="a_badge_once_per_print_batch"),
            models.UniqueConstraint(
                fields=["batch", "position"], name="one_badge_per_place_of_a_print_batch"
            ),
        ]
        triggers = LINE_GUARDS

    def __str__(self) -> str:
        return f"{self.position}. {self.badge}"


class PrintPart(models.Model):
    """One PDF of a batch: large ones are made, and sent to the printer, part by part."""

    batch = models.ForeignKey(PrintBatch, models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField(_("part"))
    # Empty once it is removed.
    file = models.FileField(upload_to="print/%Y/%m/", blank=True)
    badges = models.PositiveIntegerField(_("badges"))
    size = models.PositiveBigIntegerField(_("bytes"))
    made_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name = _("part of a print batch")
        verbose_name_plural = _("parts of a print batch")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="a_part_is_made_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch}: {self.number}"


class HandoverQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated:
            return self.none()
        return self.filter(reached_by_posts(user, "badge", "view", election="commission__election"))


class Handover(models.Model):
    """Badges that somebody was given and has signed for."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commission = models.ForeignKey(Commission, models.PROTECT, related_name="handovers")
    batch = models.ForeignKey(PrintBatch, models.PROTECT, null=True, related_name="handovers")
    to_whom = models.CharField(_("to whom"), max_length=200)
    at = models.DateTimeField(_("handed over"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    note = models.TextField(_("note"), blank=True, max_length=2000)

    unscoped: ClassVar[Any] = HandoverQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(HandoverQuerySet)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(condition=~Q(to_whom=""), name="handover_names_who_received"),
        ]
        triggers = [append_only("handovers_are_append_only")]

    def __str__(self) -> str:
        return self.to_whom


class HandoverLine(models.Model):
    """A badge is handed over once: what is lost is replaced by another."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines")
    badge = models.OneToOneField(Badge, models.PROTECT, related_name="handover_line")

    class Meta:
        verbose_name = _("badge that was handed over")
        verbose_name_plural = _("badges that were handed over")
        triggers = [append_only("handover_lines_are_append_only")]

    def __str__(self) -> str:
        return f"{self.handover}: {self.badge}"
