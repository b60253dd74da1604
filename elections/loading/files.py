"""The files of an election: TOML for what is nested, CSV (UTF-8, with a header) for rows."""

import csv
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError


class LoadError(Exception):
    """A file cannot be loaded. The message names the file and says what is wrong with it."""


def read_table(folder: Path, name: str) -> dict[str, Any]:
    """A TOML file. Raises LoadError when it is not there or not TOML."""
    try:
        return tomllib.loads((folder / name).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LoadError(f"{folder / name}: {error}") from error


def read_rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file by the names in its header. Raises LoadError."""
    try:
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LoadError(f"{folder / name}: {error}") from error


@contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Turn what goes wrong with a file's content into a sentence that names the file."""
    try:
        yield
    except KeyError as error:
        raise LoadError(f"{path}: {error} is missing.") from error
    except ValidationError as error:
        raise LoadError(f"{path}: {' '.join(error.messages)}") from error
    except (TypeError, ValueError) as error:
        raise LoadError(f"{path}: {error}") from error
