"""Badges are handed over: from a batch or from the ticked rows of the list; and what was signed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.domain.posts import holds_any
from observers import permissions
from observers.badges.print_forms import HandOverForm
from observers.badges.print_pages import PAGE, SEALED, insist, page_url, staff, surroundings
from observers.domain import handover_sheets, handovers, print_batches
from observers.domain.print_batches import PrintError
from observers.enums import BadgeStatus
from observers.models import Badge, Handover, PrintBatch

OWN = "own"


# --- From a batch ---------------------------------------------------------------------------------


def batch_page(request: HttpRequest, site: Any, batch: PrintBatch) -> HttpResponse:
    """All that wait in it, or those of one organisation."""
    insist(request, batch)
    waiting = handovers.of_batch(batch)
    whose = request.GET.get("whose", "")
    context = {
        **surroundings(site, request, batch),
        "title": _("Hand badges over"),
        "groups": _groups(waiting),
        "whose": whose,
        "sheet_url": f"{_sheet_url(batch)}?{urlencode({'whose': whose})}",
    }
    return _page(request, _of(waiting, whose), context, back=page_url(batch), batch=batch)


def _groups(waiting: QuerySet[Badge]) -> list[dict[str, Any]]:
    """Whose badges there are: each organisation collects its own."""
    counted = waiting.order_by().values_list(
        "application__organisation", "application__organisation__name"
    )
    rows = counted.annotate(count=Count("pk")).order_by("application__organisation__name")
    return [{"key": key or OWN, "name": name or "", "count": count} for key, name, count in rows]


def _of(badges: QuerySet[Badge], whose: str) -> QuerySet[Badge]:
    if whose == OWN:
        return badges.filter(application__organisation__isnull=True)
    if whose:
        key = int(whose) if whose.isdecimal() and len(whose) < 18 else 0
        return badges.filter(application__organisation=key)
    return badges


def _sheet_url(batch: PrintBatch) -> str:
    return reverse("admin:observers_printbatch_signatures", args=[batch.pk])


def batch_sheet(request: HttpRequest, batch: PrintBatch) -> HttpResponse:
    """To be signed while the badges are handed over: those that can be."""
    insist(request, batch)
    these = _of(_held_by(batch), request.GET.get("whose", ""))
    if not these.exists() or batch.commission is None:
        raise Http404(_("There is nothing to sign for."))
    made = handover_sheets.sheet_as_pdf(these, commission=batch.commission)
    return _pdf(made, f"signatures-{batch.pk}")


def _held_by(batch: PrintBatch) -> QuerySet[Badge]:
    """What waits in it; before it is marked as printed, all that is valid."""
    if batch.printed_at:
        return handovers.of_batch(batch)
    lines = print_batches.valid_lines(batch).values("badge")
    return Badge.objects.none() if batch.is_download else handovers.badges_in(lines)


# --- From the list --------------------------------------------------------------------------------


def ticked_page(
    request: HttpRequest, site: Any, chosen: QuerySet[Badge], keys: list[int]
) -> HttpResponse:
    if not holds_any(staff(request), "badge", "hand_over"):
        raise PermissionDenied
    context = {
        **site.each_context(request),
        "opts": Badge._meta,
        "title": _("Hand badges over"),
        "keys": keys,
        "address": reverse("admin:observers_badge_hand_over"),
    }
    return _page(request, chosen, context, back=reverse("admin:observers_badge_changelist"))


def _page(
    request: HttpRequest,
    chosen: QuerySet[Badge],
    context: dict[str, Any],
    *,
    back: str,
    batch: PrintBatch | None = None,
) -> HttpResponse:
    sent = request.method == "POST" and "to_whom" in request.POST
    form = HandOverForm(request.POST if sent else None)
    if sent and form.is_valid():
        try:
            handed = handovers.hand_over(
                chosen, by=staff(request), batch=batch, **form.cleaned_data
            )
        except PrintError as error:
            form.add_error(None, str(error))
        else:
            _tell(request, handed)
            return HttpResponseRedirect(handover_url(handed.handover))
    ready = chosen.filter(status=BadgeStatus.PRINTED).count()
    more = {
        "form": form,
        "back": back,
        "ready": ready,
        "not_ready": chosen.count() - ready,
    }
    return TemplateResponse(request, "admin/badges/print/hand_over.html", {**context, **more})


def _tell(request: HttpRequest, handed: handovers.Handed) -> None:
    said = ngettext("%(n)s badge was handed over.", "%(n)s badges were handed over.", handed.count)
    messages.success(request, said % {"n": handed.count})
    for badge, reason in handed.skipped[:PAGE]:
        messages.warning(request, f"{badge.application.full_name}: {reason}")


# --- One handover ---------------------------------------------------------------------------------


def handover_page(request: HttpRequest, site: Any, handover: Handover) -> HttpResponse:
    lines = handover.lines.select_related("badge__application").defer(*SEALED).order_by("pk")
    context = {
        **site.each_context(request),
        "opts": Handover._meta,
        "title": handover.to_whom,
        "handover": handover,
        "election": handover.commission.election,
        "lines": lines[:PAGE],
        "count": handover.lines.count(),
        "may_sign": permissions.may_keep_blanks(staff(request), handover.commission),
    }
    return TemplateResponse(request, "admin/badges/print/handover.html", context)


def handover_sheet(request: HttpRequest, handover: Handover) -> HttpResponse:
    permitted = permissions.may_keep_blanks(staff(request), handover.commission)
    if not permitted:
        raise PermissionDenied(permitted.reason)
    badges = handovers.badges_in(handover.lines.values("badge"))
    made = handover_sheets.sheet_as_pdf(badges, commission=handover.commission, handover=handover)
    return _pdf(made, f"signatures-h{handover.pk}")


def handover_url(handover: Handover) -> str:
    return reverse("admin:observers_handover_change", args=[handover.pk])


def _pdf(made: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
