"""Photos of 2 MB from an archive to portraits, against bare libjpeg-turbo on the same cores.

Bare is: decoded in full and encoded at the badge's size, nothing between. `PHOTOS=5000` for as
many as a large organisation sends; the archive holds some of them, read again and again.
"""

import io
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZipFile

from PIL import Image

from bench._report import Line, show
from observers.domain.photos import PHOTO_SIZE
from observers.intake.photos import Picture, list_pictures, prepare_pictures
from observers.intake.photos.preparing import CORES
from tests.faces import a_photo

PHOTOS = int(os.environ.get("PHOTOS", "500"))
DISTINCT = 30
PORTION = 100
SIDES = (3000, 4000)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "photos.zip")
        _make(archive)
        pictures = list_pictures(archive)
        asked = (pictures * -(-PHOTOS // len(pictures)))[:PHOTOS]
        size = archive.stat().st_size / len(pictures) / 1e6
        bodies = _bodies(archive)
        faces, prepared_in, bare_in = 0, 0.0, 0.0
        # By turns, so that whatever else the machine does slows both down.
        for start in range(0, PHOTOS, PORTION):
            portion = asked[start : start + PORTION]
            begun = time.perf_counter()
            faces += sum(prepared.has_face for prepared in prepare_pictures(archive, portion))
            between = time.perf_counter()
            _bare(bodies, portion)
            prepared_in += between - begun
            bare_in += time.perf_counter() - between
    show(
        f"{PHOTOS:,} photos of {size:.1f} MB, {SIDES[0]} × {SIDES[1]}, on {CORES} cores",
        [
            Line("cropped around the face and packed", PHOTOS / prepared_in, "/s"),
            Line("bare: decoded in full and encoded", PHOTOS / bare_in, "/s"),
            Line("time, in times of the bare", prepared_in / bare_in, "x", 1.2),
            Line("faces found", 100 * faces / PHOTOS, "%"),
        ],
    )


def _make(archive: Path) -> None:
    """Heads in front of a grainy wall, each of another size and in another place."""
    grain = Image.effect_noise(SIDES, 64).convert("RGB")
    with ZipFile(archive, "w") as zipped:
        for number in range(DISTINCT):
            wide = 1000 + 40 * number
            left, top = (37 * number) % (SIDES[0] - wide), 300 + 20 * number
            head = (left, top, left + wide, top + wide * 6 // 5)
            picture = Image.blend(a_photo(SIDES, head=head), grain, 0.1)
            body = io.BytesIO()
            picture.save(body, "JPEG", quality=82)
            zipped.writestr(f"{number}.jpg", body.getvalue())


def _bodies(archive: Path) -> list[bytes]:
    with ZipFile(archive) as zipped:
        return [zipped.read(entry) for entry in zipped.infolist()]


def _bare(bodies: list[bytes], pictures: list[Picture]) -> None:
    badge = Image.new("RGB", PHOTO_SIZE)
    badge.paste(Image.open(io.BytesIO(bodies[0])).reduce(4))

    def once(picture: Picture) -> None:
        Image.open(io.BytesIO(bodies[picture.index])).load()
        badge.save(io.BytesIO(), "JPEG", quality=88)

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(once, pictures))
