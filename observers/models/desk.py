"""Who works on what in a commission: claims, recusals, reassignments, and what staff write."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from elections.lifecycle import append_only
from elections.models import Commission
from observers.models.application import Application
from organisations.models import NominationRight, Organisation


class ClaimQuerySet(models.QuerySet["Claim"]):
    def held(self) -> Self:
        """By the database's clock; what has run out is free for the next reviewer."""
        return self.filter(expires_at__gt=Now())


class Claim(models.Model):
    """Somebody has this on their desk. It runs out, and can be handed back; until then nobody else
    is given it."""

    application = models.OneToOneField(Application, models.CASCADE, null=True, related_name="claim")
    right = models.OneToOneField(NominationRight, models.CASCADE, null=True, related_name="claim")
    reviewer = models.ForeignKey(User, models.CASCADE, related_name="claims")
    claimed_at = models.DateTimeField(_("claimed"), db_default=Now())
    expires_at = models.DateTimeField(_("runs out"))

    objects: ClassVar[Any] = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, right__isnull=True)
                | Q(application__isnull=True, right__isnull=False),
                name="claim_is_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}, {self.claimed_at:%Y-%m-%d %H:%M}"


class Recusal(models.Model):
    """Somebody takes no part: in one application, or in everything of one organisation, its
    nomination right included. Append-only."""

    reviewer = models.ForeignKey(User, models.PROTECT, related_name="recusals")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="recusals")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="recusals"
    )
    reason = models.TextField(_("reason"))
    recused_at = models.DateTimeField(_("recused"), db_default=Now())

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        ordering = ("recused_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, organisation__isnull=True)
                | Q(application__isnull=True, organisation__isnull=False),
                name="recusal_is_from_one_thing",
            ),
            models.UniqueConstraint(
                fields=["reviewer", "application"], name="one_recusal_per_application"
            ),
            models.UniqueConstraint(
                fields=["reviewer", "organisation"], name="one_recusal_per_organisation"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="recusal_has_a_reason"),
        ]
        triggers = [append_only("recusals_are_append_only")]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.reason}"


class Reassignment(models.Model):
    """An application went to another reviewer or, with the commissions named, to another
    commission. The legal clock runs on. Append-only."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="reassignments")
    from_reviewer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    to_reviewer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    from_commission = models.ForeignKey(Commission, models.PROTECT, null=True, related_name="+")
    to_commission = models.ForeignKey(Commission, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"))
    reassigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reassigned_at = models.DateTimeField(_("reassigned"), db_default=Now())

    class Meta:
        verbose_name = _("reassignment")
        verbose_name_plural = _("reassignments")
        ordering = ("reassigned_at", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reassignment_has_a_reason"),
            models.CheckConstraint(
                condition=Q(from_commission__isnull=True, to_commission__isnull=True)
                | Q(from_commission__isnull=False, to_commission__isnull=False),
                name="reassignment_names_both_commissions",
            ),
        ]
        triggers = [append_only("reassignments_are_append_only")]

    def __str__(self) -> str:
        return f"{self.application}: {self.reason}"


class InternalNote(models.Model):
    """What staff write for one another. The applicant never sees it. Append-only."""

    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="internal_notes"
    )
    right = models.ForeignKey(
        NominationRight, models.PROTECT, null=True, related_name="internal_notes"
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"), db_default=Now())
    text = models.TextField(_("note"), max_length=4000)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ("written_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, right__isnull=True)
                | Q(application__isnull=True, right__isnull=False),
                name="note_is_on_one_thing",
            ),
        ]
        triggers = [append_only("internal_notes_are_append_only")]

    def __str__(self) -> str:
        return self.text


class Message(models.Model):
    """One word of the conversation between the commission and an applicant. Append-only."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    from_commission = models.BooleanField()
    written_at = models.DateTimeField(_("written"), db_default=Now())
    text = models.TextField(_("message"), max_length=4000)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("written_at", "pk")
        triggers = [append_only("messages_are_append_only")]

    def __str__(self) -> str:
        return self.text


class SettledPair(models.Model):
    """Two applications that were held against each other, and what came of it: the pair is never
    asked about again. `first` is the older row. Append-only."""

    first = models.ForeignKey(Application, models.PROTECT, related_name="+")
    second = models.ForeignKey(Application, models.PROTECT, related_name="+")
    is_same_person = models.BooleanField()
    note = models.TextField(_("note"), blank=True, max_length=2000)
    settled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(_("settled"), db_default=Now())

    class Meta:
        verbose_name = _("settled pair")
        verbose_name_plural = _("settled pairs")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_is_settled_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="a_pair_has_the_older_first"
            ),
        ]
        triggers = [append_only("settled_pairs_are_append_only")]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class MissingPhoto(models.Model):
    """The file of a photo was looked for and not found."""

    application = models.OneToOneField(Application, models.CASCADE, related_name="missing_photo")
    noticed_at = models.DateTimeField(_("noticed"), db_default=Now())

    class Meta:
        verbose_name = _("missing photo")
        verbose_name_plural = _("missing photos")

    def __str__(self) -> str:
        return str(self.application)
