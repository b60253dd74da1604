"""Texts that are data of an election and so are stored in each of its languages."""

from django.utils.translation import get_language


def in_language(texts: dict[str, str], language: str | None = None) -> str:
    """The text in `language` (by default the one being spoken), else the first there is."""
    wanted = (language or get_language() or "").split("-")[0]
    return texts.get(wanted) or next(iter(texts.values()), "")
