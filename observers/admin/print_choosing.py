"""From the list of badges to printing and handing over: what is ticked, or all that match."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_base import ReadOnlyAdmin
from accounts.names import capfirst
from observers.badges import handover_pages, print_pages
from observers.models import Badge


class PrintingAdmin(ReadOnlyAdmin):
    """For the list of badges: printing and handing over what is ticked, or all that match."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("print/", wrap(self.print_view), name="observers_badge_print"),
            path("hand-over/", wrap(self.hand_over_view), name="observers_badge_hand_over"),
            *super().get_urls(),
        ]

    def has_print_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "print")

    @admin.action(description=_("Print…"), permissions=["print"])
    def print_chosen(self, request: HttpRequest, chosen: QuerySet[Badge]) -> HttpResponse:
        if request.POST.get("select_across") == "1":
            return HttpResponseRedirect(f"print/?{request.GET.urlencode()}")
        return self._print_page(request, list(chosen.values_list("pk", flat=True)))

    @admin.action(description=_("Hand over…"), permissions=["print"])
    def hand_over_chosen(self, request: HttpRequest, chosen: QuerySet[Badge]) -> HttpResponse:
        keys = list(chosen.values_list("pk", flat=True))
        return handover_pages.ticked_page(
            request, self.admin_site, self._ticked(request, keys), keys
        )

    def print_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_print_permission(request):
            raise PermissionDenied
        return self._print_page(request, _keys(request))

    def hand_over_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_print_permission(request):
            raise PermissionDenied
        keys = _keys(request)
        return handover_pages.ticked_page(
            request, self.admin_site, self._ticked(request, keys), keys
        )

    def _print_page(self, request: HttpRequest, keys: list[int]) -> HttpResponse:
        """Of the ticked rows; where none are, of all that match the filters of the address."""
        if keys:
            chosen = self._ticked(request, keys)
            words = ngettext("%(n)s badge, ticked", "%(n)s badges, ticked", len(keys))
            words = words % {"n": len(keys)}
        else:
            chosen, words = self._matching(request)
        return print_pages.begin_page(request, self.admin_site, chosen, words=words, keys=keys)

    def _ticked(self, request: HttpRequest, keys: list[int]) -> QuerySet[Badge]:
        found: QuerySet[Badge] = Badge.objects.visible_to(request.user).filter(pk__in=keys)
        return found

    def _matching(self, request: HttpRequest) -> tuple[QuerySet[Badge], str]:
        try:
            listed = self.get_changelist_instance(request)
            matching = listed.get_queryset(request).order_by().values("pk")
        except IncorrectLookupParameters as error:
            raise Http404(_("There is no such page.")) from error
        chosen = Badge.objects.visible_to(request.user).filter(pk__in=matching)
        return chosen, _in_words(listed)


def _keys(request: HttpRequest) -> list[int]:
    sent = request.POST.getlist("badge")
    return [int(key) for key in sent if key.isdecimal() and len(key) < 18]


def _in_words(listed: Any) -> str:
    """What the filters of a list say: "Constituency: 15 Yasamal birinci"."""
    said = [
        (spec.title, dict(spec.lookup_choices).get(spec.value()) or spec.value())
        for spec in listed.filter_specs
        if spec.value()
    ]
    if listed.query:
        said.append((_("search"), listed.query))
    return "; ".join(f"{capfirst(title)}: {words}" for title, words in said)
