"""Workbooks are opened in a process of their own, with little memory and little time.

A single cell at XFD1048576 has the reader ask for terabytes and abort: that must not take the
worker with it. The process sees nothing of the portal: not its modules, not its environment.
"""

import datetime
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import python_calamine

from observers.intake.findings import Unusable
from observers.intake.reading import child
from observers.intake.reading.headings import find_headings
from observers.intake.reading.limits import (
    MEMORY,
    MOST_ANSWERED,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    ROWS_BEFORE_PEOPLE,
    SECONDS,
)
from observers.intake.reading.rows import Row, Sheet, insist_on_size

RECOGNISED = 2
# It gives up, or the system ends it.
OUT_OF_MEMORY = (-signal.SIGABRT, -signal.SIGKILL)
_FIGURES = (MEMORY, SECONDS, MOST_COLUMNS, ROWS_BEFORE_PEOPLE, MOST_SHEETS)
_LIBRARY = str(Path(python_calamine.__file__).parent.parent)
_PARAMS = {"too_many_columns": {"limit": MOST_COLUMNS}}


def read_workbook(content: bytes) -> Sheet:
    """Raises Unusable."""
    with _opened(content) as conversation:
        return _the_list(conversation)


def _the_list(conversation: "Conversation") -> Sheet:
    """The first sheet with headings, else the first with anything in it."""
    first: tuple[int, Sheet] | None = None
    while (told := conversation.hear())[0] == "sheet":
        _sheet, index, name, start = told
        sheet = Sheet(name, _rows(start))
        insist_on_size(sheet.rows)
        if len(find_headings(sheet).columns) >= RECOGNISED:
            conversation.answer("take")
            return _whole(sheet, conversation)
        first = first or (index, sheet)
        conversation.answer("next")
    if first is None:
        raise Unusable("nothing_in_it")
    conversation.answer(str(first[0]))
    return _whole(Sheet(first[1].name, []), conversation)


def _whole(sheet: Sheet, conversation: "Conversation") -> Sheet:
    while (told := conversation.hear())[0] == "rows":
        sheet.rows += _rows(told[1])
        if len(sheet.rows) > MOST_ROWS:
            insist_on_size(sheet.rows)
    insist_on_size(sheet.rows)
    return sheet


def _rows(told: list[Any]) -> list[Row]:
    return [(number, tuple(cells)) for number, cells in told]


@contextmanager
def _opened(content: bytes) -> Iterator["Conversation"]:
    """The process is gone when this ends, however it ends."""
    command = [sys.executable, "-I", "-S", child.__file__, _LIBRARY, *map(str, _FIGURES)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env={}
    ) as process:
        conversation = Conversation(process)
        timer = threading.Timer(SECONDS, conversation.give_up)
        timer.start()
        try:
            conversation.begin(content)
            yield conversation
        finally:
            timer.cancel()
            process.kill()
            conversation.hang_up()


class Conversation:
    """What is said to the process, and heard from it. Every way to fail is Unusable."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.to, self.out_of = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        self.heard = 0
        self.too_slow = False

    def give_up(self) -> None:
        self.too_slow = True
        self.process.kill()

    def begin(self, content: bytes) -> None:
        self._write(b"%d\n" % len(content) + content)

    def answer(self, word: str) -> None:
        self._write(f"{word}\n".encode())

    def hear(self) -> list[Any]:
        """Raises Unusable for what the process found, and for its end."""
        line = self.out_of.readline(MOST_ANSWERED + 1 - self.heard)
        self.heard += len(line)
        if not line.endswith(b"\n"):
            raise self._ended()
        told: list[Any] = json.loads(line, object_hook=_date)
        if told[0] == "unusable":
            raise Unusable(told[1], **_PARAMS.get(told[1], {}))
        return told

    def hang_up(self) -> None:
        """Without a word more: what was not written yet would be, when the pipe is closed."""
        try:
            self.to.close()
        except OSError:
            return

    def _write(self, words: bytes) -> None:
        try:
            self.to.write(words)
            self.to.flush()
        except OSError as error:
            raise self._ended() from error

    def _ended(self) -> Unusable:
        """Killed over its time, or for wanting more memory than it may have."""
        if self.too_slow:
            return Unusable("too_slow")
        if self.heard > MOST_ANSWERED:
            return Unusable("swollen")
        ended = self.process.wait()
        if ended == -signal.SIGXCPU:
            return Unusable("too_slow")
        return Unusable("spread_out" if ended in OUT_OF_MEMORY else "damaged")


def _date(wrapped: dict[str, str]) -> datetime.date:
    return datetime.date.fromisoformat(wrapped["d"])
