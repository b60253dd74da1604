"""`make demo`: the portal with its demo election, web, worker, beat and a mail server together.

Runs under `config.embedded`. Everything it keeps is under `var/`; a second run finds it again.
"""

import io
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

HOST = "127.0.0.1"
PROJECT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
STOPPED_BY_CTRL_C = 130  # as honcho says it; for a demo that is a good end


def main() -> int:
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not _is_free(int(port)):
        print(f"Port {port} cannot be used here. Choose another, as in: make demo PORT=8010")
        return 1
    os.environ.update(_environment(port))
    accounts = _prepare()
    waiting = threading.Thread(target=_announce, args=(port, accounts), daemon=True)
    waiting.start()
    return _run_together()


def _environment(port: str) -> dict[str, str]:
    """What makes it a demo. `localhost`, not its number: passkeys need a name."""
    mailbox = os.environ.get("DEMO_MAILBOX") or str(PROJECT / "var" / "mail")
    return {
        "DEMO": "1",
        "PORT": port,
        "SITE_URL": f"http://localhost:{port}",
        "EMAIL_URL": f"smtp://{HOST}:{_free_port()}",
        "DEMO_MAILBOX": mailbox,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
    }


def _prepare() -> str:
    """Bring database, static files and demo election up to date. Returns what `load_demo` said."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    print("Preparing the database and the pages ...", flush=True)
    pages = subprocess.Popen(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"], cwd=PROJECT
    )
    call_command("migrate", interactive=False, verbosity=0)
    print("Loading the demo election ...", flush=True)
    said = io.StringIO()
    call_command("load_demo", stdout=said)
    connections.close_all()
    if pages.wait() != 0:
        raise SystemExit("The static files could not be collected; the lines above say why.")
    return said.getvalue().strip()


def _run_together() -> int:
    """Until Ctrl-C, or until one of them ends: then all end."""
    from honcho.environ import parse_procfile
    from honcho.manager import Manager

    together = Manager()
    for name, command in parse_procfile((PROJECT / "Procfile").read_text()).processes.items():
        together.add_process(name, command)
    together.add_process("mail", _mail_command())
    try:
        together.loop()
    except (BrokenPipeError, KeyError):
        # Nobody reads us any more, or honcho 2.0 was told to stop before all had started. It would
        # now wait for its children for ever; the wrapper we run under ends them.
        os._exit(1)
    code = int(together.returncode or 0)
    return 0 if code == STOPPED_BY_CTRL_C else code


def _mail_command() -> str:
    """A mail server that files every letter in a Maildir and delivers none."""
    address = os.environ["EMAIL_URL"].removeprefix("smtp://")
    mailbox = os.environ["DEMO_MAILBOX"]
    return f"exec python -m aiosmtpd -n -l {address} -c aiosmtpd.handlers.Mailbox '{mailbox}'"


def _announce(port: str, accounts: str) -> None:
    """Say where it is once it answers; the lines before are the servers' own."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        time.sleep(0.5)
        if _answers(f"http://{HOST}:{port}/readyz"):
            rule = "-" * 72
            print(
                f"\n{rule}\n{accounts}\n\nThe demo is ready: http://localhost:{port}/"
                f"\nCtrl-C stops all of it.\n{rule}\n",
                flush=True,
            )
            return


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, or an answer that says no
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
