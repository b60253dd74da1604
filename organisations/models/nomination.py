"""An organisation's leave to nominate observers for one election."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from elections.domain.posts import reached_by_posts
from elections.lifecycle import StatusEvent, append_only, describe
from elections.models import (
    Commission,
    Election,
    ProposalBase,
    RefusalGround,
    RequiredDocument,
)
from elections.texts import in_language
from notifications.models import Letter
from organisations.enums import NominationStatus
from organisations.lifecycle import NOMINATION
from organisations.models.guards import ENOUGH_PEOPLE, NOMINATION_GUARDS
from organisations.models.organisation import Organisation, Representative


class NominationRightQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The organisation's own at any time; the commission's once submitted."""
        if not user.is_authenticated:
            return self.none()
        own = Q(organisation__in=Representative.objects.filter(user=user).values("organisation"))
        by_post = reached_by_posts(user, "nomination", "view")
        return self.filter(own | (by_post & Q(submitted_at__isnull=False)))

    def granted(self) -> Self:
        return self.filter(status=NominationStatus.GRANTED)

    def waiting(self) -> Self:
        return self.filter(status=NominationStatus.SUBMITTED)


class NominationRight(models.Model):
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="rights")
    election = models.ForeignKey(Election, models.PROTECT, related_name="rights")
    commission = models.ForeignKey(Commission, models.PROTECT, related_name="rights")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=NominationStatus.choices,
        default=NominationStatus.DRAFT,
        editable=False,
    )
    expected_observers = models.PositiveIntegerField(
        _("about how many observers"), null=True, blank=True
    )
    statement = models.TextField(
        _("aim and experience"),
        blank=True,
        max_length=4000,
        help_text=_("Optional: a few sentences on what the organisation does in elections."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    receipt_number = models.CharField(
        _("receipt number"), max_length=24, null=True, unique=True, editable=False
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    due_at = models.DateTimeField(_("to be decided by"), null=True, editable=False)
    decision = models.ForeignKey(
        "organisations.NominationDecision",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    # Told of the last return.
    return_letter = models.ForeignKey(
        Letter, models.PROTECT, to_field="key", null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)

    unscoped: ClassVar[Any] = NominationRightQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(NominationRightQuerySet)

    class Meta:
        verbose_name = _("nomination right")
        verbose_name_plural = _("nomination rights")
        ordering = ("due_at", "pk")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "election"],
                condition=~Q(status__in=["refused", "withdrawn"]),
                name="one_live_right_per_election",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False, receipt_number__isnull=False),
                name="submitted_right_has_a_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["granted", "refused"]) | Q(decision__isnull=False),
                name="decided_right_has_its_decision",
            ),
        ]
        triggers = [
            *NOMINATION.triggers(
                event_table="organisations_nominationevent", row_column="right_id"
            ),
            *NOMINATION_GUARDS,
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.election}"

    def get_absolute_url(self) -> str:
        return reverse("nomination:overview", args=[self.key])

    @property
    def is_editable(self) -> bool:
        return self.status in (NominationStatus.DRAFT, NominationStatus.RETURNED)

    @property
    def is_waiting(self) -> bool:
        return self.status == NominationStatus.SUBMITTED

    def public_status(self) -> dict[str, Any]:
        return describe(NOMINATION, self.status, to_staff=False)

    def staff_status(self) -> dict[str, Any]:
        return describe(NOMINATION, self.status, to_staff=True)


class NominationDocument(models.Model):
    """A file attached to an application for a nomination right."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    right = models.ForeignKey(NominationRight, models.CASCADE, related_name="documents")
    answers = models.ForeignKey(RequiredDocument, models.PROTECT, related_name="+")
    file = models.FileField(upload_to="nominations/%Y/%m/")
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size"), help_text=_("In bytes."))
    # Of a PDF, once they are counted; 0 where it cannot be shown.
    pages = models.PositiveIntegerField(null=True, editable=False)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now())

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("answers__code", "pk")

    def __str__(self) -> str:
        return self.original_name


class NominationEvent(StatusEvent):
    right = models.ForeignKey(NominationRight, models.PROTECT, related_name="events")

    class Meta(StatusEvent.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        triggers = [append_only("nomination_events_are_append_only")]


class NominationProposalQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """By post alone: the organisation sees decisions, not what is proposed."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            reached_by_posts(
                user,
                "nomination",
                "decide",
                commission="right__commission",
                election="right__election",
            )
        )

    def open(self) -> Self:
        return self.filter(settled_as="")


class NominationProposal(ProposalBase):
    """A decision on a nomination right that one member proposes and another adopts."""

    right = models.ForeignKey(NominationRight, models.PROTECT, related_name="proposals")

    unscoped: ClassVar[Any] = NominationProposalQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(NominationProposalQuerySet)

    class Meta(ProposalBase.Meta):
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        constraints = [
            *ProposalBase.Meta.constraints,
            models.UniqueConstraint(
                fields=["right"], condition=Q(settled_as=""), name="one_open_nomination_proposal"
            ),
        ]


class NominationDecision(models.Model):
    """What the commission decided on a nomination right, and why. Append-only.

    Where it takes two people, `proposed_by` is the other one.
    """

    right = models.ForeignKey(NominationRight, models.PROTECT, related_name="decisions")
    outcome = models.CharField(
        _("outcome"),
        max_length=20,
        choices=[
            (NominationStatus.GRANTED, _("Granted")),
            (NominationStatus.REFUSED, _("Refused")),
        ],
    )
    ground = models.ForeignKey(RefusalGround, models.PROTECT, null=True, related_name="+")
    what_was_checked = models.TextField(
        _("what was not confirmed and what was checked"), blank=True
    )
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), db_default=Now())
    letter = models.ForeignKey(Letter, models.PROTECT, to_field="key", null=True, related_name="+")
    appeal_body_names = models.JSONField(_("body to appeal to, by language"), default=dict)
    appeal_until = models.DateTimeField(_("appeal until"), null=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("decided_at",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="refused")
                | (Q(ground__isnull=False) & ~Q(what_was_checked="")),
                name="refused_right_has_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True) | ~Q(proposed_by=F("decided_by")),
                name="nobody_adopts_their_own_nomination_proposal",
            ),
        ]
        triggers = [append_only("nomination_decisions_are_append_only"), ENOUGH_PEOPLE]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.decided_at:%Y-%m-%d}"

    @property
    def appeal_body(self) -> str:
        return in_language(self.appeal_body_names)
