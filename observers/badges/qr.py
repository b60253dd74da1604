"""The QR code of a badge: all capitals, so in alphanumeric mode, at level M.

zxing-cpp draws one in half a millisecond, best mask included; segno takes four, without looking
for a mask, and OpenCV twenty.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

import zxingcpp

# What QR's alphanumeric mode writes, two characters in eleven bits.
ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")


@dataclass(frozen=True)
class Code:
    """`side` squares wide and high; a byte for each, 0 where it is black, row after row."""

    side: int
    pixels: bytes


def squares(said: str) -> Code:
    """Without the white edge. Raises ValueError for what would need a larger code."""
    if not ALPHANUMERIC.fullmatch(said):
        raise ValueError("This would leave the alphanumeric mode.")
    barcode = zxingcpp.create_barcode(said, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    pixels = memoryview(image).tobytes()
    return Code(math.isqrt(len(pixels)), pixels)
