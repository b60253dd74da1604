"""Which part of a picture becomes the badge's: three wide, four high, around head and shoulders.

A crop is [left, top, right, bottom] in shares of the upright picture's width and height, so that
it holds for a copy of any size.
"""

import math

from observers.domain.faces import Face

Crop = list[float]

PROPORTION = 3 / 4
# From the hairline to the chin, as a share of the badge's photo; the eyes' place from its top.
FACE_HEIGHT = 0.47
EYES_AT = 0.43
# Without a face: how much of what is cut off goes from the top.
UPPER = 0.3


def around(face: Face, size: tuple[int, int], *, least_height: int) -> Crop:
    """Head and shoulders in their usual place; nearer an edge where the picture ends before.

    Never smaller than `least_height` pixels of a picture of that size.
    """
    width, height = size
    tall = max(face.height * height / FACE_HEIGHT, least_height)
    tall = min(tall, _tallest(size))
    middle, eyes = (face.left + face.right) / 2 * width, face.eyes * height
    wide = tall * PROPORTION
    left = _within(middle - wide / 2, width - wide)
    top = _within(eyes - EYES_AT * tall, height - tall)
    return _shares((left, top, left + wide, top + tall), size)


def upper_middle(size: tuple[int, int]) -> Crop:
    """As much as there is, around where a face usually is."""
    width, height = size
    tall = _tallest(size)
    wide = tall * PROPORTION
    left, top = (width - wide) / 2, (height - tall) * UPPER
    return _shares((left, top, left + wide, top + tall), size)


def mended(crop: Crop, size: tuple[int, int]) -> Crop:
    """What somebody drew by hand, brought into the picture and into the proportion.

    Its middle and its height stay where they can. Raises ValueError if it is no crop at all.
    """
    if len(crop) != 4 or not all(math.isfinite(share) for share in crop):
        raise ValueError(crop)
    width, height = size
    left, top, right, bottom = crop
    if left >= right or top >= bottom:
        raise ValueError(crop)
    tall = min((bottom - top) * height, _tallest(size))
    wide = tall * PROPORTION
    new_left = _within((left + right) / 2 * width - wide / 2, width - wide)
    new_top = _within((top + bottom) / 2 * height - tall / 2, height - tall)
    return _shares((new_left, new_top, new_left + wide, new_top + tall), size)


def box(crop: Crop, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The crop in pixels of a copy of that size."""
    width, height = size
    left, top, right, bottom = crop
    return left * width, top * height, min(right, 1) * width, min(bottom, 1) * height


def _tallest(size: tuple[int, int]) -> float:
    width, height = size
    return min(height, width / PROPORTION)


def _within(start: float, latest: float) -> float:
    return min(max(start, 0.0), max(latest, 0.0))


def _shares(edges: tuple[float, float, float, float], size: tuple[int, int]) -> Crop:
    width, height = size
    left, top, right, bottom = edges
    shares = (left / width, top / height, right / width, bottom / height)
    return [round(min(max(share, 0.0), 1.0), 5) for share in shares]
