"""What every desk has in common, whatever waits there: applications or nomination rights.

A register that has a desk says what is decided there and by whom; the pages between one item and
the next are the same.
"""

import datetime
from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, re_path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.admin_base import PageAdmin
from accounts.models import User
from elections.domain.posts import holds_any
from observers.domain import claims
from observers.models import Claim
from observers.review.presses import LastAct
from observers.review.queue import COUNTED, Queue, half_spent, tidy

# What was done just before, in the address of the page that follows.
DONE = "done"


class DeskAdmin(PageAdmin):
    """A register whose rows are decided one after the other.

    `deciding` is the cell of the access table that lets somebody in; `sealed` are the columns that
    are opened on the page of one row only.
    """

    deciding: ClassVar[tuple[str, str]]
    sealed: ClassVar[tuple[str, ...]] = ()
    change_list_template = "admin/review/change_list.html"

    # --- What a register says of its rows --------------------------------------------------------

    def name_of(self, row: Any) -> str:
        """As it stands in a sentence."""
        raise NotImplementedError

    def may_decide(self, user: User, row: Any) -> bool:
        """Whether a post of the user lets them decide it at all."""
        raise NotImplementedError

    def why_not_taken(self, user: User, row: Any) -> str:
        """The sentence for somebody who wanted to take it and was not given it."""
        raise NotImplementedError

    def undo(self, user: User, row: Any) -> str:
        """Take back what was decided; why not, where it stays."""
        raise NotImplementedError

    def last_act(self, request: HttpRequest, row: Any, queue: Queue) -> LastAct | None:
        """What the reviewer did to it last, with the way back as long as there is one."""
        raise NotImplementedError

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap, prefix = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        ours = [
            path("desk/", wrap(self.desk_view), name=f"{prefix}_desk"),
            re_path(
                rf"^(?P<pk>\d+)/(?P<deed>{'|'.join(_DEEDS)})/$",
                wrap(require_POST(self.deed_view)),
                name=f"{prefix}_deed",
            ),
        ]
        return [*ours, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """With the way to the desk, within the filters of the list, for who may decide."""
        decides = holds_any(staff(request), *self.deciding)
        queue = Queue(request, self, tidy(request.GET.urlencode()))
        context = {"next_url": queue.desk_url if decides else "", **(extra_context or {})}
        return super().changelist_view(request, context)

    def desk_view(self, request: HttpRequest) -> HttpResponse:
        """How many wait in the filters, what one has on one's desk; a POST takes the next."""
        user = staff(request)
        if not holds_any(user, *self.deciding):
            raise PermissionDenied
        queue = Queue.of(request, self)
        if request.method == "POST":
            return on(request, queue)
        held = self.get_queryset(request).filter(claim__in=claims.held_by(user))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The desk"),
            "queue": queue,
            "waiting": queue.size(),
            "held": [
                (row, self.name_of(row), queue.page_url(row.pk))
                for row in held.select_related("claim")
            ],
            "last": last_act(request, queue),
        }
        return TemplateResponse(request, "admin/review/desk/desk.html", context)

    def deed_view(self, request: HttpRequest, pk: str, deed: str) -> HttpResponse:
        """Take it, keep it, pass it over, hand it back, or undo what was decided."""
        row, queue = self._at_hand(request, pk), Queue.of(request, self)
        if not self.may_decide(staff(request), row):
            raise PermissionDenied
        return _DEEDS[deed](request, self, row, queue)

    def _at_hand(self, request: HttpRequest, pk: str) -> Any:
        """The row of a deed, without what only its page shows."""
        rows = self.get_queryset(request).select_related(None)
        found = rows.select_related("election", "commission", "organisation").defer(*self.sealed)
        return get_object_or_404(found, pk=pk)


def staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)


def on(request: HttpRequest, queue: Queue, **said: Any) -> HttpResponseRedirect:
    """To the next, which is then claimed; to the desk where nothing waits."""
    row = queue.claim_next()
    if row:
        return HttpResponseRedirect(queue.page_url(row.pk, **said))
    messages.info(request, _("Nothing waits here that is free for you."))
    return HttpResponseRedirect(queue.at("desk", **said))


def last_act(request: HttpRequest, queue: Queue) -> LastAct | None:
    """What one did just before, as the address says."""
    key = request.GET.get(DONE, "")
    if not key.isdecimal():
        return None
    row = queue.register.get_queryset(request).filter(pk=key).first()
    return queue.register.last_act(request, row, queue) if row else None


def with_whom(row: Any) -> Iterator[str]:
    """For a row of a list: what is proposed and by whom; on whose desk it is, else for whom."""
    for proposal in row.open_proposals:
        yield _("%(outcome)s: proposed by %(name)s") % {
            "outcome": proposal.get_outcome_display(),
            "name": proposal.proposed_by,
        }
    claim = getattr(row, "claim", None)
    assigned_to = getattr(row, "assigned_to", None)
    if claim and claim.expires_at > row.now and row.is_waiting:
        until = date_format(localtime(claim.expires_at), "H:i")
        yield _("%(name)s until %(until)s") % {"name": claim.reviewer, "until": until}
    elif assigned_to and row.is_waiting:
        yield _("for %(name)s") % {"name": assigned_to}


def place_of(queue: Queue, row: Any) -> dict[str, Any]:
    """Where it stands among those that wait in the filters."""
    if not row.is_waiting:
        return {}
    before = queue.before(row)
    waiting = queue.size()
    return {
        "waiting": max(waiting, min(before + 1, COUNTED)),
        "place": before + 1,
        "far_back": before >= COUNTED,
        "counted": COUNTED,
    }


def claim_now(row: Any, user: User, now: datetime.datetime) -> Claim | None:
    """Who has it. Whoever has it and looks at it again keeps it for the full time."""
    claim = claims.holding(row) if row.is_waiting else None
    mine = claim is not None and claim.reviewer_id == user.pk
    if claim and mine and half_spent(claim, now) and claims.renew(row, reviewer=user):
        return claims.holding(row)
    return claim


# --- Deeds ----------------------------------------------------------------------------------------


def _take(
    request: HttpRequest, register: DeskAdmin, row: Any, queue: Queue
) -> HttpResponseRedirect:
    user = staff(request)
    these: Any = register.get_queryset(request)
    if not claims.claim_next(these.waiting().filter(pk=row.pk), reviewer=user):
        messages.error(request, register.why_not_taken(user, row))
    return HttpResponseRedirect(queue.page_url(row.pk))


def _keep(
    request: HttpRequest, register: DeskAdmin, row: Any, queue: Queue
) -> HttpResponseRedirect:
    if claims.renew(row, reviewer=staff(request)):
        return HttpResponseRedirect(queue.page_url(row.pk))
    return _take(request, register, row, queue)


def _next(
    request: HttpRequest, register: DeskAdmin, row: Any, queue: Queue
) -> HttpResponseRedirect:
    queue.pass_over(row)
    return on(request, queue)


def _hand_back(
    request: HttpRequest, register: DeskAdmin, row: Any, queue: Queue
) -> HttpResponseRedirect:
    if claims.hand_back(row, reviewer=staff(request)):
        messages.success(request, _("Handed back: %(name)s.") % {"name": register.name_of(row)})
    return HttpResponseRedirect(queue.desk_url)


def _undo(
    request: HttpRequest, register: DeskAdmin, row: Any, queue: Queue
) -> HttpResponseRedirect:
    """Back on the desk of who undid it, as before."""
    user = staff(request)
    reason = register.undo(user, row)
    if reason:
        messages.error(request, reason)
    else:
        claims.claim_next(register.get_queryset(request).filter(pk=row.pk), reviewer=user)
        words = _("Undone: %(name)s waits again.")
        messages.success(request, words % {"name": register.name_of(row)})
    return HttpResponseRedirect(queue.page_url(row.pk))


_DEEDS = {
    "take": _take,
    "keep": _keep,
    "next": _next,
    "hand-back": _hand_back,
    "undo": _undo,
}
