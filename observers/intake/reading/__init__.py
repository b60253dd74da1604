"""From a file to people: what kind it is, its rows, its headings, its values.

`read_sheet` opens anything that people call a spreadsheet, in a process of its own where that
could do harm; `find_headings` says which column is which; `read_people` answers row by row, with
every error of a row at once.
"""

from observers.intake.reading.cells import Cell
from observers.intake.reading.headings import Headings, find_headings, missing_columns
from observers.intake.reading.people import read_people
from observers.intake.reading.rows import PersonRow, Sheet
from observers.intake.reading.rules import Rules
from observers.intake.reading.sheets import read_sheet

__all__ = [
    "Cell",
    "Headings",
    "PersonRow",
    "Rules",
    "Sheet",
    "find_headings",
    "missing_columns",
    "read_people",
    "read_sheet",
]
