"""The process that `printing.as_pdf` starts: a template's name, and `untagged` where its structure
is left out; facts on standard input, the PDF on standard output. It knows neither the settings nor
the database."""

import sys
from pathlib import Path

import typst

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "print"


def main() -> None:
    made = typst.compile(
        str(FOLDER / sys.argv[1]),
        root=str(FOLDER),
        font_paths=[str(FOLDER / "fonts")],
        ignore_system_fonts=True,
        format="pdf",
        pdf_tags="untagged" not in sys.argv[2:],
        sys_inputs={"facts": sys.stdin.buffer.read().decode()},
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
