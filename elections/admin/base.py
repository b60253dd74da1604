"""What the registers of an election have in common: whose rows they show, how they ask."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.access import Reach, reach
from accounts.admin_base import ScopedAdmin, may
from elections.domain import posts
from elections.forms import LANGUAGES, TextsField
from elections.models import Election


def elections_reached(user: Any, kind: str, action: str) -> QuerySet[Election]:
    """Elections in which a post of the user allows `action`; all of them for a superuser."""
    if user.is_superuser:
        return Election.objects.all()
    return Election.objects.filter(
        pk__in=[
            post.commission.election_id
            for post in posts.posts_of(user)
            if reach(post.role, kind, action) == Reach.ALL
        ]
    )


class FormFields(admin.options.BaseModelAdmin):
    """Inputs for columns that Django would show as raw JSON or as a comma-separated list."""

    def formfield_for_dbfield(
        self, db_field: Any, request: Any, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.JSONField):
            return TextsField(
                languages=list(LANGUAGES),
                required=not db_field.blank,
                label=db_field.verbose_name.capitalize(),
                help_text=db_field.help_text,
            )
        if isinstance(db_field, ArrayField):
            return forms.MultipleChoiceField(
                choices=db_field.base_field.choices or list(LANGUAGES.items()),
                widget=forms.CheckboxSelectMultiple,
                required=not db_field.blank,
                label=db_field.verbose_name.capitalize(),
                help_text=db_field.help_text,
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # without buttons to edit what is chosen
        return field


class ElectionAdminBase(FormFields, ScopedAdmin):
    """Registers that hang on an election: seen by its staff, kept by its administrator."""

    rights = {
        "view": ("election", "view"),
        "add": ("election", "change"),
        "change": ("election", "change"),
    }
    election_column = "election"

    class Media:
        css: ClassVar[Any] = {"all": ["css/review.css"]}

    list_filter: ClassVar[Any] = (("election", admin.RelatedOnlyFieldListFilter),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        reached = elections_reached(request.user, "election", "view")
        return super().get_queryset(request).filter(**{f"{self.election_column}__in": reached})

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Only rows of elections that the person may change can be chosen."""
        kwargs["queryset"] = self._choices(db_field.remote_field.model, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _choices(self, model: type[models.Model], request: HttpRequest) -> QuerySet[Any]:
        kind, action = self.rights["add"]
        reached = elections_reached(request.user, kind, action)
        if model is Election:
            return reached
        return model._default_manager.filter(election__in=reached)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """On the index for those who keep it or check it; reviewers find it by its links."""
        keeps = self.has_change_permission(request) or may(request.user, "staff", "view")
        return super().get_model_perms(request) if keeps else {}
