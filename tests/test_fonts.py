"""The self-hosted fonts hold every letter that the three languages write."""

import re

import pytest
from django.conf import settings

AZERBAIJANI = "AaBbCcÇçDdEeƏəFfGgĞğHhXxIıİiJjKkQqLlMmNnOoÖöPpRrSsŞşTtUuÜüVvYyZz"
RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "Ёё"
SIGNS = "0123456789№«»“”‘’–—…·×€→"
CSS = settings.BASE_DIR / "static" / "css"
FACES = [("Sans", 400), ("Sans", 600), ("Serif", 500), ("Mono", 400), ("Mono", 500)]


def said() -> str:
    """What pages have of fonts: the first file alone on the page of badges, else both."""
    files = ("fonts-sans.css", "fonts.css")
    return "".join((CSS / name).read_text(encoding="utf-8") for name in files)


def characters_of(family: str, weight: int) -> set[int]:
    """Every character that the style sheets promise for one face."""
    promised: set[int] = set()
    for face in re.findall(r"@font-face \{(.*?)\}", said(), flags=re.DOTALL):
        if f'"IBM Plex {family}"' not in face or f"font-weight: {weight};" not in face:
            continue
        for first, last in re.findall(r"U\+([0-9A-F]{4})(?:-([0-9A-F]{4}))?", face):
            promised.update(range(int(first, 16), int(last or first, 16) + 1))
    return promised


@pytest.mark.parametrize(("family", "weight"), FACES)
@pytest.mark.parametrize("letters", [AZERBAIJANI, RUSSIAN, SIGNS])
def test_a_face_has_every_letter_of_the_language(family, weight, letters):
    promised = characters_of(family, weight)
    assert [letter for letter in letters if ord(letter) not in promised] == []


def test_every_font_file_is_there():
    named = re.findall(r'url\("(.+?)"\)', said())
    assert len(named) == len(set(named)) == 20
    assert [name for name in named if not (CSS / name).resolve().is_file()] == []
