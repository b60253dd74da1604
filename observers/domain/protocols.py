"""The protocol of a recorded session, and the agenda of one that is prepared, as PDF. Read only.

Both are in the language of the state, which is the election's first, whoever prints them. Identity
numbers stand in neither.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from accounts.time_words import date_in_words
from elections.enums import Kind, Outcome
from elections.models import RefusalGround
from elections.templatetags.time_words import in_full
from elections.texts import in_language
from observers.domain.printing import as_pdf
from observers.domain.sessions import ORDER
from observers.domain.snapshots import field_names
from observers.models import CommissionSession

# What an item is printed from, by the name it has here: nothing that is sealed.
PRINTED = {
    "outcome": F("proposal__outcome"),
    "ground": F("proposal__ground"),
    "unconfirmed": F("proposal__unconfirmed_fields"),
    "what_was_checked": F("proposal__what_was_checked"),
    "proposed_by": F("proposal__proposed_by__full_name"),
    "appeal_body_names": F("proposal__decision__appeal_body_names"),
    "appeal_until": F("proposal__decision__appeal_until"),
    "surname": F("proposal__application__surname"),
    "given_name": F("proposal__application__given_name"),
    "patronymic": F("proposal__application__patronymic"),
    "kind": F("proposal__application__kind"),
    "organisation": F("proposal__application__organisation__name"),
    "receipt": F("proposal__application__receipt_number"),
    "accreditation": F("proposal__application__accreditation_number"),
}


def protocol_as_pdf(session: CommissionSession) -> bytes:
    """The protocol with its annex. Of a recorded session only."""
    with override(_language(session)):
        return as_pdf("protocol.typ", _protocol(session))


def agenda_as_pdf(session: CommissionSession) -> bytes:
    """What the members have before them while the session is held."""
    with override(_language(session)):
        return as_pdf("agenda.typ", _agenda(session))


def _language(session: CommissionSession) -> str:
    return str(session.election.languages[0])


def _protocol(session: CommissionSession) -> dict[str, Any]:
    listed = _Listed(session)
    adopted = {outcome: listed.of(outcome, is_adopted=True) for outcome in ORDER}
    return {
        **_head(session),
        "title": _("Protocol of the session"),
        "number": session.number,
        "date": date_in_words(session.held_on) if session.held_on else "",
        "place": session.place,
        "people": _people(session),
        "agenda": _points(listed),
        "decided": _decided(listed, adopted),
        "not_adopted": listed.with_reasons(is_adopted=False),
        "not_decided": listed.with_reasons(is_adopted=None),
        "registered": [
            [str(n), row.name, row.nominator, row.accreditation]
            for n, row in enumerate(adopted[Outcome.APPROVED], start=1)
        ],
        "annex_of": session.protocol,
        "signatures": _signatures(session),
    }


def _agenda(session: CommissionSession) -> dict[str, Any]:
    listed = _Listed(session)
    return {
        **_head(session),
        "title": _("Agenda of the session"),
        "points": [
            {
                "heading": _point(outcome, len(rows)),
                "rows": [[str(row.position), row.name, row.about, row.receipt] for row in rows],
            }
            for outcome in ORDER
            if (rows := listed.of(outcome))
        ],
    }


def _head(session: CommissionSession) -> dict[str, Any]:
    return {
        "language": _language(session),
        "commission": in_language(session.commission.names),
        "election": session.election.name,
        "words": _words(),
    }


def _words() -> dict[str, str]:
    return {
        "no": "№",
        "present": _("Present"),
        "agenda": _("Agenda"),
        "decided": _("It was decided"),
        "not_adopted": _("Not adopted"),
        "goes_back": _("These proposals were not adopted. The applications go back to review."),
        "not_decided": _("Not decided"),
        "nothing_decided": _("Nothing was decided on these applications."),
        "nothing": _("Nothing."),
        "annex": _("Annex 1"),
        "annex_title": _("Observers registered by the decision of the session"),
        "name": _("Surname, given name, patronymic"),
        "nominator": _("Nominated by"),
        "accreditation": _("Accreditation number"),
        "receipt": _("Receipt number"),
        "about": _("Nominated by, ground, proposed by"),
        "signature": _("signature"),
    }


def _people(session: CommissionSession) -> list[list[Any]]:
    """Who they were, in the order in which a protocol names them. Only what there is."""
    leading = {session.chaired_by, session.secretary}
    said = [
        (_("Chair of the session"), [session.chaired_by]),
        (_("Secretary of the session"), [session.secretary]),
        (_("Members of the commission"), [n for n in session.present if n not in leading]),
        (_("Absent"), session.absent),
        (_("Also present"), session.guests),
    ]
    return [[label, names] for label, names in said if any(names)]


def _signatures(session: CommissionSession) -> list[list[str]]:
    members = [n for n in session.present if n not in (session.chaired_by, session.secretary)]
    first = _("Members of the commission")
    return [
        [_("Chair of the session"), session.chaired_by],
        [_("Secretary of the session"), session.secretary],
        *([first if n == 0 else "", name] for n, name in enumerate(members)),
    ]


def point_of(outcome: str) -> str:
    """The point of an agenda under which a proposal stands."""
    return {
        Outcome.APPROVED: pgettext("point of an agenda", "Registration"),
        Outcome.REFUSED: pgettext("point of an agenda", "Refusal"),
        Outcome.CANCELLED: pgettext("point of an agenda", "Cancellation"),
    }[Outcome(outcome)]


def _points(listed: "_Listed") -> list[str]:
    return [_point(outcome, len(rows)) for outcome in ORDER if (rows := listed.of(outcome))]


def _point(outcome: Outcome, n: int) -> str:
    """One point of the agenda, with how many it is about."""
    words = {
        Outcome.APPROVED: ngettext(
            "Registration of observers: %(n)s application",
            "Registration of observers: %(n)s applications",
            n,
        ),
        Outcome.REFUSED: ngettext(
            "Refusal to register: %(n)s application",
            "Refusal to register: %(n)s applications",
            n,
        ),
        Outcome.CANCELLED: ngettext(
            "Cancellation of a registration: %(n)s application",
            "Cancellation of registrations: %(n)s applications",
            n,
        ),
    }
    return words[outcome] % {"n": _counted(n)}


def _decided(listed: "_Listed", adopted: dict[Outcome, list["_Row"]]) -> list[dict[str, Any]]:
    """Each outcome as a resolution; whoever is not registered by name, with the reasons."""
    return [
        {
            "text": _resolution(outcome, len(adopted[outcome])),
            "entries": []
            if outcome == Outcome.APPROVED
            else [listed.in_full(row) for row in adopted[outcome]],
        }
        for outcome in ORDER
        if adopted[outcome]
    ]


def _resolution(outcome: Outcome, n: int) -> str:
    words = {
        Outcome.APPROVED: ngettext(
            "%(n)s person is registered as an observer and named in annex 1.",
            "%(n)s people are registered as observers and named in annex 1.",
            n,
        ),
        Outcome.REFUSED: ngettext(
            "Registration as an observer is refused to %(n)s person:",
            "Registration as observers is refused to %(n)s people:",
            n,
        ),
        Outcome.CANCELLED: ngettext(
            "The registration of %(n)s person as an observer is cancelled:",
            "The registration of %(n)s people as observers is cancelled:",
            n,
        ),
    }
    return words[outcome] % {"n": _counted(n)}


def _counted(n: int) -> str:
    return number_format(n, force_grouping=True)


@dataclass(frozen=True)
class _Row:
    """One item as it is printed."""

    position: int
    is_adopted: bool | None
    reason: str
    outcome: str
    ground: str
    unconfirmed: list[str]
    what_was_checked: str
    appeal: str
    name: str
    nominator: str
    proposed_by: str
    receipt: str
    accreditation: str

    @property
    def about(self) -> str:
        return "; ".join(part for part in (self.nominator, self.ground, self.proposed_by) if part)


class _Listed:
    """The items of a session, read once."""

    def __init__(self, session: CommissionSession) -> None:
        self.session = session
        self.kinds = {kind.value: str(kind.label) for kind in Kind}
        grounds = RefusalGround.objects.filter(election=session.election_id)
        self.grounds = {ground.pk: str(ground) for ground in grounds}
        found = session.agenda.order_by("position").values(
            "position", "is_adopted", "reason", **PRINTED
        )
        self.rows = [self._row(dict(each)) for each in found]

    def _row(self, found: dict[str, Any]) -> _Row:
        copied = ("position", "is_adopted", "reason", "outcome", "unconfirmed", "what_was_checked")
        names = (found["surname"], found["given_name"], found["patronymic"])
        return _Row(
            **{name: found[name] for name in copied},
            ground=self.grounds.get(found["ground"], ""),
            appeal=self._appeal(found["appeal_body_names"], found["appeal_until"]),
            name=" ".join(filter(None, names)),
            nominator=found["organisation"] or self.kinds[found["kind"]],
            proposed_by=found["proposed_by"],
            receipt=found["receipt"] or "",
            accreditation=found["accreditation"] or "",
        )

    def _appeal(self, body_names: dict[str, str] | None, until: Any) -> str:
        if until is None:
            return ""
        words = {
            "body": in_language(body_names or {}),
            "until": in_full(until, self.session.election),
        }
        return _("%(body)s, until %(until)s") % words

    def of(self, outcome: str, **how: Any) -> list[_Row]:
        return [row for row in self.rows if row.outcome == outcome and _is(row, how)]

    def in_full(self, row: _Row) -> dict[str, Any]:
        """With everything that a refusal has to name."""
        unconfirmed = ", ".join(field_names(row.unconfirmed, _language(self.session)))
        said = [
            [_("Ground"), row.ground],
            [_("Not confirmed"), unconfirmed],
            [self._checked_label(row), row.what_was_checked],
            [_("Appeal"), row.appeal],
        ]
        return self._entry(row, said)

    @staticmethod
    def _checked_label(row: _Row) -> str:
        if row.outcome == Outcome.CANCELLED:
            return _("The act it rests on")
        return _("What was checked")

    def with_reasons(self, *, is_adopted: bool | None) -> list[dict[str, Any]]:
        return [
            self._entry(row, [[_("Proposed"), point_of(row.outcome)], [_("Reason"), row.reason]])
            for row in self.rows
            if row.is_adopted is is_adopted
        ]

    @staticmethod
    def _entry(row: _Row, said: list[list[str]]) -> dict[str, Any]:
        return {
            "name": row.name,
            "receipt": row.receipt,
            "nominator": row.nominator,
            "said": [pair for pair in said if pair[1]],
        }


def _is(row: _Row, how: dict[str, Any]) -> bool:
    return all(getattr(row, name) is value for name, value in how.items())
