"""Pixels of a film as pictures: greys for a page, greys for an overlay."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["grey_picture", "jpeg_data_uri"]

#: Films larger than this are reduced for the page: enough to see 0.1 mm on one hand, small enough to send by mail.
PAGE_LONG_SIDE = 2600
_JPEG_QUALITY = 88


def grey_picture(pixels: NDArray[np.floating]) -> Image.Image:
    """Return displayed pixels, (rows, columns) between 0 and 1, as an 8 bit grey picture.

    Values that are not numbers become black, values outside the range its nearest end.

    Raises
    ------
    ValueError
        The array is not two-dimensional, or empty.
    """
    if pixels.ndim != 2 or not pixels.size:
        raise ValueError("a film has rows and columns")
    finite = np.nan_to_num(pixels, nan=0.0, posinf=1.0, neginf=0.0)
    greys = np.rint(np.clip(finite, 0.0, 1.0) * 255.0).astype(np.uint8)
    return Image.fromarray(greys)


def jpeg_data_uri(pixels: NDArray[np.floating], long_side: int = PAGE_LONG_SIDE) -> str:
    """Return a film as a ``data:image/jpeg`` address, reduced where its longer side exceeds ``long_side`` pixels."""
    picture = grey_picture(pixels)
    picture.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
