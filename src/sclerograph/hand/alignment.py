"""How the bones of one hand stand to each other (PA and AP films): thumb base, joints of the digits, ulnar variance."""

from __future__ import annotations

import numpy as np

from sclerograph.anatomy.norms import NOMINAL_FINGER_MM
from sclerograph.anatomy.ulnar_variance import forearm_line, ulnar_variance
from sclerograph.findings.records import Alignment, BoneSize, Flexion, JointAlignment
from sclerograph.hand.alignment_settings import DEFAULT, AlignmentSettings
from sclerograph.hand.bone_edges import bone_edges, whole_outline
from sclerograph.hand.foreshortening import foreshortened
from sclerograph.hand.joint_alignment import ALIGNED_JOINTS, align_joints
from sclerograph.hand.outlines import area
from sclerograph.hand.scale import segment_lengths_px
from sclerograph.hand.thumb_base import CannotBeMeasured, see_thumb_base
from sclerograph.hand.thumb_base_size import THUMB_BASE_BONES, thumb_base_sizes
from sclerograph.hand.view import HandView

__all__ = ["measure", "not_measured"]

#: The radius is wider than the bones of the digits (nominal mm to both sides).
_FOREARM_REACH_MM = 24.0


def measure(view: HandView, flexion: list[Flexion], settings: AlignmentSettings = DEFAULT) -> Alignment:
    """Return the alignment of one hand.

    Parameters
    ----------
    view
        The hand.
    flexion
        Of its digits (:func:`sclerograph.hand.flexion.measure`), kept in the same record.
    settings
        The thresholds.
    """
    if not_frontal := view.side_and_view.not_frontal():
        return not_measured(not_frontal, flexion)
    lengths = {s: length for s, length in segment_lengths_px(view.skeleton.landmarks).items() if s[:2] != "DP"}
    joints = align_joints(view, foreshortened(lengths), settings)
    variance, variance_reason = _ulnar_variance(view, settings)
    mm = view.calibration.mm_per_pixel
    subluxation = migration = reason = None
    try:
        seen = see_thumb_base(view, settings)
        subluxation, migration = round(seen.geometry.subluxation_ratio, 4), round(seen.geometry.migration_ratio, 4)
        sizes = thumb_base_sizes(view, seen, settings)
    except CannotBeMeasured as because:
        reason = str(because)
        sizes = _unsized(reason)
    return Alignment(
        cmc1_subluxation_ratio=subluxation,
        cmc1_migration_ratio=migration,
        base_of_thumb=sizes,
        joints=joints,
        ulnar_variance_px=None if variance is None else round(variance, 3),
        ulnar_variance_mm=None if variance is None or mm is None else round(variance * mm, 3),
        ulnar_variance_ratio=None if variance is None else round(variance / (view.scale_px * NOMINAL_FINGER_MM), 5),
        ulnar_variance_reason=variance_reason,
        thumb_z_deformity=_z_deformity(joints, settings),
        flexion=flexion,
        assessable=reason is None,
        reason=reason,
    )


def not_measured(reason: str, flexion: list[Flexion]) -> Alignment:
    """Return the alignment of a hand in which nothing but flexion was measured, with the reason."""
    return Alignment(
        base_of_thumb=_unsized(reason),
        joints=[JointAlignment(joint=code, assessable=False, reason=reason) for code in ALIGNED_JOINTS],
        ulnar_variance_reason=reason,
        flexion=flexion,
        assessable=False,
        reason=reason,
    )


def _unsized(reason: str) -> list[BoneSize]:
    return [BoneSize(bone=code, assessable=False, reason=reason) for code in THUMB_BASE_BONES]


def _z_deformity(joints: list[JointAlignment], settings: AlignmentSettings) -> bool | None:
    """Tell whether the two joints of the thumb turn far to opposite sides; ``None`` where one is not seen.

    A PA film shows the thumb obliquely, so bends of the Z are seen in part.
    """
    angles = {j.joint: j.angle_deg for j in joints}
    first, second = angles.get("MCP1"), angles.get("IP1")
    if first is None or second is None:
        return None
    return first * second < 0 and min(abs(first), abs(second)) >= settings.z_angle_deg


def _ulnar_variance(view: HandView, settings: AlignmentSettings) -> tuple[float | None, str | None]:
    """Return the variance in pixels, or the reason why there is none."""
    radius, ulna = whole_outline(view, "RAD"), whole_outline(view, "ULN")
    marks = [view.point(n) for n in ("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", "LUN")]
    if radius is None or ulna is None or marks[0] is None or marks[1] is None or marks[2] is None:
        return None, "radius or ulna was not found with confidence"
    if min(area([radius]), area([ulna])) < settings.least_forearm_mm2 * view.scale_px**2:
        return None, "too little of radius or ulna is on the film"
    line = forearm_line(bone_edges(view, "RAD", _FOREARM_REACH_MM), marks[0], marks[1], marks[2], view.scale_px)
    if line is None:
        return None, "too little of the radius is on the film to tell its axis"
    side = np.array([-line.along[1], line.along[0]])
    radial = side if (marks[1] - marks[0]) @ side > 0 else -side
    found = ulnar_variance(radius, ulna, line.along, radial, view.scale_px)
    return found, None if found is not None else "the end of radius or ulna is not seen"
