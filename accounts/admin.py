"""The accounts of those who work for a commission."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ScopedAdmin
from accounts.models import User


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Staff only: who applies is not listed here. People sign up themselves; a password is
    never entered or shown."""

    rights = {"view": ("staff", "view"), "change": ("staff", "appoint")}
    list_display = ("full_name", "email", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("full_name", "email")
    search_help_text = _("Name or e-mail address")
    ordering = ("full_name", "email")
    fields = (
        "full_name",
        "email",
        "language",
        "is_active",
        "is_staff",
        "date_joined",
        "last_login",
    )
    readonly_fields = ("email", "is_staff", "date_joined", "last_login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Those with a post, now or before, in an election in which the viewer has one too."""
        staff = super().get_queryset(request)
        if request.user.is_superuser:
            return staff.filter(Q(is_staff=True) | Q(posts__isnull=False)).distinct()
        viewer: Any = request.user
        here = viewer.posts.filter(left_at__isnull=True)
        return staff.filter(
            posts__commission__election__in=here.values("commission__election")
        ).distinct()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody shuts out themselves or, without being one, a superuser."""
        if isinstance(obj, User) and (obj == request.user or obj.is_superuser):
            return False
        return super().has_change_permission(request, obj)
