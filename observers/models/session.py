"""The commission in session: an agenda of proposals, and the protocol that adopts them."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from accounts.time_words import date_in_words
from elections.domain.posts import reached_by_posts
from elections.models import Commission, Election
from observers.models.guards import AGENDA_GUARDS, SESSION_GUARDS
from observers.models.proposal import Proposal


class CommissionSessionQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated:
            return self.none()
        return self.filter(reached_by_posts(user, "application", "view"))


class CommissionSession(models.Model):
    """A session that is being prepared until its protocol is recorded; then it stays as it is."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    election = models.ForeignKey(Election, models.PROTECT, related_name="sessions")
    commission = models.ForeignKey(Commission, models.PROTECT, related_name="sessions")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("agenda opened"), db_default=Now())
    number = models.CharField(_("number of the protocol"), max_length=40, blank=True)
    held_on = models.DateField(_("held on"), null=True)
    place = models.CharField(_("place"), max_length=120, blank=True, default="", db_default="")
    # Names, as they stood on that day: of the members who came and who did not, and of guests.
    chaired_by = models.CharField(
        _("chaired by"), max_length=200, blank=True, default="", db_default=""
    )
    secretary = models.CharField(
        _("secretary"), max_length=200, blank=True, default="", db_default=""
    )
    present = models.JSONField(_("present"), default=list, blank=True)
    absent = models.JSONField(_("absent"), default=list, blank=True, db_default=[])
    guests = models.JSONField(_("also present"), default=list, blank=True, db_default=[])
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), null=True)

    unscoped: ClassVar[Any] = CommissionSessionQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(CommissionSessionQuerySet)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "number"],
                condition=~Q(number=""),
                name="one_protocol_per_number",
            ),
            models.UniqueConstraint(
                fields=["commission"],
                condition=Q(recorded_at__isnull=True),
                name="one_agenda_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__isnull=True)
                | (~Q(number="") & Q(held_on__isnull=False, recorded_by__isnull=False)),
                name="recorded_session_has_its_protocol",
            ),
        ]
        triggers = SESSION_GUARDS

    def __str__(self) -> str:
        return self.protocol or str(_("Session being prepared"))

    @property
    def is_recorded(self) -> bool:
        return self.recorded_at is not None

    @property
    def protocol(self) -> str:
        """As decisions and letters name it; empty while the session is being prepared."""
        if not self.number or self.held_on is None:
            return ""
        words = {"number": self.number, "date": date_in_words(self.held_on)}
        return gettext("Protocol No %(number)s of %(date)s") % words


class AgendaItem(models.Model):
    """One proposal before the session: adopted, or an exception with its reason. In a recorded
    session one that is neither was not decided, for the reason given."""

    session = models.ForeignKey(CommissionSession, models.CASCADE, related_name="agenda")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="agenda")
    position = models.PositiveIntegerField(_("number"))
    is_adopted = models.BooleanField(null=True)
    reason = models.TextField(_("why it was not adopted"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("items of the agenda")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "proposal"], name="a_proposal_once_per_session"
            ),
            models.CheckConstraint(
                condition=~Q(is_adopted=False) | ~Q(reason=""), name="an_exception_has_its_reason"
            ),
        ]
        triggers = AGENDA_GUARDS

    def __str__(self) -> str:
        return f"{self.position}. {self.proposal}"
