"""The photo: 3x4 cm (instructions of the central commission).

Prepared before a transaction begins.
"""

import io
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image

from observers.domain import cropping
from observers.domain.cropping import Crop
from observers.domain.faces import find_face
from privacy.uploads import REASONS, FileRefused, check_size, load_pixels, open_picture

# Printed at 3x4 cm, these are 508 dots an inch; the least that is accepted is 254.
PHOTO_SIZE = (600, 800)
PHOTO_MINIMUM = (300, 400)
# The whole picture is kept this large, to be cropped anew; a crop of it must keep this height.
SOURCE_SIDE = 1000
RECROP_MINIMUM = 300
# A crop with at least this share of the badge photo's pixels is not worth decoding a second time.
SHARP_ENOUGH = 0.75
# How the camera was held, and what makes the picture stand upright.
ORIENTATION = 0x0112
UPRIGHT: dict[Any, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Above this, pictures are decoded one at a time: two of the largest would fill the memory.
LARGE = 16_000_000
_one_large_picture = threading.Lock()


class PhotoRefused(FileRefused):
    """A picture cannot be a badge's photo. The message says why and what to do."""

    reasons: ClassVar[Mapping[str, str | Promise]] = REASONS | {
        "photo_too_small": _(
            "The photo is too small: %(width)d × %(height)d pixels. It must be at least "
            "%(least_width)d × %(least_height)d pixels, so that it can be printed at 3 × 4 cm."
        ),
        "crop_too_small": _("This part of the picture is too small to print. Choose a larger one."),
    }


@dataclass(frozen=True)
class Portrait:
    """The badge's photo, the whole picture made smaller, and which part of it was taken."""

    photo: bytes
    source: bytes
    crop: Crop
    has_face: bool


def prepare_photo(upload: UploadedFile) -> ContentFile:
    """The photo as it is stored: upright, 3:4, 600x800, JPEG, without metadata.

    Raises FileRefused for what is not a picture, is broken, too small or too large.
    """
    check_size(upload)
    upload.seek(0)
    return ContentFile(make_portrait(upload).photo)


def make_portrait(file: Any) -> Portrait:
    """Crop a picture around its face, or around its upper middle, where a face usually is.

    Raises FileRefused for what is not a picture, is broken, too small or has too many pixels.
    """
    opened = open_picture(file)
    size = opened.size
    with _turn(opened):
        whole = _decoded(opened, SOURCE_SIDE)
        if (whole.width > whole.height) != (size[0] > size[1]):
            size = (size[1], size[0])  # it lay on its side in the file
        _check_size_in_pixels(size)
        face = find_face(whole)
        if face:
            crop = cropping.around(face, size, least_height=PHOTO_MINIMUM[1])
        else:
            crop = cropping.upper_middle(size)
        sharp = whole
        if (missing := _missing_sharpness(crop, whole.size)) > 1 and whole.size != size:
            sharp = _decoded(open_picture(file), missing * max(whole.size))
        photo = _cut(sharp, crop)
    return Portrait(_as_jpeg(photo, 88), _as_jpeg(_bounded(whole), 80), crop, face is not None)


def recrop(source: bytes, crop: Crop) -> tuple[bytes, Crop]:
    """Another badge photo from a kept picture, and what was taken of it: `crop`, in proportion.

    Raises FileRefused if too little of it is chosen.
    """
    picture = open_picture(io.BytesIO(source))
    load_pixels(picture)
    try:
        crop = cropping.mended(crop, picture.size)
    except ValueError as error:
        raise PhotoRefused("crop_too_small") from error
    # What the picture itself lacks is nobody's choice.
    least = min(RECROP_MINIMUM, picture.height, picture.width / cropping.PROPORTION)
    if round((crop[3] - crop[1]) * picture.height) < int(least):
        raise PhotoRefused("crop_too_small")
    return _as_jpeg(_cut(picture.convert("RGB"), crop), 88), crop


def _check_size_in_pixels(size: tuple[int, int]) -> None:
    if size[0] < PHOTO_MINIMUM[0] or size[1] < PHOTO_MINIMUM[1]:
        raise PhotoRefused(
            "photo_too_small",
            width=size[0],
            height=size[1],
            least_width=PHOTO_MINIMUM[0],
            least_height=PHOTO_MINIMUM[1],
        )


def _turn(picture: Image.Image) -> AbstractContextManager[Any]:
    """Only an ordinary JPEG is never in memory in its full size."""
    is_large = picture.width * picture.height > LARGE
    is_read_whole = picture.format in ("PNG", "WEBP") or "progressive" in picture.info
    return _one_large_picture if is_large and is_read_whole else nullcontext()


def _decoded(picture: Image.Image, longest: float) -> Image.Image:
    """Upright and in colour, its longer side at least `longest` pixels if it has them.

    A JPEG is decoded at a half, a quarter or an eighth where that is enough, which is several
    times faster than making it smaller afterwards.
    """
    scale = min(1.0, longest / max(picture.size))
    picture.draft(None, (int(picture.width * scale), int(picture.height * scale)))
    load_pixels(picture)
    fraction = int(max(picture.size) / longest)
    smaller = picture
    if fraction > 1 and picture.mode in ("RGB", "RGBA", "L", "LA"):
        smaller = picture.reduce(fraction)
    turn = UPRIGHT.get(_orientation(picture))
    return _on_white(smaller if turn is None else smaller.transpose(turn))


def _orientation(picture: Image.Image) -> Any:
    """How the camera was held. Its notes may be broken; the picture is none the worse."""
    try:
        return picture.getexif().get(ORIENTATION)
    except Exception:
        return None


def _missing_sharpness(crop: Crop, size: tuple[int, int]) -> float:
    """How many times larger the picture would have to be; at most 1 if it is sharp enough."""
    left, _top, right, _bottom = cropping.box(crop, size)
    return SHARP_ENOUGH * PHOTO_SIZE[0] / (right - left)


def _cut(picture: Image.Image, crop: Crop) -> Image.Image:
    box = cropping.box(crop, picture.size)
    return picture.resize(PHOTO_SIZE, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)


def _bounded(picture: Image.Image) -> Image.Image:
    if max(picture.size) <= SOURCE_SIDE:
        return picture
    smaller = picture.copy()
    smaller.thumbnail((SOURCE_SIDE, SOURCE_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return smaller


def _on_white(picture: Image.Image) -> Image.Image:
    """Transparent parts become white, as on the paper the badge is printed on."""
    if picture.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut them off at 255 rather than scale them.
        picture = picture.convert("I").point(lambda level: level / 256).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _as_jpeg(picture: Image.Image, quality: int) -> bytes:
    """Without what the camera wrote into the file: place, time, device."""
    stored = io.BytesIO()
    picture.info.clear()
    picture.save(stored, "JPEG", quality=quality, exif=b"", comment=b"", icc_profile=None)
    return stored.getvalue()
