"""The process that `rendering` starts for every part: a folder in, `badges.pdf` in it out.

It knows neither the settings nor the database. The templates are copied into the folder, so that
the typesetter can read nothing else.
"""

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from observers.badges import qr

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "print"
# The least width in dots at which a photo is printed: 339 an inch on a card, 254 on a lanyard.
PHOTO_WIDTH = 300


def prepare(folder: Path) -> None:
    """Photos as they are printed, codes, templates."""
    badges = json.loads((folder / "badges.json").read_text(encoding="utf-8"))
    shutil.copytree(TEMPLATES / "badges", folder, dirs_exist_ok=True)
    gather_photos(folder / "photos.bin", badges)
    draw_codes(folder, badges)
    (folder / "badges.json").write_text(json.dumps(badges, ensure_ascii=False), encoding="utf-8")


def gather_photos(file: Path, badges: list[dict[str, Any]]) -> None:
    """Each as it is printed, in the place of what the storage had."""
    stored = file.read_bytes()
    with file.open("wb") as photos:
        for badge in badges:
            start, end = badge["photo"]
            begins = photos.tell()
            photos.write(made_smaller(stored[start:end]))
            badge["photo"] = [begins, photos.tell()]


def made_smaller(photo: bytes) -> bytes:
    """Half as wide where that is enough to print, or less: a fifth of the PDF's size, a quarter of
    the typesetter's memory. A JPEG is decoded at its half in little more than half the time."""
    with Image.open(io.BytesIO(photo)) as picture:
        full = picture.width
        picture.draft(None, (PHOTO_WIDTH, PHOTO_WIDTH))
        if picture.width == full:
            return photo
        smaller = io.BytesIO()
        picture.save(smaller, "JPEG", quality=88)
        return smaller.getvalue()


def draw_codes(folder: Path, badges: list[dict[str, Any]]) -> None:
    """All of them in one file; each badge says where its own begins, and how many squares wide."""
    with (folder / "codes.bin").open("wb") as codes:
        for badge in badges:
            code = qr.squares(badge.pop("link"))
            badge["code"] = [codes.tell(), code.side]
            codes.write(code.pixels)


def typeset(folder: Path) -> None:
    typst.compile(
        str(folder / "sheet.typ"),
        output=str(folder / "badges.pdf"),
        root=str(folder),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(TEMPLATES / "fonts")]),
        pdf_tags=False,
    )


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
    typeset(Path(sys.argv[1]))
