"""Rows out of a file, whatever it calls itself."""

from observers.intake.findings import Unusable
from observers.intake.reading.kinds import is_workbook
from observers.intake.reading.limits import MEGABYTE, MOST_BYTES
from observers.intake.reading.opening import read_workbook
from observers.intake.reading.rows import Sheet
from observers.intake.reading.texts import read_text


def read_sheet(content: bytes, file_name: str) -> Sheet:
    """The sheet with the list: the first with headings, else the first with anything in it.

    The kind is told by the content, never by the name, which only names the sheet of a text
    file. Raises Unusable and nothing else.
    """
    if not content:
        raise Unusable("empty_file")
    if len(content) > MOST_BYTES:
        raise Unusable("file_too_large", limit=MOST_BYTES // MEGABYTE)
    sheet = read_workbook(content) if is_workbook(content) else read_text(content, file_name)
    if not sheet.rows:
        raise Unusable("nothing_in_it")
    return sheet
