"""The outbox as a list: what waits, what left, what is held, what cannot be delivered."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_base import ReadOnlyAdmin
from notifications import outbox
from notifications.models import Letter


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Read only, and without what the letters say: that stands on the page of each decision."""

    rights = {"view": ("letter", "view"), "resend": ("letter", "resend")}
    list_display = ("written_at", "kind", "reference", "recipient", "state", "sent_at", "attempts")
    list_filter = ("status", "kind")
    list_select_related = ("recipient",)
    search_fields = ("reference", "recipient__email", "to_address")
    search_help_text = _("Receipt number or e-mail address")
    fields = (
        "kind",
        "reference",
        "recipient",
        "to_address",
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
        return Letter.objects.visible_to(request.user).defer("facts")

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        return list(self.fields)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "resend")

    @admin.display(description=_("status"), ordering="status")
    def state(self, letter: Letter) -> str:
        return format_html(
            '<span class="status status--{}">{}</span>', letter.status, letter.get_status_display()
        )

    @admin.action(description=_("Send again"), permissions=["resend"])
    def resend(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        count = outbox.send_again(letters)
        left = letters.count() - count
        said = ngettext("%(n)d letter is sent again.", "%(n)d letters are sent again.", count)
        messages.success(request, said % {"n": count})
        if left:
            messages.warning(
                request,
                _("Only undeliverable letters are sent again; the others stay as they are."),
            )
