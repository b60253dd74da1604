"""The outbox with a real mail server: each letter leaves once, whatever dies on the way."""

import threading
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.db.models.functions import Now

from config.celery import app as celery_app
from elections.domain.clock import database_now
from notifications import outbox
from notifications.enums import LetterStatus
from notifications.models import Letter
from notifications.tasks import send_letters
from tests import builders as make
from tests.smtp_sink import SmtpSink

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("silent_broker", "smtp_sink"),
]


@pytest.fixture
def silent_broker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker carries behind the test's back, unless the test asks for one."""
    if "celery_worker" not in request.fixturenames:
        monkeypatch.setattr(send_letters, "delay", lambda: None)


def written(count: int = 1, **columns: object) -> list[Letter]:
    ordinary = {"kind": "account", "language": "en"}
    facts = {"subject": "Subject", "text": "Text", "html": ""}
    rows = [
        Letter(**{"to_address": f"person{n}@example.org", "facts": facts} | ordinary | columns)
        for n in range(count)
    ]
    return outbox.write(rows)


def statuses() -> list[str]:
    return list(Letter.unscoped.order_by("pk").values_list("status", flat=True))


def time_passes() -> None:
    """Rests end and leases run out."""
    Letter.unscoped.update(next_attempt_at=Now())
    Letter.unscoped.filter(claimed_until__isnull=False).update(
        claimed_until=Now() - outbox.LEASE / 1000
    )


# --- The ordinary way -----------------------------------------------------------------------------


def test_a_letter_leaves_once(smtp_sink: SmtpSink) -> None:
    (letter,) = written()
    assert (outbox.carry(), outbox.carry()) == (1, 0)
    (message,) = smtp_sink.messages
    assert (message["To"], message["Subject"]) == ("person0@example.org", "Subject")
    assert message["Message-ID"] == letter.message_id()
    letter.refresh_from_db()
    assert (letter.status, letter.attempts, letter.claimed_until) == ("sent", 1, None)


def test_more_than_a_batch_leaves_in_one_run(smtp_sink: SmtpSink) -> None:
    written(outbox.BATCH + 5)
    assert outbox.carry() == outbox.BATCH + 5
    assert len(smtp_sink.messages) == outbox.BATCH + 5


def test_a_limit_is_kept() -> None:
    written(3)
    assert outbox.carry(limit=2) == 2
    assert statuses() == ["sent", "sent", "queued"]


@pytest.mark.usefixtures("celery_worker")
def test_a_written_letter_wakes_a_worker(smtp_sink: SmtpSink) -> None:
    with transaction.atomic():
        written()
    assert len(smtp_sink.wait_for("person0@example.org")) == 1


def test_a_change_that_is_rolled_back_writes_no_letter() -> None:
    with transaction.atomic():
        written()
        transaction.set_rollback(True)
    assert statuses() == []


# --- What may die ---------------------------------------------------------------------------------


def test_a_mail_server_that_is_away_costs_no_letter(smtp_sink: SmtpSink) -> None:
    written(3)
    smtp_sink.stop()
    for _ in range(len(outbox.RESTS) + 2):
        assert outbox.carry() == 0
        time_passes()
    assert statuses() == ["queued"] * 3
    assert set(Letter.unscoped.values_list("attempts", flat=True)) == {0}
    assert "refused" in Letter.unscoped.latest("pk").last_error
    smtp_sink.start()
    assert outbox.carry() == 3
    assert outbox.carry() == 0
    assert sorted(str(message["To"]) for message in smtp_sink.messages) == [
        "person0@example.org", "person1@example.org", "person2@example.org",
    ]  # fmt: skip


def test_a_mail_server_that_goes_away_halfway_costs_no_letter(
    smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(5)
    mark_sent = outbox._mark_sent

    def mark_and_stop(row: Letter) -> None:
        mark_sent(row)
        if len(smtp_sink.messages) == 2:
            smtp_sink.stop()

    monkeypatch.setattr(outbox, "_mark_sent", mark_and_stop)
    assert outbox.carry() == 0  # how many left is not known when it stops halfway
    assert statuses() == ["sent", "sent", "queued", "queued", "queued"]
    monkeypatch.undo()
    monkeypatch.setattr(send_letters, "delay", lambda: None)
    smtp_sink.start()
    time_passes()
    outbox.carry()
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == 5
    assert len(smtp_sink.messages) == 5


def test_a_broker_that_is_away_does_not_break_the_change(monkeypatch: Any, caplog: Any) -> None:
    asynchronously: Any = send_letters.apply_async

    def to_nowhere() -> None:
        asynchronously(connection=celery_app.connection_for_write("redis://127.0.0.1:1/0"))

    monkeypatch.setattr(send_letters, "delay", to_nowhere)
    started = time.monotonic()
    with transaction.atomic():
        written()
    assert time.monotonic() - started < 5
    assert statuses() == ["queued"]
    assert "127.0.0.1:1" in caplog.text


def test_a_carrier_that_dies_after_claiming_leaves_the_letter_to_the_next(
    smtp_sink: SmtpSink,
) -> None:
    written()
    assert len(outbox._claim(10)) == 1
    assert outbox.carry() == 0
    time_passes()
    assert outbox.carry() == 1
    assert len(smtp_sink.messages) == 1


def test_a_carrier_that_dies_before_the_mark_repeats_under_the_same_message_id(
    smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    written()

    def die(row: Letter) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(outbox, "_mark_sent", die)
        with pytest.raises(KeyboardInterrupt):
            outbox.carry()
    time_passes()
    assert outbox.carry() == 1
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == 1


def test_a_carrier_so_slow_that_its_lease_ran_out_sends_nothing_twice(smtp_sink: SmtpSink) -> None:
    written(2)
    slow = outbox._claim(10)
    time_passes()
    assert outbox.carry() == 2
    assert outbox._send_batch(slow) == 0
    assert len(smtp_sink.messages) == 2


def test_two_carriers_at_once_send_no_letter_twice(smtp_sink: SmtpSink) -> None:
    written(120)
    together, sent = threading.Barrier(2), []

    def carry() -> None:
        together.wait()
        sent.append(outbox.carry())
        connection.close()

    carriers = [threading.Thread(target=carry) for _ in range(2)]
    for carrier in carriers:
        carrier.start()
    for carrier in carriers:
        carrier.join(60)
    assert sum(sent) == len(smtp_sink.messages) == 120
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == 120
    assert min(sent) > 0


# --- Letters that cannot leave --------------------------------------------------------------------


def test_a_letter_that_cannot_be_composed_does_not_hold_up_the_others(smtp_sink: SmtpSink) -> None:
    written(kind="no_such_letter")
    written(facts={"text": "no subject", "html": None, "subject": "fine"})
    written(2)
    assert outbox.carry() == 3
    assert statuses() == ["queued", "sent", "sent", "sent"]
    bad = Letter.unscoped.get(kind="no_such_letter")
    assert (bad.attempts, bad.claimed_until) == (1, None)
    assert "no_such_letter" in bad.last_error
    assert outbox.carry() == 0


def test_facts_that_cannot_be_decrypted_do_not_hold_up_the_others() -> None:
    written(3)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_letter SET facts = 'gone:0123456789abcdef' WHERE id ="
            " (SELECT min(id) FROM notifications_letter)"
        )
    assert outbox.carry() == 2
    assert statuses() == ["queued", "sent", "sent"]


def test_a_refused_letter_rests_longer_each_time_and_at_last_is_undeliverable(
    smtp_sink: SmtpSink,
) -> None:
    (letter,) = written()
    smtp_sink.answer = "451 Try later"
    for attempt, rest in enumerate(outbox.RESTS, start=1):
        assert outbox.carry() == 0
        letter = Letter.unscoped.get()
        waits = letter.next_attempt_at - database_now()
        assert (letter.status, letter.attempts) == (LetterStatus.QUEUED, attempt)
        assert rest * 0.9 < waits <= rest
        time_passes()
    assert outbox.carry() == 0
    letter = Letter.unscoped.get()
    assert (letter.status, letter.attempts) == (LetterStatus.FAILED, len(outbox.RESTS) + 1)
    assert "Try later" in letter.last_error


# --- Addresses ------------------------------------------------------------------------------------


def test_a_letter_waits_for_a_verified_address(smtp_sink: SmtpSink) -> None:
    user = make.a_user(verified=False)
    written(recipient=user, to_address="")
    assert outbox.carry() == 0
    assert statuses() == ["held"]
    assert smtp_sink.messages == []
    EmailAddress.objects.filter(user=user).update(verified=True)
    assert outbox.release_held(user) == 1
    assert outbox.carry() == 1
    assert smtp_sink.messages[0]["To"] == user.email


def test_an_address_verified_in_the_very_moment_of_holding_is_noticed(smtp_sink: SmtpSink) -> None:
    user = make.a_user(verified=True)
    written(recipient=user, to_address="")
    Letter.unscoped.update(status=LetterStatus.HELD)
    assert outbox.carry() == 1


def test_a_letter_goes_to_the_primary_verified_address(smtp_sink: SmtpSink) -> None:
    user = make.a_user("first@example.org")
    EmailAddress.objects.create(user=user, email="other@example.org", verified=True, primary=False)
    EmailAddress.objects.create(user=user, email="new@example.org", verified=False, primary=False)
    written(recipient=user, to_address="")
    outbox.carry()
    assert [message["To"] for message in smtp_sink.messages] == ["first@example.org"]


def test_letters_with_a_held_one_among_them_leave() -> None:
    written(recipient=make.a_user(verified=False), to_address="")
    written(2)
    assert outbox.carry() == 2
    assert statuses() == ["held", "sent", "sent"]


# --- Once -----------------------------------------------------------------------------------------


def test_two_letters_with_one_key_are_one_letter() -> None:
    written(once_key="reminder:1")
    written(once_key="reminder:1")
    written(once_key="reminder:2")
    assert list(Letter.unscoped.order_by("pk").values_list("once_key", flat=True)) == [
        "reminder:1",
        "reminder:2",
    ]


def test_two_transactions_with_one_key_write_one_letter() -> None:
    first_has_written, may_commit = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            written(once_key="reminder:1")
            first_has_written.set()
            may_commit.wait(10)
        connection.close()

    def second() -> None:
        first_has_written.wait(10)
        with transaction.atomic():
            written(once_key="reminder:1")
        connection.close()

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    first_has_written.wait(10)
    may_commit.set()
    for thread in threads:
        thread.join(20)
    assert statuses() == ["queued"]
