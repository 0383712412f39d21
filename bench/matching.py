"""True deposits against measured ones.

Rules, the same for simulated films and for real films with deposits put in:

- Parts of true calcium closer than 0.6 mm are one deposit: no reader counts them apart.
- A true deposit is found when 30 % of its area, or its centre, is covered by measured deposits grown by 0.5 mm.
- A measured deposit is false when it comes nowhere within 0.6 mm of true calcium.
- For the Dice of one true deposit, measured pixels belong to the nearest true deposit; one that was missed has 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

from bench.statistics import dice

__all__ = ["Match", "TrueDeposit", "group_calcium", "match_deposits"]

MERGED_WITHIN_MM = 0.6
COVERED_WITHIN_MM = 0.5
LEAST_COVERED = 0.3
TOUCHES_WITHIN_MM = 0.6
_EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=np.int8)

Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]


@dataclass(frozen=True)
class TrueDeposit:
    """One deposit of the truth: its number in the label image, area, longest diameter and centre (row, column)."""

    number: int
    area_mm2: float
    longest_diameter_mm: float
    centre: tuple[float, float]


@dataclass(frozen=True)
class Match:
    """What became of the true deposits, in their order, and which measured ones (numbers from 1) are false.

    ``partner`` is the number of the measured deposit that covers most of a true one, 0 for none.
    """

    found: list[bool]
    partner: list[int]
    dice: list[float]
    false: list[int]


def _longest_diameter(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> float:
    """Return the greatest distance between the outer edges of two pixels, in pixels."""
    points = np.stack([columns, rows], axis=1).astype(np.float64)
    if len(points) > 3:
        try:
            points = points[ConvexHull(points).vertices]
        except QhullError:  # all on one line
            points = points[np.lexsort(points.T)][[0, -1]]
    return (float(pdist(points).max()) if len(points) > 1 else 0.0) + 1.0


def group_calcium(
    calcium: Mask, mm_per_pixel: float, merged_within_mm: float = MERGED_WITHIN_MM
) -> tuple[Labels, list[TrueDeposit]]:
    """Return true calcium as deposits.

    Parameters
    ----------
    calcium
        (rows, columns) of the truth.
    mm_per_pixel
        Size of a pixel.
    merged_within_mm
        Parts closer than this are one deposit.
    """
    if not calcium.any():
        return np.zeros(calcium.shape, np.int32), []
    grown = ndimage.distance_transform_edt(~calcium) * mm_per_pixel <= merged_within_mm / 2.0
    labels, _ = ndimage.label(grown, structure=_EIGHT_NEIGHBOURS)
    labels = np.where(calcium, labels, 0).astype(np.int32)
    deposits = []
    for number, part in enumerate(ndimage.find_objects(labels), start=1):
        rows, columns = np.nonzero(labels[part] == number)
        deposits.append(
            TrueDeposit(
                number,
                len(rows) * mm_per_pixel**2,
                _longest_diameter(rows, columns) * mm_per_pixel,
                (float(rows.mean()) + part[0].start, float(columns.mean()) + part[1].start),
            )
        )
    return labels, deposits


def match_deposits(
    truth: Labels, deposits: list[TrueDeposit], measured: Labels, number_measured: int, mm_per_pixel: float
) -> Match:
    """Match measured deposits (a label image with numbers from 1) with true ones."""
    off_truth, nearest_true = _nearest(truth, mm_per_pixel)
    off_measured, nearest_measured = _nearest(measured, mm_per_pixel)
    numbers = np.arange(1, number_measured + 1)
    present = [number for number in numbers if (measured == number).any()]
    gaps = ndimage.minimum(off_truth, measured, present) if present else []
    false = [int(number) for number, gap in zip(present, gaps, strict=True) if gap > TOUCHES_WITHIN_MM]
    owned = np.where((measured > 0) & ~np.isin(measured, false), nearest_true, 0)
    found, partner, overlaps = [], [], []
    for deposit in deposits:
        mine = truth == deposit.number
        covered = off_measured[mine] <= COVERED_WITHIN_MM
        row, column = (round(place) for place in deposit.centre)
        found.append(bool(covered.mean() >= LEAST_COVERED or off_measured[row, column] <= COVERED_WITHIN_MM))
        near = nearest_measured[mine][off_measured[mine] <= TOUCHES_WITHIN_MM]
        partner.append(int(np.bincount(near).argmax()) if near.size else 0)
        overlaps.append((dice(mine, owned == deposit.number) or 0.0) if found[-1] else 0.0)
    return Match(found, partner, overlaps, false)


def _nearest(labels: Labels, mm_per_pixel: float) -> tuple[NDArray[np.float64], Labels]:
    """Return how far each pixel is from the nearest labelled one, in millimetres, and its label."""
    if not labels.any():
        return np.full(labels.shape, np.inf), np.zeros_like(labels)
    distance, (rows, columns) = ndimage.distance_transform_edt(labels == 0, return_indices=True)
    return distance * mm_per_pixel, labels[rows, columns]
