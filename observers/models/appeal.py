"""A complaint against a decision (art. 112)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from elections.lifecycle import StatusEvent, append_only
from observers.enums import AppealStatus
from observers.lifecycle import APPEAL
from observers.models.application import Application
from observers.models.decision import Decision


class AppealQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(decision__application__in=Application.objects.visible_to(user))


class Appeal(models.Model):
    """Lodged against one decision. Upheld, it leads to a new decision; the old one stays."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals")
    lodged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lodged_at = models.DateTimeField(_("lodged"), db_default=Now())
    grounds = models.TextField(_("grounds of the appeal"))
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=AppealStatus.choices,
        default=AppealStatus.LODGED,
        editable=False,
    )

    unscoped: ClassVar[Any] = AppealQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(AppealQuerySet)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(status="lodged"),
                name="one_open_appeal_per_decision",
            ),
        ]
        triggers = APPEAL.triggers(event_table="observers_appealevent", row_column="appeal_id")

    def __str__(self) -> str:
        return f"{self.decision}: {self.get_status_display()}"


class AppealEvent(StatusEvent):
    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="events")

    class Meta(StatusEvent.Meta):
        verbose_name = _("appeal event")
        verbose_name_plural = _("appeal events")
        triggers = [append_only("appeal_events_are_append_only")]
