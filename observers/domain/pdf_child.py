"""Draws one page of one PDF. Runs as a program of its own: see `pages`.

A file of a few kilobytes can ask for any amount of memory or time; here it only takes down this
process. It gets the PDF on standard input and answers with the number of pages in a line and, where
one was asked for, that page as PNG. Nothing is imported but the standard library, PDFium and
Pillow.
"""

import resource
import sys


def main() -> None:
    library, memory, seconds, number, width, height = sys.argv[1:7]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.append(library)
    import pypdfium2

    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    sys.stdout.buffer.write(b"%d\n" % len(document))
    if 1 <= int(number) <= len(document):
        draw(document[int(number) - 1], float(width), float(height))
    sys.stdout.buffer.flush()


def draw(page: object, width: float, height: float) -> None:
    """At most so many pixels wide and high, whatever size the page claims to have. Forms and
    scripts stay asleep: only what is printed is drawn."""
    across, down = page.get_size()  # type: ignore[attr-defined]
    scale = min(width / max(across, 1), height / max(down, 1))
    bitmap = page.render(  # type: ignore[attr-defined]
        scale=scale, may_draw_forms=False, no_smoothtext=False
    )
    bitmap.to_pil().convert("RGB").save(sys.stdout.buffer, "PNG", compress_level=1)


if __name__ == "__main__":
    main()
