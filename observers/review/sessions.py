"""The pages of a commission's session: its agenda, the record, the protocol.

They stand under the admin's address of sessions (`CommissionSessionAdmin.get_urls`). Rows come
through `CommissionSessionAdmin.visible`, so what is another commission's is 404.
"""

import re
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import Reach, reach
from accounts.models import User
from accounts.names import fold
from elections.domain.posts import posts_of
from elections.enums import Outcome
from observers import permissions
from observers.domain import protocols, sessions
from observers.domain.sessions import SessionError
from observers.models import CommissionSession
from observers.models.application import SEALED
from observers.review.session_forms import RecordForm

# Rows of one page of an agenda, and of what is not on it.
PAGE = 100

# What an item may be, by the word for it in the address.
SHOWN: dict[str, Q] = {
    **{outcome.value: Q(proposal__outcome=outcome) for outcome in sessions.ORDER},
    "exceptions": Q(is_adopted=False),
    "settled": Q(is_adopted__isnull=True) & ~Q(proposal__settled_as=""),
    "undecided": Q(is_adopted__isnull=True),
}


def agendas_of(request: HttpRequest) -> list[dict[str, Any]]:
    """For each commission whose sessions the viewer records: the agenda that is being prepared,
    or nothing, where one may be opened."""
    own = [
        post.commission
        for post in posts_of(_staff(request))
        if reach(post.role, "application", "adopt") != Reach.NOTHING
    ]
    found = CommissionSession.objects.visible_to(request.user).filter(
        commission__in=own, recorded_at__isnull=True
    )
    prepared = {session.commission_id: session for session in found}
    return [
        {"commission": commission, "session": prepared.get(commission.pk)} for commission in own
    ]


@require_POST
def open_agenda(request: HttpRequest) -> HttpResponse:
    """A new agenda of one's own commission, with all that is proposed; or the one there is."""
    asked = request.POST.get("commission", "")
    for agenda in agendas_of(request):
        if str(agenda["commission"].pk) == asked:
            return HttpResponseRedirect(page_url(agenda["session"] or _opened(request, agenda)))
    raise Http404(_("There is no such page."))


def _opened(request: HttpRequest, agenda: dict[str, Any]) -> CommissionSession:
    session = sessions.open_agenda(agenda["commission"], actor=_staff(request))
    messages.success(request, _("The agenda is open. What is proposed stands on it."))
    return session


# --- The agenda -----------------------------------------------------------------------------------


def session_page(request: HttpRequest, site: Any, session: CommissionSession) -> HttpResponse:
    """The agenda while it is prepared; what was decided once it is recorded."""
    may_adopt = bool(permissions.may_adopt(_staff(request), session.commission))
    preparing = may_adopt and not session.is_recorded
    missing = sessions.missing(session).order_by("application__sort_key", "pk")
    context = {
        **_surroundings(site, request, session),
        "title": str(session),
        "may_adopt": preparing,
        "counts": _counts(session),
        "total": session.agenda.count(),
        **_page(request, session),
        "missing_count": missing.count() if preparing else 0,
        "missing": _seen(missing, "")[:PAGE] if preparing else [],
        "listed_at_once": PAGE,
    }
    return TemplateResponse(request, "admin/review/session.html", context)


def _counts(session: CommissionSession) -> list[dict[str, Any]]:
    """How many items of each sort, each leading to them. Only what there is."""
    labels = _outcome_labels(session)
    if session.is_recorded:
        labels |= {"exceptions": _("Not adopted"), "undecided": _("Not decided")}
    else:
        labels |= {"exceptions": _("Exceptions"), "settled": _("No longer open")}
    found = session.agenda.aggregate(
        **{f"n_{name}": Count("pk", filter=_condition(session, name)) for name in labels}
    )
    return [
        {"name": name, "label": label, "number": found[f"n_{name}"]}
        for name, label in labels.items()
        if found[f"n_{name}"]
    ]


def _outcome_labels(session: CommissionSession) -> dict[str, str]:
    if session.is_recorded:
        return {outcome.value: str(outcome.label) for outcome in sessions.ORDER}
    return {
        "approved": _("To register"),
        "refused": _("To refuse"),
        "cancelled": _("To cancel"),
    }


def _headed(rows: list[Any]) -> list[Any]:
    """Each with the point of the agenda that it stands under."""
    for row in rows:
        row.heading = protocols.point_of(row.proposal.outcome)
    return rows


def _condition(session: CommissionSession, name: str) -> Q:
    """In a recorded session an outcome is what was adopted, before it what is proposed."""
    condition = SHOWN[name]
    if name in Outcome.values and session.is_recorded:
        return condition & Q(is_adopted=True)
    return condition


def _page(request: HttpRequest, session: CommissionSession) -> dict[str, Any]:
    """The items that are asked for, a page of them."""
    shown, term = request.GET.get("show", ""), request.GET.get("q", "").strip()
    after = request.GET.get("after", "")
    rows = session.agenda.order_by("position", "pk")
    if shown in SHOWN:
        rows = rows.filter(_condition(session, shown))
    for word in fold(term).split():
        rows = rows.filter(proposal__application__search_key__contains=word)
    behind = int(after) if after.isascii() and after.isdecimal() and len(after) < 9 else 0
    page = list(_seen(rows.filter(position__gt=behind), "proposal__")[: PAGE + 1])
    more = len(page) > PAGE
    asked = {key: value for key, value in (("show", shown), ("q", term)) if value}
    return {
        "rows": _headed(page[:PAGE]),
        "shown": shown,
        "term": term,
        "query": request.GET.urlencode(),
        "first_url": f"?{urlencode(asked)}" if behind else "",
        "next_url": f"?{urlencode({**asked, 'after': page[PAGE - 1].position})}" if more else "",
    }


def _seen(rows: QuerySet[Any], proposal: str) -> QuerySet[Any]:
    """With what a line shows, and without what is sealed."""
    application = f"{proposal}application"
    sealed = [f"{application}__{name}" for name in SEALED]
    sealed += [f"{application}__organisation__{name}" for name in ("legal_address", "phone")]
    return rows.select_related(
        f"{application}__organisation", f"{proposal}ground", f"{proposal}proposed_by"
    ).defer(*sealed)


def _leave_out(request: HttpRequest, session: CommissionSession) -> str:
    n = sessions.leave_out(session, _ticked(request, "item"), actor=_staff(request))
    return ngettext("%(n)d is left out.", "%(n)d are left out.", n) % {"n": n}


def _except(request: HttpRequest, session: CommissionSession) -> str:
    reason = request.POST.get("reason", "")[:2000]
    n = sessions.note_exceptions(
        session, _ticked(request, "item"), actor=_staff(request), reason=reason
    )
    return ngettext("%(n)d will not be adopted.", "%(n)d will not be adopted.", n) % {"n": n}


def _put_back(request: HttpRequest, session: CommissionSession) -> str:
    n = sessions.clear_exceptions(session, _ticked(request, "item"), actor=_staff(request))
    return ngettext("%(n)d will be adopted.", "%(n)d will be adopted.", n) % {"n": n}


def _gather(request: HttpRequest, session: CommissionSession) -> str:
    return _added(sessions.gather(session, actor=_staff(request)))


def _add(request: HttpRequest, session: CommissionSession) -> str:
    only = _ticked(request, "proposal")
    return _added(sessions.gather(session, actor=_staff(request), only=only))


def _added(n: int) -> str:
    return ngettext("%(n)d is added.", "%(n)d are added.", n) % {"n": n}


ACTS: dict[str, Callable[[HttpRequest, CommissionSession], str]] = {
    "leave_out": _leave_out,
    "except": _except,
    "put_back": _put_back,
    "gather": _gather,
    "add": _add,
}


@require_POST
def change_agenda(request: HttpRequest, session: CommissionSession) -> HttpResponse:
    """What is ticked is left out, not adopted, or adopted after all; what is missing is added."""
    act = ACTS.get(request.POST.get("do", ""))
    if not permissions.may_adopt(_staff(request), session.commission):
        raise PermissionDenied
    if act is None:
        raise Http404(_("There is no such page."))
    try:
        messages.success(request, act(request, session))
    except SessionError as error:
        messages.error(request, str(error))
    query = request.GET.urlencode()
    return HttpResponseRedirect(f"{page_url(session)}{'?' if query else ''}{query}")


def _ticked(request: HttpRequest, name: str) -> list[int]:
    sent = request.POST.getlist(name)[:PAGE]
    return [int(key) for key in sent if key.isascii() and key.isdecimal() and len(key) < 19]


# --- The record -----------------------------------------------------------------------------------


def record_page(request: HttpRequest, site: Any, session: CommissionSession) -> HttpResponse:
    """The protocol's head, then what will happen; posted again with `confirmed`, it is recorded."""
    user = _staff(request)
    if not permissions.may_adopt(user, session.commission):
        raise PermissionDenied
    if session.is_recorded:
        return HttpResponseRedirect(page_url(session))
    sent = request.method == "POST"
    form = RecordForm(request.POST if sent else None, session=session, user=user)
    ready = sent and form.is_valid() and "change" not in request.POST
    if ready and "confirmed" in request.POST:
        if _recorded(request, session, form):
            return HttpResponseRedirect(page_url(session))
        ready = False
    context = {
        **_surroundings(site, request, session),
        "title": _("Record the session"),
        "form": form,
        "ready": ready,
        "total": session.agenda.count(),
    }
    if ready:
        context |= _foreseen(session, form, user)
    return TemplateResponse(request, "admin/review/session_record.html", context)


def _foreseen(session: CommissionSession, form: RecordForm, user: User) -> dict[str, Any]:
    result = sessions.foresee(session, actor=user)
    protocol = form.protocol()
    return {
        "seal": sessions.seal(session),
        "protocol": protocol,
        "happens": _in_words(result),
        "undecided": result.undecided[:PAGE],
        "undecided_count": len(result.undecided),
    }


def _in_words(result: sessions.Result) -> list[str]:
    adopted = result.adopted
    said = [
        (
            adopted.get("approved", 0),
            lambda n: ngettext("%(n)d will be registered", "%(n)d will be registered", n),
        ),
        (
            adopted.get("refused", 0),
            lambda n: ngettext("%(n)d will be refused", "%(n)d will be refused", n),
        ),
        (
            adopted.get("cancelled", 0),
            lambda n: ngettext(
                "%(n)d registration will be cancelled", "%(n)d registrations will be cancelled", n
            ),
        ),
        (
            result.declined,
            lambda n: ngettext(
                "%(n)d is not adopted and goes back to review",
                "%(n)d are not adopted and go back to review",
                n,
            ),
        ),
        (
            len(result.undecided),
            lambda n: ngettext("%(n)d cannot be decided", "%(n)d cannot be decided", n),
        ),
    ]
    return [words(n) % {"n": n} for n, words in said if n]


def _recorded(request: HttpRequest, session: CommissionSession, form: RecordForm) -> bool:
    try:
        sessions.record(
            session, form.protocol(), actor=_staff(request), seen=request.POST.get("seal", "")
        )
    except SessionError as error:
        form.add_error(error.about or None, str(error))
        return False
    messages.success(request, _("The session is recorded, and its decisions are made."))
    return True


# --- On paper -------------------------------------------------------------------------------------


def agenda_pdf(session: CommissionSession) -> HttpResponse:
    return _pdf(protocols.agenda_as_pdf(session), "agenda")


def protocol_pdf(session: CommissionSession) -> HttpResponse:
    if not session.is_recorded:
        raise Http404(_("A session has its protocol once it is recorded."))
    number = re.sub(r"[^0-9A-Za-z-]+", "-", session.number).strip("-")
    return _pdf(protocols.protocol_as_pdf(session), f"protocol-{number or session.pk}")


def _pdf(made: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def page_url(session: CommissionSession) -> str:
    return reverse("admin:observers_commissionsession_change", args=[session.pk])


def _surroundings(site: Any, request: HttpRequest, session: CommissionSession) -> dict[str, Any]:
    return {
        **site.each_context(request),
        "opts": CommissionSession._meta,
        "session": session,
        "election": session.election,
        "page_url": page_url(session),
    }


def _staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
