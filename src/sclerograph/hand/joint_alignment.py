"""Sideways displacement and angle of the joints of the digits, from the edges of both bones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.bone_lines import BoneEnd, JointGeometry, Line, bone_end, joint_geometry
from sclerograph.anatomy.hand import JOINTS, joint
from sclerograph.anatomy.norms import segment_ends
from sclerograph.findings.records import JointAlignment
from sclerograph.hand.alignment_settings import DEFAULT, AlignmentSettings
from sclerograph.hand.bone_edges import bone_axis, bone_edges
from sclerograph.hand.view import HandView

__all__ = ["ALIGNED_JOINTS", "align_joints"]

Floats = NDArray[np.float64]

#: The joints between metacarpals and phalanges.
ALIGNED_JOINTS = tuple(j.code for j in JOINTS if j.code.rstrip("12345") in ("IP", "DIP", "PIP", "MCP"))


def align_joints(
    view: HandView, foreshortened: Mapping[str, float], settings: AlignmentSettings = DEFAULT
) -> list[JointAlignment]:
    """Return how the bones of each joint of the digits stand to each other.

    Parameters
    ----------
    view
        The hand, on a PA or AP film.
    foreshortened
        Phalanges that leave the plane of the film (:func:`sclerograph.hand.foreshortening.foreshortened`): their joints
        are not measured.
    settings
        The thresholds.
    """
    bones = _Bones(view)
    return [_align(bones, code, foreshortened, settings) for code in ALIGNED_JOINTS]


class _Bones:
    """Axes and ends of the bones, each found once."""

    def __init__(self, view: HandView) -> None:
        self.view = view
        self._lines: dict[str, Line | None] = {}

    def line(self, code: str) -> Line | None:
        if code not in self._lines:
            self._lines[code] = bone_axis(self.view, code)
        return self._lines[code]

    def end(self, code: str, *, head: bool) -> tuple[Line, BoneEnd] | None:
        line = self.line(code)
        landmark = self.view.point(segment_ends(code)[1 if head else 0])
        if line is None or landmark is None:
            return None
        found = bone_end(bone_edges(self.view, code), line, landmark, self.view.scale_px, head=head)
        return None if found is None else (line, found)

    @cached_property
    def radial(self) -> Floats | None:
        """The direction from the little to the index finger."""
        ulnar, radial = self.view.point("MCP5"), self.view.point("MCP2")
        return None if ulnar is None or radial is None else radial - ulnar

    @cached_property
    def radial_of_thumb(self) -> Floats | None:
        """The direction across the first metacarpal, away from the second."""
        line, beside = self.line("MC1"), self.view.point("MCP2")
        if line is None or beside is None:
            return None
        side = np.array([-line.along[1], line.along[0]])
        return side if (beside - line.point) @ side < 0 else -side


def _align(bones: _Bones, code: str, foreshortened: Mapping[str, float], settings: AlignmentSettings) -> JointAlignment:
    known = joint(code)
    proximal, distal = known.proximal_bones[0], known.distal_bones[0]
    bent = next((bone for bone in (proximal, distal) if bone in foreshortened), None)
    if bent is not None:
        return JointAlignment(joint=code, assessable=False, reason=f"flexed: {bent} leaves the plane of the film")
    radial = bones.radial_of_thumb if known.digit == 1 else bones.radial
    ends = bones.end(proximal, head=True), bones.end(distal, head=False)
    for bone, end in zip((proximal, distal), ends, strict=True):
        if end is None:
            return JointAlignment(joint=code, assessable=False, reason=f"{bone} was not found with confidence")
    if radial is None or ends[0] is None or ends[1] is None:
        return JointAlignment(joint=code, assessable=False, reason="the radial side was not found with confidence")
    geometry: JointGeometry = joint_geometry(ends[0], ends[1], radial)
    return JointAlignment(
        joint=code,
        offset_ratio=round(geometry.offset_ratio, 4),
        angle_deg=round(geometry.angle_deg, 2),
        subluxated=abs(geometry.offset_ratio) >= settings.subluxated_from,
        assessable=True,
    )
