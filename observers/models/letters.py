"""The commission's letters to people without an account, which leave on paper."""

from typing import Any, ClassVar, Self

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.scoping import ScopedQuerySet, scoped
from elections.domain.posts import reached_by_posts
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.models.application import Application

# They hold a link that only their reader may follow.
FOR_THEIR_READER_ALONE = ("agreement_asked",)


class LetterOnPaperQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """About applications on paper of the commissions in which the user enters such: to be
        handed over, handed over, or come back from the address on the form. Not while what they
        tell can still be undone."""
        if not user.is_authenticated:
            return self.none()
        reached = reached_by_posts(user, "application", "enter")
        theirs = Application.unscoped.filter(reached, paper_received_at__isnull=False)
        numbers = theirs.values("receipt_number")
        return self.filter(
            Q(status=LetterStatus.ON_PAPER, next_attempt_at__lte=Now())
            | Q(status=LetterStatus.HANDED_OVER)
            | Q(status=LetterStatus.FAILED, recipient__isnull=True),
            reference__in=numbers,
        ).exclude(kind__in=FOR_THEIR_READER_ALONE)


class LetterOnPaper(Letter):
    unscoped: ClassVar[Any] = LetterOnPaperQuerySet.as_manager()  # type: ignore[assignment]
    objects: ClassVar[Any] = scoped(LetterOnPaperQuerySet)

    class Meta:
        proxy = True
        verbose_name = _("letter on paper")
        verbose_name_plural = _("letters on paper")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        ordering = ("written_at", "pk")
