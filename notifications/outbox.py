"""Writing letters and carrying them.

Writing is part of the change that a letter reports; carrying happens afterwards and may be
interrupted anywhere. A carrier claims letters with a lease, sends, and marks them. One that dies
leaves a lease behind that runs out, and the next carrier sends the letter under the same
Message-ID. So a letter is never lost, and can only be repeated when a carrier dies in the moment
between the mail server's "accepted" and the mark.
"""

import datetime
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import User
from notifications.enums import LetterStatus
from notifications.models import Letter

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=10)
BATCH = 50
# Rests between attempts; after the last the letter is undeliverable and stands in a list.
RESTS = [datetime.timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 720, 1440)]


def letter(
    kind: str,
    *,
    recipient: User,
    reference: str = "",
    once_key: str | None = None,
    **facts: Any,
) -> Letter:
    """A letter in the recipient's language, not yet stored. `facts` must be JSON."""
    return Letter(
        kind=kind,
        recipient=recipient,
        language=recipient.language,
        reference=reference,
        once_key=once_key,
        facts=facts,
    )


def write(letters: Iterable[Letter]) -> list[Letter]:
    """Store letters in the caller's transaction and have them carried once it is committed.

    A letter whose `once_key` is already there is left out of the outbox.
    """
    rows = list(letters)
    once = [row for row in rows if row.once_key]
    Letter.unscoped.bulk_create([row for row in rows if not row.once_key], batch_size=2000)
    Letter.unscoped.bulk_create(once, batch_size=2000, ignore_conflicts=True)
    if rows:
        transaction.on_commit(lambda: _announce(), robust=True)
    return rows


def _announce() -> None:
    """Wake a worker. If the broker is down, beat finds the letters a little later."""
    from notifications.tasks import send_letters

    send_letters.delay()


def carry(*, limit: int | None = None) -> int:
    """Send what is due, in batches over one connection each; returns how many left.

    Safe to run any number of times, and beside itself.
    """
    sent = 0
    while limit is None or sent < limit:
        batch = _claim(BATCH if limit is None else min(BATCH, limit - sent))
        if not batch:
            break
        sent += _send_batch(batch)
    return sent


def _claim(size: int) -> list[Letter]:
    now = timezone.now()
    with transaction.atomic():
        due = Letter.unscoped.due().order_by("next_attempt_at", "pk")
        keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
        Letter.unscoped.filter(pk__in=keys).update(claimed_until=now + LEASE)
    claimed = Letter.unscoped.filter(pk__in=keys).select_related("recipient")
    return list(claimed.order_by("pk"))


def _send_batch(batch: list[Letter]) -> int:
    sent = 0
    connection = get_connection()
    try:
        for row, address in _addressed(batch):
            try:
                message = compose(row, address)
                message.connection = connection
                message.send()
            except Exception as error:  # one bad letter must not hold up the others
                logger.warning("Letter %s did not leave.", row.pk, exc_info=True)
                connection.close()
                _rest(row, error)
            else:
                _mark_sent(row)
                sent += 1
    finally:
        connection.close()
    return sent


def _addressed(batch: list[Letter]) -> Iterator[tuple[Letter, str]]:
    """Letters with the address they go to; those without a verified one are held."""
    people = {row.recipient_id for row in batch if not row.to_address}
    verified = EmailAddress.objects.filter(user__in=people, verified=True).order_by("primary")
    by_user = {address.user_id: address.email for address in verified}
    for row in batch:
        address = row.to_address or by_user.get(row.recipient_id, "")
        if address:
            yield row, address
        else:
            Letter.unscoped.filter(pk=row.pk).update(status=LetterStatus.HELD, claimed_until=None)


def compose(row: Letter, address: str) -> EmailMultiAlternatives:
    """The message as it leaves: plain text, and HTML that says the same."""
    context = {**row.facts, "site_url": settings.SITE_URL, "reference": row.reference}
    with translation.override(row.language):
        subject = render_to_string(f"letters/{row.kind}.subject.txt", context)
        text = render_to_string(f"letters/{row.kind}.txt", context)
        html = render_to_string(f"letters/{row.kind}.html", context)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text.strip() + "\n",
        to=[address],
        headers={"Message-ID": row.message_id(), "Content-Language": row.language},
    )
    message.attach_alternative(html, "text/html")
    return message


def _mark_sent(row: Letter) -> None:
    Letter.unscoped.filter(pk=row.pk).update(
        status=LetterStatus.SENT,
        sent_at=timezone.now(),
        attempts=row.attempts + 1,
        claimed_until=None,
        last_error="",
    )


def _rest(row: Letter, error: Exception) -> None:
    """Try again later; the last failure is final and shows among the undeliverable."""
    failed = row.attempts >= len(RESTS)
    pause = RESTS[min(row.attempts, len(RESTS) - 1)]
    Letter.unscoped.filter(pk=row.pk).update(
        status=LetterStatus.FAILED if failed else LetterStatus.QUEUED,
        attempts=row.attempts + 1,
        next_attempt_at=timezone.now() + pause,
        claimed_until=None,
        last_error=str(error)[:500],
    )


def release_held(user: User) -> int:
    """Queue the letters that waited for the user to verify an address."""
    held = Letter.unscoped.filter(recipient=user, status=LetterStatus.HELD)
    return int(held.update(status=LetterStatus.QUEUED, next_attempt_at=timezone.now()))
