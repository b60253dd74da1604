"""The photo: 3x4 cm (instructions of the central commission).

Prepared before a transaction begins.
"""

import io

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from privacy.uploads import FileRefused, check_size, decode_picture

# Printed at 3x4 cm, these are 508 dots an inch; the least that is accepted is 254.
PHOTO_SIZE = (600, 800)
PHOTO_MINIMUM = (300, 400)


def prepare_photo(upload: UploadedFile) -> ContentFile:
    """The photo as it is stored: upright, 3:4, at most 600x800, JPEG, without metadata.

    A picture of other proportions is cropped around its upper middle, where a face is.
    Raises FileRefused for what is not a picture, is broken, too small or too large.
    """
    check_size(upload)
    picture = _on_white(ImageOps.exif_transpose(decode_picture(upload)))
    width, height = picture.size
    if min(width / 3, height / 4) < PHOTO_MINIMUM[0] / 3:
        raise FileRefused(
            _(
                "The photo is too small: %(width)d × %(height)d pixels. It must be at least "
                "%(least_width)d × %(least_height)d pixels, so that it can be printed at 3 × 4 cm."
            )
            % {
                "width": width,
                "height": height,
                "least_width": PHOTO_MINIMUM[0],
                "least_height": PHOTO_MINIMUM[1],
            }
        )
    fitted = ImageOps.fit(picture, PHOTO_SIZE, Image.Resampling.LANCZOS, centering=(0.5, 0.3))
    return _as_jpeg(fitted)


def _on_white(picture: Image.Image) -> Image.Image:
    """Transparent parts become white, as on the paper the badge is printed on."""
    if picture.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut them off at 255 rather than scale them.
        picture = picture.convert("I").point(lambda level: level / 256).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    return picture.convert("RGB")


def _as_jpeg(picture: Image.Image) -> ContentFile:
    stored = io.BytesIO()
    # A fresh image: what the camera wrote into the file (place, time, device) stays behind.
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    clean.save(stored, "JPEG", quality=88, optimize=True)
    return ContentFile(stored.getvalue())
