"""People who need no registration (art. 40.2-40.3): kept by the election's administrator, one by
one or as a list."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ChoiceFilter
from accounts.countries import FIRST, country_choices
from accounts.names import fold
from elections.admin.base import ElectionAdminBase, elections_reached
from elections.models import Election
from observers.domain import answers
from observers.domain.exempt import set_identity, set_name
from observers.enums import Capacity
from observers.intake import exempt_list
from observers.models import ExemptPerson


class ExemptPersonForm(forms.ModelForm):
    """Number and day of birth are asked, and kept as fingerprints only: they cannot be shown."""

    number = forms.CharField(
        label=_("number of the document"),
        required=False,
        max_length=30,
        help_text=_("Kept as a fingerprint: it is compared, and nobody can read it again."),
    )
    citizenship = forms.ChoiceField(label=_("citizenship"), choices=country_choices, initial=FIRST)
    born = forms.CharField(
        label=_("date of birth"),
        required=False,
        max_length=20,
        help_text=_("Like 31.12.1980. Kept as a fingerprint as well."),
    )

    class Meta:
        model = ExemptPerson
        fields = ("election", "full_name", "capacity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = _("Kept already. Write it only to replace it.")
        if self.instance.identity_index:
            self.fields["number"].help_text = kept
        if self.instance.birth_index:
            self.fields["born"].help_text = kept

    def clean_full_name(self) -> str:
        return answers.person_name(self.cleaned_data["full_name"])

    def clean_number(self) -> str:
        return answers.document_number(self.cleaned_data["number"])

    def clean_born(self) -> Any:
        typed = self.cleaned_data["born"]
        return forms.DateField(input_formats=answers.DATE_FORMATS, required=False).clean(typed)

    def save(self, commit: bool = True) -> Any:
        given = self.cleaned_data
        set_name(self.instance, given["full_name"])
        set_identity(
            self.instance,
            number=given["number"],
            citizenship=given["citizenship"],
            born=given["born"],
        )
        return super().save(commit)


class ListForm(forms.Form):
    """A file, or rows that are typed or mended in place."""

    election = forms.ModelChoiceField(
        Election.objects.none(), label=_("Election"), empty_label=None
    )
    file = forms.FileField(label=_("The list as a CSV file"), required=False)
    rows = forms.CharField(
        label=_("Or its rows"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("One person a line: name; capacity; number of the document; date of birth."),
        strip=False,
    )

    def __init__(self, *args: Any, elections: QuerySet[Election], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["election"]
        field.queryset = elections

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file and file.size > exempt_list.MOST_BYTES:
            self.add_error("file", _("The file is too large: at most 5 MB are accepted."))
        elif not file and not given.get("rows", "").strip():
            self.add_error("file", _("Choose a file, or write rows below."))
        return given

    def content(self) -> bytes:
        file = self.cleaned_data["file"]
        found: bytes = file.read() if file else self.cleaned_data["rows"].encode()
        return found


class CapacityFilter(ChoiceFilter):
    title = _("capacity")
    parameter_name = "capacity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Capacity.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(capacity=self.value()) if self.value() else queryset


@admin.register(ExemptPerson)
class ExemptPersonAdmin(ElectionAdminBase):
    """An application by one of them is flagged on the desk; nobody is refused by it."""

    rights = {
        "view": ("exempt", "view"),
        "add": ("exempt", "keep"),
        "change": ("exempt", "keep"),
        "delete": ("exempt", "keep"),
    }
    form = ExemptPersonForm
    list_display = ("full_name", "capacity", "election", "has_number", "has_birthday")
    list_select_related = ("election",)
    list_filter = (CapacityFilter,)
    search_fields = ("search_key",)
    search_help_text = _("Name")
    change_list_template = "admin/observers/exemptperson/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExemptPerson]:
        reached = elections_reached(request.user, "exempt", "view")
        return ExemptPerson.objects.filter(election__in=reached)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in fold(search_term).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset, False

    @admin.display(description=_("number known"), boolean=True)
    def has_number(self, person: ExemptPerson) -> bool:
        return bool(person.identity_index)

    @admin.display(description=_("date of birth known"), boolean=True)
    def has_birthday(self, person: ExemptPerson) -> bool:
        return bool(person.birth_index)

    # --- A list ----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        upload = path(
            "upload/",
            self.admin_site.admin_view(self.upload_view),
            name="observers_exemptperson_upload",
        )
        return [upload, *super().get_urls()]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """The good rows are kept; the bad ones stand in the form again, to be mended there."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        kept = None
        elections = elections_reached(request.user, "exempt", "keep")
        sent = request.method == "POST"
        form = ListForm(
            request.POST if sent else None, request.FILES if sent else None, elections=elections
        )
        if form.is_valid():
            election = form.cleaned_data["election"]
            try:
                kept = exempt_list.keep_list(form.content(), election=election)
            except ValueError as error:
                form.add_error("file", str(error))
            else:
                again = {"election": election.pk, "rows": kept.bad_rows_as_text}
                form = ListForm(initial=again, elections=elections)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("A list of people who need no registration"),
            "form": form,
            "kept": kept,
            "back": reverse("admin:observers_exemptperson_changelist"),
        }
        return TemplateResponse(request, "admin/observers/exemptperson/upload.html", context)
