"""The photos of an upload: looked through in a grid, cropped anew, given to a person."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from PIL import Image

from observers.domain.cropping import Crop
from observers.domain.photos import RECROP_MINIMUM
from observers.enums import UploadStatus
from observers.intake import framing, steering
from observers.intake.findings import Unusable, say
from observers.intake.forms import WhoseForm
from observers.intake.naming import names_by_row
from observers.intake.views.theirs import upload_of, way_to_upload
from observers.models import Upload, UploadedPhoto
from observers.views.files import served
from organisations.views.theirs import SignedIn
from privacy.uploads import FileRefused

PAGE = 60
# People without a photo whose rows are offered for a photo without a person.
OFFERED = 200


@login_required
@require_safe
@never_cache
def photos(request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
    """As the badges will show them, by row; or those without a person, a face, or of no use."""
    found = upload_of(request, organisation, upload)
    kinds = _kinds(found)
    show = request.GET.get("show", "")
    if show not in kinds:
        raise Http404
    page = Paginator(kinds[show]["photos"].select_related("application"), PAGE).get_page(
        request.GET.get("page")
    )
    names = _names(found)
    shown = [_card(photo, names) for photo in page]
    may_assign = found.status == UploadStatus.CHECKED and bool(names)
    context = {
        "upload": found,
        "election": found.election,
        "show": show,
        "filters": [
            {
                "label": kind["label"],
                "count": kind["photos"].count(),
                "url": f"?{urlencode({'show': key})}" if key else "?",
                "current": key == show,
            }
            for key, kind in kinds.items()
        ],
        "cards": shown,
        "page": page.number,
        "may_assign": may_assign,
        "offered": _without_photo(found, names) if may_assign and show == "alone" else [],
        "pager": _pager(page, show),
        "crumbs": [*way_to_upload(found), {"label": str(found), "url": found.get_absolute_url()}],
    }
    return render(request, "uploads/photos.html", context)


def _kinds(found: Upload) -> dict[str, dict[str, Any]]:
    usable = found.photos.filter(problem={})
    theirs = usable.exclude(row_number=None, application=None)
    return {
        "": {"label": _("With a person"), "photos": theirs},
        "faceless": {"label": _("No face found"), "photos": theirs.filter(has_face=False)},
        "alone": {
            "label": _("Without a person"),
            "photos": usable.filter(row_number=None, application=None),
        },
        "refused": {"label": _("Cannot be used"), "photos": found.photos.exclude(problem={})},
    }


def _names(found: Upload) -> dict[int, str]:
    try:
        return names_by_row(found)
    except Unusable:
        return {}


def _card(photo: UploadedPhoto, names: dict[int, str]) -> dict[str, Any]:
    name = (
        photo.application.full_name if photo.application else names.get(photo.row_number or 0, "")
    )
    keys = [photo.upload.organisation.key, photo.upload.key, photo.key]
    return {
        "key": photo.key,
        "file_name": photo.name,
        "row": photo.row_number,
        "name": name,
        "photo_url": _picture_url(photo) if photo.portrait else "",
        "crop_url": reverse("people:upload_crop", args=keys) if photo.source else "",
        "whose_url": reverse("people:upload_whose", args=keys),
        "problem": say(photo.problem["code"], photo.problem.get("params", {}))
        if photo.problem
        else "",
    }


def _picture_url(photo: UploadedPhoto, **asked: str) -> str:
    """The crop stands in the address, so that a browser shows the newest one."""
    keys = [photo.upload.organisation.key, photo.upload.key, photo.key]
    return f"{reverse('people:upload_photo', args=keys)}?" + urlencode(
        asked or {"crop": framing.as_text(photo.crop or [])}
    )


def _without_photo(found: Upload, names: dict[int, str]) -> list[dict[str, Any]]:
    taken = set(found.photos.filter(problem={}).values_list("row_number", flat=True))
    free = ({"row": row, "name": name} for row, name in names.items() if row not in taken)
    return [one for _place, one in zip(range(OFFERED), free, strict=False)]


def _pager(page: Any, show: str) -> dict[str, str]:
    kept = {"show": show} if show else {}
    urls = {"first": "", "next": ""}
    if page.has_previous():
        urls["first"] = f"?{urlencode(kept)}"
    if page.has_next():
        urls["next"] = f"?{urlencode(kept | {'page': page.next_page_number()})}"
    return urls


def _photo_of(found: Upload, key: uuid.UUID) -> UploadedPhoto:
    photo = get_object_or_404(found.photos.select_related("application"), key=key)
    photo.upload = found
    return photo


@login_required
@require_safe
def photo(
    request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID, photo: uuid.UUID
) -> FileResponse:
    """The portrait; with `?source=1` the whole picture that it is cut from."""
    found = _photo_of(upload_of(request, organisation, upload), photo)
    file = found.source if request.GET.get("source") else found.portrait
    if not file:
        raise Http404
    return served(file, "image/jpeg", name="photo.jpg", attached=False)


@login_required
@require_POST
def whose(
    request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID, photo: uuid.UUID
) -> HttpResponse:
    """Give a photo to the person of a row, or take it away."""
    found = upload_of(request, organisation, upload)
    pictured = _photo_of(found, photo)
    form = WhoseForm(request.POST)
    names = _names(found)
    row = form.cleaned_data["row"] if form.is_valid() else 0
    if row is not None and row not in names:
        messages.error(request, _("Nobody stands in this row of the spreadsheet."))
    else:
        _assign(request, pictured, row, names)
    return redirect(f"{reverse('people:upload_photos', args=[organisation, upload])}?show=alone")


def _assign(
    request: SignedIn, pictured: UploadedPhoto, row: int | None, names: dict[int, str]
) -> None:
    try:
        steering.assign(pictured, row)
    except steering.NotNow as error:
        messages.error(request, str(error))
    else:
        if row is not None:
            said = {"name": names[row], "row": row}
            messages.success(request, _("The photo is that of %(name)s, row %(row)d.") % said)


# --- Cropping anew --------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def crop(
    request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID, photo: uuid.UUID
) -> HttpResponse:
    """A frame on the whole picture, moved by buttons or by hand; stored when it is right."""
    pictured = _photo_of(upload_of(request, organisation, upload), photo)
    size = _size(pictured)
    if request.method == "POST":
        return _cropped(request, pictured, framing.crop_in(request.POST.get("crop", "")))
    frame = framing.crop_in(request.GET.get("crop", "")) or pictured.crop
    try:
        frame = framing.moved(frame, request.GET.get("move", ""), size, least_height=RECROP_MINIMUM)
    except (ValueError, ZeroDivisionError) as error:
        raise Http404 from error
    return render(request, "uploads/crop.html", _framed(pictured, frame, size))


def _size(pictured: UploadedPhoto) -> tuple[int, int]:
    """Of the kept picture. Raises Http404 once it has been removed."""
    if not pictured.source:
        raise Http404
    try:
        with pictured.source.open("rb") as source, Image.open(source) as opened:
            return opened.size
    except FileNotFoundError as error:
        raise Http404 from error


def _cropped(request: SignedIn, pictured: UploadedPhoto, frame: Crop | None) -> HttpResponse:
    if frame is None:
        raise Http404
    try:
        steering.recrop(pictured, crop=frame)
    except (steering.NotNow, FileRefused) as error:
        messages.error(request, str(error))
        return redirect(request.path)
    messages.success(request, _("The photo is cropped anew."))
    keys = [pictured.upload.organisation.key, pictured.upload.key]
    return redirect(reverse("people:upload_photos", args=keys))


def _framed(pictured: UploadedPhoto, frame: Crop, size: tuple[int, int]) -> dict[str, Any]:
    found = pictured.upload
    left, top, right, bottom = frame
    width, height = size
    at = (left * width, top * height, (right - left) * width, (bottom - top) * height)
    names = ("x", "y", "width", "height")
    here = {"label": str(found), "url": found.get_absolute_url()}
    grid = reverse("people:upload_photos", args=[found.organisation.key, found.key])
    return {
        "upload": found,
        "election": found.election,
        "card": _card(pictured, _names(found)),
        "width": width,
        "height": height,
        "frame": {name: f"{value:.1f}" for name, value in zip(names, at, strict=True)},
        "source_url": _picture_url(pictured, source="1"),
        "crop": framing.as_text(frame),
        "moves": [
            {"move": "up", "label": _("Up")},
            {"move": "down", "label": _("Down")},
            {"move": "left", "label": _("Left")},
            {"move": "right", "label": _("Right")},
            {"move": "closer", "label": _("Smaller part")},
            {"move": "wider", "label": _("Larger part")},
        ],
        "crumbs": [*way_to_upload(found), here, {"label": _("Photos"), "url": grid}],
    }
