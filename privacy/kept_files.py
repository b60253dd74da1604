"""Files of a form that was not right yet: kept, sealed, until it is.

A browser does not send a file twice by itself, so whoever had one wrong date would choose all
files of the form again. Here they wait under a token that only the same person can use. What
nobody came back for is removed when that person keeps files the next time.
"""

import datetime
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone

from privacy.fields import seal_bytes, unseal_bytes

FOLDER = "kept"
KEPT_FOR = datetime.timedelta(days=1)
_TOKEN = re.compile(r"[0-9a-f]{32}")
_END_OF_NAME = b"\0"


@dataclass(frozen=True)
class KeptFile:
    token: str
    name: str


def keep(upload: UploadedFile, *, owner: int) -> KeptFile:
    """Store it until the form is right. `owner`: the id of who sent it."""
    _remove_old(owner)
    kept = KeptFile(uuid.uuid4().hex, upload.name or "")
    upload.seek(0)
    whole = kept.name.encode() + _END_OF_NAME + upload.read()
    sealed = SimpleUploadedFile(kept.token, seal_bytes(whole, _purpose(owner)))
    default_storage.save(_path(kept.token, owner), sealed)
    return kept


def find(token: str, *, owner: int) -> UploadedFile | None:
    """The file under that token; None where it is gone, or somebody else's."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        with default_storage.open(_path(token, owner)) as stored:
            whole = unseal_bytes(stored.read(), _purpose(owner))
    except (FileNotFoundError, InvalidTag, KeyError):
        return None
    name, _end, content = whole.partition(_END_OF_NAME)
    return SimpleUploadedFile(name.decode(), content)


def forget(tokens: Iterable[str], *, owner: int) -> None:
    """Remove what is stored elsewhere now."""
    for token in tokens:
        if _TOKEN.fullmatch(token):
            default_storage.delete(_path(token, owner))


def _remove_old(owner: int) -> None:
    try:
        _folders, names = default_storage.listdir(f"{FOLDER}/{owner}")
    except FileNotFoundError:
        return
    oldest = timezone.now() - KEPT_FOR
    for name in names:
        if default_storage.get_modified_time(_path(name, owner)) < oldest:
            default_storage.delete(_path(name, owner))


def _path(token: str, owner: int) -> str:
    return f"{FOLDER}/{owner}/{token}"


def _purpose(owner: int) -> str:
    return f"kept file of {owner}"
