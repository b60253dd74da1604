"""What the pages of uploads ask."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from elections.models import Election, Window
from observers.desk_forms import NewObserverForm
from observers.enums import StoreMode
from observers.intake import streaming
from observers.intake.columns import COLUMNS
from observers.intake.reading import Headings

SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt")
PICTURES = (".jpg", ".jpeg", ".jfif", ".png", ".webp")
ARCHIVES = (".zip",)
FOREIGN_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz")
MEGABYTE, GIGABYTE = 2**20, 2**30

# What a column of the file may be instead of one of ours.
UNUSED = "-"
IN_THE_FILE = _("The spreadsheet says it for each person")
NOTHING_CHOSEN = _("Choose a spreadsheet, photos, or both.")
WORDS = {
    "photos_as_sheet": _("These are photos, not a spreadsheet. Choose them in the field below."),
    "sheet_as_photos": _("This is a spreadsheet, not a photo. Choose it in the field above."),
    "foreign_archive": _("This archive cannot be read here. Unpack it and make a ZIP of it."),
    "several_archives": _("Choose one ZIP, or pictures, not both."),
    "large_sheet": _(
        "The spreadsheet is larger than %(limit)d MB. Remove pictures from it, or split it."
    ),
    "large_photos": _("The photos are larger than %(limit)d GB together. Send them in parts."),
    "many_photos": _(
        "These are more than %(limit)d files. Put the photos into one ZIP and choose that."
    ),
}


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """All the files that were chosen; an empty list for none."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(SeveralFilesField, self).clean(each, initial) for each in data or []]


class UploadForm(NewObserverForm):
    """A spreadsheet, photos, or both; and where people observe when the file does not say it.

    `refused`: what was let go while it arrived, by field (see `streaming`).
    """

    use_required_attribute = False
    field_order = ("sheet", "photos", "scope", "constituency")

    sheet = forms.FileField(
        label=_("Spreadsheet"),
        required=False,
        help_text=_(
            "Excel, OpenDocument or CSV: at most 50,000 rows and 30 MB. The first sheet with "
            "people is read, formulas count by their values."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(SHEETS)}),
        error_messages={"empty": _("The file is empty. Choose it again.")},
    )
    photos = SeveralFilesField(
        label=_("Photos"),
        required=False,
        help_text=_(
            "One ZIP of at most 4 GB, or up to 2,000 JPEG, PNG or WebP files. Each is found by the "
            "document number, the row number or the name in its file name."
        ),
        widget=SeveralFiles(attrs={"accept": ",".join(PICTURES + ARCHIVES)}),
        error_messages={"empty": _("One of the photos is an empty file. Choose them again.")},
    )

    def __init__(
        self,
        *args: Any,
        election: Election,
        windows: Sequence[Window],
        refused: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, election=election, windows=windows, **kwargs)
        self.refused = dict(refused or {})
        scope = cast(forms.ChoiceField, self.fields["scope"])
        scope.label = _("Where these people will observe")
        offered: list[Any] = list(cast(Iterable[Any], scope.choices))
        scope.choices = [("", IN_THE_FILE), *offered]
        if len(offered) > 1:
            self.initial.setdefault("scope", "")

    def full_clean(self) -> None:
        """To leave it to the spreadsheet is an answer, not a blank."""
        self.fields["scope"].required = False
        super().full_clean()
        self.fields["scope"].required = True

    def clean(self) -> dict[str, Any]:
        chosen = super().clean()
        for field in (streaming.SHEET, streaming.PHOTOS):
            if reason := self._misplaced(field, chosen) or self._let_go(field):
                self.add_error(field, reason)
        if not (chosen.get("sheet") or chosen.get("photos") or self.errors):
            self.add_error("sheet", NOTHING_CHOSEN)
        return chosen

    def _let_go(self, field: str) -> str:
        refused = self.refused.get(field)
        if refused is None:
            return ""
        if field == streaming.SHEET:
            limit = settings.SHEET_LIMIT_BYTES // MEGABYTE
            return str(WORDS["large_sheet"]) % {"limit": limit}
        if refused == streaming.TOO_LARGE:
            limit = settings.ARCHIVE_LIMIT_BYTES // GIGABYTE
            return str(WORDS["large_photos"]) % {"limit": limit}
        return str(WORDS["many_photos"]) % {"limit": streaming.PICTURES_AT_ONCE}

    def _misplaced(self, field: str, chosen: dict[str, Any]) -> str:
        """By its name a file may only be found to stand in the wrong field: what it is, the
        reader sees from what is in it."""
        given: Any = chosen.get(field) or []
        kinds = [_kind(file) for file in (given if isinstance(given, list) else [given])]
        if FOREIGN_ARCHIVES in kinds:
            return str(WORDS["foreign_archive"])
        if field == streaming.SHEET and (PICTURES in kinds or ARCHIVES in kinds):
            return str(WORDS["photos_as_sheet"])
        if field == streaming.PHOTOS and SHEETS in kinds:
            return str(WORDS["sheet_as_photos"])
        if len(kinds) > 1 and ARCHIVES in kinds:
            return str(WORDS["several_archives"])
        return ""


def _kind(file: UploadedFile) -> tuple[str, ...]:
    ending = PurePath(file.name or "").suffix.lower()
    kinds = (SHEETS, PICTURES, ARCHIVES, FOREIGN_ARCHIVES)
    return next((kind for kind in kinds if ending in kind), ())


class StoreForm(forms.Form):
    """What becomes of the others when a row can no longer be stored as its turn comes."""

    use_required_attribute = False

    mode = forms.ChoiceField(
        label=_("If a row can no longer be stored when its turn comes"),
        choices=[
            (StoreMode.GOOD_ROWS, _("Store the others")),
            (StoreMode.ALL_OR_NOTHING, _("Store nothing")),
        ],
        initial=StoreMode.GOOD_ROWS,
        widget=forms.RadioSelect,
    )


class ColumnsForm(forms.Form):
    """What stands in each column of the file. `columns` is the answer, by key."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, headings: Headings, samples: Sequence[Sequence[str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        meant = {index: key for key, index in headings.columns.items()}
        choices: list[tuple[str, Any]] = [(UNUSED, _("Not used"))]
        choices += [(column.key, column.label) for column in COLUMNS.values()]
        for index, label in enumerate(headings.labels):
            below = " · ".join(value for value in samples[index] if value)
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=label or _("Column without a heading"),
                help_text=below,
                choices=choices,
                initial=meant.get(index, UNUSED),
            )

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        first: dict[str, str] = {}
        for name, key in list(chosen.items()):
            if key != UNUSED and key in first:
                self.add_error(
                    name,
                    _("“%(column)s” has been chosen for another column already.")
                    % {"column": COLUMNS[key].label},
                )
            first.setdefault(key, name)
        return chosen

    @property
    def columns(self) -> dict[str, int]:
        return {
            key: int(name.removeprefix("column_"))
            for name, key in self.cleaned_data.items()
            if key != UNUSED
        }


class WhoseForm(forms.Form):
    """The row of the person whom a photo shows; empty takes the photo away from everybody."""

    use_required_attribute = False

    row = forms.IntegerField(
        label=_("Row in the spreadsheet"), required=False, min_value=1, max_value=1_048_576
    )
