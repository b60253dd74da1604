"""The outbox. A letter is a row, written in the transaction of the change it reports."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.access import Reach, reach
from accounts.enums import StaffRole
from accounts.models import User
from accounts.scoping import ScopedQuerySet, scoped
from notifications.enums import LetterStatus
from privacy.fields import EncryptedJSONField, EncryptedTextField

# Of a letter to somebody without an address: waiting for staff, handed over, or taken back.
ON_PAPER = (LetterStatus.ON_PAPER, LetterStatus.HANDED_OVER, LetterStatus.WITHDRAWN)


class LetterQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Letters about the elections in which a post of the user reads letters.

        Letters about accounts are nobody's to see: they hold links that sign in.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        posts = user.posts.filter(left_at__isnull=True)
        readers = [role for role in StaffRole if reach(role, "letter", "view") == Reach.ALL]
        slugs = posts.filter(role__in=readers).values("commission__election__slug")
        return self.filter(election__in=slugs)

    def due(self) -> Self:
        """Letters that may be carried now: queued, not resting after a failure, not claimed."""
        return self.filter(status=LetterStatus.QUEUED, next_attempt_at__lte=Now()).filter(
            Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now())
        )


class Letter(models.Model):
    """One letter to one address. It leaves once: see `notifications/outbox.py`.

    `facts` is what the letter's template is filled with, frozen when the letter is written, so
    that it says what was true of the change it reports, however late it leaves.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("letter"), max_length=40)
    recipient = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="letters"
    )
    to_address = models.EmailField(
        _("address"),
        blank=True,
        help_text=_("Empty: the recipient's verified address at the time of sending."),
    )
    # Of somebody without an account, who gave it to nobody but the sender: sealed, never shown.
    address = EncryptedTextField(_("sealed address"), null=True, editable=False)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    reference = models.CharField(_("reference"), max_length=40, blank=True, db_index=True)
    election = models.SlugField(
        _("election"),
        blank=True,
        help_text=_("The name in addresses of the election it is about; empty for accounts."),
    )
    facts = EncryptedJSONField(_("facts"))
    once_key = models.CharField(
        max_length=120,
        null=True,
        unique=True,
        editable=False,
        help_text=_("Two letters with the same key are one letter."),
    )
    status = models.CharField(
        _("status"), max_length=12, choices=LetterStatus.choices, default=LetterStatus.QUEUED
    )
    written_at = models.DateTimeField(_("written"), db_default=Now())
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    claimed_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    # Of one that was handed over on paper, at `sent_at`.
    handed_over_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("handed over by"),
    )
    last_error = models.TextField(_("last error"), blank=True)

    unscoped: ClassVar[Any] = LetterQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(LetterQuerySet)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ("-written_at", "-pk")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        indexes = [
            models.Index(
                "next_attempt_at",
                name="letters_waiting",
                condition=Q(status=LetterStatus.QUEUED),
            ),
            models.Index(
                fields=["reference"],
                name="letters_that_failed",
                condition=Q(status__in=[LetterStatus.FAILED, LetterStatus.HELD]),
            ),
            models.Index(
                fields=["reference"],
                name="letters_on_paper",
                condition=Q(status__in=[LetterStatus.ON_PAPER, LetterStatus.HANDED_OVER]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=LetterStatus.HANDED_OVER)
                | Q(sent_at__isnull=False, handed_over_by__isnull=False),
                name="handed_over_letter_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False)
                | ~Q(to_address="")
                | Q(address__isnull=False)
                | Q(status__in=ON_PAPER),
                name="letter_has_somebody_to_go_to",
            ),
            models.CheckConstraint(
                condition=~Q(status=LetterStatus.SENT) | Q(sent_at__isnull=False),
                name="sent_letter_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}".strip()

    def message_id(self) -> str:
        """The same at every attempt, so that a repeated delivery can be recognised."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
        return f"<{self.key}@{domain}>"
