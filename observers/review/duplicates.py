"""Pairs that might be one person: the list of them, and two side by side to be told apart.

A pair is shown to whoever may see one of the two. Of the other they see what the page of an
application shows of look-alikes: name, number, nominator, commission and status.
"""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.countries import country_name
from accounts.models import User
from observers import permissions
from observers.domain import pairs
from observers.domain.pairs import PairError
from observers.models import Application
from observers.review import finding

PAGE = 50


class SettleForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("How you found out"),
        help_text=gettext_lazy(
            "Needed where it is the same person. Colleagues read it; applicants do not."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def pairs_page(request: HttpRequest, site: Any) -> HttpResponse:
    """Of the commission that is asked for, or of all that the viewer's posts reach."""
    reached = {each.pk: each for each in finding.commissions_reached(request.user)}
    asked = request.GET.get("commission", "")
    if not reached or (asked and (not asked.isdecimal() or int(asked) not in reached)):
        raise Http404(_("There is no such page."))
    commissions = [int(asked)] if asked else list(reached)
    found = pairs.page(commissions, after=_place(request), size=PAGE)
    sides = pairs.shown({key for pair in found.pairs for key in pair})
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": _("Pairs that might be one person"),
        "commission": reached[int(asked)] if asked else None,
        "pairs": [_row(sides[first], sides[second]) for first, second in found.pairs],
        "first_url": _list_url(asked) if "after" in request.GET else "",
        "next_url": _list_url(asked, after="{}-{}".format(*found.after)) if found.after else "",
    }
    return TemplateResponse(request, "admin/review/duplicates.html", context)


def _place(request: HttpRequest) -> pairs.Pair:
    """Behind which pair the page begins."""
    first, _dash, second = request.GET.get("after", "0-0").partition("-")
    if not (first.isdecimal() and second.isdecimal()):
        raise Http404(_("There is no such page."))
    return int(first), int(second)


def _list_url(commission: str = "", **more: str) -> str:
    query = {**({"commission": commission} if commission else {}), **more}
    address = reverse("admin:observers_application_duplicates")
    return f"{address}?{urlencode(query)}" if query else address


def _row(first: Application, second: Application) -> dict[str, Any]:
    return {
        "sides": (first, second),
        "same_number": _same_number(first, second),
        "url": reverse("admin:observers_application_pair", args=[first.pk, second.pk]),
    }


def _same_number(first: Application, second: Application) -> bool:
    return bool(first.identity_index) and first.identity_index == second.identity_index


def pair_page(
    request: HttpRequest, site: Any, seen: QuerySet[Application], first: int, second: int
) -> HttpResponse:
    """Both side by side, and two buttons; or, once it is settled, what came of it. `seen` are the
    applications that the viewer may see."""
    sides, open_to_viewer = _sides(seen, first, second)
    user = cast(User, request.user)
    settled = pairs.settled(*sides)
    if settled is None and not pairs.are_alike(*sides):
        raise Http404(_("There is no such page."))
    may_settle = settled is None and pairs.may_settle(user, *sides)
    form = SettleForm(request.POST or None)
    if request.method == "POST":
        if not may_settle and settled is None:
            raise PermissionDenied
        if form.is_valid() and _settle(request, form, sides):
            return HttpResponseRedirect(_list_url())
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": _("Is this one person?"),
        "list_url": _list_url(),
        "sides": [_side(user, row, is_open=row.pk in open_to_viewer) for row in sides],
        "same_number": _same_number(*sides),
        "settled": settled,
        "may_settle": may_settle,
        "form": form,
    }
    return TemplateResponse(request, "admin/review/pair.html", context)


def _sides(
    seen: QuerySet[Application], first: int, second: int
) -> tuple[list[Application], set[int]]:
    """Both, the older first, and the ids of those that the viewer may see in full. Raises Http404
    where that is none of the two."""
    mine = {row.pk: row for row in seen.filter(pk__in=(first, second))}
    if not mine or first >= second:
        raise Http404(_("There is no such page."))
    rows = {**pairs.shown((first, second)), **mine}
    if len(rows) < 2 or any(row.submitted_at is None for row in rows.values()):
        raise Http404(_("There is no such page."))
    return [rows[first], rows[second]], set(mine)


def _settle(request: HttpRequest, form: SettleForm, sides: list[Application]) -> bool:
    """Tells the viewer; false where it could not be settled."""
    is_same_person = request.POST.get("answer") == "same"
    try:
        pairs.settle(
            *sides,
            is_same_person=is_same_person,
            note=form.cleaned_data["note"],
            actor=cast(User, request.user),
        )
    except PairError as error:
        form.add_error("note", str(error))
        return False
    if is_same_person:
        told = _("Noted: the same person. Nothing is decided by it: refuse or return one of them.")
    else:
        told = _("Noted: two people. This pair is not asked about again.")
    messages.success(request, told)
    return True


def _side(user: User, row: Application, *, is_open: bool) -> dict[str, Any]:
    may_see_files = is_open and bool(permissions.may(user, "files", row))
    photo = reverse("apply:photo", args=[row.key]) if may_see_files and row.photo else ""
    return {
        "application": row,
        "is_open": is_open,
        "status": row.staff_status(),
        "citizenship": country_name(row.citizenship) if is_open else "",
        "photo_url": photo,
        "url": reverse("admin:observers_application_change", args=[row.pk]) if is_open else "",
    }
