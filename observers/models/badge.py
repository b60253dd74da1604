"""The badge of an approved observer."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.scoping import ScopedQuerySet, scoped
from elections.lifecycle import StatusEvent, append_only
from observers.enums import BadgeStatus
from observers.lifecycle import BADGE
from observers.models.application import Application


class BadgeQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(application__in=Application.objects.visible_to(user))


class Badge(models.Model):
    """One printed card. A replacement is a new badge with the next serial."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="badges")
    serial = models.PositiveSmallIntegerField(_("serial"), default=1)
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
                condition=Q(status__in=["issued", "printed", "handed_over"]),
                name="one_valid_badge_per_observer",
            ),
        ]
        triggers = BADGE.triggers(event_table="observers_badgeevent", row_column="badge_id")

    def __str__(self) -> str:
        return f"{self.application.accreditation_number} / {self.serial}"


class BadgeEvent(StatusEvent):
    badge = models.ForeignKey(Badge, models.PROTECT, related_name="events")

    class Meta(StatusEvent.Meta):
        verbose_name = _("badge event")
        verbose_name_plural = _("badge events")
        triggers = [append_only("badge_events_are_append_only")]
