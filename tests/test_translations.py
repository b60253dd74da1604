"""Every sentence in every language: nothing missing, nothing doubtful, no placeholder lost."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = (
    "accounts", "config", "elections", "notifications", "observers", "organisations", "privacy",
)  # fmt: skip
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def sentences() -> Iterator[str]:
    """Every translatable sentence of the code and the templates."""
    for room in ROOMS:
        for path in (PROJECT / room).rglob("*.py"):
            yield from _extracted(path.read_text())
    for path in (PROJECT / "templates").rglob("*"):
        if path.suffix in (".html", ".txt"):
            yield from _extracted(_flat(templatize(path.read_text())))


def _flat(template_as_python: str) -> str:
    """Without the indentation of HTML, which means something in Python."""
    return "\n".join(line.strip() for line in template_as_python.splitlines())


def _extracted(source: str) -> Iterator[str]:
    code = io.BytesIO(source.encode())
    for _line, message, _comments, _context in extract("python", code, keywords=KEYWORDS):
        yield from (message if isinstance(message, tuple) else (message,))


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(PROJECT / "locale" / language / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_every_sentence_of_the_code_is_in_the_catalogue(language: str) -> None:
    known = {form for entry in catalogue(language) for form in (entry.msgid, entry.msgid_plural)}
    assert sorted(set(sentences()) - known) == []


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_every_sentence_of_the_catalogue_is_translated(language: str) -> None:
    entries = catalogue(language)
    assert [entry.msgid for entry in entries if not entry.translated() and not entry.obsolete] == []


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_no_placeholder_is_lost_in_translation(language: str) -> None:
    broken = [entry.msgid for entry in catalogue(language) if not keeps_placeholders(entry)]
    assert broken == []


def keeps_placeholders(entry: polib.POEntry) -> bool:
    """The same in a single form; a plural form may leave out the number it stands for."""
    named = set(PLACEHOLDER.findall(entry.msgid))
    if not entry.msgid_plural:
        return set(PLACEHOLDER.findall(entry.msgstr)) == named
    named |= set(PLACEHOLDER.findall(entry.msgid_plural))
    return all(set(PLACEHOLDER.findall(form)) <= named for form in entry.msgstr_plural.values())
