"""A real SMTP server for one test: what arrives can be read, and it can refuse or be away."""

import email
import email.policy
import logging
import socket
import threading
from email.message import EmailMessage
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # it tells of every line it receives


class SmtpSink:
    """`messages` holds what was accepted, in order of arrival.

    Set `answer` ("451 Try later", "550 No such user") to refuse; `stop()` and `start()` take it
    away and bring it back at the same address.
    """

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = _free_port()
        self.answer = "250 OK"
        self.messages: list[EmailMessage] = []
        self._arrived = threading.Condition()
        self._controller: Controller | None = None

    def __enter__(self) -> "SmtpSink":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._controller = Controller(self, hostname=self.host, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
        self._controller = None

    def to(self, address: str) -> list[EmailMessage]:
        """What has arrived for this address so far."""
        return [message for message in self.messages if address in str(message["To"])]

    def wait_for(self, address: str, *, count: int = 1, seconds: float = 10) -> list[EmailMessage]:
        """The letters to this address once there are `count` of them; fails when time is up."""
        with self._arrived:
            arrived = self._arrived.wait_for(lambda: len(self.to(address)) >= count, seconds)
        subjects = [str(message["Subject"]) for message in self.messages]
        assert arrived, f"No {count} letters to {address} in {seconds} s; arrived: {subjects}"
        return self.to(address)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("2"):
            message = email.message_from_bytes(
                envelope.original_content or b"", policy=email.policy.default
            )
            with self._arrived:
                self.messages.append(message)
                self._arrived.notify_all()
        return self.answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
