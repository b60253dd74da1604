"""Files of the demo: drawn portraits, and a letter in which an organisation nominates.

A portrait stands in many rows. `drafts.set_photo` removes the photo that a new one replaces only
when its name bears the application's key, so no portrait is ever removed through one row; whoever
adds another way to delete photos has to ask the same.
"""

import io
import random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from observers.demo.chance import dice
from observers.domain.photos import PHOTO_SIZE

PORTRAITS = 24
# Drawn at twice the size and made smaller, which smooths the edges.
SCALE = 2
WALLS = ["#e8e4da", "#dfe6e6", "#e6e1e6", "#e2e7dc", "#ebe3d6", "#dde3ea"]
SKINS = ["#e9c7a6", "#dbb08a", "#c99a75", "#b98560"]
HAIRS = ["#2b2320", "#4a3426", "#6b5138", "#8a8580", "#1f2226"]
CLOTHES = ["#1f4a52", "#5b3a3a", "#3d4a63", "#4f5b3c", "#6a5a45", "#3a3a40", "#7a4a5c", "#2f5d50"]


def store_portraits() -> list[str]:
    """The names of the portraits in the storage; those of an earlier load are taken again."""
    return [_portrait(number) for number in range(PORTRAITS)]


def _portrait(number: int) -> str:
    name = f"photos/demo/{number:02d}.jpg"
    if default_storage.exists(name):
        return name
    return default_storage.save(name, ContentFile(_as_jpeg(_draw(dice(number, "portrait")))))


def store_letter(name: str) -> tuple[str, int]:
    """The letter under that name, and its size in bytes."""
    return _store(name, "Decision to nominate observers")


def store_form() -> tuple[str, int]:
    """The scan of an application that came on paper: its name, and its size in bytes."""
    return _store("paper/demo/application.pdf", "Application of an observer, on paper")


def _store(name: str, title: str) -> tuple[str, int]:
    content = ContentFile(_page(title))
    if not default_storage.exists(name):
        default_storage.save(name, content)
    return name, content.size


def _draw(chance: random.Random) -> Image.Image:
    """Head and shoulders without a face, so that nobody takes it for somebody."""
    width, height = (SCALE * side for side in PHOTO_SIZE)
    picture = Image.new("RGB", (width, height), chance.choice(WALLS))
    draw = ImageDraw.Draw(picture)
    middle, top = width // 2, int(height * chance.uniform(0.17, 0.20))
    half, tall = int(width * chance.uniform(0.165, 0.19)), int(height * 0.34)
    skin, hair, cloth = (chance.choice(colours) for colours in (SKINS, HAIRS, CLOTHES))
    chin, hairline = top + tall, chance.uniform(0.13, 0.24)
    if chance.random() < 0.5:  # long hair, behind everything else
        sides = [middle - half - width // 16, top - height // 40]
        ends = [middle + half + width // 16, chin + height // chance.choice([40, 12, 8])]
        draw.rounded_rectangle([*sides, *ends], radius=half, fill=hair)
    shoulders = int(width * chance.uniform(0.36, 0.42))
    neck = half // 2
    draw.rounded_rectangle(
        [middle - shoulders, chin + height // 12, middle + shoulders, height * 2],
        radius=width // 5,
        fill=cloth,
    )
    draw.rounded_rectangle(
        [middle - neck, chin - height // 8, middle + neck, chin + height // 7],
        radius=neck,
        fill=_darker(skin),
    )
    draw.ellipse([middle - half, top, middle + half, chin - height // 12], fill=hair)
    line = top + int(tall * hairline)
    draw.ellipse([middle - half + 10, line, middle + half - 10, chin], fill=skin)
    return picture.resize(PHOTO_SIZE, Image.Resampling.BOX)


def _darker(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) * 9 // 10 for place in (1, 3, 5))


def _as_jpeg(picture: Image.Image) -> bytes:
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=85)
    return stored.getvalue()


def _page(title: str) -> bytes:
    """One page of PDF, in ASCII."""
    lines = [title, "Invented for the demo: it decides nothing."]
    text = "BT /F1 16 Tf 72 740 Td 28 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("ascii")
