"""Sharpness, noise, contrast and clipping of a hand's greys.

Shafts of proximal and middle phalanges and of metacarpals have long, smooth edges. How steeply the greys rise there,
relative to how far they rise, tells how sharp the film is. The roundness of the bone alone takes half a millimetre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.norms import segment_ends
from sclerograph.findings.records import Exposure, Sharpness
from sclerograph.hand.bone_edges import bone_edges
from sclerograph.hand.quality_settings import DEFAULT, QualitySettings
from sclerograph.hand.view import HandView, sample

__all__ = ["measure_greys"]

Floats = NDArray[np.float64]

_SHAFTS = ("PP2", "PP3", "PP4", "PP5", "MP2", "MP3", "MP4", "MC2", "MC3", "MC4", "MC5")
_SHARPEST = 25.0
_PATCH = 7
#: Answers 0 to a plane, and to noise of standard deviation 1 with one of 6.
_AGAINST_PLANE = np.array([[1.0, -2.0, 1.0], [-2.0, 4.0, -2.0], [1.0, -2.0, 1.0]])


@dataclass(frozen=True)
class _Edges:
    widths_px: Floats
    contrasts: Floats


def measure_greys(view: HandView, settings: QualitySettings = DEFAULT) -> tuple[Sharpness, Exposure]:
    """Return sharpness and exposure of a hand.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.
    """
    edges, noise = _edges(view, settings), _noise(view, settings)
    mm = view.calibration.mm_per_pixel
    count = len(edges.widths_px)
    if count < settings.least_edges or noise is None:
        reason = "too few clear edges of shafts: too little contrast, or too few bones are outlined"
        sharpness = Sharpness(edges=count, noise=_rounded(noise), assessable=False, reason=reason)
    else:
        width = float(np.percentile(edges.widths_px, _SHARPEST))
        sharpness = Sharpness(
            edge_width_px=round(width, 2),
            edge_width_mm=None if mm is None else round(width * mm, 3),
            noise=_rounded(noise),
            edges=count,
            assessable=True,
        )
    return sharpness, _exposure(view, edges, noise, settings)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _edges(view: HandView, settings: QualitySettings) -> _Edges:
    """Return width and contrast of the edges of the shafts."""
    unit = view.scale_px
    step = max(settings.edge_step_mm * unit, 0.4)
    beside = np.arange(-settings.edge_reach_mm * unit, settings.edge_reach_mm * unit + step, step)
    inside = (beside <= 0.0) & (beside >= -settings.edge_inside_mm * unit)
    outside = (beside >= settings.edge_outside_mm[0] * unit) & (beside <= settings.edge_outside_mm[1] * unit)
    # the steepest place may lie a little beside the outline of the network
    near = np.abs(beside) <= 1.2 * unit
    spread = np.linspace(-0.5, 0.5, 7) * settings.edge_spread_mm * unit
    points, keep = [], []
    for code in _SHAFTS:
        start, end = (view.point(name) for name in segment_ends(code))
        if start is None or end is None:
            continue
        along = end - start
        length = float(np.hypot(*along))
        if length == 0.0:
            continue
        along = along / length
        side = np.array([-along[1], along[0]])
        positions = np.linspace(0.35, 0.65, settings.edge_levels) * length
        for edge, sign in zip(bone_edges(view, code)(start, along, positions), (-1.0, 1.0), strict=True):
            seen = np.isfinite(edge)
            # the edge leans against the axis: lines beside a level start where the edge is there
            if np.count_nonzero(seen) < 3:
                continue
            slope = np.polyfit(positions[seen], edge[seen], 1)[0]
            for position, place in zip(positions[seen], edge[seen], strict=True):
                across = place + slope * spread[:, None] + sign * beside[None, :]
                points.append(start + (position + spread)[:, None, None] * along + across[..., None] * side)
                keep.append(code)
    if not points:
        return _Edges(np.zeros(0), np.zeros(0))
    stacked = np.stack(points)
    flat = stacked.reshape(-1, 2)
    greys = view.grey_at(flat).reshape(stacked.shape[:3])
    middle = stacked[:, len(spread) // 2]
    shape = middle.shape[:2]
    other = view.any_bone_at(middle.reshape(-1, 2)).reshape(shape)[:, outside].max(axis=1) >= 0.5
    on_film = view.valid_at(middle.reshape(-1, 2)).reshape(shape).all(axis=1)
    profile = greys.mean(axis=1)
    contrast = profile[:, inside].max(axis=1) - np.median(profile[:, outside], axis=1)
    slope_of = -np.gradient(profile, step, axis=1)
    steepest = slope_of[:, near].max(axis=1)
    usable = ~other & on_film & (contrast >= settings.edge_least_contrast) & (steepest > 0)
    return _Edges(contrast[usable] / steepest[usable], contrast[usable])


def _noise(view: HandView, settings: QualitySettings) -> float | None:
    """Return the standard deviation of the grain in soft tissue, pixel against pixel."""
    points = _points(view, bone=False, count=settings.samples)
    if len(points) < 50:
        return None
    pixels = view.radiograph.pixels
    rows, columns = pixels.shape
    half = _PATCH // 2
    places = np.rint(points[:: max(1, len(points) // 150)]).astype(np.intp)
    fits = (places >= half + 1).all(axis=1) & (places[:, 0] < columns - half - 1) & (places[:, 1] < rows - half - 1)
    window = np.arange(-half, half + 1)
    patches = pixels[
        places[fits, 1][:, None, None] + window[None, :, None], places[fits, 0][:, None, None] + window[None, None, :]
    ].astype(np.float64)
    if len(patches) < 20:
        return None
    # what is left of a pixel after a plane through its neighbours (mask of Immerkaer 1996, doi:10.1006/cviu.1996.0060)
    rest = np.zeros((len(patches), _PATCH - 2, _PATCH - 2))
    for (down, right), weight in np.ndenumerate(_AGAINST_PLANE):
        rest += weight * patches[:, down : down + _PATCH - 2, right : right + _PATCH - 2]
    return float(np.median(1.4826 * np.median(np.abs(rest), axis=(1, 2))) / 6.0)


def _points(view: HandView, *, bone: bool, count: int) -> Floats:
    """Return points (x, y) on the film in soft tissue beside bones, or on bone."""
    soft = view.skeleton.soft_tissue[::2, ::2] >= 128
    bony = view.any_bone_map[::2, ::2]
    inside = bony >= 128 if bone else soft & (bony < 26)
    rows, columns = np.nonzero(inside)
    some = slice(None, None, max(1, len(rows) // count))
    places = np.stack([columns[some], rows[some]], axis=1).astype(np.float64)
    points = view.skeleton.crop.map_to_original(2.0 * places)
    return np.asarray(points[view.valid_at(points)])


def _exposure(view: HandView, edges: _Edges, noise: float | None, settings: QualitySettings) -> Exposure:
    soft, bone = (_points(view, bone=on_bone, count=settings.samples) for on_bone in (False, True))
    if len(soft) < 100 or len(bone) < 100:
        return Exposure(assessable=False, reason="too little of the hand is outlined")
    at = view.calcium.crop.map_to_crop(bone)
    covered = np.maximum(sample(view.calcium.metal, at), sample(view.calcium.calcium, at)) >= 0.3
    dark, bright = view.grey_at(soft), view.grey_at(bone[~covered])
    if len(bright) < 100:
        return Exposure(assessable=False, reason="metal or calcium covers most of the bones")
    black = float(np.mean(dark <= dark.min() + settings.clipped_greys))
    white = float(np.mean(bright >= bright.max() - settings.clipped_greys))
    contrast = float(np.median(edges.contrasts)) if len(edges.contrasts) >= settings.least_edges else None
    return Exposure(
        black_share=round(black, 4),
        white_share=round(white, 4),
        bone_contrast=_rounded(contrast),
        contrast_to_noise=None if contrast is None or not noise else round(contrast / noise, 2),
        assessable=True,
    )
