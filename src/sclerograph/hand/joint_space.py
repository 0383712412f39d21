"""Width of the joint spaces of one hand and their narrowing, grade 0 to 4.

The width is the mean distance between the head of one bone and the floor of the cup of the other over the central part
of the joint, perpendicular to the joint line (:mod:`sclerograph.anatomy.joint_frame`). It is measured in two ways, by
the margins of the joints of the fingers (:mod:`.margin_space`) and by the joint network in all joints
(:mod:`.looked_space`). Grades follow the wording of the Sharp/van der Heijde method, with the expected width taken
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

from sclerograph.anatomy.hand import JOINTS
from sclerograph.anatomy.joint_frame import SPACE_JOINTS
from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.anatomy.norms import NOMINAL_FINGER_MM
from sclerograph.findings.records import NOT_MEASURED, Interval, JointFinding
from sclerograph.hand.growth_plates import shows_growth_plates, usual_width
from sclerograph.hand.joint_margins import FilmEdges, film_edges, space_contrast
from sclerograph.hand.joint_narrowing import Narrowing, Width, narrowing
from sclerograph.hand.joint_outline import JointOutline
from sclerograph.hand.joint_space_settings import DEFAULT, JointSpaceSettings
from sclerograph.hand.joint_strips import MARGIN_JOINTS, JointStrips, NotAssessable, joint_strips
from sclerograph.hand.joint_width import with_floors
from sclerograph.hand.looked_space import agreed_space
from sclerograph.hand.margin_space import Space, margins_of
from sclerograph.hand.view import HandView
from sclerograph.networks.maps import JointLook

__all__ = ["measure"]

_Z = 1.959963984540054


@dataclass(frozen=True)
class _Joint:
    """One joint that was looked at: ``fused`` ones have no space."""

    bone_width_px: float | None
    space: Space | None


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
    found = joint_strips(view, settings)
    edges = film_edges(list(found.strips.values()))
    reasons = dict(found.hidden)
    if general := _nowhere(view, found, edges, settings):
        reasons |= dict.fromkeys((code for code in SPACE_JOINTS if code not in reasons), general)
    elif edges is not None:
        found.strips = with_floors(found.strips, edges)
    open_contrast = space_contrast(list(found.strips.values()))
    joints: dict[str, _Joint] = {}
    for code in SPACE_JOINTS:
        if code in reasons:
            continue
        try:
            joints[code] = _joint(view, code, found, edges, open_contrast, settings)
        except NotAssessable as reason:
            reasons[code] = str(reason)
    graded = narrowing(_widths(view, joints), calibrated=view.calibration.mm_per_pixel is not None, settings=settings)
    return [
        _finding(view, joint.code, joints[joint.code], graded)
        if joint.code in joints
        else JointFinding(joint=joint.code, assessable=False, reason=reasons.get(joint.code, NOT_MEASURED))
        for joint in JOINTS
    ]


def _nowhere(view: HandView, found: JointStrips, edges: FilmEdges | None, settings: JointSpaceSettings) -> str | None:
    """Return why no space of this hand can be told, ``None`` where they can."""
    if edges is None:
        # nothing to hold growth plates against; joints as narrow as no child's are those of a grown hand all the same
        width = usual_width(view)
        if width is None or width >= settings.grown_below:
            return "too few open joints on this film to tell how sharp its edges are"
        return None
    if shows_growth_plates(view, list(found.outlines.values()), edges.contrast, settings):
        return "growth plates are open: a growing joint is wide, and there are no norms for it here"
    return None


def _joint(
    view: HandView,
    code: str,
    found: JointStrips,
    edges: FilmEdges | None,
    open_contrast: float | None,
    settings: JointSpaceSettings,
) -> _Joint:
    """Measure one joint, or raise with the reason why not."""
    outline, look = found.outlines.get(code), view.joint_looks.get(code)
    bone = None if outline is None else outline.head_width_px
    margins = margins_of(view, code, found, edges, open_contrast, settings)
    if look is None:
        if margins.lines_missing:
            return _Joint(bone, None)
        if margins.space is None:
            raise NotAssessable(margins.why_not)
        return _Joint(bone, margins.space)
    if look.seen < settings.look_seen:
        raise NotAssessable("its bones do not face each other on the film")
    if look.fused >= settings.look_perhaps_fused:
        if margins.space is None and _fused(code, look, outline, view.scale_px, settings):
            return _Joint(bone, None)
        raise NotAssessable("fused, or its space is not seen clearly")
    return _Joint(bone, agreed_space(look, margins.space, view.scale_px, settings))


def _fused(code: str, look: JointLook, outline: JointOutline | None, unit: float, settings: JointSpaceSettings) -> bool:
    """Tell whether the joint network may be believed that a joint is fused.

    In the thumb and at the wrist bones that overlap look alike, and it is not.
    """
    near = outline is None or outline.gap_px < settings.fused_gap_mm * unit
    return code in MARGIN_JOINTS and near and look.fused >= settings.look_fused


def _widths(view: HandView, joints: Mapping[str, _Joint]) -> dict[str, Width]:
    """Return the widths in millimetres, nominal ones where the film is not calibrated."""
    unit = view.lesion_mm_px
    return {
        code: Width(
            joint.space.mean_px / unit,
            (joint.space.mean_px if joint.space.least_px is None else joint.space.least_px) / unit,
            joint.space.error_px / unit,
        )
        for code, joint in joints.items()
        if joint.space is not None
    }


def _finding(view: HandView, code: str, joint: _Joint, graded: Mapping[str, Narrowing]) -> JointFinding:
    space = joint.space
    if space is None:
        return JointFinding(
            joint=code,
            assessable=True,
            ankylosed=True,
            narrowing_grade=4,
            narrowing_grade_interval=Interval(low=4.0, high=4.0),
        )
    mm, mean, least, bone = view.calibration.mm_per_pixel, space.mean_px, space.least_px, joint.bone_width_px
    low, high = max(mean - _Z * space.error_px, 0.0), mean + _Z * space.error_px
    known = graded[code]
    return JointFinding(
        joint=code,
        assessable=True,
        space_width_px=round(mean, 3),
        space_width_px_interval=Interval(low=round(low, 3), high=round(high, 3)),
        space_least_px=None if least is None else round(least, 3),
        space_width_mm=None if mm is None else round(mean * mm, 4),
        space_width_mm_interval=None if mm is None else Interval(low=round(low * mm, 4), high=round(high * mm, 4)),
        space_least_mm=None if mm is None or least is None else round(least * mm, 4),
        space_ratio=round(mean / (NOMINAL_FINGER_MM * view.scale_px), 5),
        space_to_head_ratio=None if bone is None else round(mean / bone, 4),
        space_norm_z=None if mm is None else round(joint_space_norms()[code].z(mean * mm), 2),
        space_share_of_expected=round(known.share, 3),
        space_share_interval=Interval(low=round(known.share_low, 3), high=round(known.share_high, 3)),
        space_compared_with=list(known.compared_with),
        narrowing_grade=known.grade,
        narrowing_grade_interval=Interval(low=float(known.grade_low), high=float(known.grade_high)),
        narrowing_uniform=None if least is None else known.uniform,
        ankylosed=False,
    )
