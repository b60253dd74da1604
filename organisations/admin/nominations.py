"""Nomination rights: the list, one of them, and granting, returning or refusing it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, re_path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import ChoiceFilter, ReadOnlyAdmin
from accounts.countries import country_name
from accounts.models import User
from accounts.names import fold
from accounts.time_words import due_in_words
from elections.domain.clock import due_conditions
from elections.domain.posts import reached_by_posts
from elections.lifecycle import describe_events
from notifications import outbox
from organisations import permissions
from organisations.admin.forms import NominationForm, RefuseNominationForm, ReturnNominationForm
from organisations.domain import nominations
from organisations.domain.nominations import NominationError
from organisations.enums import NominationStatus, OrganisationKind
from organisations.lifecycle import NOMINATION
from organisations.models import NominationRight

_RECEIPT = re.compile(r"N-\d{3,}-\d\d")


@dataclass(frozen=True)
class Button:
    """`happens` is said before, `done` after; `tone` is plain, primary or danger."""

    path: str
    label: Any
    heading: Any
    happens: Any
    done: Any
    form: type[NominationForm]
    do: Callable[..., NominationRight]
    tone: str = "plain"


BUTTONS = {
    button.path: button
    for button in (
        Button(
            "grant",
            gettext_lazy("Grant"),
            gettext_lazy("Grant this nomination right"),
            gettext_lazy(
                "The organisation may enter and submit its observers from now on. It is told by "
                "letter."
            ),
            gettext_lazy("Granted: %(name)s."),
            NominationForm,
            nominations.grant,
            tone="primary",
        ),
        Button(
            "return",
            gettext_lazy("Return for correction"),
            gettext_lazy("Return this form for correction"),
            gettext_lazy(
                "The organisation is told by letter what to correct. The form keeps its place."
            ),
            gettext_lazy("Returned for correction: %(name)s."),
            ReturnNominationForm,
            nominations.give_back,
        ),
        Button(
            "refuse",
            gettext_lazy("Refuse"),
            gettext_lazy("Refuse this nomination right"),
            gettext_lazy(
                "The organisation cannot nominate observers. The letter names the ground, what "
                "was checked, the body to appeal to and the last day to do so."
            ),
            gettext_lazy("Refused: %(name)s."),
            RefuseNominationForm,
            nominations.refuse,
            tone="danger",
        ),
    )
}


class StatusFilter(ChoiceFilter):
    """What waits for a decision, unless something else is asked for or searched."""

    title = gettext_lazy("status")
    parameter_name = "status"
    everything = "all"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.searching = bool(request.GET.get("q", "").strip())

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        shown = [status for status in NominationStatus if status != NominationStatus.DRAFT]
        named = [(status.value, NOMINATION.texts[status].staff) for status in shown]
        return [(self.everything, gettext_lazy("All")), *named]

    def unchosen(self) -> str:
        return _("All") if self.searching else _("Waiting for a decision")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in NominationStatus.values:
            return queryset.filter(status=self.value())
        if self.value() == self.everything or self.searching:
            return queryset
        return queryset.filter(status=NominationStatus.SUBMITTED)


class DueFilter(ChoiceFilter):
    """Of what waits: by when it has to be decided, in days of the portal's time zone."""

    title = gettext_lazy("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("overdue", gettext_lazy("Overdue")),
            ("today", gettext_lazy("Today")),
            ("tomorrow", gettext_lazy("Tomorrow")),
            ("later", gettext_lazy("Later")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = due_conditions(timezone.now()).get(self.value() or "")
        waiting = queryset.filter(status=NominationStatus.SUBMITTED)
        return waiting.filter(condition) if condition else queryset


class KindFilter(ChoiceFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(OrganisationKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(organisation__kind=self.value()) if self.value() else queryset


@admin.register(NominationRight)
class NominationRightAdmin(ReadOnlyAdmin):
    rights = {"view": ("nomination", "view"), "decide": ("nomination", "decide")}
    list_display = ("name", "kind", "state", "submitted", "due")
    list_select_related = ("organisation",)
    list_filter = (StatusFilter, DueFilter, KindFilter)
    change_list_template = "admin/review/change_list.html"
    search_fields = ("organisation__search_key", "receipt_number")
    search_help_text = _("Name of the organisation, or receipt number")
    ordering = ("due_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[NominationRight]:
        """What was submitted to the commission; never a draft."""
        reached = reached_by_posts(request.user, "nomination", "view")  # type: ignore[arg-type]
        visible = NominationRight.objects.visible_to(request.user)
        return (
            visible.filter(reached, submitted_at__isnull=False)
            .select_related("organisation", "election", "commission__election", "filed_by")
            .annotate(now=Now())
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if _RECEIPT.fullmatch(term.upper()):
            return queryset.filter(receipt_number=term.upper()), False
        for word in fold(term).split():
            queryset = queryset.filter(organisation__search_key__contains=word)
        return queryset, False

    @admin.display(description=gettext_lazy("organisation"), ordering="organisation__name")
    def name(self, right: NominationRight) -> str:
        return right.organisation.name

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, right: NominationRight) -> str:
        return right.organisation.get_kind_display()

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, right: NominationRight) -> str:
        words = {"status": right.status, "label": NOMINATION.texts[right.status].staff}
        return render_to_string("components/status.html", words)

    @admin.display(description=gettext_lazy("submitted"), ordering="submitted_at")
    def submitted(self, right: NominationRight) -> str:
        return date_format(localtime(right.submitted_at), "j E, H:i")

    @admin.display(description=gettext_lazy("due"), ordering="due_at")
    def due(self, right: Any) -> str:
        if right.status != NominationStatus.SUBMITTED:
            return ""
        words = due_in_words(right.due_at, right.now)
        overdue = right.due_at <= right.now
        return format_html('<span class="overdue">{}</span>', words) if overdue else words

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = [
            re_path(
                rf"^(?P<pk>\d+)/(?P<action>{'|'.join(BUTTONS)})/$",
                wrap(self.decision_view),
                name="organisations_nominationright_decide",
            ),
        ]
        return [*ours, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        right = self._row(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        open_to = right.status == NominationStatus.SUBMITTED and self._may(request, "decide", right)
        context = {
            **self._surroundings(request, right),
            "title": right.organisation.name,
            "due": self.due(right),
            "buttons": list(BUTTONS.values()) if open_to else [],
            "may_see_files": self._may(request, "files", right),
            "documents": right.documents.select_related("answers"),
            "country": country_name(right.organisation.country),
            "events": describe_events(NOMINATION, right.events.select_related("actor")),
            "decisions": right.decisions.select_related("ground", "decided_by", "letter").defer(
                "letter__facts"
            ),
            "representatives": right.organisation.representatives.select_related("user"),
        }
        return TemplateResponse(request, "admin/organisations/nominationright/page.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(f"{self._page(self._row(request, object_id))}#history")

    def decision_view(self, request: HttpRequest, pk: str, action: str) -> HttpResponse:
        """In two steps: what the decision asks, then what will be read; only then it is made."""
        right, button = self._row(request, pk), BUTTONS[action]
        if not self._may(request, "decide", right):
            raise PermissionDenied
        sent = request.method == "POST"
        form = button.form(request.POST if sent else None, right=right)
        if sent and form.is_valid() and "confirmed" in request.POST:
            return self._decided(request, right, form, button)
        ready = form.is_valid() and "change" not in request.POST if sent else not form.asks
        hindrance = NOMINATION.may(right.status, action).reason
        context = {
            **self._surroundings(request, right),
            "title": button.heading,
            "button": button,
            "form": form,
            "hindrance": hindrance,
            "ready": ready and not hindrance,
        }
        if context["ready"]:
            context["letter"] = self._preview(request, right, form)
        return TemplateResponse(
            request, "admin/organisations/nominationright/decision.html", context
        )

    def _preview(
        self, request: HttpRequest, right: NominationRight, form: NominationForm
    ) -> dict[str, Any]:
        answers = form.answers() if form.is_bound else {}
        by = cast(User, request.user)
        letter = nominations.letter_of(right, by=by, **answers)
        message = outbox.compose(letter, right.filed_by.email)
        return {"subject": message.subject, "text": message.body, "language": letter.language}

    def _decided(
        self, request: HttpRequest, right: NominationRight, form: NominationForm, button: Button
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                nominations.insist_unchanged(right, version=form.cleaned_data["version"])
                button.do(right, by=request.user, **form.answers())
        except NominationError as error:
            words = _("Nothing was changed. %(reason)s") % {"reason": error}
            messages.error(request, words)
        else:
            messages.success(request, button.done % {"name": right.organisation.name})
        return HttpResponseRedirect(self._page(right))

    def _row(self, request: HttpRequest, object_id: str) -> NominationRight:
        return cast(NominationRight, self.visible(request, object_id))

    def _may(self, request: HttpRequest, action: str, right: NominationRight) -> bool:
        return bool(permissions.may_nomination(cast(User, request.user), action, right))

    def _page(self, right: NominationRight) -> str:
        return reverse("admin:organisations_nominationright_change", args=[right.pk])

    def _surroundings(self, request: HttpRequest, right: NominationRight) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "right": right,
            "election": right.election,
            "page_url": self._page(right),
            "status": {"label": NOMINATION.texts[right.status].staff},
        }
