"""What one member of a commission proposes and another has to confirm."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from elections.enums import Outcome, SettledAs
from elections.models.rules import RefusalGround


class ProposalBase(models.Model):
    """A decision as somebody proposes it, bound to what they saw.

    `digest` is that of everything the proposer had before them: what has changed since makes the
    proposal void. Nobody adopts their own.
    """

    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    ground = models.ForeignKey(RefusalGround, models.PROTECT, null=True, related_name="+")
    unconfirmed_fields = ArrayField(
        models.CharField(max_length=40), default=list, verbose_name=_("not confirmed")
    )
    what_was_checked = models.TextField(_("what was checked, or the act it rests on"), blank=True)
    digest = models.CharField(max_length=64, editable=False)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"), db_default=Now())
    settled_as = models.CharField(
        _("settled"), max_length=12, choices=SettledAs.choices, blank=True, default=""
    )
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("settled on"), null=True)
    settled_note = models.TextField(_("why"), blank=True)

    class Meta:
        abstract = True
        ordering = ("proposed_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(settled_as=SettledAs.ADOPTED) | ~Q(settled_by=F("proposed_by")),
                name="%(class)s_is_not_adopted_by_its_proposer",
            ),
            models.CheckConstraint(
                condition=Q(settled_as="", settled_at__isnull=True)
                | (~Q(settled_as="") & Q(settled_at__isnull=False)),
                name="%(class)s_is_settled_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.REFUSED)
                | (Q(ground__isnull=False) & ~Q(what_was_checked="")),
                name="%(class)s_of_refusal_has_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.proposed_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return not self.settled_as
