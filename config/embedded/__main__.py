"""Start what is missing, run the command, end it all, and return the command's exit code."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

SERVICES = {"DATABASE_URL", "REDIS_URL"}
DEFAULT_STATE = Path(__file__).resolve().parents[2] / "var" / "embedded"
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 30  # how long a command that was told to end may take


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if all(os.environ.get(name) for name in SERVICES) and not options.throw_away:
        os.execvp(options.command[0], options.command)
    from config.embedded.process import NotStarted, adopt_orphans
    from config.embedded.state import InUse

    adopt_orphans()
    for signum in ENDING:
        signal.signal(signum, _leave)
    try:
        return _with_services(options)
    except (InUse, NotStarted) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE, help="folder to keep data in")
    parser.add_argument(
        "--throw-away",
        action="store_true",
        help="keep data, media and static files in a temporary folder that is removed at the end",
    )
    parser.add_argument(
        "--no-fsync", action="store_true", help="faster, loses data in a power cut: tests only"
    )
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    return parser


def _with_services(options: argparse.Namespace) -> int:
    from config.embedded import postgres, process, state, valkey

    environment, servers = dict(os.environ), []
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(
            state.thrown_away() if options.throw_away else state.kept(options.state)
        )
        if options.throw_away:
            environment.setdefault("MEDIA_ROOT", str(folder / "media"))
            environment.setdefault("STATIC_ROOT", str(folder / "static"))
        if options.throw_away or not environment.get("DATABASE_URL"):
            environment = state.keys(folder) | environment
        if not environment.get("DATABASE_URL"):
            server = postgres.running(
                folder, throw_away=options.throw_away, fsync=not options.no_fsync
            )
            environment["DATABASE_URL"], pid = stack.enter_context(server)
            servers.append(pid)
        if not environment.get("REDIS_URL"):
            server = valkey.running(folder, throw_away=options.throw_away)
            environment["REDIS_URL"], pid = stack.enter_context(server)
            servers.append(pid)
        stack.callback(process.end_strays, but=servers)
        return _run(options.command, environment)


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run the command in the foreground; a signal for us is a signal for it."""
    from config.embedded.process import signalled_when_parent_dies

    at_a_terminal = _is_at_a_terminal()
    try:
        # Away from a terminal the command gets a process group of its own, so that a signal to our
        # group reaches it once, through us; a terminal's Ctrl-C reaches it without us.
        running = subprocess.Popen(
            command,
            env=environment,
            process_group=None if at_a_terminal else 0,
            preexec_fn=signalled_when_parent_dies(signal.SIGTERM),
        )
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}.", file=sys.stderr)
        return 127

    def pass_on(signum: int, frame: FrameType | None) -> None:
        if signum != signal.SIGINT:
            signal.alarm(PATIENCE_SECONDS)
            running.terminate()
        elif not at_a_terminal:
            running.send_signal(signum)

    for signum in ENDING:
        signal.signal(signum, pass_on)
    signal.signal(signal.SIGALRM, lambda signum, frame: running.kill())
    code = _wait_for(running)
    _ignore_signals()
    return code if code >= 0 else 128 - code


def _wait_for(running: "subprocess.Popen[bytes]") -> int:
    """Also lays to rest whatever we adopted, as the first process of a system would."""
    while True:
        pid, status = os.wait()
        if pid == running.pid:
            running.returncode = os.waitstatus_to_exitcode(status)
            return running.returncode


def _is_at_a_terminal() -> bool:
    return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()


def _leave(signum: int, frame: FrameType | None) -> None:
    """Before the command runs: undo what was started, without being interrupted a second time."""
    _ignore_signals()
    raise SystemExit(128 + signum)


def _ignore_signals() -> None:
    for signum in ENDING:
        signal.signal(signum, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
