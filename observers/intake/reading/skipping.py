"""Rows below the headings that are nobody: empty ones, totals, headings printed again."""

from accounts.names import fold
from observers.intake.reading.cells import Cell, text_of
from observers.intake.reading.headings import Headings

# Without any of these a row is no person, whatever else was filled down to it.
OF_A_PERSON = (
    "surname", "given_name", "patronymic", "full_name", "birth_on", "identity_number", "address",
    "phone", "email",
)  # fmt: skip
TOTALS = tuple(map(fold, ("Cəmi", "Yekun", "Toplam", "Итого", "Всего", "Total", "Sum")))
# A line of totals has few cells; longer ones are not looked at closely.
MOST_OF_A_TOTAL = 4
# Official forms number their columns in the row below the headings.
FEWEST_NUMBERED = 3


class Skipping:
    """Knows the headings of one file."""

    def __init__(self, headings: Headings) -> None:
        columns = headings.columns
        self.of_a_person = [columns[key] for key in OF_A_PERSON if key in columns]
        self.headings = headings

    def skips(self, number: int, cells: tuple[Cell, ...]) -> bool:
        return (
            self._is_nobody(cells)
            or (len(cells) - cells.count(None) <= MOST_OF_A_TOTAL and _is_total(cells))
            or self._is_heading(cells)
            or (number <= self.headings.row + 2 and _numbers_columns(cells))
        )

    def _is_nobody(self, cells: tuple[Cell, ...]) -> bool:
        width = len(cells)
        return all(index >= width or cells[index] is None for index in self.of_a_person)

    def _is_heading(self, cells: tuple[Cell, ...]) -> bool:
        """Printed once more at the top of a page."""
        labels = self.headings.labels
        first = self.of_a_person[0] if self.of_a_person else 0
        if first >= len(cells) or type(cells[first]) is not str or not labels[first]:
            return False
        return (
            text_of(cells[first]) == labels[first]
            and [text_of(cell) for cell in cells] == labels[: len(cells)]
        )


def _is_total(cells: tuple[Cell, ...]) -> bool:
    """ "Cəmi: 250", with nothing beside it but numbers."""
    words = [fold(cell).strip(" .:") for cell in cells if isinstance(cell, str)]
    words = [word for word in words if not word.replace(" ", "").isdecimal()]
    return bool(words) and all(
        word.partition(":")[0].rstrip("0123456789 .=-–") in TOTALS for word in words
    )


def _numbers_columns(cells: tuple[Cell, ...]) -> bool:
    """1, 2, 3 … from one side to the other."""
    texts = [text_of(cell) for cell in cells if cell is not None]
    return len(texts) >= FEWEST_NUMBERED and texts == [
        str(number) for number in range(1, len(texts) + 1)
    ]
