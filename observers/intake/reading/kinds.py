"""What a file is, by what is in it. Raises Unusable for what is no spreadsheet at all."""

import io
import re
import zipfile

from observers.intake.findings import Unusable
from observers.intake.reading.limits import (
    MOST_ENTRIES,
    MOST_UNPACKED,
    SUSPICIOUS_RATIO,
    SUSPICIOUS_SIZE,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRY = b"PK\x01\x02"  # stands once for every file in an archive's directory
ENCRYPTED = 0x1
LONGEST_ABOUT = 100_000
# How the content begins, and the code of what is to be said.
BEGINNINGS = (
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"GIF8", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"{\\rtf", "text_document"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x09\x00\x04\x00", "save_anew"),  # binary workbooks without their container
    (b"\x09\x02\x06\x00", "save_anew"),
    (b"\x09\x04\x06\x00", "save_anew"),
    (b"\x09\x08\x08\x00", "save_anew"),
    (b"\x09\x08\x10\x00", "save_anew"),
)
MARKUP = re.compile(rb"\s*<(!doctype|html|head|body|meta|table|div|style|script|\?xml)", re.I)
# The first record of a binary workbook, and the one behind it when the rest has a password.
BINARY_BEGINNING = re.compile(rb"\x09\x08(.)\x00\x00[\x05\x06]\x05\x00", re.DOTALL)
HAS_PASSWORD = b"\x2f\x00"
WRITE_PROTECTED = b"\x86\x00\x00\x00"
ENCRYPTED_PARTS = b"encryption-data"
TEXT_PARTS = ("word/", "ppt/")


def is_workbook(content: bytes) -> bool:
    """Whether it has to be opened as a workbook; otherwise it may be text."""
    start = content[:512]
    for beginning, code in BEGINNINGS:
        if start.startswith(beginning):
            raise Unusable(code)
    if start[:4] == b"RIFF" or start[4:8] == b"ftyp":
        raise Unusable("picture")
    if start.startswith(b"PK"):
        _look_into_archive(content)
        return True
    if start.startswith(OLE):
        _look_into_container(content)
        return True
    _insist_on_no_markup(start)
    return False


def _insist_on_no_markup(start: bytes) -> None:
    plain = start.removeprefix(b"\xef\xbb\xbf")
    if plain.startswith((b"\xff\xfe", b"\xfe\xff")):
        plain = plain[2:].replace(b"\x00", b"")
    if plain.startswith(b"MIME-Version:"):
        raise Unusable("web_page")
    if found := MARKUP.match(plain):
        is_page = found[1].lower() != b"?xml" or b"<html" in plain.lower()
        raise Unusable("web_page" if is_page else "save_anew")


def _look_into_container(content: bytes) -> None:
    """The old binary form, which also wraps whatever has a password."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unusable("encrypted")
    if found := BINARY_BEGINNING.search(content):
        behind = content[found.start() + 4 + found[1][0] :][:8].removeprefix(WRITE_PROTECTED)
        if behind.startswith(HAS_PASSWORD):
            raise Unusable("encrypted")
    if "WordDocument".encode("utf-16-le") in content:
        raise Unusable("text_document")


def _look_into_archive(content: bytes) -> None:
    """By the archive's own directory, before anything is unpacked."""
    if content.count(ENTRY) > MOST_ENTRIES:
        raise Unusable("swollen")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename.replace("\\", "/").lstrip("/").lower() for entry in entries}
            about, parts = _about_open_document(archive, names)
    except Unusable:
        raise
    except Exception as error:  # zipfile raises a dozen kinds over what is broken
        raise Unusable("damaged") from error
    if any(entry.flag_bits & ENCRYPTED for entry in entries) or ENCRYPTED_PARTS in parts:
        raise Unusable("encrypted")
    _insist_on_a_workbook(names, about)
    _insist_on_reason(entries)


def _about_open_document(archive: zipfile.ZipFile, names: set[str]) -> tuple[bytes, bytes]:
    """What it says it is, and its list of parts, as far as they are of a believable length."""
    if "content.xml" not in names:
        return b"", b""
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    kind, parts = (
        archive.read(name) if sizes.get(name, LONGEST_ABOUT) < LONGEST_ABOUT else b""
        for name in ("mimetype", "META-INF/manifest.xml")
    )
    return kind, parts


def _insist_on_a_workbook(names: set[str], about: bytes) -> None:
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return
    if "content.xml" in names and (b"spreadsheet" in about or not about):
        return
    if about or any(name.startswith(TEXT_PARTS) for name in names):
        raise Unusable("text_document")
    if any(name.endswith(".iwa") for name in names):
        raise Unusable("save_anew")
    raise Unusable("archive")


def _insist_on_reason(entries: list[zipfile.ZipInfo]) -> None:
    """Nothing that unpacks to absurdly much."""
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Unusable("swollen")
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > SUSPICIOUS_SIZE and ratio > SUSPICIOUS_RATIO:
            raise Unusable("swollen")
