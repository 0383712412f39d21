"""The twenty regions of a hand: its phalanges, its metacarpals and the carpus, each with the soft tissue around it.

A region is the part of the hand's projection that lies nearer to its bones than to any other: the border between two
bones of a digit runs halfway through their joint. Tissue nearest to the forearm belongs to no region. Together the
regions are the hand. The division is our own; the studies that score calcinosis by region have not shown theirs in
what was at hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sclerograph.anatomy.hand import BONES, CARPAL_BONES, SITES, joint
from sclerograph.errors import SclerographError
from sclerograph.findings.records import Contour, Deposit, Hand

__all__ = ["CARPUS", "REGIONS", "RegionsUnknown", "calcified_area_px", "region_areas_px", "region_shares"]

#: Name of the region of the eight carpal bones.
CARPUS = "carpus"

#: The regions, each with its bones.
REGIONS: dict[str, tuple[str, ...]] = {
    **{bone.code: (bone.code,) for bone in BONES if bone.digit is not None},
    CARPUS: CARPAL_BONES,
}

#: Points along the longer side of a hand's box: one is less than a millimetre of the hand.
_GRID = 300

_REGION_OF_BONE = {bone: region for region, bones in REGIONS.items() for bone in bones}


class RegionsUnknown(SclerographError):
    """The outlines of a hand do not allow to say how large its regions are."""


def region_shares(site: str) -> dict[str, float]:
    """Return how a deposit at a site is shared among the regions.

    A bone's deposit belongs to its region. A joint's is halved between the regions on both sides, and belongs whole to
    the one that is a region where the other is not (radiocarpal joint). Deposits of the forearm have none.
    """
    if site not in SITES:
        raise ValueError(f"not a site of the vocabulary: {site}")
    if site in _REGION_OF_BONE:
        return {_REGION_OF_BONE[site]: 1.0}
    if site in {bone.code for bone in BONES}:
        return {}
    found = joint(site)
    sides = [{_REGION_OF_BONE.get(bone) for bone in bones} for bones in (found.proximal_bones, found.distal_bones)]
    regions = [region for side in sides for region in side if region is not None]
    return {region: regions.count(region) / len(regions) for region in regions}


def calcified_area_px(deposits: list[Deposit], region: str) -> float:
    """Return the area of the deposits that falls to a region."""
    return sum(deposit.area_px * region_shares(deposit.site).get(region, 0.0) for deposit in deposits)


def region_areas_px(hand: Hand) -> dict[str, float]:
    """Return the area of each region whose bones are all outlined, in square pixels of the film.

    Raises
    ------
    RegionsUnknown
        The soft tissue or every bone lacks its outline.
    """
    rings = [np.asarray(contour, dtype=np.float64) for contour in hand.soft_tissue if len(contour) >= 3]
    if not rings:
        raise RegionsUnknown("the outline of the soft tissue is not known, and so neither is the area of the hand")
    outlined = {outline.bone: outline.contours for outline in hand.bones if outline.contours}
    if not outlined:
        raise RegionsUnknown("no bone is outlined, so the regions of the hand are not known")
    corners = np.concatenate(rings)
    low, high = corners.min(axis=0), corners.max(axis=0)
    step = float((high - low).max()) / _GRID
    if step <= 0.0:
        raise RegionsUnknown("the outline of the soft tissue holds no area")
    points = _points_inside(rings, low, high, step)
    names = list(outlined)
    edges = [_along(outlined[name], step) for name in names]
    owner = np.repeat(np.arange(len(names)), [len(edge) for edge in edges])
    _, nearest = KDTree(np.concatenate(edges)).query(points)
    counts = np.bincount(owner[nearest], minlength=len(names))
    areas = {name: float(count) * step**2 for name, count in zip(names, counts, strict=True)}
    return {
        region: sum(areas[bone] for bone in bones)
        for region, bones in REGIONS.items()
        if all(bone in areas for bone in bones)
    }


def _points_inside(
    rings: list[NDArray[np.float64]], low: NDArray[np.float64], high: NDArray[np.float64], step: float
) -> NDArray[np.float64]:
    """Return the (x, y) of grid points inside of the rings; one ring inside of another is a hole.

    A point is inside when a ray to its left crosses the rings an odd number of times; every crossing of a side with a
    row of the grid is written down once and the rows are added up.
    """
    # Points stand in the middle of the cells of the grid.
    columns, rows = np.ceil((high - low) / step).astype(int).tolist()
    on_grid = [(ring - low) / step - 0.5 for ring in rings]
    start, end = np.concatenate(on_grid), np.concatenate([np.roll(ring, -1, axis=0) for ring in on_grid])
    upper, lower = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    first, after = np.ceil(upper).astype(int), np.ceil(lower).astype(int)
    side = np.repeat(np.arange(len(start)), after - first)
    row = _counting_within(after - first) + first[side]
    slope = (end[side, 0] - start[side, 0]) / (end[side, 1] - start[side, 1])
    column = np.ceil(start[side, 0] + (row - start[side, 1]) * slope).astype(int)
    crossings = np.zeros((rows, columns + 1), dtype=np.intp)
    np.add.at(crossings, (row, column), 1)
    inside = np.cumsum(crossings, axis=1)[:, :columns] % 2 == 1
    found = np.argwhere(inside)[:, ::-1]
    return np.asarray(low + (found + 0.5) * step, dtype=np.float64)


def _along(contours: list[Contour], step: float) -> NDArray[np.float64]:
    """Return points along contours, none farther from the next than a step."""
    rings = [np.asarray(contour, dtype=np.float64) for contour in contours]
    start = np.concatenate(rings)
    way = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings]) - start
    counts = np.maximum(np.ceil(np.hypot(way[:, 0], way[:, 1]) / step).astype(int), 1)
    side = np.repeat(np.arange(len(start)), counts)
    share = _counting_within(counts) / counts[side]
    return np.asarray(start[side] + share[:, None] * way[side], dtype=np.float64)


def _counting_within(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return 0, 1, ... of each group one after the other: ``[2, 3]`` gives ``[0, 1, 0, 1, 2]``."""
    return np.asarray(np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts), dtype=np.intp)
