"""The counter: entering what comes on paper, its receipt, its scan, corrections and withdrawals.

The pages stand under the admin's address of applications (`observers/admin/paper.py`). Rows come
through `ApplicationAdmin.visible`; what did not come on paper has no such pages.
"""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts import kept_forms
from accounts.models import User
from elections.domain.clock import database_now
from observers import permissions
from observers.domain import drafts, paper
from observers.enums import Status
from observers.models import Application
from observers.review.paper_forms import KEPT_FOR_NEXT, CorrectionForm, EntryForm, RequestForm
from observers.views.files import served

NOT_THERE = Http404("There is no such page.")


# --- Entering -------------------------------------------------------------------------------------


def choose_page(request: HttpRequest, site: Any) -> HttpResponse:
    """For which election; straight to the form where there is only one."""
    counters = paper.counters_of(_staff(request))
    if not counters:
        raise NOT_THERE
    if len(counters) == 1:
        return HttpResponseRedirect(_form_url(counters[0].election.slug))
    context = {
        **_surroundings(site, request),
        "title": _("Enter from paper: for which election?"),
        "choices": [(_form_url(c.election.slug), c.election.name) for c in counters],
    }
    return TemplateResponse(request, "admin/paper/choose.html", context)


def enter_page(request: HttpRequest, site: Any, election: str) -> HttpResponse:
    """One form, one application. Whatever is wrong with it, nothing typed or chosen is lost."""
    user = _staff(request)
    counter = next((c for c in paper.counters_of(user) if c.election.slug == election), None)
    if counter is None:
        raise NOT_THERE
    sent = request.method == "POST"
    form = EntryForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        counter=counter,
        user=user,
        initial=_typed_before(request) or _of_the_one_before(request),
    )
    if sent and form.is_valid():
        try:
            stored = paper.enter(
                form.place(),
                form.sheet(),
                form.received(),
                actor=user,
                key=form.cleaned_data["key"],
            )
        except paper.PaperError as error:
            form.add_refusal(error)
        else:
            form.forget_files()
            return HttpResponseRedirect(_url("receipt", stored))
    if sent:
        form.keep_files()
    context = {
        **_surroundings(site, request),
        "title": _("Enter an application from paper"),
        "election": counter.election,
        "form": form,
        "button": _("Store and give the receipt"),
    }
    return TemplateResponse(
        request, "admin/paper/enter.html", context, status=422 if form.errors else 200
    )


def _of_the_one_before(request: HttpRequest) -> dict[str, Any]:
    return {name: request.GET[name] for name in KEPT_FOR_NEXT if name in request.GET}


def _typed_before(request: HttpRequest) -> dict[str, Any]:
    """What was sent when the session had ended; files are not kept then."""
    typed = kept_forms.typed_before(request)
    if typed is None or request.method == "POST":
        return {}
    messages.warning(
        request, _("What you typed is shown again. Choose the files once more, then store it.")
    )
    return dict(typed.dict())


def receipt_page(request: HttpRequest, site: Any, row: Application) -> HttpResponse:
    """For the person at the counter, to be printed; and the way to the next form."""
    _insist(request, row)
    context = {
        **_surroundings(site, request),
        "title": _("Receipt"),
        "application": row,
        "election": row.election,
        "form": row.paper_form,
        "next_url": f"{_form_url(row.election.slug)}?{_kept_for_next(row)}",
        "page_url": _page_url(row),
        "letters_url": letters_url(row),
    }
    return TemplateResponse(request, "admin/paper/receipt.html", context)


def _kept_for_next(row: Application) -> str:
    received = localtime(row.paper_received_at, row.election.zone)
    kept: dict[str, Any] = {
        "received_on": f"{received:%d.%m.%Y}",
        "organisation": row.organisation_id,
        "scope": row.scope,
        "constituency": row.constituency_id,
        "language": row.paper_form.language,
    }
    return urlencode({name: value for name, value in kept.items() if value})


def letters_url(row: Application) -> str:
    """Its letters, to be printed and handed over."""
    query = urlencode({"q": row.receipt_number or "", "status": "all"})
    return f"{reverse('admin:observers_letteronpaper_changelist')}?{query}"


# --- Afterwards -----------------------------------------------------------------------------------


def scan(request: HttpRequest, row: Application) -> HttpResponseBase:
    """Pictures open in the browser, shut in; a PDF is downloaded."""
    form = getattr(row, "paper_form", None)
    if form is None or not permissions.may(_staff(request), "files", row):
        raise NOT_THERE
    attached = not form.content_type.startswith("image/")
    return served(form.scan, form.content_type, name=form.original_name, attached=attached)


def correct_page(request: HttpRequest, site: Any, row: Application) -> HttpResponse:
    """The corrected answers of a returned application, and its way back into the queue."""
    user = _staff(request)
    _insist(request, row)
    if row.status != Status.RETURNED:
        messages.info(request, _("It is not returned for correction (any more)."))
        return HttpResponseRedirect(_page_url(row))
    sent = request.method == "POST"
    form = CorrectionForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        application=row,
        user=user,
        initial=_typed_before(request),
    )
    if sent and form.is_valid():
        try:
            given = form.cleaned_data
            paper.correct(
                row, form.sheet(), version=given["version"], actor=user, because=given["because"]
            )
        except paper.PaperError as error:
            form.add_refusal(error)
        except drafts.StaleDraft as stale:
            form.add_error(None, str(stale))
        else:
            form.forget_files()
            messages.success(request, _("Corrected and sent again: %(name)s.") % {"name": row})
            return HttpResponseRedirect(_page_url(row))
    if sent:
        form.keep_files()
    context = {
        **_surroundings(site, request),
        "title": _("Enter the correction"),
        "application": row,
        "election": row.election,
        "page_url": _page_url(row),
        "form": form,
        "button": _("Store and send again"),
    }
    return TemplateResponse(
        request, "admin/paper/correct.html", context, status=422 if form.errors else 200
    )


def withdraw_page(request: HttpRequest, site: Any, row: Application) -> HttpResponse:
    """At the applicant's written request."""
    _insist(request, row)
    sent = request.method == "POST"
    form = RequestForm(request.POST if sent else None)
    if sent and form.is_valid():
        moved = paper.withdraw(row, actor=_staff(request), request=form.cleaned_data["request"])
        for done in moved.done:
            messages.success(request, _("Withdrawn: %(name)s.") % {"name": done.full_name})
        for _row, reason in moved.skipped:
            messages.error(request, reason)
        return HttpResponseRedirect(_page_url(row))
    context = {
        **_surroundings(site, request),
        "title": _("Withdraw at the applicant’s request"),
        "application": row,
        "page_url": _page_url(row),
        "form": form,
    }
    return TemplateResponse(request, "admin/paper/withdraw.html", context)


# --- What they share ------------------------------------------------------------------------------


def links_of(row: Application, user: Any, *, now: Any = None) -> list[tuple[str, str]]:
    """What may be done at the counter with this application: address and words."""
    if not row.paper_received_at or not permissions.may(user, "enter", row):
        return []
    links = [(_url("receipt", row), _("Receipt"))]
    if row.status == Status.RETURNED:
        links.insert(0, (_url("correct", row), _("Enter the correction")))
    if row.is_waiting or row.status == Status.RETURNED:
        links.append((_url("withdraw", row), _("Withdraw at the applicant’s request")))
    return links


def _insist(request: HttpRequest, row: Application) -> None:
    if not row.paper_received_at or not permissions.may(_staff(request), "enter", row):
        raise NOT_THERE


def _url(page: str, row: Application) -> str:
    return reverse(f"admin:observers_paperapplication_{page}", args=[row.pk])


def _form_url(slug: str) -> str:
    return reverse("admin:observers_paper_enter", args=[slug])


def _page_url(row: Application) -> str:
    return reverse("admin:observers_application_change", args=[row.pk])


def _surroundings(site: Any, request: HttpRequest) -> dict[str, Any]:
    return {**site.each_context(request), "opts": Application._meta, "now": database_now()}


def _staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
