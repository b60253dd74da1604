"""The letters of accounts (address verification, password reset), which allauth words.

They go through the same outbox, so that a mail server that is down delays them and loses none.
"""

from django.core.mail import EmailMessage
from django.db import transaction

from notifications import outbox
from notifications.models import Letter


def account(message: EmailMessage, *, language: str) -> Letter:
    """A message that allauth has rendered as plain text, to the one address it was made for."""
    facts = {"subject": message.subject, "text": message.body}
    return Letter(kind="account", to_address=message.to[0], language=language, facts=facts)


def send_account_letter(message: EmailMessage, *, language: str) -> None:
    with transaction.atomic():
        outbox.write([account(message, language=language)])
