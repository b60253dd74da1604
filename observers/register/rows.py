"""Lines of the register as rows of its table.

Written here and not in the template, which would take longer for fifty rows than for all the rest
of the page.
"""

from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from elections.models import Election
from observers.register.entries import Entry, shows_names
from observers.register.filters import STATUS_LABELS

_REST = """<td class="register-table__rest">{}</td><td class="register-table__rest">{}</td>\
<td class="d-none d-md-table-cell numbers text-nowrap">{}</td>\
<td class="register-table__status">{}</td></tr>"""
_NAMED = (
    """<tr><th scope="row" class="register-table__name"><a href="{}">{}</a></th>\
<td class="register-table__rest mono text-nowrap">{}</td>"""
    + _REST
)
_NUMBERED = (
    """<tr><th scope="row" class="register-table__name mono"><a href="{}">{}</a></th>""" + _REST
)


@lru_cache
def _marks(language: str) -> dict[str, SafeString]:
    """Each status as it is drawn, with its word in the language being spoken."""
    return {
        status.value: render_to_string("components/status.html", {"status": status, "label": label})
        for status, label in STATUS_LABELS.items()
    }


def rows(election: Election, entries: list[Entry]) -> SafeString:
    """Of those without a name where others have one, the table says so."""
    marks = _marks(get_language() or "")
    address = reverse("register:list", args=[election.slug])
    nameless = _("name not shown") if shows_names(election) else ""
    written: list[tuple[str, ...]] = []
    for entry in entries:
        first = (f"{address}{entry.number}/", entry.name or nameless or entry.number)
        number = (entry.number,) if nameless else ()
        cells = (entry.nominator, entry.place, entry.day, marks[entry.status])
        written.append((*first, *number, *cells))
    return format_html_join("\n", _NAMED if nameless else _NUMBERED, written)
