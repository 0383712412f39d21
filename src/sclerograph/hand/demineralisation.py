"""Mineral near joints: the greys at the ends of metacarpals and proximal phalanges against those of their shafts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, gaussian_filter

from sclerograph.anatomy.norms import segment_ends
from sclerograph.findings.records import (
    DEMINERALISATION_BONES,
    Demineralisation,
    Interval,
    unmeasured_demineralisation,
)
from sclerograph.hand.demineralisation_settings import DEFAULT, DemineralisationSettings
from sclerograph.hand.shaft import Shaft, ShaftUnseen, sample_shaft
from sclerograph.hand.view import HandView

__all__ = ["measure"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_Z = 1.959963984540054
#: The end of a bone is looked for between these shares of the way to the joint's landmark, on lines beside each other.
_END_LEVELS, _END_STEPS = (0.75, 1.2), 91
_END_LINES_MM = (-1.5, -0.75, 0.0, 0.75, 1.5)


@dataclass(frozen=True)
class _Part:
    """Straightened greys of a part of a bone, with masks of its inside and of soft tissue beside it."""

    greys: Floats
    step_mm: float
    bone: Mask
    inner: Mask
    tissue: Mask
    clean_share: float

    @property
    def excess(self) -> float:
        """Grey that the bone adds to the soft tissue beside it, the mean over its whole width."""
        return float(self.greys[self.bone].mean() - np.median(self.greys[self.tissue]))


def measure(view: HandView, settings: DemineralisationSettings = DEFAULT) -> list[Demineralisation]:
    """Return the two ratios for each joint of :data:`DEMINERALISATION_BONES`.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.

    A joint that cannot be measured is not assessable with its reason.
    """
    if not_frontal := view.side_and_view.not_frontal():
        return unmeasured_demineralisation(not_frontal)
    found = []
    for joint, bone in DEMINERALISATION_BONES.items():
        try:
            found.append(_finding(view, joint, bone, settings))
        except ShaftUnseen as reason:
            found.append(Demineralisation(joint=joint, bone=bone, assessable=False, reason=str(reason)))
    return found


def _finding(view: HandView, joint: str, bone: str, settings: DemineralisationSettings) -> Demineralisation:
    start, end = (view.point(name) for name in segment_ends(bone))
    if start is None or end is None:
        raise ShaftUnseen("its ends were not found with confidence")
    length_mm = float(np.hypot(*(end - start))) / view.scale_px
    near, far = settings.end_mm
    level = _end_level(view, bone, start, end)
    last = (level - far / length_mm, level - near / length_mm)
    if last[0] <= settings.shaft[1]:
        raise ShaftUnseen("it is seen so short that its end and its shaft cannot be told apart")
    shaft = _part(view, bone, settings.shaft, (settings.shaft[1] - settings.shaft[0]) * length_mm, settings)
    # the outline is not followed to where the bone ends: its width falls there
    metaphysis = _part(view, bone, last, far - near, settings, beyond=0.5 * near / length_mm)
    if shaft.excess < settings.least_contrast:
        raise ShaftUnseen("its shaft hardly stands out from the soft tissue")
    ratio = metaphysis.excess / shaft.excess
    share = min(shaft.clean_share, metaphysis.clean_share)
    deviation = _Z * _error_share(view, settings) * abs(ratio)
    return Demineralisation(
        joint=joint,
        bone=bone,
        grey_ratio=round(ratio, 4),
        grey_ratio_interval=Interval(low=round(ratio - deviation, 4), high=round(ratio + deviation, 4)),
        texture_ratio=round(_fine_structure(metaphysis, settings) / shaft.excess, 5),
        confidence=round(settings.most_confidence * share, 4),
        assessable=True,
    )


def _error_share(view: HandView, settings: DemineralisationSettings) -> float:
    """Return how far the ratio of one joint errs, as a share of it; less on films of digital detectors."""
    digital = view.calibration.source in ("pixel_spacing", "imager_pixel_spacing")
    return settings.grey_ratio_error if digital else settings.grey_ratio_error_unknown


def _end_level(view: HandView, bone: str, start: Floats, end: Floats) -> float:
    """Return where the outline of a bone ends, as a share of the way to the joint's landmark.

    The landmark itself lies within the bone, on its surface or beyond it, as the kind of joint and its flexion will.
    """
    along = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
    levels = np.linspace(*_END_LEVELS, _END_STEPS)
    across = np.array(_END_LINES_MM)[:, None] * view.scale_px * np.array([-along[1], along[0]])
    points = start + levels[:, None, None] * (end - start) + across
    inside = view.bone_at(bone, points.reshape(-1, 2)).reshape(len(levels), -1).mean(axis=1)
    outside = np.flatnonzero(inside < 0.5)
    if outside.size == 0 or outside[0] == 0:
        raise ShaftUnseen("its outline was not found with confidence")
    last = int(outside[0])
    share = (inside[last - 1] - 0.5) / (inside[last - 1] - inside[last])
    return float(levels[last - 1] + share * (levels[last] - levels[last - 1]))


def _part(
    view: HandView,
    bone: str,
    region: tuple[float, float],
    long_mm: float,
    settings: DemineralisationSettings,
    *,
    beyond: float = 0.0,
) -> _Part:
    """Sample a part of a bone; raise with the reason where its greys say nothing."""
    step_px = settings.step_mm * view.scale_px
    beside = settings.tissue_mm[1] + settings.step_mm
    rows = max(int(np.ceil(long_mm / settings.step_mm)), 4)
    part = sample_shaft(view, bone, region, blocks=rows, margin_mm=beside, step_px=step_px, beyond=beyond)
    if 2.0 * float(np.median(part.half_width_px)) < settings.least_width_px:
        raise ShaftUnseen(f"too few pixels: it is {2.0 * float(np.median(part.half_width_px)):.0f} pixels wide")
    clean = part.clean > 0.5
    from_edge = np.abs(part.across_px) - part.half_width_px[:, None]
    low, high = (mm * view.scale_px for mm in settings.tissue_mm)
    bone_here, tissue_here = from_edge < 0.0, (from_edge > low) & (from_edge < high)
    share = float(clean[bone_here].mean())
    # what spoils greys spoils fine structure as far as the coarse filter reaches
    reach = round(settings.coarse_mm / settings.step_mm)
    unspoilt = clean if clean.all() else binary_erosion(clean, iterations=reach, border_value=1)
    if min(share, float(clean[tissue_here].mean())) < settings.least_clean_share:
        raise ShaftUnseen("calcium, metal or another bone lies over or beside it")
    if float(np.mean(part.greys[bone_here] >= settings.saturated_from)) > settings.most_saturated:
        raise ShaftUnseen("overexposed: the bone is white")
    return _Part(
        part.greys,
        settings.step_mm,
        bone_here & clean,
        _inner(part, settings.inner_share) & unspoilt,
        tissue_here & clean,
        share,
    )


def _inner(part: Shaft, share: float) -> Mask:
    return np.asarray(np.abs(part.across_px) < share * part.half_width_px[:, None])


def _fine_structure(part: _Part, settings: DemineralisationSettings) -> float:
    """Return the standard deviation of what lies between two scales, away from the walls."""
    fine, coarse = (
        gaussian_filter(part.greys, mm / part.step_mm, mode="nearest") for mm in (settings.fine_mm, settings.coarse_mm)
    )
    return float(np.std((fine - coarse)[part.inner])) if np.count_nonzero(part.inner) > 1 else 0.0
