"""Soft tissue of the fingertips: how far the pulp reaches beyond the bone, and how the finger tapers.

The skin is followed in the greys, profile by profile; the network's soft tissue only says where to look. The end of the
bone is followed likewise from where its outline ends. Definitions stand in :mod:`sclerograph.anatomy.fingertip`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from sclerograph.anatomy.fingertip import BASE_SHARE, LEVEL_MM
from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import Fingertip, Flexion, Interval, Tuft
from sclerograph.hand.fingertips_settings import DEFAULT, FingertipSettings
from sclerograph.hand.flexion import hides_tuft
from sclerograph.hand.gaussian import REACH_OF_95_PERCENT
from sclerograph.hand.grey_edges import EdgeLine, bundle_edge, falls, noise_of, smoothed
from sclerograph.hand.outlines import extent_along, outline
from sclerograph.hand.site import Anatomy
from sclerograph.hand.view import HandView, crop_points, sample

__all__ = ["measure"]

Floats = NDArray[np.float64]

#: A piece of a distal phalanx this small (nominal mm2) is none; its outline begins this close to its joint.
_LEAST_AREA_MM2 = 6.0
_BASE_WITHIN_MM = 4.0
#: Two greys are the same within this.
_ONE_GREY = 1.0 / 255.0
#: How far the film is sampled beyond the end of the bone (nominal mm).
_REACH_MM = 14.0


class _NotMeasurable(Exception):
    """A fingertip cannot be measured; the message is the reason given in the reading."""


@dataclass(frozen=True)
class _Bone:
    """The outline of a distal phalanx in pixels along its axis from its joint.

    ``base_width`` is the greatest width near the base, ``tip_width`` that within the last nominal millimetre.
    """

    origin: Floats
    axis: Floats
    start: float
    end: float
    base_width: float
    tip_width: float
    confidence: float

    @property
    def across(self) -> Floats:
        """Unit vector across the digit."""
        return np.array([-self.axis[1], self.axis[0]])

    def points(self, along: Floats, across: Floats) -> Floats:
        """Return (m, n, 2) points on the film at (m,) places across and (n,) along the axis."""
        return np.asarray(
            self.origin + along[None, :, None] * self.axis + across[:, None, None] * self.across, dtype=np.float64
        )


@dataclass(frozen=True)
class _Skin:
    """The edge of the skin on the axis; ``flat_air`` where all the air beyond is at the darkest grey."""

    edge: EdgeLine
    contrast_to_noise: float
    flat_air: bool


def measure(
    view: HandView, tufts: Sequence[Tuft], flexion: Sequence[Flexion], settings: FingertipSettings = DEFAULT
) -> list[Fingertip]:
    """Return the soft tissue of the five fingertips.

    Parameters
    ----------
    view
        The hand.
    tufts
        What was found of its tufts: the end of a bone in fragments is no place to measure from.
    flexion
        What was found of its flexion: a flexed fingertip looks at the film from its end.
    settings
        The thresholds.
    """
    anatomy = Anatomy(view)
    bent = hides_tuft(list(flexion))
    fragmented = {tuft.digit for tuft in tufts if tuft.fragmented}
    found = []
    for digit in (d.number for d in DIGITS):
        try:
            if not view.side_and_view.frontal:
                raise _NotMeasurable(f"measured on PA and AP films only, this one is {view.side_and_view.view}")
            if digit in bent:
                raise _NotMeasurable(f"flexed: {bent[digit]}")
            if digit in fragmented:
                raise _NotMeasurable("the distal phalanx ends in fragments")
            found.append(_fingertip(anatomy, digit, settings))
        except _NotMeasurable as reason:
            found.append(Fingertip(digit=digit, assessable=False, reason=str(reason)))
    return found


def _fingertip(anatomy: Anatomy, digit: int, settings: FingertipSettings) -> Fingertip:
    view = anatomy.view
    unit, mm = view.scale_px, view.calibration.mm_per_pixel
    bone = _bone(anatomy, digit)
    step = max(settings.step_mm * unit, 0.5)
    sigma = max(settings.smooth_mm * unit, 0.7)
    along = np.arange(bone.end - 4.0 * unit, bone.end + _REACH_MM * unit, step)
    across = np.arange(-settings.half_strip_mm, settings.half_strip_mm + 1e-9, settings.strip_step_mm) * unit
    points = bone.points(along, across)
    shape = points.shape[:2]
    flat = points.reshape(-1, 2)
    greys = view.grey_at(flat).reshape(shape)
    mask_end = _mask_end(view, flat, shape, along, bone)
    _on_film(view, bone, mask_end, settings)
    fine = smoothed(greys, step, sigma)
    end, end_error = _bone_end(fine, along, across, bone, unit, settings)
    skin = _skin(view, greys, fine, along, across, end, mask_end, settings)
    _not_hidden(view, flat, shape, along, (end, skin.edge.at), settings)
    pulp = skin.edge.at - end
    error = float(np.hypot(np.hypot(skin.edge.error, end_error), settings.error_mm * unit))
    outward = float(np.hypot(error, settings.clipped_error_mm * unit)) if skin.flat_air else error
    interval = (max(pulp - REACH_OF_95_PERCENT * error, 0.0), pulp + REACH_OF_95_PERCENT * outward)
    tapering = _tapering(view, bone, end, settings)
    seen = min(1.0, skin.contrast_to_noise / (4.0 * settings.least_step_to_noise))
    steady = float(np.exp(-0.5 * (skin.edge.scatter / (0.5 * settings.most_scatter_mm * unit)) ** 2))
    return Fingertip(
        digit=digit,
        pulp_thickness_px=round(pulp, 2),
        pulp_thickness_px_interval=Interval(low=round(interval[0], 2), high=round(interval[1], 2)),
        pulp_thickness_mm=None if mm is None else round(pulp * mm, 3),
        pulp_thickness_mm_interval=(
            None if mm is None else Interval(low=round(interval[0] * mm, 3), high=round(interval[1] * mm, 3))
        ),
        pulp_ratio=round(pulp / bone.base_width, 4),
        pulp_ratio_interval=Interval(
            low=round(interval[0] / bone.base_width, 4), high=round(interval[1] / bone.base_width, 4)
        ),
        tapering_ratio=None if tapering is None else round(tapering, 4),
        tapering_ratio_interval=(
            None
            if tapering is None
            else Interval(
                low=round(max(tapering - REACH_OF_95_PERCENT * settings.tapering_error, 0.0), 4),
                high=round(tapering + REACH_OF_95_PERCENT * settings.tapering_error, 4),
            )
        ),
        confidence=round(bone.confidence * seen * steady, 4),
        assessable=True,
    )


def _bone(anatomy: Anatomy, digit: int) -> _Bone:
    """Return the distal phalanx, or raise with the reason."""
    view, found = anatomy.view, anatomy.distal_phalanx(digit)
    if found is None:
        raise _NotMeasurable("the last joint of the digit was not found with confidence")
    origin, axis = found
    probability = view.bone_map(f"DP{digit}")
    inside = probability >= 128
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if rows.size == 0:
        raise _NotMeasurable("the distal phalanx has no outline")
    corner = (int(rows[0]), int(columns[0]))
    window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    labels, count = label(inside[window])
    crop, unit = view.skeleton.crop, view.scale_px
    best: tuple[float, NDArray[np.bool_]] | None = None
    for number in range(1, count + 1):
        mask = labels == number
        if mask.sum() * crop.nominal_mm**2 < _LEAST_AREA_MM2:
            continue
        begins = float(((crop_points(crop, mask, corner) - origin) @ axis).min())
        if abs(begins) <= _BASE_WITHIN_MM * unit and (best is None or begins < best[0]):
            best = (begins, mask)
    if best is None:
        raise _NotMeasurable("the distal phalanx has no outline at its joint")
    mask = best[1]
    centre = crop_points(crop, mask, corner).mean(axis=0) - origin
    length = float(np.hypot(*centre))
    if length > 0 and float(centre @ axis) / length > np.cos(np.radians(20.0)):
        axis = centre / length
    alone = np.where(mask | (labels == 0), probability[window], 0).astype(np.float32)
    rings = outline(alone, crop, 127.5, corner)
    start, end = extent_along(rings, origin, axis)
    ring = np.concatenate(rings) - origin
    level = start + BASE_SHARE * (end - start)
    beside = ring @ np.array([-axis[1], axis[0]])
    width = float(np.ptp(beside[ring @ axis <= level]))
    tip_width = float(np.ptp(beside[ring @ axis >= end - unit]))
    if width <= 0 or end - start < 2.0 * unit:
        raise _NotMeasurable("too little of the distal phalanx is left to measure from")
    sure = float(probability[window][mask].mean()) / 255.0
    return _Bone(origin, axis, start, end, width, tip_width, sure)


def _mask_end(view: HandView, flat: Floats, shape: tuple[int, int], along: Floats, bone: _Bone) -> float:
    """Return where the network's soft tissue ends on the axis."""
    middle = view.soft_tissue_at(flat).reshape(shape)[shape[0] // 2]
    inside = (middle >= 0.5) | (along < bone.end)
    if inside.all():
        raise _NotMeasurable("the soft tissue runs into that of another digit")
    last = int(np.argmin(inside))
    return float(along[last])


def _on_film(view: HandView, bone: _Bone, mask_end: float, settings: FingertipSettings) -> None:
    """Raise unless film and crop go on beyond the skin."""
    beyond = np.linspace(bone.end, mask_end + settings.film_margin_mm * view.scale_px, 9)
    line = bone.points(beyond, np.zeros(1))[0]
    if not view.valid_at(line).all():
        raise _NotMeasurable("the skin lies at or beyond the edge of the film")
    crop = view.skeleton.crop
    seen = crop.map_to_crop(line)
    if (seen < 0).any() or (seen > [crop.columns - 1, crop.rows - 1]).any():
        raise _NotMeasurable("the skin lies outside of the part of the film that was looked at")


def _bone_end(
    fine: Floats, along: Floats, across: Floats, bone: _Bone, unit: float, settings: FingertipSettings
) -> tuple[float, float]:
    """Return the most distal point of the bone and its standard error; that of its outline where greys show none."""
    strip = np.abs(across) <= min(settings.bone_half_strip_mm * unit, settings.bone_half_share * bone.tip_width) + 1e-9
    if np.count_nonzero(strip) < 5:
        return bone.end, 0.5 * settings.most_bone_shift_mm * unit
    proximal, distal = settings.bone_window_mm
    middle = bone.end + 0.5 * (distal - proximal) * unit
    line = bundle_edge(fine[strip], along, across[strip], middle, 0.5 * (proximal + distal) * unit)
    shift = settings.most_bone_shift_mm * unit
    if line is None or abs(line.farthest - bone.end) > shift or line.scatter > settings.most_scatter_mm * unit:
        return bone.end, 0.5 * settings.most_bone_shift_mm * unit
    return line.farthest, line.error


def _skin(
    view: HandView,
    greys: Floats,
    fine: Floats,
    along: Floats,
    across: Floats,
    end: float,
    mask_end: float,
    settings: FingertipSettings,
) -> _Skin:
    """Return the skin, or raise with the reason."""
    unit = view.scale_px
    first, last = end + settings.clear_of_bone_mm * unit, mask_end + settings.beyond_mask_mm * unit
    air = (along >= mask_end + settings.air_mm[0] * unit) & (along <= mask_end + settings.air_mm[1] * unit)
    if last <= first or np.count_nonzero(air) < 3:
        raise _NotMeasurable("no skin was found beyond the end of the bone")
    beside = float(np.median(greys[:, air]))
    noise = noise_of(greys[:, (along >= first) & (along <= mask_end + settings.air_mm[1] * unit)])
    profile = np.mean(fine[np.abs(across) <= 0.7 * settings.half_strip_mm * unit], axis=0)
    edges = falls(profile, along, first, last)
    if not edges:
        raise _NotMeasurable("no skin was found beyond the end of the bone: too dark, or clipped to black")
    # the edge of a collimator is steep, too: the network's outline tells which edge is the skin
    error = settings.mask_error_mm * unit
    weighed = [(at, slope * float(np.exp(-0.5 * ((at - mask_end) / error) ** 2))) for at, slope in edges]
    place = _outermost(weighed, settings.second_edge_share)
    taken = max(slope for at, slope in edges if at == place)
    apart = settings.doubtful_apart_mm * unit
    others = [slope for at, slope in edges if abs(at - place) >= apart and at >= end + apart]
    if max(others, default=0.0) >= settings.doubtful_share * taken:
        raise _NotMeasurable("two edges lie beyond the bone: the skin, and a collimator or another finger")
    inside = (along >= place - 1.2 * unit) & (along <= place - 0.3 * unit) & (along > end)
    step = (float(np.max(profile[inside])) if inside.any() else float(np.interp(place, along, profile))) - beside
    if step < max(settings.least_step, settings.least_step_to_noise * noise / np.sqrt(len(across))):
        raise _NotMeasurable("soft tissue does not stand out from air: too dark, clipped to black, or too noisy")
    line = bundle_edge(fine, along, across, place, settings.skin_window_mm * unit)
    if line is None or line.scatter > settings.most_scatter_mm * unit:
        raise _NotMeasurable("the skin cannot be followed beyond the end of the bone")
    if abs(line.at - mask_end) > settings.most_mask_distance_mm * unit:
        raise _NotMeasurable("greys and the outline of the soft tissue do not agree on where the skin is")
    flat = float(np.mean(greys[:, air] <= greys.min() + _ONE_GREY)) >= settings.flat_air_share
    bony = along < end - 0.5 * unit
    height = float(np.percentile(profile[bony], 70.0)) - beside if bony.any() else step
    if flat and step < settings.clipped_ratio * height:
        raise _NotMeasurable("soft tissue is clipped to black: the skin lies somewhere beyond what is seen of it")
    return _Skin(line, step / max(noise, 1e-3), flat)


def _outermost(edges: list[tuple[float, float]], share: float) -> float:
    """Return the outermost of the edges that reach a share of the steepest slope: folds of skin are edges too."""
    steepest = max(slope for _, slope in edges)
    return max(at for at, slope in edges if slope >= share * steepest)


def _not_hidden(
    view: HandView,
    flat: Floats,
    shape: tuple[int, int],
    along: Floats,
    pulp: tuple[float, float],
    settings: FingertipSettings,
) -> None:
    """Raise where calcium or metal lies between the bone and the skin."""
    unit = view.scale_px
    columns = (along >= pulp[0] - 0.5 * unit) & (along <= pulp[1] + 0.5 * unit)
    at = view.calcium.crop.map_to_crop(flat)
    for what, probabilities in (("calcium", view.calcium.calcium), ("metal", view.calcium.metal)):
        covered = sample(probabilities, at).reshape(shape)[:, columns] >= settings.calcium_from
        if covered.size and float(covered.mean()) >= settings.calcium_share:
            raise _NotMeasurable(f"{what} lies between the end of the bone and the skin")


def _tapering(view: HandView, bone: _Bone, end: float, settings: FingertipSettings) -> float | None:
    """Return the breadth of the soft tissue at the tuft over that at the base; ``None`` where a side is not seen."""
    unit = view.scale_px
    breadths = [
        _breadth(view, bone, level, settings) for level in (end - LEVEL_MM * unit, bone.start + LEVEL_MM * unit)
    ]
    tip, base = breadths
    return None if tip is None or base is None or base <= 0 else tip / base


def _breadth(view: HandView, bone: _Bone, level: float, settings: FingertipSettings) -> float | None:
    """Return the breadth of the soft tissue across the digit at a level, in pixels."""
    unit = view.scale_px
    step = max(settings.step_mm * unit, 0.5)
    sigma = max(settings.smooth_mm * unit, 0.7)
    beside = np.arange(0.0, _REACH_MM * unit, step)
    levels = level + np.linspace(-0.5, 0.5, 5) * unit
    total = 0.0
    for sign in (-1.0, 1.0):
        points = np.asarray(
            bone.origin + levels[:, None, None] * bone.axis + sign * beside[None, :, None] * bone.across
        )
        flat = points.reshape(-1, 2)
        soft = view.soft_tissue_at(flat).reshape(points.shape[:2])[2] >= 0.5
        if soft.all() or not soft[0]:
            return None
        mask_end = float(beside[int(np.argmin(soft))])
        looked_at = beside <= mask_end + (settings.side_reach_mm + 1.0) * unit
        if not view.valid_at(points[2, looked_at]).all():
            return None
        bony = view.any_bone_at(flat).reshape(points.shape[:2])[2] >= 0.5
        bony &= beside < mask_end
        own = float(beside[int(np.argmin(bony))])
        if float(beside[bony].max(initial=0.0)) > own + unit:
            return None  # the soft tissue runs into that of a neighbour, whose bone this is
        first = own + settings.side_inside_mm * unit
        fine = smoothed(view.grey_at(flat).reshape(points.shape[:2]), step, sigma)
        low, high = max(first, mask_end - settings.side_reach_mm * unit), mask_end + settings.side_reach_mm * unit
        if high <= low:
            return None
        edges = falls(fine.mean(axis=0), beside, low, high)
        if not edges:
            return None
        place = _outermost(edges, settings.side_edge_share)
        line = bundle_edge(fine, beside, levels - level, place, settings.skin_window_mm * unit, curved=False)
        if line is None or line.scatter > settings.most_scatter_mm * unit:
            return None
        if abs(line.at - mask_end) > settings.side_mask_distance_mm * unit:
            return None
        around = np.interp([line.at - 1.0 * unit, line.at + 1.0 * unit], beside, fine.mean(axis=0))
        if around[0] - around[1] < settings.least_step:
            return None
        total += line.at
    return total
