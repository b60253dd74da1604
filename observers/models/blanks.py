"""Blanks: cards and sheets that badges are printed on, which a commission can run out of."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from elections.domain.posts import reached_by_posts
from elections.lifecycle import append_only
from elections.models import Commission
from observers.enums import BadgeSize, BlankReason
from observers.models.printing import PrintBatch

COMING_IN = (BlankReason.RECEIVED, BlankReason.GOT)
GOING_OUT = (BlankReason.PRINTED, BlankReason.SPOILED, BlankReason.GIVEN)
BETWEEN_COMMISSIONS = (BlankReason.GOT, BlankReason.GIVEN)


class BlankMovementQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated:
            return self.none()
        return self.filter(reached_by_posts(user, "badge", "view", election="commission__election"))


class BlankMovement(models.Model):
    """One change of a commission's stock of one size. The stock is the sum of its changes."""

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="blank_movements")
    size = models.CharField(_("size"), max_length=10, choices=BadgeSize.choices)
    change = models.IntegerField(_("change"))
    why = models.CharField(_("why"), max_length=10, choices=BlankReason.choices)
    # From which, or to which.
    other = models.ForeignKey(
        Commission,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("other commission"),
    )
    batch = models.ForeignKey(PrintBatch, models.PROTECT, null=True, related_name="blanks")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("entered"), db_default=Now())
    note = models.TextField(_("note"), blank=True, max_length=2000)

    unscoped: ClassVar[Any] = BlankMovementQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(BlankMovementQuerySet)

    class Meta:
        verbose_name = _("movement of blanks")
        verbose_name_plural = _("movements of blanks")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=COMING_IN, change__gt=0)
                | Q(why__in=GOING_OUT, change__lt=0)
                | Q(why=BlankReason.COUNTED),
                name="blanks_go_the_way_they_say",
            ),
            models.CheckConstraint(
                condition=Q(why__in=BETWEEN_COMMISSIONS, other__isnull=False)
                | ~Q(why__in=BETWEEN_COMMISSIONS) & Q(other__isnull=True),
                name="blanks_between_commissions_name_both",
            ),
        ]
        indexes = [models.Index(fields=["commission", "size"], name="stock_of_blanks")]
        triggers = [append_only("blank_movements_are_append_only")]

    def __str__(self) -> str:
        return f"{self.get_why_display()}: {self.change:+}"
