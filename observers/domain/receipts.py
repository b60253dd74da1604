"""The receipts of submissions of many: counted, and as a PDF that names everybody. Read only."""

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from elections.enums import Scope
from elections.models import Election
from elections.templatetags.time_words import in_full
from elections.texts import in_language
from observers.domain.printing import as_pdf as printed
from observers.models import Submission

# What a line of the PDF is made of: nothing that is sealed.
PRINTED = (
    "application__surname", "application__given_name", "application__patronymic",
    "application__scope", "application__constituency", "application__receipt_number", "reason",
)  # fmt: skip


def with_counts(submissions: Any) -> Any:
    """Adds `taken` and `refused`: how many of the lines there are of each."""
    return submissions.annotate(
        taken=Count("lines", filter=Q(lines__reason="")),
        refused=Count("lines", filter=~Q(lines__reason="")),
    )


def as_pdf(submission: Submission) -> bytes:
    """To print or to file, in the active language; the authority and the title also in the
    language of the state, which is the election's first."""
    election = submission.election
    taken, refused = _lines(submission)
    return printed(
        "submission.typ",
        {
            "language": (get_language() or "").partition("-")[0],
            "number": submission.receipt_number,
            "organisation": submission.organisation.shown_name,
            "authority": in_language(election.authority_names),
            "about": _about(submission, taken=len(taken), refused=len(refused)),
            "words": _words(),
            "taken": taken,
            "refused": refused,
            **_in_language_of_state(election),
        },
    )


def _lines(submission: Submission) -> tuple[list[list[str]], list[list[str]]]:
    """Name, place and number of those that were taken; name and reason of the others."""
    places = {place.pk: str(place) for place in submission.election.constituencies.all()}
    scopes = {scope.value: str(scope.label) for scope in Scope}
    taken, refused = [], []
    for *names, scope, constituency, number, reason in submission.lines.order_by("pk").values_list(
        *PRINTED
    ):
        name = " ".join(filter(None, names)) or _("Observer without a name")
        if reason:
            refused.append([name, reason])
        else:
            taken.append([name, places.get(constituency, scopes[scope]), number or ""])
    return taken, refused


def _about(submission: Submission, *, taken: int, refused: int) -> list[list[str]]:
    election, by = submission.election, submission.submitted_by
    said = [
        [_("Election"), election.name],
        [_("Nominated by"), submission.organisation.name],
        [_("Received"), in_full(submission.submitted_at, election)],
        [_("Sent by"), by.full_name or by.email],
        [_("Applications received"), str(taken)],
    ]
    return [*said, [_("Not sent"), str(refused)]] if refused else said


def _words() -> dict[str, str]:
    return {
        "title": _title(),
        "number": _("Receipt number"),
        "observer": _("Observer"),
        "place": _("Where"),
        "receipt": _("Receipt number"),
        "reason": _("Why it was not sent"),
        "taken": _("Applications received"),
        "refused": _("Not sent"),
        "page": _("Page %(n)s of %(all)s") % {"n": "{n}", "all": "{all}"},
    }


def _title() -> str:
    return _("Receipt of applications sent together")


def _in_language_of_state(election: Election) -> dict[str, str]:
    """Empty where the page is in that language already."""
    state = election.languages[0]
    if (get_language() or "").startswith(state):
        return {"authority_of_state": "", "title_of_state": ""}
    with override(state):
        return {
            "authority_of_state": in_language(election.authority_names),
            "title_of_state": _title(),
        }
