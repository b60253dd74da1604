"""Refusal grounds and required documents: fixed once the first window has opened."""

from typing import Any

from django.contrib import admin, messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from elections.admin.base import ElectionAdminBase
from elections.domain.windows import opened_at
from elections.forms import GROUNDS_ARE_CLOSED, RefusalGroundForm
from elections.models import RefusalGround, RequiredDocument


class FrozenAdmin(ElectionAdminBase):
    """What stands fixed from the moment the election's first window opens."""

    rights = {**ElectionAdminBase.rights, "delete": ("election", "change")}
    frozen_words: Any = ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not self._frozen(obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing is deleted by the handful: each row is asked whether it is frozen."""
        return {}

    def _frozen(self, obj: Any) -> bool:
        return obj is not None and opened_at(obj.election) is not None

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row: Any = self.visible(request, object_id)
        if self.allows(request, "change") and self._frozen(row):
            if request.method == "POST":
                return self._stays(request)
            messages.info(request, self.frozen_words)
        return super().change_view(request, object_id, form_url, extra_context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The database has the last word, for instance when the window opens meanwhile."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DatabaseError as error:
            return self._refused(request, error)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except DatabaseError as error:
            return self._refused(request, error)

    def _refused(self, request: HttpRequest, error: DatabaseError) -> HttpResponse:
        if getattr(error.__cause__, "sqlstate", "") != "P0001":
            raise error
        return self._stays(request)

    def _stays(self, request: HttpRequest) -> HttpResponse:
        messages.error(request, self.frozen_words)
        return HttpResponseRedirect(request.path)


@admin.register(RefusalGround)
class RefusalGroundAdmin(FrozenAdmin):
    form = RefusalGroundForm
    list_display = ("code", "subject", "text", "article")
    list_filter = (("election", admin.RelatedOnlyFieldListFilter), "subject")
    frozen_words = GROUNDS_ARE_CLOSED


@admin.register(RequiredDocument)
class RequiredDocumentAdmin(FrozenAdmin):
    list_display = ("title", "subject", "code", "version", "is_required")
    list_filter = (("election", admin.RelatedOnlyFieldListFilter), "subject")
    frozen_words = _(
        "Registration has opened, so this document stays as it is. A change is a new version: add "
        "it, and it is asked of those who have not sent anything yet."
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?again=<id>`: a new version of that document, with its texts to begin from."""
        given = super().get_changeform_initial_data(request)
        model = self.get_object(request, request.GET["again"]) if "again" in request.GET else None
        if model is None:
            return given
        newest = RequiredDocument.objects.filter(
            election=model.election, subject=model.subject, code=model.code
        ).order_by("-version")
        copied = ("subject", "code", "kinds", "titles", "hints", "is_required")
        return {
            "election": model.election_id,
            "version": newest[0].version + 1,
            **{name: getattr(model, name) for name in copied},
        }
