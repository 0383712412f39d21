"""Where a DICOM image holds no film: display shutters and padding.

Display shutter: PS3.3 C.7.6.11 (rectangle, circle, polygon, together); rows and columns count from 1. Padding: PS3.3
C.7.5.1.1.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sclerograph.imaging.attributes import number, numbers, texts

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["film_inside_shutter", "not_padding"]

#: A shutter that leaves less than this share of the image open was written by mistake.
_LEAST_OPEN = 0.02


def _rectangle(dataset: Dataset, rows: int, columns: int) -> NDArray[np.bool_] | None:
    left, right = number(dataset, "ShutterLeftVerticalEdge"), number(dataset, "ShutterRightVerticalEdge")
    upper, lower = number(dataset, "ShutterUpperHorizontalEdge"), number(dataset, "ShutterLowerHorizontalEdge")
    if left is None or right is None or upper is None or lower is None:
        return None
    x, y = np.arange(1, columns + 1), np.arange(1, rows + 1)
    return np.asarray(((y >= upper) & (y <= lower))[:, None] & ((x >= left) & (x <= right)))


def _circle(dataset: Dataset, rows: int, columns: int) -> NDArray[np.bool_] | None:
    centre, radius = numbers(dataset, "CenterOfCircularShutter"), number(dataset, "RadiusOfCircularShutter")
    if len(centre) != 2 or radius is None:
        return None
    x, y = np.arange(1, columns + 1) - centre[1], np.arange(1, rows + 1) - centre[0]
    return np.asarray(y[:, None] ** 2 + x**2 <= radius**2)


def _polygon(dataset: Dataset, rows: int, columns: int) -> NDArray[np.bool_] | None:
    vertices = numbers(dataset, "VerticesOfThePolygonalShutter")
    if len(vertices) < 6 or len(vertices) % 2:
        return None
    # Beyond the image by its own size at most: absurd coordinates must not cost time.
    limit = np.array([rows, columns])
    corners = np.clip(np.array(vertices).reshape(-1, 2) - 1.0, -limit, 2 * limit)
    x = np.arange(columns)
    inside = np.zeros((rows, columns), dtype=bool)
    for row in range(rows):
        crossings = []
        for (row_a, x_a), (row_b, x_b) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if (row_a <= row) != (row_b <= row):
                crossings.append(x_a + (row - row_a) / (row_b - row_a) * (x_b - x_a))
        crossings.sort()
        for start, end in zip(crossings[0::2], crossings[1::2], strict=False):
            inside[row, (x >= start) & (x <= end)] = True
    return inside


def film_inside_shutter(dataset: Dataset, rows: int, columns: int) -> tuple[NDArray[np.bool_], list[str]]:
    """Return (rows, columns) True where the shutters leave the film open, and notes."""
    makers = {"RECTANGULAR": _rectangle, "CIRCULAR": _circle, "POLYGONAL": _polygon}
    inside = np.ones((rows, columns), dtype=bool)
    for shape in texts(dataset, "ShutterShape"):
        part = makers[shape](dataset, rows, columns) if shape in makers else None
        if part is not None:
            inside &= part
    if inside.mean() < _LEAST_OPEN:
        return np.ones((rows, columns), dtype=bool), ["the shutter of the file hides the whole film and was not used"]
    return inside, []


def not_padding(dataset: Dataset, stored: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return True where stored values are not padding."""
    padding = number(dataset, "PixelPaddingValue")
    if padding is None:
        return np.ones(stored.shape, dtype=bool)
    limit = number(dataset, "PixelPaddingRangeLimit")
    ends = (padding, padding if limit is None else limit)
    film = (stored < min(ends)) | (stored > max(ends))
    # A careless padding value that swallows the film itself is not padding.
    return film if film.mean() >= _LEAST_OPEN else np.ones(stored.shape, dtype=bool)
