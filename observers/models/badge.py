"""The badge of an approved observer."""

import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.scoping import ScopedQuerySet, scoped
from elections.enums import Kind, Scope
from elections.lifecycle import StatusEvent, append_only
from elections.models import Constituency
from observers.enums import VALID_BADGES, BadgeStatus, IssueReason
from observers.lifecycle import BADGE
from observers.models.application import Application
from observers.models.badge_guards import BADGE_GUARDS


class BadgeQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(application__in=Application.objects.visible_to(user))

    def valid(self) -> Self:
        """Neither replaced nor revoked; whether they are within their dates is not asked."""
        return self.filter(status__in=VALID_BADGES)


class Badge(models.Model):
    """What an observer carries. A replacement is a new badge with the next serial.

    What stands on it is kept here as it was when the badge was issued; names and photo are the
    application's. It is valid, half-open, from `valid_from` to `valid_until`, and as long as its
    status says so.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="badges")
    serial = models.PositiveSmallIntegerField(_("serial"), default=1)
    number = models.CharField(_("accreditation number"), max_length=24, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, editable=False)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope.choices, editable=False)
    constituency = models.ForeignKey(
        Constituency,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("constituency"),
    )
    valid_from = models.DateTimeField(_("valid from"), editable=False)
    valid_until = models.DateTimeField(_("valid until"), editable=False)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    why = models.CharField(
        _("why it was issued"),
        max_length=20,
        choices=IssueReason.choices,
        default=IssueReason.FIRST,
        editable=False,
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=BadgeStatus.choices,
        default=BadgeStatus.ISSUED,
        editable=False,
    )
    issued_at = models.DateTimeField(_("issued"), db_default=Now())

    unscoped: ClassVar[Any] = BadgeQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(BadgeQuerySet)

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "serial"], name="badge_serial_is_unique"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=VALID_BADGES),
                name="one_valid_badge_per_observer",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="badge_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(why=IssueReason.FIRST, replaces__isnull=True)
                | (~Q(why=IssueReason.FIRST) & Q(replaces__isnull=False)),
                name="replacement_names_what_it_replaces",
            ),
        ]
        indexes = [
            # What the revocation list holds: a few of many.
            models.Index(
                fields=["id", "status"],
                name="badge_revocations",
                condition=Q(status__in=[BadgeStatus.REPLACED, BadgeStatus.REVOKED]),
            ),
            models.Index(fields=["number"], name="badge_by_number"),
            # What waits to be printed is counted on every first page of the admin.
            models.Index(
                fields=["application"],
                name="badges_to_print",
                condition=Q(status=BadgeStatus.ISSUED),
            ),
        ]
        triggers = [
            *BADGE.triggers(event_table="observers_badgeevent", row_column="badge_id"),
            *BADGE_GUARDS,
        ]

    def __str__(self) -> str:
        return f"{self.number} / {self.serial}"

    def is_valid_at(self, moment: datetime.datetime) -> bool:
        """Half-open, and neither replaced nor revoked."""
        return self.status in VALID_BADGES and self.valid_from <= moment < self.valid_until


class BadgeEvent(StatusEvent):
    badge = models.ForeignKey(Badge, models.PROTECT, related_name="events")

    class Meta(StatusEvent.Meta):
        verbose_name = _("badge event")
        verbose_name_plural = _("badge events")
        triggers = [append_only("badge_events_are_append_only")]
