"""Lines across a joint: greys by a spline, profiles around a margin, and where a peak of a profile is highest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, spline_filter

from sclerograph.hand.view import HandView

__all__ = ["STEP_PX", "peak_offset", "profiles_around", "spline_greys"]

Floats = NDArray[np.float64]

#: Distance of the samples of a line across the joint, in original pixels.
STEP_PX = 0.25


def spline_greys(view: HandView, points: Floats) -> Floats | None:
    """Return greys by a cubic spline; ``None`` unless the film goes on all around.

    Parameters
    ----------
    view
        The hand.
    points
        (..., 2) x, y in original pixels.
    """
    pixels, valid = view.radiograph.pixels, view.radiograph.valid
    flat = points.reshape(-1, 2)
    low, high = np.floor(flat.min(axis=0)).astype(int) - 4, np.ceil(flat.max(axis=0)).astype(int) + 5
    if (low < 0).any() or high[0] > pixels.shape[1] or high[1] > pixels.shape[0]:
        return None
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    if not valid[window].all():
        return None
    spline = spline_filter(pixels[window].astype(np.float64), order=3, mode="mirror")
    at = [points[..., 1] - low[1], points[..., 0] - low[0]]
    return np.asarray(map_coordinates(spline, at, order=3, mode="mirror", prefilter=False))


def profiles_around(grey: Floats, along: Floats, centre: Floats, reach: Floats) -> Floats:
    """Return the profiles around a centre of their own each.

    Parameters
    ----------
    grey
        (rows, columns) greys of lines across the joint.
    along
        (columns,) where the samples of each line lie, :data:`STEP_PX` apart.
    centre
        (rows,) the centre of each.
    reach
        (n,) where around it greys are wanted.

    Returns
    -------
    (rows, n) greys between the samples.
    """
    columns = (centre[:, None] + reach[None, :] - along[0]) / STEP_PX
    rows = np.broadcast_to(np.arange(len(grey), dtype=np.float64)[:, None], columns.shape)
    return np.asarray(map_coordinates(grey, [rows, columns], order=1, mode="nearest"))


def peak_offset(values: Floats, i: int) -> float:
    """Return where a parabola through a highest point and its neighbours is highest, in steps from it."""
    if not 0 < i < len(values) - 1:
        return 0.0
    a, b, c = values[i - 1 : i + 2]
    bend = float(a - 2.0 * b + c)
    return float(np.clip(0.5 * (a - c) / bend, -0.5, 0.5)) if bend < 0.0 else 0.0
