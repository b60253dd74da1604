"""Child processes that do not outlive their parent."""

import contextlib
import ctypes
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# What the servers see of the caller's environment: nothing, so that every machine gives the same.
PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class NotStarted(Exception):
    """A server did not start. The sentence says which, and why as far as it told."""


def signalled_when_parent_dies(signum: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `signum` even when the parent was killed (Linux)."""

    def set_signal() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(signum))

    return set_signal


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become ours, so that `end_strays` finds them (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def start_server(
    command: list[str], *, folder: Path, log: Path, user: pwd.struct_passwd | None = None
) -> subprocess.Popen[bytes]:
    """Start a server out of reach of the terminal's Ctrl-C: it outlives the command it serves."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=PLAIN_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=signalled_when_parent_dies(signal.SIGINT),
        )


def stop_server(server: subprocess.Popen[bytes], *, seconds: float = 20) -> None:
    """SIGINT is an orderly end without waiting for clients, for PostgreSQL and Valkey alike."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def end_leftovers(folder: Path, *, name: str) -> None:
    """End a server that an earlier run left behind: both servers have their data as cwd."""
    found = [p for p in psutil.process_iter() if _is_server(p, folder=folder, name=name)]
    pids = {process.pid for process in found}
    first = [process for process in found if process.ppid() not in pids]
    _end(first, signal.SIGINT, seconds=20)


def end_strays(*, but: Iterable[int]) -> None:
    """End what the command left running, except the servers and what they started themselves."""
    kept = {pid for server in but for pid in _family(server)}
    strays = [p for p in psutil.Process().children(recursive=True) if p.pid not in kept]
    _end(strays, signal.SIGTERM, seconds=5)
    psutil.wait_procs(strays, timeout=1)  # so that none stays in the list of processes


def _family(pid: int) -> set[int]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return {pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))}
    return {pid}


def _is_server(process: psutil.Process, *, folder: Path, name: str) -> bool:
    try:
        return process.name() == name and Path(process.cwd()) == folder
    except psutil.Error:
        return False


def _end(processes: list[psutil.Process], signum: signal.Signals, *, seconds: float) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signum)
    deadline = time.monotonic() + seconds
    while any(map(_is_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in filter(_is_alive, processes):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _is_alive(process: psutil.Process) -> bool:
    """A zombie has ended, though its parent has not asked yet."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
