"""Saved replies: kept by the election administrator, with the fields that an application has."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.names import capfirst
from elections.admin.base import ElectionAdminBase
from elections.models import SavedReply
from observers.review.forms import stated_fields


@admin.register(SavedReply)
class SavedReplyAdmin(ElectionAdminBase):
    """What was sent stays as it was sent: a change is for those who are returned from now on."""

    list_display = ("title", "subject", "code")
    list_filter = (("election", admin.RelatedOnlyFieldListFilter), "subject")
    fields = ("election", "subject", "code", "titles", "texts", "fields")

    @admin.display(description=_("title"))
    def title(self, reply: SavedReply) -> str:
        return reply.title

    def formfield_for_dbfield(
        self, db_field: Any, request: Any, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name != "fields":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.MultipleChoiceField(
            choices=stated_fields,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=capfirst(db_field.verbose_name),
            help_text=_("Marked for the reviewer who chooses this reply."),
        )
