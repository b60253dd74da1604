"""The pages of print batches: what is chosen, how far its files are, and what became of it.

They stand under the admin's address of print batches (`PrintBatchAdmin`) and of badges, from whose
list they are chosen. Batches come through `PrintBatchAdmin.visible`, so what is another
commission's is 404.
"""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from elections.domain.clock import database_now
from elections.domain.posts import posts_of
from elections.texts import in_language
from observers import permissions
from observers.badges import tasks
from observers.badges.print_forms import BeginForm, PrintedForm
from observers.domain import blanks, print_batches, print_choice, print_files
from observers.domain.blanks import BlanksError
from observers.domain.print_batches import PrintError
from observers.enums import VALID_BADGES, PrintStatus
from observers.lifecycle import BADGE
from observers.models import Badge, Handover, PrintBatch, PrintLine

# Lines of one page, and badges to be destroyed that are named.
PAGE = 100
NAMED = 20
SEALED = tuple(
    f"badge__application__{name}"
    for name in ("birth_on", "identity_number", "address", "phone", "email")
)


# --- Choosing -------------------------------------------------------------------------------------


def begin_page(
    request: HttpRequest,
    site: Any,
    chosen: QuerySet[Badge],
    *,
    words: str = "",
    keys: list[int] | None = None,
) -> HttpResponse:
    """What the chosen badges come to, and on which paper; then the batch is begun. `keys` are
    those that were ticked, to be asked for again."""
    user = staff(request)
    sent = request.method == "POST" and "begin" in request.POST
    form = BeginForm(request.POST if sent else None, initial={"size": _usual_size(user)})
    if sent and form.is_valid():
        try:
            batch = print_batches.begin(
                chosen,
                by=user,
                size=form.chosen_size(),
                sheet=form.chosen_sheet(),
                words=words,
                reprint=form.cleaned_data["reprint"],
            )
        except PrintError as error:
            form.add_error(None, str(error))
        else:
            transaction.on_commit(lambda: tasks.make_prints.delay(batch.pk), robust=True)
            return HttpResponseRedirect(page_url(batch))
    context = {
        **site.each_context(request),
        "opts": PrintBatch._meta,
        "title": _("Print badges"),
        "form": form,
        "choice": print_choice.look_over(chosen, by=user),
        "words": words,
        "keys": keys or [],
        "address": f"{reverse('admin:observers_badge_print')}?{request.GET.urlencode()}",
    }
    return TemplateResponse(request, "admin/badges/print/begin.html", context)


def _usual_size(user: User) -> str:
    """That of which the user's commission has most blanks."""
    stock = blanks.stock(posts_of(user)[0].commission)
    return max(stock, key=lambda size: stock[size])


def waiting(user: User) -> dict[str, Any]:
    """What waits to be printed, by commission and by organisation, and the way to print it."""
    badges = print_choice.to_print(user).order_by()
    commissions = badges.values_list(
        "application__commission", "application__commission__names"
    ).annotate(count=Count("pk"))
    organisations = badges.values_list(
        "application__organisation", "application__organisation__name"
    ).annotate(count=Count("pk"))
    return {
        "commissions": [
            {"label": in_language(names), "count": count, "url": print_url(commission=key)}
            for key, names, count in commissions.order_by("-count", "application__commission")
        ],
        "organisations": [
            {"label": name, "count": count, "url": print_url(nominator=key)}
            for key, name, count in organisations.order_by("-count", "application__organisation")
            if key
        ],
    }


# --- One batch ------------------------------------------------------------------------------------


def batch_page(request: HttpRequest, site: Any, batch: PrintBatch) -> HttpResponse:
    user = staff(request)
    working = batch.status == PrintStatus.PREPARING
    may_print = permissions.may_print(user, batch)
    has_files = batch.files_removed_at is None and batch.status == PrintStatus.READY
    context = {
        **surroundings(site, request, batch),
        "counts": _counts(batch),
        "working": working,
        "progress": print_files.progress(batch, now=database_now()) if working else None,
        "may_print": may_print,
        "parts": list(batch.parts.all()) if has_files and may_print else [],
        "destroy": _named(print_batches.to_destroy(batch)),
        "left_out": _named(_without_page(batch)) if not working else [],
        "handovers": _handovers(batch, user),
        **_lines_page(request, batch),
    }
    return TemplateResponse(request, "admin/badges/print/batch.html", context)


def _counts(batch: PrintBatch) -> dict[str, int]:
    counted: dict[str, int] = batch.lines.aggregate(
        made=Count("pk", filter=Q(part__isnull=False)),
        printed=Count("pk", filter=Q(is_printed=True)),
        waiting=Count("pk", filter=Q(is_printed=True, badge__status="printed")),
        handed=Count("pk", filter=Q(is_printed=True, badge__handover_line__isnull=False)),
        ended=Count("pk", filter=~Q(badge__status__in=VALID_BADGES)),
    )
    return counted


def _without_page(batch: PrintBatch) -> QuerySet[PrintLine]:
    lines: QuerySet[PrintLine] = batch.lines.filter(part__isnull=True)
    return lines


def _named(lines: QuerySet[PrintLine]) -> dict[str, Any]:
    shown = lines.select_related("badge__application").defer(*SEALED)[: NAMED + 1]
    rows = [_line(line) for line in shown]
    return {"rows": rows[:NAMED], "count": lines.count() if len(rows) > NAMED else len(rows)}


def _line(line: PrintLine) -> dict[str, Any]:
    badge = line.badge
    return {
        "line": line,
        "badge": badge,
        "name": badge.application.full_name,
        "label": BADGE.texts[badge.status].staff,
        "url": reverse("admin:observers_badge_change", args=[badge.pk]),
    }


def _lines_page(request: HttpRequest, batch: PrintBatch) -> dict[str, Any]:
    after = request.GET.get("after", "")
    after = after if after.isdecimal() and len(after) < 9 else ""
    lines = batch.lines.filter(position__gt=int(after or 0)).order_by("position")
    shown = list(
        lines.select_related("badge__application__organisation").defer(
            *SEALED,
            "badge__application__organisation__legal_address",
            "badge__application__organisation__phone",
        )[: PAGE + 1]
    )
    more = len(shown) > PAGE
    return {
        "lines": [_line(line) for line in shown[:PAGE]],
        "first_url": "?#lines" if after else "",
        "next_url": f"?after={shown[PAGE - 1].position}#lines" if more else "",
    }


def _handovers(batch: PrintBatch, user: User) -> list[Any]:
    found = Handover.objects.visible_to(user).filter(batch=batch).annotate(count=Count("lines"))
    return list(found.select_related("by").order_by("at", "pk")[:PAGE])


def cancel(request: HttpRequest, batch: PrintBatch) -> HttpResponseRedirect:
    insist(request, batch)
    try:
        print_batches.cancel(batch, by=staff(request))
    except PrintError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(page_url(batch))


def printed_page(request: HttpRequest, site: Any, batch: PrintBatch) -> HttpResponse:
    """Asks what was spoiled, says what becomes of the stock, then marks it."""
    insist(request, batch)
    form = PrintedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            count = print_batches.mark_printed(batch, by=staff(request), **form.cleaned_data)
        except (PrintError, BlanksError) as error:
            form.add_error("note" if isinstance(error, BlanksError) else None, str(error))
        else:
            said = ngettext(
                "%(n)s badge can be collected now.", "%(n)s badges can be collected now.", count
            )
            messages.success(request, said % {"n": count})
            return HttpResponseRedirect(page_url(batch))
    counts = _counts(batch)
    stock = blanks.stock(batch.commission)[batch.size] if batch.commission else 0
    context = {
        **surroundings(site, request, batch),
        "title": _("Mark as printed"),
        "form": form,
        "counts": counts,
        "valid": print_batches.valid_lines(batch).count(),
        "destroy": _named(print_batches.to_destroy(batch)),
        "stock": stock,
        "left": stock - counts["made"],
        "can_mark": batch.status == PrintStatus.READY and batch.printed_at is None,
    }
    return TemplateResponse(request, "admin/badges/print/printed.html", context)


# --- What the pages have in common ----------------------------------------------------------------


def insist(request: HttpRequest, batch: PrintBatch) -> None:
    permitted = permissions.may_print(staff(request), batch)
    if not permitted:
        raise PermissionDenied(permitted.reason)


def surroundings(site: Any, request: HttpRequest, batch: PrintBatch) -> dict[str, Any]:
    return {
        **site.each_context(request),
        "opts": PrintBatch._meta,
        "title": _("Print batch of %(when)s") % {"when": moment(batch.begun_at)},
        "batch": batch,
        "election": batch.election,
        "page_url": page_url(batch),
    }


def moment(at: Any) -> str:
    return date_format(localtime(at), "j E Y, H:i")


def page_url(batch: PrintBatch) -> str:
    return reverse("admin:observers_printbatch_change", args=[batch.pk])


def print_url(**filters: Any) -> str:
    return f"{reverse('admin:observers_badge_print')}?{urlencode(filters)}"


def staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
