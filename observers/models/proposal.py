"""A decision on an application that one member proposes and another, or the commission in its
session, adopts."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scoping import ScopedQuerySet, scoped
from elections.domain.posts import reached_by_posts
from elections.enums import Outcome
from elections.models import ProposalBase
from observers.models.application import Application


class ProposalQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """By post alone: an applicant sees decisions, not what is proposed."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            reached_by_posts(
                user,
                "application",
                "history",
                commission="application__commission",
                election="application__election",
            )
        )

    def open(self) -> Self:
        return self.filter(settled_as="")


class Proposal(ProposalBase):
    application = models.ForeignKey(Application, models.PROTECT, related_name="proposals")

    unscoped: ClassVar[Any] = ProposalQuerySet.as_manager()
    objects: ClassVar[Any] = scoped(ProposalQuerySet)

    class Meta(ProposalBase.Meta):
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        default_manager_name = "objects"
        base_manager_name = "unscoped"
        constraints = [
            *ProposalBase.Meta.constraints,
            models.UniqueConstraint(
                fields=["application"], condition=Q(settled_as=""), name="one_open_proposal"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.REFUSED) | Q(unconfirmed_fields__len__gt=0),
                name="proposal_of_refusal_names_fields",
            ),
        ]
