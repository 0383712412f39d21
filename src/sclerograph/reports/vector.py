"""Numbers to SVG: the few helpers that both drawings of the report share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["closed_path", "closed_paths", "decimal"]


def decimal(value: float, decimals: int = 1) -> str:
    """Return a number as short as SVG allows: no trailing zeros, no minus zero."""
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{value:.0f}"
    return "0" if text in {"-0", ""} else text


def closed_path(points: ArrayLike, decimals: int = 1) -> str:
    """Return the ``d`` attribute of a closed polygon through (points, 2) x, y; empty where there are no points."""
    corners = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if not len(corners):
        return ""
    return "M" + "L".join(f"{decimal(x, decimals)},{decimal(y, decimals)}" for x, y in corners.tolist()) + "Z"


def closed_paths(contours: Iterable[Sequence[tuple[float, float]]], decimals: int = 1) -> str:
    """Return one ``d`` attribute for several closed contours; with ``fill-rule: evenodd`` inner ones are holes."""
    return "".join(closed_path(contour, decimals) for contour in contours)
