"""The pages of a batch: how far it is, its sample one by one, what became of it.

They stand under the admin's address of batches (`BatchAdmin.get_urls`). Batches come through
`BatchAdmin.visible`, so what is another commission's is 404.
"""

import csv
import datetime
from collections.abc import Iterable, Iterator
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.countries import country_name
from accounts.models import User
from elections.domain.clock import database_now
from observers import permissions
from observers.domain import batches
from observers.domain.batches import BatchError
from observers.enums import BatchStatus, SampleVerdict
from observers.models import Application, Batch
from observers.review import panels, tasks
from observers.review.forms import LookForm
from observers.words import agreement_in_words

# Lines of one page of what was left out.
PAGE = 100


def begin(
    request: HttpRequest, chosen: QuerySet[Application], *, chosen_by: str = ""
) -> HttpResponse:
    """Begin a batch of all that are chosen, and show how far it is."""
    user = _staff(request)
    try:
        begun = batches.begin(
            Application.objects.visible_to(user).filter(pk__in=chosen.order_by().values("pk")),
            by=user,
            chosen_by=chosen_by,
        )
    except BatchError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:observers_application_changelist"))
    for batch in begun:
        _have_done(tasks.check_batch, batch)
    if len(begun) > 1:
        return HttpResponseRedirect(reverse("admin:observers_batch_changelist"))
    return HttpResponseRedirect(page_url(begun[0]))


def _have_done(task: Any, batch: Batch) -> None:
    """By a worker, once it is committed; if the broker is down, beat finds it a little later."""
    transaction.on_commit(lambda: task.delay(batch.pk), robust=True)


# --- One batch ------------------------------------------------------------------------------------


def batch_page(request: HttpRequest, site: Any, batch: Batch) -> HttpResponse:
    user, now = _staff(request), database_now()
    working = batch.status in batches.WORKING
    done, total = batches.progress(batch) if working else (0, 0)
    context = {
        **_surroundings(site, request, batch),
        "counts": batch.lines.aggregate(
            total=Count("pk"),
            left_out=Count("pk", filter=~Q(reason="")),
            clean=Count("pk", filter=Q(reason="")),
            sample=Count("pk", filter=Q(in_sample=True)),
            looked=Count("pk", filter=Q(in_sample=True) & ~Q(verdict="")),
            done=Count("pk", filter=Q(is_approved=True)),
        ),
        "working": working,
        "done": done,
        "of": total,
        "may_approve": batches.may_approve(user, batch),
        "way": batches.way(batch.election).value,
        "undone_until": _undone_until(batch, now),
        "is_open": batch.status in batches.OPEN,
        "sample": _sample(batch),
        **_left_out_page(request, batch),
    }
    return TemplateResponse(request, "admin/review/batch.html", context)


def _undone_until(batch: Batch, now: datetime.datetime) -> datetime.datetime | None:
    """The last moment at which a single decision of it may still be undone, if that is to come."""
    if batch.status != BatchStatus.DECIDED or batch.is_proposed or batch.decided_at is None:
        return None
    until = batch.decided_at + datetime.timedelta(seconds=batch.election.undo_seconds)
    return until if until > now else None


def _sample(batch: Batch) -> list[Any]:
    lines = batch.lines.filter(in_sample=True).order_by("pk")
    return list(lines.select_related("application", "looked_at_by").defer(*_SEALED))


_SEALED = tuple(
    f"application__{name}" for name in ("birth_on", "identity_number", "address", "phone", "email")
)


def _left_out_page(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    if batch.status == BatchStatus.CHECKING:
        return {}
    after = request.GET.get("after", "")
    after = after if after.isdecimal() else ""
    lines = batches.left_out(batch).filter(pk__gt=int(after or 0)).order_by("pk")
    shown = list(lines.select_related("application").defer(*_SEALED)[: PAGE + 1])
    more = len(shown) > PAGE
    return {
        "left_out": shown[:PAGE],
        "first_url": "?" if after else "",
        "next_url": f"?after={shown[PAGE - 1].pk}#left-out" if more else "",
    }


def left_out_csv(batch: Batch) -> StreamingHttpResponse:
    """Every line that was left out, with its reason."""
    lines = batches.left_out(batch).order_by("pk").select_related("application").defer(*_SEALED)
    rows = (
        [line.application.receipt_number, line.application.full_name, line.reason]
        for line in lines.iterator(chunk_size=2000)
    )
    headings = [_("Receipt number"), _("Name"), _("Why it was left out")]
    answer = StreamingHttpResponse(
        _as_csv([headings], rows), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="batch-{batch.pk}-left-out.csv"'
    return answer


class _Echo:
    def write(self, text: str) -> str:
        return text


def _as_csv(*parts: Iterable[list[Any]]) -> Iterator[str]:
    """With a byte order mark, by which spreadsheets know the letters."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for rows in parts:
        for row in rows:
            yield cast(str, writer.writerow([_harmless(str(value or "")) for value in row]))


def _harmless(text: str) -> str:
    """A spreadsheet takes what begins so for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# --- The sample, one by one -----------------------------------------------------------------------


def sample_page(request: HttpRequest, site: Any, batch: Batch, key: int) -> HttpResponse:
    """One of the sample as the desk shows it, and whether it is in order."""
    user, now = _staff(request), database_now()
    line = batch.lines.filter(in_sample=True, pk=key).first()
    row = _row(user, line.application_id) if line else None
    if line is None or row is None:
        raise Http404(_("There is no such page."))
    if not permissions.by_post(user, "review", row):
        raise PermissionDenied
    form = LookForm(request.POST if request.method == "POST" else None, seen=row)
    if request.method == "POST" and form.is_valid():
        try:
            batches.look(
                line,
                verdict=form.cleaned_data["verdict"],
                note=form.cleaned_data["note"],
                version=form.cleaned_data["version"],
                by=user,
                now=now,
            )
        except BatchError as error:
            messages.error(request, str(error))
        return _on(batch, after=line.pk)
    context = {
        **_surroundings(site, request, batch),
        "title": row.full_name,
        "line": line,
        "application": row,
        "election": row.election,
        "form": form,
        "asks": "not" in request.GET or bool(form.errors),
        "place": batch.lines.filter(in_sample=True, pk__lte=line.pk).count(),
        "size": batch.lines.filter(in_sample=True).count(),
        "hindrance": permissions.may(user, "review", row).reason,
        "has_changed": row.version != line.version,
        "status": row.staff_status(),
        "citizenship": country_name(row.citizenship),
        "agreement": agreement_in_words(row),
        "may_see_files": permissions.may(user, "files", row),
        "panels": panels.shown(row, user=user, now=now),
    }
    return TemplateResponse(request, "admin/review/batch_sample.html", context)


def _row(user: User, key: int) -> Application | None:
    these = Application.objects.visible_to(user).filter(pk=key)
    found: Application | None = these.select_related(
        "election", "window", "commission", "organisation", "constituency", "applicant"
    ).first()
    return found


def _on(batch: Batch, *, after: int) -> HttpResponseRedirect:
    """To the next of the sample; to the batch when there is none, or no need any more."""
    batch.refresh_from_db()
    line = batches.next_of_sample(batch, after=after)
    if batch.status != BatchStatus.SAMPLING or line is None:
        return HttpResponseRedirect(page_url(batch))
    return HttpResponseRedirect(sample_url(batch, line))


def look_next(batch: Batch) -> HttpResponseRedirect:
    return _on(batch, after=0)


# --- What is done with it -------------------------------------------------------------------------


def approve(request: HttpRequest, batch: Batch) -> HttpResponseRedirect:
    user = _staff(request)
    if not batches.may_approve(user, batch):
        raise PermissionDenied
    try:
        batches.approve(batch, by=user)
    except BatchError as error:
        messages.error(request, str(error))
    else:
        _have_done(tasks.decide_batch, batch)
    return HttpResponseRedirect(page_url(batch))


def cancel(request: HttpRequest, batch: Batch) -> HttpResponseRedirect:
    if not batches.may_approve(_staff(request), batch):
        raise PermissionDenied
    try:
        batches.cancel(batch)
    except BatchError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(page_url(batch))


def page_url(batch: Batch) -> str:
    return reverse("admin:observers_batch_change", args=[batch.pk])


def sample_url(batch: Batch, line: Any) -> str:
    return reverse("admin:observers_batch_sample", args=[batch.pk, line.pk])


def _surroundings(site: Any, request: HttpRequest, batch: Batch) -> dict[str, Any]:
    return {
        **site.each_context(request),
        "opts": Batch._meta,
        "title": _("Batch of %(when)s") % {"when": _when(batch)},
        "batch": batch,
        "page_url": page_url(batch),
        "failing": SampleVerdict.NOT_IN_ORDER,
    }


def _when(batch: Batch) -> str:
    return date_format(localtime(batch.begun_at), "j E Y, H:i")


def _staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
