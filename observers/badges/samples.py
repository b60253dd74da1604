"""Badges of nobody, to see what a changed layout looks like before anybody's is printed."""

import io
import tomllib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageDraw

from elections.enums import Kind
from observers.badges.layout import Form, PrintedBadge
from observers.badges.rendering import parts
from observers.badges.typesetting import TEMPLATES
from observers.enums import BadgeSize

# As long as a signed link is; it leads nowhere.
LINK = "HTTPS://EXAMPLE.ORG/V/" + "NOBODYSBADGE" * 16


def as_pdf(size: BadgeSize) -> bytes:
    """Every kind with short and with long texts, a page each."""
    return b"".join(part.pdf for part in parts(badges(), Form(size), size=2 * len(Kind)))


def badges() -> Iterator[PrintedBadge]:
    """What `samples.toml` beside the layouts says. Raises TOMLDecodeError and TypeError for what
    it should not say."""
    with (TEMPLATES / "badges" / "samples.toml").open("rb") as file:
        said = tomllib.load(file)
    for kind in Kind:
        for length in ("short", "long"):
            yield _sample(kind, said[length] | said["kinds"].get(kind, {}))


def _sample(kind: Kind, said: dict[str, Any]) -> PrintedBadge:
    columns: dict[str, Any] = {
        name: tuple(text) if isinstance(text, list) else text for name, text in said.items()
    }
    return PrintedBadge(
        kind=kind, number="A-0000000-00", serial=1, photo=_nobody(), link=LINK, **columns
    )


def _nobody() -> bytes:
    """Head and shoulders without a face."""
    picture = Image.new("RGB", (300, 400), "#d8d5cb")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((95, 80, 205, 220), fill="#8a8d8c")
    draw.ellipse((20, 250, 280, 560), fill="#8a8d8c")
    body = io.BytesIO()
    picture.save(body, "JPEG", quality=90)
    return body.getvalue()
