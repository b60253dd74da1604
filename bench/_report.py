"""How measurements are shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One figure. `bar` is the most that it should be; None where it is only told."""

    what: str
    figure: float
    unit: str
    bar: float | None = None

    def __str__(self) -> str:
        bar = "" if self.bar is None else f"  at most {self.bar:g} {self.unit}"
        missed = "  MISSED" if self.bar is not None and self.figure > self.bar else ""
        return f"  {self.what:<52}{self.figure:>12,.2f} {self.unit:<3}{bar}{missed}"


def show(title: str, lines: list[Line]) -> None:
    print(title)
    for line in lines:
        print(line)
