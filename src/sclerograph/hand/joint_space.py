"""Width of the joint spaces of one hand and their narrowing, grade 0 to 4.

The width is the mean distance between the head of one bone and the floor of the cup of the other over the central part
of the joint, perpendicular to the joint line (:mod:`sclerograph.anatomy.joint_frame`, :mod:`.joint_margins`). In the
thumb and at the wrist bones overlap on the film, and the cleft is followed there (:mod:`.thumb_joint_space`,
:mod:`.wrist_joint_space`). Grades follow the wording of the Sharp/van der Heijde method, with the expected width taken
from the other joints of the hand and from norms (:mod:`.joint_narrowing`):

===== ===========================================================================================
0     the width that is to be expected
1     doubtful, or narrow at one place only
2     narrowed, more than half of the space is left
3     less than half of the space is left
4     ankylosis: no space and no bright lines between the bones
===== ===========================================================================================

Dislocation, which the method also grades 3 and 4, is no matter of width and not seen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import JOINTS
from sclerograph.anatomy.joint_frame import SPACE_BONES, SPACE_JOINTS
from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.anatomy.norms import NOMINAL_FINGER_MM
from sclerograph.findings.records import NOT_MEASURED, Interval, JointFinding
from sclerograph.hand.foreshortening import foreshortened
from sclerograph.hand.growth_plates import shows_growth_plates
from sclerograph.hand.joint_margins import FilmEdges, JointStrip, film_edges, joint_strip, part_of, space_contrast
from sclerograph.hand.joint_narrowing import Narrowing, Width, narrowing
from sclerograph.hand.joint_outline import JointOutline, joint_outline
from sclerograph.hand.joint_space_settings import DEFAULT, JointSpaceSettings
from sclerograph.hand.joint_width import SpaceWidth, space_width, with_floors
from sclerograph.hand.scale import segment_lengths_px
from sclerograph.hand.seen_space import CleftNotSeen, SeenSpace
from sclerograph.hand.thumb_joint_space import THUMB_JOINTS, thumb_space
from sclerograph.hand.view import HandView, sample
from sclerograph.hand.wrist_joint_space import radiocarpal_space

__all__ = ["measure"]

_Z = 1.959963984540054
#: Measured by following the cleft on the film; of the last two the outlines do not even say where the margins are.
_FOLLOWED = (*THUMB_JOINTS, "RC")
_ONLY_FOLLOWED = ("CMC1", "RC")
#: Not measured even where its cleft is seen: on simulated hands, whose surfaces are known, the edges of the saddle
#: hardly go with the distance of its surfaces, and no published norm is of films.
_NOT_TOLD = {"CMC1": "the edges of its saddle on a film of the whole hand do not tell how far its surfaces lie apart"}


class NotAssessable(Exception):
    """A joint cannot be measured; the text says why."""


@dataclass(frozen=True)
class _Space:
    """One joint that could be measured: ``fused`` has no width."""

    bone_width_px: float
    width: SpaceWidth | SeenSpace | None
    error_px: float


def measure(view: HandView, settings: JointSpaceSettings = DEFAULT) -> list[JointFinding]:
    """Return a finding for every joint of the vocabulary, in its order.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.

    Returns
    -------
    list of JointFinding
        Joints whose space is not measured, and those that cannot be, say so with a reason.
    """
    reasons: dict[str, str] = {}
    strips = _strips(view, settings, reasons)
    edges = film_edges(list(strips.values()))
    if edges is not None and shows_growth_plates(view, [s.outline for s in strips.values()], edges.contrast, settings):
        growing = "growth plates are open: a growing joint is wide, and there are no norms for it here"
        reasons |= dict.fromkeys((*strips, *_ONLY_FOLLOWED), growing)
        strips = {}
    if edges is not None:
        strips = with_floors(strips, edges)
    open_contrast = space_contrast(list(strips.values()))
    spaces: dict[str, _Space] = {}
    followed = [code for code in _FOLLOWED if code not in reasons]
    for code in (*(code for code in strips if code not in followed), *followed):
        try:
            spaces[code] = (
                _followed(view, code, edges, settings)
                if code in followed
                else _space(view, strips[code], edges, open_contrast, settings)
            )
        except NotAssessable as reason:
            reasons[code] = str(reason)
    graded = narrowing(_widths(view, spaces), calibrated=view.calibration.mm_per_pixel is not None, settings=settings)
    return [
        _finding(view, joint.code, spaces[joint.code], graded)
        if joint.code in spaces
        else JointFinding(joint=joint.code, assessable=False, reason=reasons.get(joint.code, NOT_MEASURED))
        for joint in JOINTS
    ]


def _strips(view: HandView, settings: JointSpaceSettings, reasons: dict[str, str]) -> dict[str, JointStrip]:
    """Return the straightened film of the joints that can be looked at, and note why the others cannot."""
    general = _not_at_all(view, settings)
    outlines: dict[str, JointOutline] = {}
    for code in SPACE_JOINTS:
        if code in _ONLY_FOLLOWED:
            if general:
                reasons[code] = general
            continue
        outline = None if general else joint_outline(view, code)
        if outline is None:
            reasons[code] = general or "its bones or landmarks were not found with enough confidence"
        else:
            outlines[code] = outline
    bent = foreshortened({s: px for s, px in segment_lengths_px(view.skeleton.landmarks).items() if s[:2] != "DP"})
    strips = {}
    for code, outline in outlines.items():
        try:
            strips[code] = _strip(view, outline, bent, settings)
        except NotAssessable as reason:
            reasons[code] = str(reason)
    return strips


def _not_at_all(view: HandView, settings: JointSpaceSettings) -> str | None:
    """Return why no joint of this film can be measured, ``None`` where they can."""
    if not_frontal := view.side_and_view.not_frontal():
        return not_frontal
    if view.scale_px < settings.least_pixels_per_mm:
        return f"too few pixels: {view.scale_px:.1f} for a nominal millimetre"
    return None


def _strip(
    view: HandView, outline: JointOutline, bent: Mapping[str, float], settings: JointSpaceSettings
) -> JointStrip:
    proximal, distal = SPACE_BONES[outline.code]
    for bone in (*proximal, *distal):
        if bone in bent:
            raise NotAssessable(f"flexed: {bone} has {100 * bent[bone]:.0f} % of its expected length on the film")
    if 2.0 * outline.frame.half_width < settings.least_extent * outline.head_width_px:
        raise NotAssessable("its bones do not face each other on the film")
    across = outline.frame.central(21)[:, None]
    levels = outline.middle_at(across) + np.array([-0.5, 0.0, 0.5]) * view.scale_px
    centre = outline.frame.points(levels, across).reshape(-1, 2)
    if _share(view, view.calcium.metal, centre) >= settings.metal_share:
        raise NotAssessable("hidden by metal")
    if _share(view, view.calcium.calcium, centre) >= settings.calcium_share:
        raise NotAssessable("hidden by calcium")
    strip = joint_strip(view, outline)
    if strip is None:
        raise NotAssessable("it lies at or beyond the edge of the film")
    return strip


def _share(view: HandView, probability: NDArray[np.float32], points: NDArray[np.float64]) -> float:
    return float(np.mean(sample(probability, view.calcium.crop.map_to_crop(points)) >= 0.5))


def _space(
    view: HandView,
    strip: JointStrip,
    edges: FilmEdges | None,
    open_contrast: float | None,
    settings: JointSpaceSettings,
) -> _Space:
    """Judge one space, or raise with the reason why not."""
    outline, unit = strip.outline, view.scale_px
    if edges is None or open_contrast is None:
        raise NotAssessable("too few open joints on this film to tell how sharp its edges are")
    if edges.contrast < settings.least_contrast:
        raise NotAssessable("too little contrast between bone and joint space")
    if outline.gap_px < settings.fused_gap_mm * unit and _without_lines(view, strip, open_contrast, settings):
        return _Space(outline.head_width_px, None, 0.0)
    if outline.gap_px < -settings.overlap_mm * unit:
        raise NotAssessable("not seen from the side: its bones overlap on the film")
    if strip.dark_behind_head >= settings.most_behind_head * edges.contrast:
        raise NotAssessable("not seen from the side: a rim of the cup hides the edge of the head")
    if strip.sure < settings.least_sure:
        raise NotAssessable("more than one bright line may be the floor of its cup")
    width, why_not = space_width(strip, edges), _not_followed(strip, edges, unit, settings)
    partly_mm = 0.0
    if why_not:
        parts = _parts_that_can_be_followed(strip, edges, unit, settings)
        if not parts:
            raise NotAssessable(why_not)
        # bone that is lost makes the rest look wide, and never narrow
        width, partly_mm = min(parts, key=lambda part: part.mean_px), settings.partly_error_mm
    errors = (
        settings.method_error_px,
        settings.method_error_mm * view.lesion_mm_px,
        settings.method_error_share * width.mean_px,
        width.noise_px,
        partly_mm * unit,
    )
    return _Space(outline.head_width_px, width, float(np.linalg.norm(errors)))


def _not_followed(strip: JointStrip, edges: FilmEdges, unit: float, settings: JointSpaceSettings) -> str | None:
    """Return why the margins of a joint or of a part of it are no margins, ``None`` where they are."""
    width = space_width(strip, edges)
    narrow = width.mean_px <= settings.overlapped_mm * unit
    if float(np.median(strip.depth)) < settings.overlapped_depth * edges.contrast and not narrow:
        return "not seen from the side: its bones overlap on the film"
    if width.noise_px > (settings.most_noise_narrow_mm if narrow else settings.most_noise_mm) * unit:
        return "its margins cannot be followed"
    return None


def _parts_that_can_be_followed(
    strip: JointStrip, edges: FilmEdges, unit: float, settings: JointSpaceSettings
) -> list[SpaceWidth]:
    """Return the widths of the halves of a joint in which a dark space lies between margins that can be followed."""
    lines = len(strip.depth)
    half = lines // 2
    found = []
    for first in (0, lines // 6, lines // 3, lines // 2):
        part = part_of(strip, first, first + half)
        dark = float(np.quantile(part.depth, 0.25)) >= settings.partly_depth * edges.contrast
        width = space_width(part, edges)
        if dark and width.noise_px <= settings.partly_noise_mm * unit:
            found.append(width)
    return found


def _followed(view: HandView, code: str, edges: FilmEdges | None, settings: JointSpaceSettings) -> _Space:
    """Measure a space of the thumb or the wrist, or raise with the reason why not."""
    try:
        space, bone_px = radiocarpal_space(view, settings) if code == "RC" else thumb_space(view, code, settings)
    except CleftNotSeen as why:
        raise NotAssessable(str(why)) from None
    if code in _NOT_TOLD:
        raise NotAssessable(_NOT_TOLD[code])
    if code in THUMB_JOINTS and edges is not None and space.dark < settings.least_cleft * edges.contrast:
        raise NotAssessable("seen obliquely, or fused: hardly any dark space lies between its bones")
    return _Space(bone_px, space, space.error_px)


def _without_lines(view: HandView, strip: JointStrip, open_contrast: float, settings: JointSpaceSettings) -> bool:
    """Tell whether the grey runs on from bone to bone: neither a dark space nor the bright lines of plates.

    One bone may be denser than the other: a slope is no line. A faint dark line that runs from side to side is a space.
    """
    unit = view.scale_px
    level, at = strip.mean_profile(2.6 * unit)
    middle, beside = np.abs(at) <= 1.2 * unit, np.abs(at) >= 1.8 * unit
    band = float(level[middle].max() - max(level[beside & (at < 0)].mean(), level[beside & (at > 0)].mean()))
    inner = np.abs(at) <= 2.0 * unit
    spread = float((level[inner] - np.polyval(np.polyfit(at[inner], level[inner], 1), at[inner])).std())
    deep, everywhere = (float(value) for value in np.quantile(strip.depth, (0.5, 0.1)))
    return (
        band < settings.fused_band * open_contrast
        and spread < settings.fused_spread * open_contrast
        and deep < settings.fused_depth * open_contrast
        and everywhere < settings.fused_everywhere * open_contrast
        and strip.plate < settings.fused_plate * open_contrast
    )


def _widths(view: HandView, spaces: Mapping[str, _Space]) -> dict[str, Width]:
    """Return the widths in millimetres, nominal ones where the film is not calibrated."""
    unit = view.lesion_mm_px
    return {
        code: Width(space.width.mean_px / unit, space.width.least_px / unit, space.error_px / unit)
        for code, space in spaces.items()
        if space.width is not None
    }


def _finding(view: HandView, code: str, space: _Space, graded: Mapping[str, Narrowing]) -> JointFinding:
    if space.width is None:
        return JointFinding(
            joint=code,
            assessable=True,
            ankylosed=True,
            narrowing_grade=4,
            narrowing_grade_interval=Interval(low=4.0, high=4.0),
        )
    mm, mean = view.calibration.mm_per_pixel, space.width.mean_px
    low, high = max(mean - _Z * space.error_px, 0.0), mean + _Z * space.error_px
    known = graded[code]
    return JointFinding(
        joint=code,
        assessable=True,
        space_width_px=round(mean, 3),
        space_width_px_interval=Interval(low=round(low, 3), high=round(high, 3)),
        space_least_px=round(space.width.least_px, 3),
        space_width_mm=None if mm is None else round(mean * mm, 4),
        space_width_mm_interval=None if mm is None else Interval(low=round(low * mm, 4), high=round(high * mm, 4)),
        space_least_mm=None if mm is None else round(space.width.least_px * mm, 4),
        space_ratio=round(mean / (NOMINAL_FINGER_MM * view.scale_px), 5),
        space_to_head_ratio=round(mean / space.bone_width_px, 4),
        space_norm_z=None if mm is None else round(joint_space_norms()[code].z(mean * mm), 2),
        space_share_of_expected=round(known.share, 3),
        space_share_interval=Interval(low=round(known.share_low, 3), high=round(known.share_high, 3)),
        space_compared_with=list(known.compared_with),
        narrowing_grade=known.grade,
        narrowing_grade_interval=Interval(low=float(known.grade_low), high=float(known.grade_high)),
        narrowing_uniform=known.uniform,
        ankylosed=False,
    )
