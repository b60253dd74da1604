"""What pages of the organisation and of the commission say alike."""

from django.utils.translation import gettext as _

from accounts.names import capfirst
from elections.templatetags.time_words import in_full
from observers.domain import agreement
from observers.domain.agreement import Standing
from observers.domain.way_to_badge import is_asked_for
from observers.models import Application

# Each standing looks like a status that everybody knows.
_LOOKS = {
    Standing.NOT_ASKED: "not_started",
    Standing.ASKED: "submitted",
    Standing.AGREED: "approved",
    Standing.DECLINED: "refused",
}


def agreement_in_words(application: Application) -> dict[str, str] | None:
    """How far it is with the observer's own word: look, label, and since when, as a sentence.
    None where nobody asks for it."""
    if not is_asked_for(application):
        return None
    state = agreement.standing(application)
    return {"status": _LOOKS[state], "label": str(state.label), "when": _since(application)}


def _since(application: Application) -> str:
    moment = application.observer_answered_at or application.observer_asked_at
    return _("On %(when)s.") % {"when": in_full(moment, application.election)} if moment else ""


def correction_in_words(application: Application) -> str:
    """What a returned application has to have corrected: the fields by name, and the note."""
    last = application.returns.order_by("-pk").only("fields").first()
    labels = {field.name: field.verbose_name for field in Application._meta.fields}
    labels["documents"] = _("documents")
    named = [str(labels.get(name, name)) for name in (last.fields if last else [])]
    note = application.return_note
    return f"{capfirst(', '.join(named))}: {note}" if named else note
