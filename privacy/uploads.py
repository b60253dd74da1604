"""Files that people send: opened with suspicion, named by what they are.

Everything here happens before a transaction begins.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

# Above this a picture is not decoded: 60 megapixels is beyond any phone's portrait.
PIXEL_LIMIT = 60_000_000
PICTURE_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

REASONS: dict[str, str | Promise] = {
    "not_a_picture": _("This file cannot be read as a picture. JPEG, PNG and WebP are accepted."),
    "too_many_pixels": _("The picture has too many pixels. Choose one of at most 60 megapixels."),
    "damaged_picture": _(
        "The picture is damaged or incomplete. Choose the file again, or another one."
    ),
    "incomplete_pdf": _("The PDF is incomplete. Save or scan it again and choose it anew."),
    "empty_upload": _("The file is empty. Choose it again."),
    "large_upload": _("The file is too large: %(size)d MB. At most %(limit)d MB are accepted."),
}


class FileRefused(Exception):
    """A file cannot be used. The message says why and what to do, and may be shown.

    `code` is the key of its sentence in `reasons`, `params` are the figures in it, so that a
    report can keep them and be read in another language.
    """

    reasons: ClassVar[Mapping[str, str | Promise]] = REASONS

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def __str__(self) -> str:
        return str(self.reasons[self.code]) % self.params


@dataclass(frozen=True)
class CheckedDocument:
    content: ContentFile
    content_type: str
    original_name: str


def decode_picture(upload: UploadedFile) -> Image.Image:
    """The picture, its pixels read. Raises FileRefused with the reason."""
    upload.seek(0)
    picture = open_picture(upload)
    load_pixels(picture)
    return picture


def open_picture(file: Any) -> Image.Image:
    """The picture with its size known and its pixels unread. Raises FileRefused."""
    with _refused_if_unreadable():
        picture = Image.open(file, formats=list(PICTURE_FORMATS))
        if picture.width * picture.height > PIXEL_LIMIT:
            raise Image.DecompressionBombError
    return picture


def load_pixels(picture: Image.Image) -> None:
    """Raises FileRefused for a picture that is broken anywhere."""
    with _refused_if_unreadable():
        picture.load()


@contextmanager
def _refused_if_unreadable() -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError as error:
        raise FileRefused("not_a_picture") from error
    except Image.DecompressionBombError as error:
        raise FileRefused("too_many_pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileRefused("damaged_picture") from error


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
        raise FileRefused("incomplete_pdf")


def check_size(upload: UploadedFile) -> None:
    size, limit = upload.size or 0, settings.UPLOAD_LIMIT_BYTES
    if size == 0:
        raise FileRefused("empty_upload")
    if size > limit:
        raise FileRefused("large_upload", size=-(-size // 2**20), limit=limit // 2**20)


def _short_name(name: str) -> str:
    """The applicant's own name for the file, for showing only; never part of a path."""
    printable = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return printable[-200:] or "document"
