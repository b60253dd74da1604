"""The base of every page of the commission's admin: rights come from the access table."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Reach, Role, reach
from accounts.names import capfirst

# What a superuser may do without a post: set elections up and give the first posts. Seeing and
# deciding applications needs a post like anybody's.
SUPERUSER_OBJECTS = ("election", "window", "staff")


def roles_of(user: Any) -> list[str]:
    """The roles of the posts that the user holds now. Read once per request, kept on the user."""
    if not user.is_authenticated or not user.is_active:
        return []
    kept: list[str] | None = getattr(user, "_roles", None)
    if kept is None:
        kept = list(user.posts.filter(left_at__isnull=True).values_list("role", flat=True))
        user._roles = kept
    return kept


def may(user: Any, kind: str, action: str) -> bool:
    """Whether some post of the user allows `action` on objects of `kind` at all."""
    if user.is_superuser and user.is_active and kind in SUPERUSER_OBJECTS:
        return reach(Role.ELECTION_ADMINISTRATOR, kind, action) != Reach.NOTHING
    return any(reach(role, kind, action) != Reach.NOTHING for role in roles_of(user))


class ChoiceFilter(admin.SimpleListFilter):
    """A closed choice, shown as one select box in the form above the list."""

    template = "admin/review/filter_select.html"


class ScopedAdmin(admin.ModelAdmin):
    """A register of the admin whose rights are cells of the access table.

    `rights` names the cell behind each permission of Django's; what it does not name nobody may
    do. Which rows somebody sees is `get_queryset`'s; a row that they do not see is 404.
    """

    rights: ClassVar[dict[str, tuple[str, str]]] = {}
    show_full_result_count = False
    list_per_page = 100
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False

    def allows(self, request: HttpRequest, permission: str) -> bool:
        cell = self.rights.get(permission)
        return cell is not None and may(request.user, *cell)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Headed by what it lists; Django would ask to select something."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return any(self.allows(request, permission) for permission in self.rights)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request, "delete")

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponseRedirect:
        """Django would lead to the index and say that the object might have been deleted."""
        raise Http404(_("There is no such page."))

    def visible(self, request: HttpRequest, object_id: str) -> Model:
        """The row behind an address. Raises Http404 when it is not this person's to see."""
        found = self.get_object(request, object_id)
        if found is None or not self.has_view_permission(request, found):
            raise Http404(_("There is no such page."))
        return found


class ReadOnlyAdmin(ScopedAdmin):
    """A register that is looked at, and changed elsewhere or never."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [field.name for field in self.opts.fields]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PageAdmin(ReadOnlyAdmin):
    """A register whose rows have a page of their own in place of Django's form."""

    def page(self, request: HttpRequest, row: Any) -> HttpResponse:
        """What is shown of one row, which the person may see."""
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.visible(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return self.page(request, row)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history stands on the page."""
        row = self.visible(request, object_id)
        address = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]
        )
        return HttpResponseRedirect(f"{address}#history")
