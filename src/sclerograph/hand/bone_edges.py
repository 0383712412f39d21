"""The edges and outlines of bones on a film, as the outlines of the networks show them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.bone_lines import Edges, Line, middle_line
from sclerograph.anatomy.norms import segment_ends
from sclerograph.hand.outlines import area, outline
from sclerograph.hand.view import HandView

__all__ = ["bone_axis", "bone_edges", "whole_outline"]

Floats = NDArray[np.float64]

#: How far to both sides of its axis a bone is looked for, and in which steps (nominal mm).
_REACH_MM = 11.0
_STEP_MM = 0.35


def bone_edges(view: HandView, code: str, reach_mm: float = _REACH_MM) -> Edges:
    """Return the edges of a bone's outline (see :data:`sclerograph.anatomy.bone_lines.Edges`).

    Where a line crosses several pieces, the one nearest to the axis counts.
    """
    across = np.arange(-reach_mm, reach_mm + 1e-9, _STEP_MM) * view.scale_px

    def edges(origin: Floats, along: Floats, positions: Floats) -> tuple[Floats, Floats]:
        side = np.array([-along[1], along[0]])
        points = origin + positions[:, None, None] * along + across[None, :, None] * side
        values = view.bone_at(code, points.reshape(-1, 2)).reshape(len(positions), -1)
        low, high = _nearest_piece(values, across)
        for edge, outward in ((low, -view.scale_px), (high, view.scale_px)):
            # where the film or the crop ends there is no edge of the bone
            beyond = origin + positions[:, None] * along + np.nan_to_num(edge + outward)[:, None] * side
            edge[~_looked_at(view, beyond)] = np.nan
        return low, high

    return edges


def _looked_at(view: HandView, points: Floats) -> NDArray[np.bool_]:
    """Tell which (n, 2) points lie on the film and in the crop that the network has seen."""
    crop = view.skeleton.crop
    inside = crop.map_to_crop(points)
    within = np.all((inside >= 0) & (inside <= [crop.columns - 1, crop.rows - 1]), axis=1)
    return np.asarray(within & view.valid_at(points))


def _nearest_piece(values: Floats, across: Floats) -> tuple[Floats, Floats]:
    """Return the two positions where the piece nearest to 0 falls through 0.5, row by row; nan where there is none."""
    count, rows = len(across), np.arange(len(values))
    inside = values >= 0.5
    nearest = np.argmin(np.where(inside, np.abs(across), np.inf), axis=1)
    places = np.arange(count)
    before = np.where(~inside & (places < nearest[:, None]), places, -1).max(axis=1)
    after = np.where(~inside & (places > nearest[:, None]), places, count).min(axis=1)
    # a piece that reaches beyond what is looked at has no edges
    seen = inside.any(axis=1) & (before >= 0) & (after < count)
    low, high = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for edge, beyond, step in ((low, before, 1), (high, after, -1)):
        row, out = rows[seen], beyond[seen]
        at, past = values[row, out + step], values[row, out]
        edge[seen] = across[out + step] + (at - 0.5) / (at - past) * (across[out] - across[out + step])
    return low, high


def bone_axis(view: HandView, code: str) -> Line | None:
    """Return the axis of a tubular bone of a digit, ``None`` where landmarks or outline do not show it."""
    start, end = (view.point(name) for name in segment_ends(code))
    return None if start is None or end is None else middle_line(bone_edges(view, code), start, end)


def whole_outline(view: HandView, code: str) -> Floats | None:
    """Return the outline (n, 2) of the largest piece of a bone, ``None`` where there is none."""
    values = view.bone_map(code)
    inside = values >= 128
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if rows.size == 0:
        return None
    # only the part of the map around the bone is looked at
    top, left = max(int(rows[0]) - 1, 0), max(int(columns[0]) - 1, 0)
    window = values[top : int(rows[-1]) + 2, left : int(columns[-1]) + 2] / np.float32(255.0)
    rings = outline(window, view.skeleton.crop, corner=(top, left))
    return max(rings, key=lambda ring: area([ring]), default=None)
