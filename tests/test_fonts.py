"""The self-hosted fonts hold every letter that the three languages write."""

import re

import pytest
from django.conf import settings

AZERBAIJANI = "AaBbCcÇçDdEeƏəFfGgĞğHhXxIıİiJjKkQqLlMmNnOoÖöPpRrSsŞşTtUuÜüVvYyZz"
RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "Ёё"
SIGNS = "0123456789№«»“”‘’–—…·×€→"
FACES = [("Sans", 400), ("Sans", 600), ("Serif", 500), ("Mono", 400), ("Mono", 500)]


def characters_of(family: str, weight: int) -> set[int]:
    """Every character that `css/fonts.css` promises for one face."""
    css = (settings.BASE_DIR / "static" / "css" / "fonts.css").read_text(encoding="utf-8")
    promised: set[int] = set()
    for face in re.findall(r"@font-face \{(.*?)\}", css, flags=re.DOTALL):
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
    css = settings.BASE_DIR / "static" / "css"
    named = re.findall(r'url\("(.+?)"\)', (css / "fonts.css").read_text(encoding="utf-8"))
    assert len(named) == 20
    assert [name for name in named if not (css / name).resolve().is_file()] == []
