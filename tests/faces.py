"""A photo of nobody: a drawn head that is found as a face."""

import io
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

WALL, HAIR, SKIN, CLOTH = "#c8d0d4", "#2a1d16", "#d9ab88", "#2b3a55"


def a_head() -> Image.Image:
    """400 by 480: a head and shoulders."""
    picture = Image.new("RGB", (400, 480), WALL)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((20, 400, 380, 600), 80, fill=CLOTH)
    draw.rectangle((150, 330, 250, 430), fill="#b98a68")
    draw.ellipse((85, 20, 315, 330), fill=HAIR)
    draw.ellipse((100, 60, 300, 380), fill=SKIN)
    draw.ellipse((110, 60, 290, 130), fill=HAIR)
    for eye in (155, 245):
        draw.line((eye - 32, 170, eye + 32, 166), fill=HAIR, width=9)
        draw.ellipse((eye - 26, 188, eye + 26, 214), fill="#f4f0ec")
        draw.ellipse((eye - 12, 188, eye + 12, 214), fill="#3a2416")
        draw.ellipse((eye - 5, 196, eye + 5, 206), fill="black")
    draw.line((196, 200, 188, 262), fill="#a87a58", width=6)
    draw.ellipse((176, 255, 224, 282), fill="#c9966f")
    draw.ellipse((155, 308, 245, 336), fill="#a5483f")
    draw.line((158, 321, 242, 321), fill="#5e201c", width=4)
    return picture.filter(ImageFilter.GaussianBlur(3))


def a_photo(size: tuple[int, int], *, head: tuple[int, int, int, int] | None) -> Image.Image:
    """A wall, and the head in that place: left, top, right, bottom."""
    picture = Image.new("RGB", size, WALL)
    if head:
        left, top, right, bottom = head
        picture.paste(a_head().resize((right - left, bottom - top)), (left, top))
    return picture


def encoded(picture: Image.Image, file_type: str = "JPEG", **options: Any) -> bytes:
    body = io.BytesIO()
    picture.save(body, file_type, **options)
    return body.getvalue()
