"""What an applicant can do, and has done, against the decision on one application."""

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdict import Verdict
from elections.lifecycle import describe
from elections.models import Election
from observers.domain import appeals
from observers.enums import AppealStatus
from observers.lifecycle import APPEAL, WITHDRAW
from observers.models import Appeal, Decision
from observers.views.progress import Progress, field_label


class Appealing:
    """The appeals of one application at one moment, as its owner sees them."""

    def __init__(self, progress: Progress, user: User) -> None:
        self.progress, self.user = progress, user
        self.application, self.now = progress.application, progress.now

    @property
    def election(self) -> Election:
        return self.application.election

    @property
    def decision(self) -> Decision | None:
        """The one that stands, if an appeal against it is thinkable."""
        decision = self.application.decision
        return decision if decision and decision.outcome in appeals.APPEALABLE else None

    @property
    def is_for_a_court(self) -> bool:
        """The portal takes no appeal: it is lodged elsewhere."""
        return bool(self.decision and self.decision.commission.appeals_to_id is None)

    @cached_property
    def appeals(self) -> list[Appeal]:
        """The newest first. Of an application that was never decided there are none to look for."""
        return appeals.of_application(self.application) if self.application.decision_id else []

    @cached_property
    def waiting(self) -> Appeal | None:
        return next((one for one in self.appeals if one.status == AppealStatus.LODGED), None)

    @property
    def shown(self) -> Appeal | None:
        """What the page of the appeal is about: the newest, unless it makes way for another."""
        newest = self.appeals[0] if self.appeals else None
        if newest is None or (self.decision and newest.decision_id != self.decision.pk):
            return None
        made_way = newest.status == AppealStatus.WITHDRAWN and self.possible
        return None if made_way else newest

    @cached_property
    def possible(self) -> Verdict:
        """Whether an appeal can be lodged now."""
        return appeals.may_be_lodged(self.application, by=self.user, now=self.now)

    @property
    def may_withdraw(self) -> bool:
        found = self.waiting
        return found is not None and bool(appeals.may_move(found, WITHDRAW, by=self.user))

    @property
    def url(self) -> str:
        return reverse("apply:appeal", args=[self.application.key])

    @property
    def told(self) -> list[dict[str, Any]]:
        """Each appeal in words."""
        return [self._in_words(appeal) for appeal in self.appeals]

    @property
    def shown_in_words(self) -> dict[str, Any] | None:
        return self._in_words(self.shown) if self.shown else None

    def _in_words(self, appeal: Appeal) -> dict[str, Any]:
        ruling = reverse("apply:ruling", args=[appeal.key]) if appeal.ruling else ""
        return {
            "appeal": appeal,
            "ruling_url": ruling,
            "unconfirmed": [field_label(name) for name in appeal.decision.unconfirmed_fields],
            **describe(APPEAL, appeal.status, to_staff=False),
        }

    @property
    def next_step(self) -> dict[str, Any] | None:
        """What happens next, where that is about an appeal."""
        if self.waiting:
            return self._while_it_waits(self.waiting)
        if not self.decision:
            return None
        if self.possible:
            return self._to_appeal(self.decision)
        return self._to_go_elsewhere(self.decision)

    def _while_it_waits(self, appeal: Appeal) -> dict[str, Any]:
        words = _("Your appeal is decided by: %(body)s. The answer comes by letter.")
        return {
            "happens": words % {"body": appeal.body},
            "by": appeal.due_at,
            "url": self.url,
            "action": _("See the appeal"),
        }

    def _to_appeal(self, decision: Decision) -> dict[str, Any]:
        words = _("If you do not agree with the decision, appeal to: %(body)s.")
        return {
            "happens": words % {"body": decision.appeal_body},
            "by": decision.appeal_until,
            "url": self.url,
            "action": _("Appeal against this decision"),
        }

    def _to_go_elsewhere(self, decision: Decision) -> dict[str, Any] | None:
        """To a court, as long as there is time: instead of an appeal here, or after it."""
        body, until = "", None
        if self.shown and self.shown.further_until:
            body, until = self.shown.further_body, self.shown.further_until
        elif self.is_for_a_court and not self.shown:
            body, until = decision.appeal_body, decision.appeal_until
        if until is None or self.now >= until:
            return None
        words = _("If you do not agree with it, turn to: %(body)s. That is outside this portal.")
        return {"happens": words % {"body": body}, "by": until}
