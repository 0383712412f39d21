"""Fewer points for a drawn line: Douglas and Peucker 1973 (doi:10.3138/FM57-6770-U75U-7727).

The point farthest from the chord of a stretch is kept where it lies farther off than the tolerance, and both halves are
treated alike. Here all stretches of one round are treated together, which gives the same points as one after the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["simplify"]

Floats = NDArray[np.float64]


def simplify(line: Floats, tolerance: float) -> Floats:
    """Return the points of a line that are needed to draw it.

    Parameters
    ----------
    line
        (n, 2) points; the first and the last are kept.
    tolerance
        No point that is left out lies farther than this from what is drawn instead, above 0.
    """
    kept = np.zeros(len(line), dtype=np.bool_)
    kept[[0, -1]] = True
    open_stretches = np.array([[0, len(line) - 1]])
    while len(open_stretches := open_stretches[open_stretches[:, 1] - open_stretches[:, 0] > 1]):
        first, last = open_stretches.T
        inner = last - first - 1
        starts = np.concatenate([[0], np.cumsum(inner)[:-1]])
        stretch = np.repeat(np.arange(len(first)), inner)
        points = np.arange(inner.sum()) - starts[stretch] + first[stretch] + 1
        away = _from_chord(line, points, first[stretch], last[stretch])
        farthest = np.maximum.reduceat(away, starts)
        # the first of several points that are equally far
        at_farthest = np.flatnonzero(away == farthest[stretch])
        _, unique = np.unique(stretch[at_farthest], return_index=True)
        split = points[at_farthest[unique]]
        divided = farthest > tolerance
        kept[split[divided]] = True
        open_stretches = np.concatenate(
            [np.stack([first, split], axis=1)[divided], np.stack([split, last], axis=1)[divided]]
        )
    return line[kept]


def _from_chord(line: Floats, points: NDArray[np.intp], first: NDArray[np.intp], last: NDArray[np.intp]) -> Floats:
    """Return the distance of each point from the segment between its stretch's ends."""
    start, chord = line[first], line[last] - line[first]
    way = line[points] - start
    length = np.einsum("ij,ij->i", chord, chord)
    along = np.einsum("ij,ij->i", way, chord)
    share = np.clip(along / np.where(length > 0, length, 1.0), 0.0, 1.0)
    off = way - share[:, None] * chord
    return np.asarray(np.hypot(off[:, 0], off[:, 1]), dtype=np.float64)
