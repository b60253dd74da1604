"""The folder that holds what the services keep: data, logs, keys, and a lock on all of it."""

import base64
import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


class InUse(Exception):
    """Another wrapper runs on this folder. The sentence names it."""


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[Path]:
    """The folder, made if need be, private to its owner, and ours alone while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    folder.chmod(0o700)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise InUse(
                f"The services in {folder} are already in use by process {lock.read().strip()}. "
                "Stop it first, or give this run a folder of its own with --state."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield folder


@contextlib.contextmanager
def thrown_away() -> Iterator[Path]:
    """A folder of its own that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="observer-portal-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keys(folder: Path) -> dict[str, str]:
    """The development keys of this folder, made once: without them its database cannot be read.

    A folder from before the portal had one of them gets that one, and keeps the others.
    """
    path = folder / "keys"
    kept = _read_keys(path)
    every = _new_keys() | kept
    if every != kept:
        _write_privately(path, "".join(f"{name}={key}\n" for name, key in every.items()))
    return every


def _read_keys(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def _new_keys() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "BLIND_INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "BADGE_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def _write_privately(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
