"""Files that people send: opened with suspicion, named by what they are.

Everything here happens before a transaction begins.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

# Above this a picture is not decoded: 60 megapixels is beyond any phone's portrait.
PIXEL_LIMIT = 60_000_000
PICTURE_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class FileRefused(Exception):
    """A file cannot be used. The message says why and what to do, and may be shown."""


@dataclass(frozen=True)
class CheckedDocument:
    content: ContentFile
    content_type: str
    original_name: str


def decode_picture(upload: UploadedFile) -> Image.Image:
    """The picture, its pixels read. Raises FileRefused with the reason."""
    upload.seek(0)
    try:
        picture = Image.open(upload, formats=list(PICTURE_FORMATS))
        if picture.width * picture.height > PIXEL_LIMIT:
            raise Image.DecompressionBombError
        picture.load()
    except UnidentifiedImageError as error:
        raise FileRefused(
            _("This file cannot be read as a picture. JPEG, PNG and WebP are accepted.")
        ) from error
    except Image.DecompressionBombError as error:
        raise FileRefused(
            _("The picture has too many pixels. Choose one of at most 60 megapixels.")
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileRefused(
            _("The picture is damaged or incomplete. Choose the file again, or another one.")
        ) from error
    return picture


def check_document(upload: UploadedFile) -> CheckedDocument:
    """A PDF or picture that opens, under its own type whatever its name says.

    Raises FileRefused for anything else.
    """
    check_size(upload)
    upload.seek(0)
    body = upload.read()
    if body.startswith(b"%PDF-"):
        _check_pdf(body)
        kind = "application/pdf"
    else:
        # Several JPEGs in one file, as phones make them, are told as "MPO": they are JPEG.
        kind = PICTURE_FORMATS.get(decode_picture(upload).format or "", "image/jpeg")
    return CheckedDocument(ContentFile(body), kind, _short_name(upload.name or ""))


def _check_pdf(body: bytes) -> None:
    tail = body[-2048:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise FileRefused(_("The PDF is incomplete. Save or scan it again and choose it anew."))


def check_size(upload: UploadedFile) -> None:
    size, limit = upload.size or 0, settings.UPLOAD_LIMIT_BYTES
    if size == 0:
        raise FileRefused(_("The file is empty. Choose it again."))
    if size > limit:
        raise FileRefused(
            _("The file is too large: %(size)d MB. At most %(limit)d MB are accepted.")
            % {"size": -(-size // 2**20), "limit": limit // 2**20}
        )


def _short_name(name: str) -> str:
    """The applicant's own name for the file, for showing only; never part of a path."""
    printable = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return printable[-200:] or "document"
