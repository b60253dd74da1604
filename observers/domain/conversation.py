"""The conversation between the commission and an applicant. It moves no status and no clock: what
has to be corrected is returned.

The commission begins it; the applicant, or any representative of the organisation, answers on the
page of the application.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import outbox
from observers import permissions
from observers.domain import letters
from observers.enums import Status
from observers.models import Application, InternalNote, Message

# So many from one side in a row without an answer.
MOST_IN_A_ROW = 20
LONGEST = 4000
SILENT = (Status.DRAFT, Status.LAPSED, Status.WITHDRAWN)


class ConversationError(Exception):
    """It is not written. The message may be shown to a person."""


def write_to_applicant(application: Application, *, author: User, text: str) -> Message:
    """A word from the commission, which also leaves as a letter. Raises ConversationError."""
    if reason := why_commission_may_not(author, application):
        raise ConversationError(reason)
    with transaction.atomic():
        message = _write(application, author=author, text=text, from_commission=True)
        outbox.write([letters.message(application, message)])
    return message


def answer(application: Application, *, author: User, text: str) -> Message:
    """A word from the applicant, once the commission has written. Raises ConversationError."""
    with transaction.atomic():
        if not application.messages.exists():
            raise ConversationError(_("The commission has not written to you."))
        return _write(application, author=author, text=text, from_commission=False)


def why_commission_may_not(user: User, application: Application) -> str:
    """Why the user may not write for the commission. Empty if they may."""
    for action in ("converse", "review"):
        if not (verdict := permissions.may(user, action, application)):
            return verdict.reason
    return _silence(application)


def _silence(application: Application) -> str:
    if application.status in SILENT:
        return _("Nothing more is written about an application that is withdrawn or not sent.")
    return ""


def _write(application: Application, *, author: User, text: str, from_commission: bool) -> Message:
    """The application is held, so that two at once do not both write the last that is allowed."""
    Application.unscoped.select_for_update(of=("self",)).get(pk=application.pk)
    words = _words(text)
    if reason := _silence(application):
        raise ConversationError(reason)
    latest = application.messages.order_by("-pk").values_list("from_commission", flat=True)
    if list(latest[:MOST_IN_A_ROW]) == [from_commission] * MOST_IN_A_ROW:
        raise ConversationError(
            _("%(most)d messages in a row are enough: wait for an answer.")
            % {"most": MOST_IN_A_ROW}
        )
    return Message.objects.create(
        application=application, author=author, from_commission=from_commission, text=words
    )


def note(application: Application, *, author: User, text: str) -> InternalNote:
    """For colleagues alone. Raises ConversationError."""
    if not (verdict := permissions.may(author, "review", application)):
        raise ConversationError(verdict.reason)
    return InternalNote.objects.create(application=application, author=author, text=_words(text))


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise ConversationError(_("Write something first."))
    if len(words) > LONGEST:
        raise ConversationError(
            _("At most %(most)d letters: shorten it by %(over)d.")
            % {"most": LONGEST, "over": len(words) - LONGEST}
        )
    return words


def answered() -> Q:
    """Of applications: the applicant had the last word, and nobody has written back."""
    later = Message.objects.filter(
        application=OuterRef("application"), from_commission=True, pk__gt=OuterRef("pk")
    )
    last_words = Message.objects.filter(~Exists(later), from_commission=False)
    return Q(pk__in=last_words.values("application"))
