"""The lists of what is wrong, as registers of the admin: see `observers/review/problems.py`."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_base import ReadOnlyAdmin
from accounts.models import User
from elections.domain.posts import reached_by_posts
from notifications.admin import KINDS
from notifications.enums import LetterStatus
from observers.admin.applications import SEALED, SHOWN
from observers.admin.columns import ApplicationColumns
from observers.domain import badges, problems
from observers.models import Forgotten, NotReached, Overdue, WithoutBadge, WithoutPhoto
from observers.review import finding
from observers.review.problems import BY_MODEL


class ProblemList(ChangeList):
    """A row leads to the page of its application."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        found = super().get_queryset(request, exclude_parameters)
        shown = found.select_related(None).select_related(*SHOWN, "assigned_to")
        return shown.annotate(now=Now()).defer(*SEALED)

    def url_for_result(self, result: Model) -> str:
        return reverse("admin:observers_application_change", args=[result.pk])


class ProblemAdmin(ApplicationColumns, ReadOnlyAdmin):
    """Only the list: what is on it is an application, which has its page."""

    rights = {"view": ("application", "view"), "free": ("application", "review")}
    list_display: Any = ("name", "receipt", "nominator", "place", "state")
    list_display_links = ("name",)
    list_select_related = (*SHOWN, "assigned_to")
    list_filter = (finding.KindFilter, finding.CommissionFilter, finding.OrganisationFilter)
    change_list_template = "admin/review/problem_list.html"
    search_fields = ("search_key",)
    search_help_text = _("Name, receipt or accreditation number, or the whole document number")
    ordering = ("due_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        reached = reached_by_posts(request.user, "application", "view")  # type: ignore[arg-type]
        visible = self.model.objects.visible_to(request.user)
        return BY_MODEL[self.model].rows(visible.filter(reached, submitted_at__isnull=False))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return finding.found(queryset, search_term), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that are offered: any other column could be guessed at."""
        return lookup in {choice.parameter_name for choice in self.list_filter}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ProblemList

    def get_urls(self) -> list[URLPattern]:
        """The pages of a row are those of the application."""
        return [url for url in super().get_urls() if str(url.name).endswith("_changelist")]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        to_do = {"to_do": BY_MODEL[self.model].to_do}
        return super().changelist_view(request, {**to_do, **(extra_context or {})})

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("receipt number"))
    def receipt(self, row: Any) -> str:
        return format_html('<span class="mono">{}</span>', row.receipt_number)


def moment(value: Any) -> str:
    return date_format(localtime(value), "j E, H:i")


@admin.register(WithoutBadge)
class WithoutBadgeAdmin(ProblemAdmin):
    rights = {**ProblemAdmin.rights, "issue": ("badge", "replace")}
    list_display = ("name", "accreditation", "nominator", "place", "decided", "revoked")
    ordering = ("decided_at", "pk")
    actions = ("issue",)

    def has_issue_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "issue")

    @admin.action(description=_("Issue badges"), permissions=["issue"])
    def issue(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """What somebody has revoked is given back only by who could have revoked it."""
        user = cast(User, request.user)
        lacking = chosen.filter(reached_by_posts(user, "badge", "replace"))
        theirs = reached_by_posts(user, "badge", "revoke") | Q(revoked_at__isnull=True)
        issued = badges.issue_missing(lacking.filter(theirs), actor=user)
        said = ngettext("%(n)d badge was issued.", "%(n)d badges were issued.", issued)
        messages.success(request, said % {"n": issued})
        if lacking.exclude(theirs).exists():
            messages.warning(
                request,
                _("A badge that was revoked is followed by another only when the chair says so."),
            )

    @admin.display(description=_("accreditation number"))
    def accreditation(self, row: Any) -> str:
        return format_html('<span class="mono">{}</span>', row.accreditation_number)

    @admin.display(description=_("registered"), ordering="decided_at")
    def decided(self, row: Any) -> str:
        return moment(row.decided_at)

    @admin.display(description=_("the last badge"))
    def revoked(self, row: Any) -> str:
        """Issued anew it is only when one knows why it was revoked."""
        if row.revoked_at is None:
            return "–"
        words = _("Revoked %(when)s") % {"when": moment(row.revoked_at)}
        return format_html("{}<br>{}", words, row.revoked_because)


@admin.register(Overdue)
class OverdueAdmin(ProblemAdmin):
    list_display = ("name", "nominator", "place", "state", "due", "assigned")

    @admin.display(description=_("assigned to"))
    def assigned(self, row: Any) -> str:
        return str(row.assigned_to or "–")


@admin.register(NotReached)
class NotReachedAdmin(ProblemAdmin):
    list_display = ("name", "receipt", "state", "letter", "became", "written")

    def get_ordering(self, request: HttpRequest) -> Any:
        return ["-letter_written_at", "pk"]

    @admin.display(description=_("letter"))
    def letter(self, row: Any) -> str:
        """The newest, and that there are others; to whom it went is not shown."""
        shown = str(KINDS.get(row.letter_kind, row.letter_kind))
        if row.letters < 2:
            return shown
        others = ngettext("and %(n)d earlier", "and %(n)d earlier", row.letters - 1)
        return f"{shown} ({others % {'n': row.letters - 1}})"

    @admin.display(description=_("what became of it"))
    def became(self, row: Any) -> str:
        words = {"status": row.letter_status, "label": LetterStatus(row.letter_status).label}
        return render_to_string("components/status.html", words)

    @admin.display(description=_("written"), ordering="letter_written_at")
    def written(self, row: Any) -> str:
        return moment(row.letter_written_at)


@admin.register(WithoutPhoto)
class WithoutPhotoAdmin(ProblemAdmin):
    list_display = ("name", "receipt", "nominator", "place", "state", "noticed")
    ordering = ("missing_photo__noticed_at", "pk")

    @admin.display(description=_("noticed"), ordering="noticed_at")
    def noticed(self, row: Any) -> str:
        return moment(row.noticed_at)


@admin.register(Forgotten)
class ForgottenAdmin(ProblemAdmin):
    list_display = ("name", "nominator", "state", "who", "since", "due")
    ordering = ("claim__claimed_at", "pk")
    actions = ("free",)

    def has_free_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "free")

    @admin.action(description=_("Free them"), permissions=["free"])
    def free(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        may_review = reached_by_posts(request.user, "application", "review")  # type: ignore[arg-type]
        freed = problems.free(chosen.filter(may_review))
        said = ngettext(
            "%(n)d application is free again.", "%(n)d applications are free again.", freed
        )
        messages.success(request, said % {"n": freed})

    @admin.display(description=_("claimed by"))
    def who(self, row: Any) -> str:
        return str(row.claimed_by)

    @admin.display(description=_("since"), ordering="claimed_at")
    def since(self, row: Any) -> str:
        return moment(row.claimed_at)
