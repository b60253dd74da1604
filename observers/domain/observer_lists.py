"""Lists of registered observers to be printed for polling stations: what is left to check a badge
by where there is neither a phone nor power. Read only.

Observers are registered for a constituency, and its polling stations are not known one by one, so
a list is of a constituency; those of the whole country, who may come to any polling station, have
a list of their own. A special permission is for sessions of commissions and stands on neither.
Of a person a list holds the name, never identity number, birth date, address or contact.
"""

import datetime
from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings
from django.db.models import Case, Count, F, FilteredRelation, Q, QuerySet, Value, When
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from elections.domain.clock import database_now
from elections.enums import Kind, NamePolicy, Scope
from elections.models import Constituency, Election
from elections.templatetags.time_words import in_full
from elections.texts import in_language
from observers.domain import printing
from observers.domain.public_names import shown_name
from observers.domain.verification import kept_until
from observers.enums import VALID_BADGES, Status
from observers.models import Application

# Longer lists are left without the structure that is read aloud: it makes seven megabytes of one.
# What the lists hold is read aloud from the pages of the register.
TAGGED = 1000
CHECKED_AT = "/verify/"
_NAMES = ("surname", "given_name", "patronymic")
# What a line is made of: nothing that is sealed.
_COLUMNS = (
    "accreditation_number", "kind", "organisation__short_name", "organisation__name",
    "carried__serial", "carried__valid_from", "carried__valid_until",
)  # fmt: skip


@dataclass(frozen=True)
class ObserverList:
    """Of one constituency; without one, of the whole country. `is_public`: names are shown as far
    as the register shows them; otherwise in full, for the commission's own use."""

    election: Election
    constituency: Constituency | None
    is_public: bool
    language: str

    @property
    def name(self) -> str:
        """Of the file."""
        place = f"constituency-{self.constituency.number}" if self.constituency else "nationwide"
        return f"observers-{self.election.slug}-{place}"


def as_pdf(asked: ObserverList) -> bytes:
    """A4, in the language of the list, as things stand at this moment."""
    with override(asked.language):
        facts = _facts(asked, now=database_now())
    return printing.as_pdf("observers.typ", facts, tagged=len(facts["lines"]) <= TAGGED)


def counts(election: Election) -> dict[int | None, int]:
    """How many a list would hold, by constituency; under None those of the whole country."""
    found = _registered(election).order_by().values_list("constituency")
    return dict(found.annotate(count=Count("pk")))


def _registered(election: Election) -> QuerySet[Application]:
    """On one of the lists."""
    found: QuerySet[Application] = Application.unscoped.filter(
        election=election,
        status=Status.APPROVED,
        scope__in=(Scope.NATIONWIDE, Scope.CONSTITUENCY),
    )
    return found


def _facts(asked: ObserverList, *, now: datetime.datetime) -> dict[str, Any]:
    election = asked.election
    kept = kept_until(election)
    lines = [_line(row, asked, now=now, kept=kept) for row in _rows(asked)]
    place = str(asked.constituency or _("Observers for the whole country"))
    as_of = _("As of %(when)s") % {"when": in_full(now, election)}
    link = settings.SITE_URL + CHECKED_AT
    return {
        "language": (get_language() or "").partition("-")[0],
        "authority": in_language(election.authority_names),
        "election": election.name,
        "place": place,
        "as_of": as_of,
        "count": _count(len(lines)),
        "which": _which(asked),
        "by_station": asked.constituency is not None,
        "check": _("Where there is a network, check a badge or a number at %(link)s")
        % {"link": link.removeprefix("https://")},
        "code": segno.make_qr(link, error="m").svg_inline(border=0, omitsize=True),
        "foot": f"{place} · {as_of}",
        "shows_names": len(_nameless(asked)) < len(Kind),
        "words": _words(),
        "lines": [[str(n), *line] for n, line in enumerate(lines, start=1)],
    }


def _nameless(asked: ObserverList) -> list[Kind]:
    """The kinds of observer whose names this list withholds."""
    if not asked.is_public:
        return []
    return [kind for kind in Kind if asked.election.name_policy_of(kind) == NamePolicy.NUMBER]


def _rows(asked: ObserverList) -> Any:
    """In the Azerbaijani order of names; behind them, by number, those whose names are withheld:
    their place in the alphabet would tell them."""
    nameless = _nameless(asked)
    valid = FilteredRelation("badges", condition=Q(badges__status__in=VALID_BADGES))
    rows = _registered(asked.election).filter(
        scope=Scope.CONSTITUENCY if asked.constituency else Scope.NATIONWIDE,
        constituency=asked.constituency,
    )
    order: list[Any] = ["sort_key", "accreditation_number"]
    if nameless:
        withheld = Q(kind__in=nameless)
        order[0] = Case(When(withheld, then=Value("")), default=F("sort_key"))
        order.insert(0, Case(When(withheld, then=Value(1)), default=Value(0)))
    return rows.annotate(carried=valid).order_by(*order).values(*_COLUMNS, *_NAMES)


def _line(
    row: dict[str, Any],
    asked: ObserverList,
    *,
    now: datetime.datetime,
    kept: datetime.datetime | None,
) -> list[str]:
    """Number, name, nominator, kind, serial and end of the badge; these two are empty where none
    is valid now."""
    policy = asked.election.name_policy_of(row["kind"]) if asked.is_public else NamePolicy.FULL
    name = shown_name(*(row[part] for part in _NAMES), policy=policy)
    kind = str(Kind(row["kind"]).label)
    nominator = row["organisation__short_name"] or row["organisation__name"] or ""
    return [row["accreditation_number"], name, nominator, kind, *_badge(row, asked, now, kept)]


def _badge(
    row: dict[str, Any], asked: ObserverList, now: datetime.datetime, kept: datetime.datetime | None
) -> list[str]:
    if row["carried__serial"] is None:
        return ["", ""]
    ends = max(row["carried__valid_until"], kept or row["carried__valid_until"])
    if not row["carried__valid_from"] <= now < ends:
        return ["", ""]
    return [str(row["carried__serial"]), _last_moment(ends, asked.election)]


def _last_moment(ends: datetime.datetime, election: Election) -> str:
    """In few figures: "08.02.2024 24:00"."""
    local = ends.astimezone(election.zone)
    if f"{local:%H:%M}" == "00:00":
        return f"{local - datetime.timedelta(minutes=1):%d.%m.%Y} 24:00"
    return f"{local:%d.%m.%Y %H:%M}"


def _count(n: int) -> str:
    said = ngettext("%(n)s observer", "%(n)s observers", n)
    return said % {"n": number_format(n, force_grouping=True)}


def _which(asked: ObserverList) -> str:
    if asked.is_public:
        return _("The public list: of names it shows what the register shows.")
    return _("For the commission’s own use: it names people in full. Not to be published.")


def _words() -> dict[str, str]:
    return {
        "title": _("Registered observers"),
        "station": _("Polling station No"),
        "present": _("Here"),
        "number": _("Number"),
        "name": _("Name"),
        "nominator": _("Nominated by"),
        "serial": _("Serial"),
        "until": _("Valid until"),
        "no_badge": _("no valid badge"),
        "nobody": _("Nobody is registered yet."),
        "how": _(
            "Valid is only the badge with the serial number that stands here. Who is not on the "
            "list of this constituency or of the whole country is not registered for this polling "
            "station, or was registered after the hour above."
        ),
        "page": _("Page %(n)s of %(all)s") % {"n": "{n}", "all": "{all}"},
    }
