"""A complaint against a decision (art. 112)."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from elections.lifecycle import StatusEvent, append_only
from elections.models import Commission
from elections.texts import in_language
from notifications.models import Letter
from observers.enums import AppealStatus
from observers.lifecycle import APPEAL
from observers.models.application import Application
from observers.models.decision import Decision
from observers.models.guards import APPEAL_GUARDS


class AppealQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.filter(decision__application__in=Application.objects.visible_to(user))

    def waiting(self) -> Self:
        return self.filter(status=AppealStatus.LODGED)


class Appeal(models.Model):
    """Lodged against one decision. Upheld, it leads to a new decision; the old one stays.

    `commission` is the body that decides it. It is null for a court outside the portal, whose
    ruling staff record with its document: then `court` names it.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals")
    commission = models.ForeignKey(
        Commission, models.PROTECT, null=True, related_name="appeals_heard"
    )
    lodged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lodged_at = models.DateTimeField(_("lodged"), db_default=Now())
    due_at = models.DateTimeField(_("to be decided by"), null=True)
    grounds = models.TextField(_("grounds of the appeal"), max_length=8000)
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=AppealStatus.choices,
        default=AppealStatus.LODGED,
        editable=False,
    )
    # The answer: why, by whom, and who may be asked next until when.
    reasoning = models.TextField(_("why"), blank=True, max_length=8000)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    further_body_names = models.JSONField(_("body to appeal to, by language"), default=dict)
    further_until = models.DateTimeField(_("appeal until"), null=True)
    letter = models.ForeignKey(Letter, models.PROTECT, to_field="key", null=True, related_name="+")
    # Of a court's ruling.
    court = models.CharField(_("court"), max_length=200, blank=True)
    ruling_number = models.CharField(_("number of the ruling"), max_length=60, blank=True)
    ruled_on = models.DateField(_("date of the ruling"), null=True)
    ruling = models.FileField(_("ruling"), upload_to="rulings/%Y/%m/", blank=True)
    ruling_type = models.CharField(max_length=40, blank=True)

    unscoped: ClassVar[Any] = AppealQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(AppealQuerySet)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("due_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(status="lodged"),
                name="one_open_appeal_per_decision",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["upheld", "dismissed"])
                | (~Q(reasoning="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="decided_appeal_says_why",
            ),
            models.CheckConstraint(
                condition=Q(commission__isnull=False, court="")
                | (~Q(court="") & ~Q(ruling="") & Q(commission__isnull=True)),
                name="appeal_has_its_body",
            ),
        ]
        triggers = [
            *APPEAL.triggers(event_table="observers_appealevent", row_column="appeal_id"),
            *APPEAL_GUARDS,
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {self.get_status_display()}"

    @property
    def body(self) -> str:
        """Who decides it."""
        return self.commission.name if self.commission else self.court

    @property
    def further_body(self) -> str:
        return in_language(self.further_body_names)


class AppealEvent(StatusEvent):
    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="events")

    class Meta(StatusEvent.Meta):
        verbose_name = _("appeal event")
        verbose_name_plural = _("appeal events")
        triggers = [append_only("appeal_events_are_append_only")]
