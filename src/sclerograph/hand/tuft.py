"""Measuring one distal phalanx: how long it is, how its tuft flares, and what hides it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from sclerograph.anatomy.hand import INSIDE_HEAD_MM
from sclerograph.anatomy.norms import segment_ends
from sclerograph.hand.acro_osteolysis_settings import DEFAULT, AcroOsteolysisSettings
from sclerograph.hand.outlines import extent_along, outline
from sclerograph.hand.site import Anatomy
from sclerograph.hand.view import HandView, crop_points, sample

__all__ = ["DistalPhalanx", "NotMeasurable", "measure_distal_phalanx"]

#: Levels along the phalanx, as shares of its length, between which its waist and its tuft are looked for. They do not
#: meet: a shaft that only tapers then has a ratio below 1.
_WAIST = (0.35, 0.68)
_TUFT = (0.80, 0.97)

#: The base of a distal phalanx lies this far beyond that landmark (nominal mm), where no outline shows it: the rest of
#: the head and the joint space, 0.70 mm wide in the DIP joints of Kwok et al. 2011.
_BASE_MM = 1.6

#: Distance between two levels, and between two points of a width (nominal mm).
_STEP_MM = 0.15
_WIDTH_STEP_MM = 0.06

#: Half the length over which widths are taken (nominal mm).
_HALF_WIDTH_MM = 9.0


class NotMeasurable(Exception):
    """A distal phalanx cannot be measured; the message is the reason given in the reading."""


@dataclass(frozen=True)
class DistalPhalanx:
    """One distal phalanx in original pixels.

    Parameters
    ----------
    length_px
        From the landmark of its joint to the end of its bone.
    base_px
        From the landmark of its joint to the base of its bone.
    visible_length_px
        The same to the last level that is not covered by calcium.
    tuft_to_waist
        Width of the tuft over that of the waist; ``None`` without a good outline.
    covered_share, overlap_share
        Share of the length, at the tip, that calcium covers; share of the outline that lies on the middle phalanx.
    detached
        Whether pieces of it lie apart from the rest.
    disagreement_mm
        Distance between the tip's landmark and the end of the outline (nominal mm); ``None`` where one is missing.
    confidence
        How sure the networks are of its ends (0 to 1).
    """

    length_px: float
    base_px: float
    visible_length_px: float
    tuft_to_waist: float | None
    covered_share: float
    overlap_share: float
    detached: bool
    disagreement_mm: float | None
    confidence: float


@dataclass(frozen=True)
class _Piece:
    """The part of a distal phalanx's outline that begins at its joint, alone on the skeleton's grid."""

    probability: NDArray[np.float32]
    points: NDArray[np.float64]
    confidence: float
    detached: bool


def measure_distal_phalanx(anatomy: Anatomy, digit: int, settings: AcroOsteolysisSettings = DEFAULT) -> DistalPhalanx:
    """Measure the distal phalanx of one digit.

    Parameters
    ----------
    anatomy
        The hand.
    digit
        1 (thumb) to 5.
    settings
        The thresholds.

    Raises
    ------
    NotMeasurable
        With the reason: a landmark that is not believed, a tip beyond the film, metal.
    """
    view = anatomy.view
    base_name, tip_name = segment_ends(f"DP{digit}")
    found = anatomy.distal_phalanx(digit)
    if found is None:
        raise NotMeasurable(f"the joint {base_name} was not found with confidence")
    base, axis = found
    mark = view.skeleton.landmarks.get(tip_name)
    tip = None if mark is None or mark.confidence < settings.least_tip_confidence else np.array([mark.x, mark.y])
    too_far = tip is not None and float((tip - base) @ axis) > anatomy.expected_px(f"DP{digit}")
    if mark is not None and not mark.plausible and too_far:
        tip = None  # beyond the shape of a hand it is a slip; where it comes short the tuft may be resorbed
    piece = _piece(anatomy, digit, base, axis, settings)
    if piece is None:
        if tip is None or mark is None:
            raise NotMeasurable(f"neither the tip nor the outline of distal phalanx {digit} was found with confidence")
        _on_film(view, tip, axis, settings)
        length = float(np.hypot(*(tip - base)))
        sure = min(mark.confidence, view.skeleton.landmarks[base_name].confidence)
        base_px = _BASE_MM * view.scale_px
        return DistalPhalanx(length, base_px, length, None, 0.0, 0.0, False, None, sure)
    return _from_outline(anatomy, digit, base, axis, tip, piece, settings)


def _piece(
    anatomy: Anatomy,
    digit: int,
    base: NDArray[np.float64],
    axis: NDArray[np.float64],
    settings: AcroOsteolysisSettings,
) -> _Piece | None:
    """Return the outline's part at the joint, ``None`` where there is none good enough."""
    view, crop = anatomy.view, anatomy.view.skeleton.crop
    probability = view.bone_map(f"DP{digit}")
    labels, count = label(probability >= 128)
    begins, ends, areas = {}, {}, {}
    for number in range(1, count + 1):
        mask = labels == number
        along = (crop_points(crop, mask) - base) @ axis / view.scale_px
        begins[number], areas[number] = float(along.min()), float(mask.sum()) * crop.nominal_mm**2
        ends[number] = float(along.max())
    whole = [n for n in begins if areas[n] >= settings.outline_least_area_mm2]
    if not whole:
        return None
    first = min(whole, key=lambda n: begins[n])
    mask = labels == first
    sure = float(probability[mask].mean()) / 255.0
    if abs(begins[first]) > settings.outline_base_within_mm or sure < settings.outline_least_probability:
        return None
    detached = any(
        begins[n] - ends[first] >= settings.detached_gap_mm and areas[n] >= settings.detached_area_mm2
        for n in begins
        if n != first
    )
    alone = np.where(mask | (probability < 128) & (labels == 0), probability, 0).astype(np.float32)
    return _Piece(alone, crop_points(crop, mask), sure, detached)


def _from_outline(
    anatomy: Anatomy,
    digit: int,
    base: NDArray[np.float64],
    axis: NDArray[np.float64],
    tip: NDArray[np.float64] | None,
    piece: _Piece,
    settings: AcroOsteolysisSettings,
) -> DistalPhalanx:
    view = anatomy.view
    crop, scale = view.skeleton.crop, view.scale_px
    at_calcium = view.calcium.crop.map_to_crop(piece.points)
    if float(np.mean(sample(view.calcium.metal, at_calcium) >= 0.5)) >= settings.metal_share:
        raise NotMeasurable("hidden by metal")
    axis = _axis_of(piece.points, base, axis)
    rings = outline(piece.probability, crop, 127.5)
    base = base + 0.5 * _base_offset(anatomy, digit, base, axis) * axis
    start, end = extent_along(rings, base, axis)
    length = max(end, 0.1 * scale)
    _on_film(view, base + end * axis, axis, settings)

    levels = np.arange(max(start, 0.0), end, _STEP_MM * scale)
    widths, covered = _profile(view, piece, base, axis, levels)
    visible = _visible_length(levels, covered, length, settings)
    overlap = 0.0 if digit == 1 else float(np.mean(view.bone_at(f"MP{digit}", piece.points) >= 0.5))
    off = None if tip is None else abs(float((tip - base) @ axis) - end) / scale
    base_sure = view.skeleton.landmarks[segment_ends(f"DP{digit}")[0]].confidence
    return DistalPhalanx(
        length_px=length,
        base_px=float(np.clip(start, 0.0, 2.0 * _BASE_MM * scale)),
        visible_length_px=visible,
        tuft_to_waist=_flare(levels / length, widths),
        covered_share=1.0 - visible / length,
        overlap_share=overlap,
        detached=piece.detached,
        disagreement_mm=off,
        confidence=min(piece.confidence, base_sure),
    )


def _axis_of(points: NDArray[np.float64], base: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the unit vector from the joint through the middle of the outline, unless it strays from the axis."""
    towards = points.mean(axis=0) - base
    length = float(np.hypot(*towards))
    if length == 0 or (towards @ axis) / length < np.cos(np.radians(20.0)):
        return axis
    return np.asarray(towards / length, dtype=np.float64)


def _base_offset(anatomy: Anatomy, digit: int, base: NDArray[np.float64], axis: NDArray[np.float64]) -> float:
    """Return how far beyond its landmark the outline of the proximal bone puts the joint, in pixels.

    Landmark and outline err apart from each other, so the middle of both is better than either. Without an outline, or
    where the two are more than 2 nominal mm apart, the offset is 0.
    """
    view = anatomy.view
    neighbour = f"PP{digit}" if digit == 1 else f"MP{digit}"
    rings = outline(view.bone_map(neighbour).astype(np.float32), view.skeleton.crop, 127.5)
    if not rings:
        return 0.0
    _, end = extent_along(rings, base, axis)
    offset = end - INSIDE_HEAD_MM * view.scale_px
    return offset if abs(offset) <= 2.0 * view.scale_px else 0.0


def _on_film(
    view: HandView, tip: NDArray[np.float64], axis: NDArray[np.float64], settings: AcroOsteolysisSettings
) -> None:
    """Raise :class:`NotMeasurable` unless the film, and the crop that the network saw, go on beyond a tip."""
    beyond = tip + np.linspace(0.0, settings.film_margin_mm * view.scale_px, 5)[:, None] * axis
    if not view.valid_at(beyond).all():
        raise NotMeasurable("the tip lies at or beyond the edge of the film")
    crop = view.skeleton.crop
    seen = crop.map_to_crop(beyond)
    if (seen < 0).any() or (seen > [crop.columns - 1, crop.rows - 1]).any():
        raise NotMeasurable("the tip lies outside of the part of the film on which bones were outlined")


def _profile(
    view: HandView,
    piece: _Piece,
    base: NDArray[np.float64],
    axis: NDArray[np.float64],
    levels: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the width of the bone in pixels at each level, and the share of it that calcium covers."""
    across = np.array([-axis[1], axis[0]])
    step = _WIDTH_STEP_MM * view.scale_px
    positions = np.arange(-_HALF_WIDTH_MM * view.scale_px, _HALF_WIDTH_MM * view.scale_px + step, step)
    points = base + levels[:, None, None] * axis + positions[None, :, None] * across
    flat = points.reshape(-1, 2)
    bone = sample(piece.probability, view.skeleton.crop.map_to_crop(flat)).reshape(points.shape[:2]) >= 127.5
    calcium = sample(view.calcium.calcium, view.calcium.crop.map_to_crop(flat)).reshape(points.shape[:2]) >= 0.5
    count = bone.sum(axis=1)
    covered = (bone & calcium).sum(axis=1) / np.maximum(count, 1)
    return count * step, covered


def _visible_length(
    levels: NDArray[np.float64], covered: NDArray[np.float64], length: float, settings: AcroOsteolysisSettings
) -> float:
    """Return the last level that calcium does not cover; the length itself when that is the tip."""
    seen = np.flatnonzero(covered < settings.covered_share)
    if len(seen) == 0:
        return 0.0
    return length if seen[-1] == len(levels) - 1 else float(levels[seen[-1]])


def _flare(shares: NDArray[np.float64], widths: NDArray[np.float64]) -> float | None:
    """Return the width of the tuft over that of the waist."""
    middle = widths[(shares >= _WAIST[0]) & (shares <= _WAIST[1])]
    end = widths[(shares >= _TUFT[0]) & (shares <= _TUFT[1])]
    if len(middle) < 3 or len(end) < 2 or middle.min() <= 0:
        return None
    return float(end.max() / middle.min())
