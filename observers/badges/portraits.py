"""Photos of observers for whoever has just checked a badge: small, and only for minutes."""

import io

from django.core import signing
from django.urls import reverse
from PIL import Image

from observers.badges.queries import pictured
from observers.models import Application

SECONDS = 300
SIZE = (300, 400)
_SALT = "observers.badges.portraits"


class NoPortrait(Exception):
    """Not an address that a page made, or not any longer."""


def portrait_url(application: Application) -> str:
    """Made by pages that show a checked badge; it works for five minutes."""
    return reverse("verify:photo", args=[signing.dumps(application.pk, salt=_SALT)])


def portrait(signed: str) -> bytes:
    """The picture as JPEG. Raises NoPortrait."""
    try:
        key = signing.loads(signed, salt=_SALT, max_age=SECONDS)
        with pictured(key).photo.open("rb") as stored, Image.open(stored) as picture:
            return _small(picture)
    except (signing.BadSignature, Application.DoesNotExist, OSError, ValueError) as error:
        raise NoPortrait from error


def _small(picture: Image.Image) -> bytes:
    picture.draft("RGB", SIZE)
    body = io.BytesIO()
    picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS).save(body, "JPEG", quality=80)
    return body.getvalue()
