"""Greys across the shaft of a tubular bone: straightened along the bone and averaged over short blocks.

The bone outlines of the networks say roughly where the shaft runs. The greys are sampled from the original pixels, on
lines perpendicular to the shaft's own middle line, so that edges can be found to a small part of a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES
from sclerograph.anatomy.norms import segment_ends
from sclerograph.hand.view import HandView, sample

__all__ = ["Shaft", "ShaftUnseen", "sample_shaft"]

Floats = NDArray[np.float64]

#: Coarse lines on the outline: so many along the region, and their step across (nominal mm).
_OUTLINE_LINES = 25
_OUTLINE_STEP_MM = 0.2
_OUTLINE_REACH_MM = 9.0
#: The outline is followed this far beyond the region (share of the bone).
_BEYOND = 0.04
#: Calcium, metal or a marker from this probability spoils a sample.
_SPOILT_FROM = 0.2


class ShaftUnseen(Exception):
    """A shaft cannot be measured; the message is the reason given in the reading."""


@dataclass(frozen=True)
class Shaft:
    """Mean greys across a shaft, block by block.

    ``greys`` (blocks, samples), with ``clean`` (blocks, samples), the share of what was averaged that shows this bone
    and the soft tissue beside it and nothing else; ``across_px`` (samples,) from the middle line; ``levels`` (blocks,)
    as shares of the bone's length; ``half_width_px`` (blocks,) of the outline; ``length_px`` of the bone, from joint to
    joint.
    """

    greys: Floats
    clean: Floats
    across_px: Floats
    levels: Floats
    half_width_px: Floats
    length_px: float


def sample_shaft(
    view: HandView,
    code: str,
    region: tuple[float, float],
    *,
    blocks: int,
    margin_mm: float,
    step_px: float,
    beyond: float = _BEYOND,
) -> Shaft:
    """Sample one shaft.

    Parameters
    ----------
    view
        The hand.
    code
        A metacarpal or phalanx.
    region
        From where to where, as shares of the way from the bone's proximal to its distal landmark.
    blocks
        Into how many equal parts the region is cut.
    margin_mm
        How far beyond the bone's edges to sample (nominal mm).
    step_px
        Distance of two samples, across and (at most) along.
    beyond
        How far beyond the region the outline is followed, to steady the middle line there (share of the bone).

    Raises
    ------
    ShaftUnseen
        With the reason: a landmark or the outline is missing, or the film ends.
    """
    ends = [view.point(name) for name in segment_ends(code)]
    if ends[0] is None or ends[1] is None:
        raise ShaftUnseen("its ends were not found with confidence")
    start, axis = ends[0], ends[1] - ends[0]
    length = float(np.hypot(*axis))
    along = axis / max(length, 1e-9)
    across = np.array([-along[1], along[0]])
    levels, middle, half = _outline(view, code, start, along, across, length, (region[0] - beyond, region[1] + beyond))
    line = np.polynomial.Polynomial.fit(levels, middle, 2)
    width = np.polynomial.Polynomial.fit(levels, half, 2)
    slope = line.deriv()

    rows = max(blocks, int(np.ceil((region[1] - region[0]) * length / step_px / blocks)) * blocks)
    at = region[0] + (np.arange(rows) + 0.5) / rows * (region[1] - region[0])
    reach = float(np.max(width(at))) + margin_mm * view.scale_px
    positions = np.arange(-np.ceil(reach / step_px), np.ceil(reach / step_px) + 1) * step_px
    # across the shaft's own middle line, whose direction differs a little from that of the landmarks
    lean = np.arctan(slope(at) / length)
    normal = np.cos(lean)[:, None] * across - np.sin(lean)[:, None] * along
    origin = start + (at * length)[:, None] * along + line(at)[:, None] * across
    points = (origin[:, None, :] + positions[None, :, None] * normal[:, None, :]).reshape(-1, 2)
    if not view.valid_at(points).all():
        raise ShaftUnseen("the film ends beside its shaft")
    clean = _clean(view, code, points).reshape(rows, -1)
    greys = view.grey_at(points).reshape(rows, -1)

    per = rows // blocks
    weight = clean.reshape(blocks, per, -1).sum(axis=1)
    total = (greys * clean).reshape(blocks, per, -1).sum(axis=1)
    plain = greys.reshape(blocks, per, -1).mean(axis=1)
    mean = np.where(weight > 0, total / np.maximum(weight, 1e-9), plain)
    centres = at.reshape(blocks, per).mean(axis=1)
    return Shaft(mean, weight / per, positions, centres, np.asarray(width(centres)), length)


def _outline(
    view: HandView, code: str, start: Floats, along: Floats, across: Floats, length: float, region: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """Return levels, middle and half width of the bone's outline there, in pixels from the line of its landmarks."""
    levels = np.linspace(*region, _OUTLINE_LINES)
    positions = np.arange(-_OUTLINE_REACH_MM, _OUTLINE_REACH_MM + 1e-9, _OUTLINE_STEP_MM) * view.scale_px
    points = start + (levels * length)[:, None, None] * along + positions[None, :, None] * across
    values = view.bone_at(code, points.reshape(-1, 2)).reshape(len(levels), -1)
    # the sum of the probabilities is a width without steps, and their centre of mass its middle
    total = values.sum(axis=1)
    seen = total * _OUTLINE_STEP_MM > 1.0
    if np.count_nonzero(seen) < 0.8 * len(levels):
        raise ShaftUnseen("its outline was not found with confidence")
    middle = (values[seen] * positions).sum(axis=1) / total[seen]
    half = 0.5 * total[seen] * (positions[1] - positions[0])
    return levels[seen], middle, half


def _clean(view: HandView, code: str, points: Floats) -> Floats:
    """Return 1 where nothing but this bone and soft tissue is seen, else 0."""
    at = view.calcium.crop.map_to_crop(points)
    maps = (view.calcium.calcium, view.calcium.metal, view.calcium.marker)
    spoilt = np.any([sample(m, at) >= _SPOILT_FROM for m in maps], axis=0)
    others = [b.code for b in BONES if b.kind == "metacarpal" or b.kind.endswith("phalanx")]
    near = [b for b in others if b != code and (b[:2] == code[:2] or b[-1] == code[-1])]
    for other in near:
        spoilt |= view.bone_at(other, points) >= 0.5
    return np.where(spoilt, 0.0, 1.0)
