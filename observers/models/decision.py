"""What a commission decided, and why. Append-only."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from elections.enums import Outcome
from elections.lifecycle import append_only
from elections.models import Commission, RefusalGround
from elections.texts import in_language
from notifications.models import Letter
from observers.models.application import Application
from observers.models.guards import DECISION_GUARDS


class Decision(models.Model):
    """One outcome for one application, with its reasons and its letter.

    A refusal names a ground from the election's closed list, the fields that were not confirmed
    and what was checked. `appeal_until` is the first moment at which an appeal is late (art. 112).
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    commission = models.ForeignKey(Commission, models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    ground = models.ForeignKey(RefusalGround, models.PROTECT, null=True, related_name="decisions")
    unconfirmed_fields = ArrayField(
        models.CharField(max_length=40), default=list, verbose_name=_("not confirmed")
    )
    what_was_checked = models.TextField(_("what was checked, or the act it rests on"), blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), db_default=Now())
    letter = models.ForeignKey(
        Letter, models.PROTECT, to_field="key", null=True, related_name="decisions"
    )
    # What it was confirmed from, the session that adopted it, the appeal that led to it.
    proposal = models.OneToOneField(
        "observers.Proposal", models.PROTECT, null=True, related_name="decision"
    )
    session = models.ForeignKey(
        "observers.CommissionSession", models.PROTECT, null=True, related_name="decisions"
    )
    appeal = models.ForeignKey(
        "observers.Appeal", models.PROTECT, null=True, related_name="decisions"
    )
    appeal_body_names = models.JSONField(_("body to appeal to, by language"), default=dict)
    appeal_until = models.DateTimeField(_("appeal until"), null=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("decided_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.REFUSED)
                | (
                    Q(ground__isnull=False)
                    & ~Q(what_was_checked="")
                    & Q(unconfirmed_fields__len__gt=0)
                    & Q(appeal_until__isnull=False)
                ),
                name="refusal_has_a_ground",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.CANCELLED) | ~Q(what_was_checked=""),
                name="cancellation_names_its_act",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="nobody_confirms_their_own_proposal",
            ),
        ]
        triggers = [append_only("decisions_are_append_only"), *DECISION_GUARDS]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.decided_at:%Y-%m-%d}"

    @property
    def appeal_body(self) -> str:
        return in_language(self.appeal_body_names)
