"""Writing letters and carrying them.

Writing is part of the change that a letter reports; carrying happens afterwards and may be
interrupted anywhere. A carrier claims letters with a lease, sends, and marks them. One that dies
leaves a lease behind that runs out, and the next carrier sends the letter under the same
Message-ID. So a letter is never lost, and can only be repeated when a carrier dies in the moment
between the mail server's "accepted" and the mark.
"""

import datetime
import logging
import smtplib
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from accounts.copying import sheet_of, take_in
from accounts.models import User
from notifications.enums import LetterStatus
from notifications.models import Letter

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=10)
BATCH = 50
# Rests between attempts; after the last the letter is undeliverable and stands in a list.
RESTS = [datetime.timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 720, 1440)]
# While the mail server cannot be reached at all: nobody's fault, so it does not count.
UNREACHABLE_REST = datetime.timedelta(minutes=1)


class _Unreachable(Exception):
    """The mail server does not answer. No letter of the batch can leave now."""


def letter(
    kind: str,
    *,
    about: str,
    recipient: User,
    reference: str = "",
    once_key: str | None = None,
    **facts: Any,
) -> Letter:
    """A letter in the recipient's language, not yet stored. `facts` must be JSON; `about` is the
    slug of the election it is about."""
    return Letter(
        kind=kind,
        recipient=recipient,
        language=recipient.language,
        election=about,
        reference=reference,
        once_key=once_key,
        facts=facts,
    )


def letter_to_address(
    kind: str,
    address: str,
    *,
    about: str,
    language: str,
    reference: str = "",
    once_key: str | None = None,
    **facts: Any,
) -> Letter:
    """A letter to somebody without an account, not yet stored: otherwise as `letter`. The address
    is sealed, so nobody who reads the outbox learns it."""
    return Letter(
        kind=kind,
        address=address,
        language=language,
        election=about,
        reference=reference,
        once_key=once_key,
        facts=facts,
    )


def letter_on_paper(
    kind: str, *, about: str, language: str, reference: str = "", **facts: Any
) -> Letter:
    """A letter to somebody who gave no address for e-mail, not yet stored: staff print it and hand
    it over. Otherwise as `letter`."""
    return Letter(
        kind=kind,
        language=language,
        election=about,
        reference=reference,
        facts=facts,
        status=LetterStatus.ON_PAPER,
    )


def write(
    letters: Iterable[Letter], *, held_for: datetime.timedelta = datetime.timedelta()
) -> list[Letter]:
    """Store letters in the caller's transaction and have them carried once it is committed.

    A letter whose `once_key` is already there is left out of the outbox. `held_for`: so long they
    lie there first, and can be withdrawn (`withdraw`).
    """
    rows = list(letters)
    _stamp(rows, held_for)
    take_in(sheet_of(Letter, [row for row in rows if not row.once_key]))
    once = [row for row in rows if row.once_key]
    Letter.unscoped.bulk_create(once, batch_size=2000, ignore_conflicts=True)
    if rows:
        transaction.on_commit(lambda: _announce(), robust=True)
    return rows


def _stamp(rows: list[Letter], held_for: datetime.timedelta) -> None:
    """The keys and the time, which COPY does not fill in by itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')), statement_timestamp()"
            " FROM generate_series(1, %s)",
            [Letter._meta.db_table, len(rows)],
        )
        for row, (key, now) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row.written_at, row.next_attempt_at = key, now, now + held_for
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def withdraw(letter: Letter) -> bool:
    """Take back a letter as long as it is held (`write`); false once a carrier may have it. Only
    within the transaction that takes back what it reports."""
    still_here = Letter.unscoped.filter(
        pk=letter.pk,
        status__in=(LetterStatus.QUEUED, LetterStatus.ON_PAPER),
        claimed_until__isnull=True,
        next_attempt_at__gt=Now(),
        attempts=0,
    )
    return bool(still_here.update(status=LetterStatus.WITHDRAWN))


def hand_over(letters: QuerySet[Any], *, by: User) -> int:
    """They were printed and given to whom they are for: those that wait for it, and those that
    came back from an address. Returns how many."""
    waiting = Letter.unscoped.filter(
        Q(status=LetterStatus.ON_PAPER, next_attempt_at__lte=Now())
        | Q(status=LetterStatus.FAILED, recipient__isnull=True),
        pk__in=list(letters.order_by().values_list("pk", flat=True)),
    )
    given = {"status": LetterStatus.HANDED_OVER, "sent_at": Now(), "handed_over_by": by}
    return int(waiting.update(**given))


def _announce() -> None:
    """Wake a worker. If the broker is down, beat finds the letters a little later."""
    from notifications.tasks import send_letters

    send_letters.delay()


def carry(*, limit: int | None = None) -> int:
    """Send what is due, in batches over one connection each; returns how many left.

    Safe to run any number of times, and beside itself. Stops when the mail server is away.
    """
    _release_verified()
    sent = 0
    while limit is None or sent < limit:
        batch = _claim(BATCH if limit is None else min(BATCH, limit - sent))
        if not batch:
            break
        try:
            sent += _send_batch(batch)
        except _Unreachable as unreachable:
            logger.warning("The mail server cannot be reached: %s", unreachable)
            _put_back(batch, unreachable)
            break
    return sent


def _claim(size: int) -> list[Letter]:
    """Take letters for the time of a lease, by the database's clock.

    What is sealed is read one by one later: what cannot be decrypted stops its own letter.
    """
    with transaction.atomic():
        due = Letter.unscoped.due().order_by("next_attempt_at", "pk")
        keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
        Letter.unscoped.filter(pk__in=keys).update(claimed_until=Now() + LEASE)
        return list(Letter.unscoped.filter(pk__in=keys).defer("facts", "address").order_by("pk"))


def _send_batch(batch: list[Letter]) -> int:
    """Raises _Unreachable when there is no connection, at the start or halfway."""
    addresses = _verified_addresses(batch)
    connection = _connect()
    sent = 0
    try:
        for row in batch:
            address = row.to_address or addresses.get(row.recipient_id or 0, "")
            if row.recipient_id and not address:
                _hold(row)
            elif _renew(row):
                sent += _send(row, address, connection)
    finally:
        _close(connection)
    return sent


def _connect() -> BaseEmailBackend:
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise _Unreachable(str(error)) from error
    return connection


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.info("The mail server hung up first.", exc_info=True)


def _verified_addresses(batch: list[Letter]) -> dict[int, str]:
    """By recipient, the primary verified address, or another verified one."""
    people = {row.recipient_id for row in batch if not row.to_address}
    verified = EmailAddress.objects.filter(user__in=people, verified=True).order_by("primary")
    return dict(verified.values_list("user_id", "email"))


def _hold(row: Letter) -> None:
    _still_claimed(row).update(status=LetterStatus.HELD, claimed_until=None)


def _renew(row: Letter) -> bool:
    """Begin a fresh lease for this letter; false when a slow batch lost it to another carrier."""
    renewed = _still_claimed(row).update(claimed_until=Now() + LEASE)
    if renewed:
        row.refresh_from_db(fields=["claimed_until"])
    return bool(renewed)


def _still_claimed(row: Letter) -> Any:
    """The letter, as long as the claim on it is the one that `row` was read with."""
    return Letter.unscoped.filter(
        pk=row.pk, status=LetterStatus.QUEUED, claimed_until=row.claimed_until
    )


def _send(row: Letter, address: str, connection: BaseEmailBackend) -> int:
    """1 if it left. One bad letter must not hold up the others. Without an `address`, it goes to
    the one that is sealed in it."""
    try:
        message = compose(row, address or row.address or "")
    except Exception as error:
        logger.exception("Letter %s cannot be composed.", row.pk)
        _rest(row, error)
        return 0
    try:
        connection.send_messages([message])
    except Exception as error:
        logger.warning("Letter %s did not leave.", row.pk, exc_info=True)
        _rest(row, error)
        _reopen(connection)
        return 0
    _mark_sent(row)
    return 1


def _reopen(connection: BaseEmailBackend) -> None:
    """After a refusal the conversation with the server may be in any state: begin a new one."""
    _close(connection)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise _Unreachable(str(error)) from error


def compose(row: Letter, address: str) -> EmailMultiAlternatives:
    """The message as it leaves: plain text, and HTML that says the same where there is any."""
    known = {"site_url": settings.SITE_URL, "reference": row.reference, "address": address}
    facts = {**row.facts, **known}
    with translation.override(row.language):
        subject = _plain(f"letters/{row.kind}.subject.txt", facts)
        text = _plain(f"letters/{row.kind}.txt", facts)
        html = get_template(f"letters/{row.kind}.html").render({**facts, "subject": subject})
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=_tidy(text),
        to=[address],
        headers={
            "Message-ID": row.message_id(),
            "Content-Language": row.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if html.strip():
        message.attach_alternative(html, "text/html")
    return message


def _plain(template: str, facts: dict[str, Any]) -> str:
    """A template as text: nothing is escaped for HTML."""
    compiled: Any = get_template(template)
    return str(compiled.template.render(Context(facts, autoescape=False)))


def _tidy(text: str) -> str:
    """One empty line between paragraphs at most, none around them."""
    lines = [line.strip() for line in text.strip().splitlines()]
    kept = [line for place, line in enumerate(lines) if line or lines[place - 1]]
    return "\n".join(kept) + "\n"


def _mark_sent(row: Letter) -> None:
    Letter.unscoped.filter(pk=row.pk).update(
        status=LetterStatus.SENT,
        sent_at=Now(),
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
        next_attempt_at=Now() + pause,
        claimed_until=None,
        last_error=str(error)[:500],
    )


def _put_back(batch: list[Letter], error: Exception) -> None:
    """Leave what has not been sent for when the mail server is back. No attempt is counted.

    What another carrier has claimed meanwhile is left to it: its lease is younger than ours.
    """
    leases = {row.claimed_until for row in batch}
    Letter.unscoped.filter(
        pk__in=[row.pk for row in batch], status=LetterStatus.QUEUED, claimed_until__in=leases
    ).update(
        next_attempt_at=Now() + UNREACHABLE_REST,
        claimed_until=None,
        last_error=str(error)[:500],
    )


def release_held(user: User) -> int:
    """Queue the letters that waited for the user to verify an address."""
    held = Letter.unscoped.filter(recipient=user, status=LetterStatus.HELD)
    released = int(held.update(status=LetterStatus.QUEUED, next_attempt_at=Now()))
    if released:
        transaction.on_commit(lambda: _announce(), robust=True)
    return released


def _release_verified() -> None:
    """Queue what was put on hold in the very moment in which its address was verified."""
    verified = EmailAddress.objects.filter(user=OuterRef("recipient"), verified=True)
    held = Letter.unscoped.filter(Exists(verified), status=LetterStatus.HELD)
    held.update(status=LetterStatus.QUEUED, next_attempt_at=Now())


def send_again(letters: QuerySet[Letter]) -> int:
    """Queue undeliverable letters anew, with all their attempts; returns how many."""
    failed = Letter.unscoped.filter(
        pk__in=list(letters.values_list("pk", flat=True)), status=LetterStatus.FAILED
    )
    with transaction.atomic():
        queued = failed.update(
            status=LetterStatus.QUEUED, attempts=0, next_attempt_at=Now(), last_error=""
        )
        transaction.on_commit(lambda: _announce(), robust=True)
    return int(queued)
