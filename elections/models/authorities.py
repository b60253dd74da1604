"""Who decides: constituencies, their commissions, and the people who work there."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.enums import CENTRAL_ROLES, CONSTITUENCY_ROLES, StaffRole
from accounts.models import User
from elections.enums import Authority
from elections.models.calendar import Election
from elections.texts import in_language


class Constituency(models.Model):
    """Keyed by election and number: numbers are reassigned between elections."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="constituencies")
    number = models.PositiveSmallIntegerField(_("number"))
    names = models.JSONField(_("names by language"))
    polling_stations = models.PositiveIntegerField(_("polling stations"), default=0)

    class Meta:
        verbose_name = _("constituency")
        verbose_name_plural = _("constituencies")
        ordering = ("election", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "number"], name="one_constituency_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def name(self) -> str:
        return in_language(self.names)


class Commission(models.Model):
    """An election commission: one central, one for each constituency."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="commissions")
    authority = models.CharField(_("level"), max_length=20, choices=Authority.choices)
    constituency = models.OneToOneField(
        Constituency, models.CASCADE, null=True, blank=True, related_name="commission"
    )
    names = models.JSONField(_("names by language"))
    appeal_body_names = models.JSONField(_("body to appeal to, by language"))
    # The commission above, whose desk decides appeals against this one's decisions.
    appeals_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hears_appeals_of",
        verbose_name=_("appeals are decided by"),
        help_text=_("Empty: by a court, outside the portal."),
    )
    days_to_appeal = models.PositiveSmallIntegerField(
        _("days to appeal"), default=3, help_text=_("Art. 112.")
    )
    days_to_decide_appeal = models.PositiveSmallIntegerField(
        _("days to decide an appeal"), default=3, db_default=3, help_text=_("Art. 112.")
    )

    class Meta:
        verbose_name = _("commission")
        verbose_name_plural = _("commissions")
        ordering = ("election", "authority", "constituency__number")
        constraints = [
            models.UniqueConstraint(
                fields=["election"],
                condition=Q(authority=Authority.CENTRAL),
                name="one_central_commission_per_election",
            ),
            models.CheckConstraint(
                condition=Q(authority=Authority.CENTRAL, constituency__isnull=True)
                | Q(authority=Authority.CONSTITUENCY, constituency__isnull=False),
                name="commission_has_its_constituency",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.names)

    @property
    def appeal_body(self) -> str:
        return in_language(self.appeal_body_names)

    @property
    def is_central(self) -> bool:
        return self.authority == Authority.CENTRAL


class CommissionMemberQuerySet(models.QuerySet["CommissionMember"]):
    def serving(self) -> Self:
        return self.filter(left_at__isnull=True)


class CommissionMember(models.Model):
    """A post in a commission. It ends by being closed, not by being deleted, so that what was
    decided keeps its author."""

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    role = models.CharField(_("role"), max_length=30, choices=StaffRole.choices)
    appointed_at = models.DateTimeField(_("appointed"), db_default=Now(), editable=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects: ClassVar[Any] = CommissionMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("post in a commission")
        verbose_name_plural = _("posts in commissions")
        ordering = ("commission", "role", "user__full_name")
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "user"],
                condition=Q(left_at__isnull=True),
                name="one_post_per_person_and_commission",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gt=F("appointed_at")),
                name="post_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.commission}"

    def role_fits(self) -> bool:
        """Constituency roles belong to constituency commissions, all others to the central."""
        fitting = CENTRAL_ROLES if self.commission.is_central else CONSTITUENCY_ROLES
        return StaffRole(self.role) in fitting
