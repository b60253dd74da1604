"""A crop that is moved and made smaller or larger step by step, by buttons."""

import math

from observers.domain.cropping import Crop, mended

# Shares of the crop's own size.
STEP = 0.06
CLOSER, WIDER = 1 / 1.12, 1.12
SHIFTS = {"left": (-STEP, 0.0), "right": (STEP, 0.0), "up": (0.0, -STEP), "down": (0.0, STEP)}
ZOOMS = {"closer": CLOSER, "wider": WIDER}
MOVES = (*SHIFTS, *ZOOMS)


def crop_in(text: str) -> Crop | None:
    """A crop as an address or a form carries it: "0.1,0.05,0.9,1"; None for anything else."""
    try:
        crop = [float(share) for share in text.split(",")]
    except ValueError:
        return None
    return crop if len(crop) == 4 and all(map(math.isfinite, crop)) else None


def as_text(crop: Crop) -> str:
    return ",".join(f"{share:.5f}" for share in crop)


def moved(crop: Crop, move: str, size: tuple[int, int], *, least_height: int) -> Crop:
    """One step; it ends at the edges of a picture of that size, and at what can be printed.

    Raises ValueError for what is no crop at all.
    """
    left, top, right, bottom = crop
    wide, tall = right - left, bottom - top
    across, down = SHIFTS.get(move, (0.0, 0.0))
    grown = ZOOMS.get(move, 1.0)
    if grown < 1:
        grown = max(grown, min(1.0, least_height / (tall * size[1])))
    middle, centre = (left + right) / 2 + across * wide, (top + bottom) / 2 + down * tall
    half_wide, half_tall = wide * grown / 2, tall * grown / 2
    return mended(
        [middle - half_wide, centre - half_tall, middle + half_wide, centre + half_tall], size
    )
