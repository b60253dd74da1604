"""Letters to people who applied on paper: printed at the commission, and handed over."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_base import ChoiceFilter, PageAdmin
from notifications import outbox
from notifications.admin import KINDS
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.models import LetterOnPaper
from observers.review.forms import ChosenForm

# Printed on one page of the screen, each on a sheet of its own.
AT_ONCE = 100


class HandedOverFilter(ChoiceFilter):
    """What is still to be handed over, unless something else is asked for."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (LetterStatus.FAILED.value, gettext_lazy("Came back from the e-mail address")),
            (LetterStatus.HANDED_OVER.value, LetterStatus.HANDED_OVER.label),
            ("all", gettext_lazy("All")),
        ]

    def unchosen(self) -> Any:
        return gettext_lazy("To be handed over")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        if self.value() in LetterStatus.values:
            return queryset.filter(status=self.value())
        return queryset.exclude(status=LetterStatus.HANDED_OVER)


@admin.register(LetterOnPaper)
class LetterOnPaperAdmin(PageAdmin):
    """Their text is shown: it is the commission's own word, to somebody who comes for it."""

    rights = {"view": ("application", "enter")}
    list_display = ("person", "about", "number", "state", "written", "given")
    list_display_links = ("person",)
    list_select_related = ("handed_over_by",)
    list_filter = (HandedOverFilter,)
    change_list_template = "admin/review/change_list.html"
    search_fields = ("=reference",)
    search_help_text = gettext_lazy("The whole receipt number")
    actions = ("print_them",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterOnPaper]:
        found: QuerySet[LetterOnPaper] = LetterOnPaper.objects.visible_to(request.user)
        return found.order_by("written_at", "pk")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in {choice.parameter_name for choice in self.list_filter}

    def has_print_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "view")

    @admin.display(description=gettext_lazy("to"))
    def person(self, letter: Letter) -> str:
        return str(letter.facts.get("person") or letter.reference)

    @admin.display(description=gettext_lazy("letter"), ordering="kind")
    def about(self, letter: Letter) -> str:
        return str(KINDS.get(letter.kind, letter.kind))

    @admin.display(description=gettext_lazy("receipt number"), ordering="reference")
    def number(self, letter: Letter) -> str:
        return letter.reference

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, letter: Letter) -> str:
        words = {"status": letter.status, "label": letter.get_status_display()}
        return render_to_string("components/status.html", words)

    @admin.display(description=gettext_lazy("written"), ordering="written_at")
    def written(self, letter: Letter) -> str:
        return date_format(localtime(letter.written_at), "j E, H:i")

    @admin.display(description=gettext_lazy("handed over"), ordering="sent_at")
    def given(self, letter: Letter) -> str:
        if letter.status != LetterStatus.HANDED_OVER or letter.sent_at is None:
            return "–"
        return f"{date_format(localtime(letter.sent_at), 'j E, H:i')}, {letter.handed_over_by}"

    # --- Printing and handing over ----------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        handed_over = self.admin_site.admin_view(self.handed_over_view)
        named = path("handed-over/", handed_over, name="observers_letteronpaper_handed_over")
        return [named, *super().get_urls()]

    @admin.action(description=gettext_lazy("Print"), permissions=["print"])
    def print_them(self, request: HttpRequest, chosen: QuerySet[LetterOnPaper]) -> HttpResponse:
        return self._page(request, list(chosen[:AT_ONCE]))

    def page(self, request: HttpRequest, row: LetterOnPaper) -> HttpResponse:
        return self._page(request, [row])

    def _page(self, request: HttpRequest, letters: list[LetterOnPaper]) -> HttpResponse:
        waiting = [letter for letter in letters if letter.status != LetterStatus.HANDED_OVER]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": KINDS.get(letters[0].kind, "") if len(letters) == 1 else _("Letters"),
            "letters": [_as_printed(letter) for letter in letters],
            "chosen": " ".join(f"{letter.pk}:0" for letter in waiting),
        }
        return TemplateResponse(request, "admin/paper/letters.html", context)

    def handed_over_view(self, request: HttpRequest) -> HttpResponse:
        form = ChosenForm(request.POST)
        if not self.allows(request, "view") or request.method != "POST" or not form.is_valid():
            raise Http404(_("There is no such page."))
        letters = self.get_queryset(request).filter(pk__in=list(form.seen()))
        count = outbox.hand_over(letters, by=request.user)  # type: ignore[arg-type]
        said = ngettext("%(n)d letter is handed over.", "%(n)d letters are handed over.", count)
        messages.success(request, said % {"n": count})
        return HttpResponseRedirect(reverse("admin:observers_letteronpaper_changelist"))


def _as_printed(letter: LetterOnPaper) -> dict[str, Any]:
    message = outbox.compose(letter, "")
    return {
        "person": letter.facts.get("person", ""),
        "language": letter.language,
        "subject": message.subject,
        "text": str(message.body),
        "status": letter.status,
        "label": letter.get_status_display(),
        "handed_over_at": letter.sent_at,
        "handed_over_by": letter.handed_over_by,
    }
