"""The outbox as a list: what waits, what left, what is held, what cannot be delivered."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_base import ChoiceFilter, ReadOnlyAdmin
from notifications import outbox
from notifications.enums import LetterStatus
from notifications.models import Letter

# The letters of the rooms above, by what they say.
KINDS = {
    "received": _("Application received"),
    "submitted_together": _("Applications received together"),
    "returned": _("Application returned for correction"),
    "approved": _("Application approved"),
    "refused": _("Application refused"),
    "withdrawn": _("Application withdrawn"),
    "reassigned": _("Another commission decides"),
    "cancelled": _("Registration cancelled"),
    "badge_replaced": _("Badge replaced"),
    "badge_revoked": _("Badge revoked"),
    "substituted": _("Another person named"),
    "appeal_lodged": _("Appeal received"),
    "registered_on_appeal": _("Registered on appeal"),
    "appeal_dismissed": _("Appeal dismissed"),
    "appeal_ruling": _("Court ruling recorded"),
    "draft_reminder": _("Reminder of drafts"),
    "draft_lapsed": _("Drafts not sent in time"),
    "agreement_asked": _("Question to an observer: do you agree?"),
    "nomination_received": _("Nomination form received"),
    "nomination_returned": _("Nomination form returned for correction"),
    "nomination_granted": _("Nomination right granted"),
    "nomination_refused": _("Nomination right refused"),
    "invitation": _("Invitation to act for an organisation"),
    "account": _("About the account"),
}


class StatusFilter(ChoiceFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(LetterStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class KindFilter(ChoiceFilter):
    title = _("letter")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Read only, and without what the letters say: some hold links that only their reader may
    follow."""

    rights = {"view": ("letter", "view"), "resend": ("letter", "resend")}
    list_display = ("written_at", "about", "reference", "whom", "state", "sent_at", "attempts")
    list_filter = (StatusFilter, KindFilter)
    list_select_related = ("recipient",)
    change_list_template = "admin/review/change_list.html"
    search_fields = ("=reference", "=recipient__email", "=to_address")
    search_help_text = _("The whole receipt number or e-mail address")
    fields = (
        "about",
        "reference",
        "whom",
        "language",
        "state",
        "written_at",
        "next_attempt_at",
        "attempts",
        "sent_at",
        "last_error",
    )
    actions = ("resend",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        return Letter.objects.visible_to(request.user).defer("facts", "address")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in {choice.parameter_name for choice in self.list_filter}

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        return list(self.fields)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "resend")

    @admin.display(description=_("letter"), ordering="kind")
    def about(self, letter: Letter) -> str:
        return str(KINDS.get(letter.kind, letter.kind))

    @admin.display(description=_("recipient"), ordering="recipient")
    def whom(self, letter: Letter) -> str:
        """The address of somebody without an account is the organisation's to know, not ours."""
        return str(letter.recipient or letter.to_address or _("An observer without an account"))

    @admin.display(description=_("status"), ordering="status")
    def state(self, letter: Letter) -> str:
        words = {"status": letter.status, "label": letter.get_status_display()}
        return render_to_string("components/status.html", words)

    @admin.action(description=_("Send again"), permissions=["resend"])
    def resend(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        chosen = letters.count()
        count = outbox.send_again(letters)
        if count:
            said = ngettext("%(n)d letter is sent again.", "%(n)d letters are sent again.", count)
            messages.success(request, said % {"n": count})
        if count < chosen:
            messages.warning(
                request,
                _("Only undeliverable letters are sent again; the others stay as they are."),
            )
