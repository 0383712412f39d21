"""Where on the hand a region lies: its bone or joint, and how it stands to them.

The bone is the one that most of the region projects on, else the nearest one. A distal phalanx reaches as far as the
patient's healthy one would have: calcium beyond a resorbed tuft still belongs to it. The site is a joint instead when
the region's centre, or half of its area, lies within 3 mm of a joint line of that bone: each of the two bones gives the
part of the joint's cell that lies nearer to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import KDTree

from sclerograph.anatomy.hand import BONES, JOINTS, Joint, bone, joint
from sclerograph.anatomy.norms import SEGMENTS, segment_ends, segment_norms
from sclerograph.hand.calcinosis_settings import DEFAULT, CalcinosisSettings
from sclerograph.hand.view import HandView, crop_points

__all__ = ["Anatomy", "JointLine", "Placement"]

#: Half the width of the bones at a joint where no outline shows it (nominal mm); after the published phantom hands'
#: widths only roughly, and used only for bones that are missing.
_HALF_WIDTH_MM = {"DIP": 4.5, "PIP": 6.5, "IP": 7.0, "MCP": 7.5, "CMC": 6.5}

#: How far beyond (distally of) its landmark the space of a joint lies on the atlas films, whose annotation the networks
#: follow (nominal mm): PIP, DIP and IP are marked inside the head of the proximal bone, MCP inside the base of the
#: phalanx.
_LANDMARK_TO_SPACE_MM = {"DIP": 1.3, "PIP": 1.3, "IP": 1.3, "MCP": -1.5, "CMC": 0.0}

#: How far from its landmark a joint's space is looked for (nominal mm).
_SPACE_REACH_MM = 4.0

#: Greatest space between the bones of a wrist joint (nominal mm).
_WRIST_SPACE_MM = 3.0

#: A region with less than this on any bone goes to the nearest bone.
_LEAST_OVERLAP = 0.25

Point = NDArray[np.float64]


@dataclass(frozen=True)
class JointLine:
    """The line of a joint: its centre, the unit vectors along the digit (distally) and across, and half its width."""

    joint: str
    centre: Point
    along: Point
    across: Point
    half_width: float

    def distance(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of (n, 2) points from the line, which ends at the sides of the bones."""
        offset = points - self.centre
        beside = np.maximum(np.abs(offset @ self.across) - self.half_width, 0.0)
        return np.asarray(np.hypot(offset @ self.along, beside), dtype=np.float64)


@dataclass(frozen=True)
class Placement:
    """How a region stands to the bones and joints.

    ``along_distal_phalanx`` is the centre's position as a share of the expected length of the distal phalanx from its
    base, ``None`` on other bones. ``near_joint`` is the joint whose line is near, ``in_joint_space`` whether the centre
    lies between its two bones.
    """

    bone: str
    near_joint: str | None
    in_joint_space: bool
    bone_share: float
    along_distal_phalanx: float | None
    overlaps: dict[str, float]

    @property
    def site(self) -> str:
        """The joint if one is near, else the bone."""
        return self.near_joint or self.bone

    @property
    def digit(self) -> int | None:
        """The digit of the site, ``None`` in the carpus and forearm."""
        return joint(self.near_joint).digit if self.near_joint else bone(self.bone).digit


def _unit(vector: Point) -> Point | None:
    length = float(np.hypot(*vector))
    return vector / length if length > 0 else None


class Anatomy:
    """The bones and joint lines of one hand, ready to be asked about places."""

    def __init__(self, view: HandView, settings: CalcinosisSettings = DEFAULT) -> None:
        self.view = view
        self.settings = settings

    def axis(self, segment: str) -> Point | None:
        """Return the unit vector along a tubular bone, proximal to distal, or ``None`` without its landmarks."""
        proximal, distal = (self.view.point(name) for name in segment_ends(segment))
        return None if proximal is None or distal is None else _unit(distal - proximal)

    def expected_px(self, segment: str) -> float:
        """Return the mean length of a segment in healthy hands of this size, in original pixels."""
        return float(np.exp(segment_norms().mean[SEGMENTS.index(segment)])) * self.view.scale_px

    def distal_phalanx(self, digit: int) -> tuple[Point, Point] | None:
        """Return base and unit axis of the distal phalanx; a nearly vanished one continues the bone before it."""
        segment = f"DP{digit}"
        base_name, tip_name = segment_ends(segment)
        base, tip = self.view.point(base_name), self.view.point(tip_name)
        if base is None:
            return None
        axis: Point | None = None
        if tip is not None and np.hypot(*(tip - base)) > 0.4 * self.expected_px(segment):
            axis = _unit(tip - base)
        if axis is None:
            axis = self.axis(f"PP{digit}" if digit == 1 else f"MP{digit}")
        if axis is None and tip is not None:
            axis = _unit(tip - base)
        return None if axis is None else (base, axis)

    @cached_property
    def joint_lines(self) -> dict[str, JointLine]:
        """The lines of all joints with a believed landmark."""
        lines = {}
        for known in JOINTS:
            line = self._line(known)
            if line is not None:
                lines[known.code] = line
        return lines

    def _line(self, known: Joint) -> JointLine | None:
        centre = None if known.landmark is None else self.view.point(known.landmark)
        if centre is None:
            return None
        axes = [
            axis
            for code in (*known.proximal_bones, *known.distal_bones)
            if code in SEGMENTS and (axis := self.axis(code)) is not None
        ]
        along = _unit(np.sum(axes, axis=0)) if axes else None
        if along is None:
            return None
        across = np.array([-along[1], along[0]])
        kind = known.code.rstrip("12345")
        centre = centre + self._to_joint_space(known, centre, along, kind) * along
        half = _HALF_WIDTH_MM[kind] * self.view.scale_px
        measured = self._half_width(known, centre, along, across, 1.6 * half)
        return JointLine(known.code, centre, along, across, half if measured is None else measured)

    def _to_joint_space(self, known: Joint, landmark: Point, along: Point, kind: str) -> float:
        """Return how far beyond its landmark the middle of a joint's space lies, in pixels.

        Taken from the outlines of the two bones on the line through the landmark; where they do not show a space within
        reach, from the definition of the landmark.
        """
        scale = self.view.scale_px
        positions = np.linspace(-_SPACE_REACH_MM, _SPACE_REACH_MM, 121) * scale
        line = landmark + positions[:, None] * along
        near, far = (
            np.any([self.view.bone_at(code, line) >= 0.5 for code in codes], axis=0)
            for codes in (known.proximal_bones, known.distal_bones)
        )
        if near.any() and far.any() and not far[0] and not near[-1]:
            return float(0.5 * (positions[near].max() + positions[far].min()))
        return _LANDMARK_TO_SPACE_MM[kind] * scale

    def _half_width(self, known: Joint, centre: Point, along: Point, across: Point, reach: float) -> float | None:
        """Return half the width of the two bones 2 nominal mm to either side of the joint, ``None`` without bone."""
        step = 2.0 * self.view.scale_px
        positions = np.linspace(-reach, reach, 81)
        widths = []
        for codes, shift in ((known.proximal_bones, -step), (known.distal_bones, step)):
            line = centre + shift * along + positions[:, None] * across
            on = np.any([self.view.bone_at(code, line) >= 0.5 for code in codes], axis=0)
            if on.any():
                widths.append(float(np.abs(positions[on]).max()))
        return max(widths) if widths else None

    @cached_property
    def _bone_trees(self) -> dict[str, KDTree]:
        trees = {}
        for known in BONES:
            inside = self.view.bone_map(known.code) >= 128
            points = [crop_points(self.view.skeleton.crop, inside)] if inside.any() else []
            points += self._virtual_axis(known.code, missing=not inside.any())
            if points:
                trees[known.code] = KDTree(np.concatenate(points))
        return trees

    def _virtual_axis(self, code: str, *, missing: bool) -> list[NDArray[np.float64]]:
        """Return points along the axis a bone should have: of whole distal phalanges, of bones without an outline."""
        if code not in SEGMENTS:
            return []
        base: Point | None
        if code.startswith("DP"):
            found = self.distal_phalanx(int(code[-1]))
            if found is None:
                return []
            base, axis = found
            length = self.expected_px(code)
        else:
            proximal, distal = (self.view.point(name) for name in segment_ends(code))
            if not missing or proximal is None or distal is None:
                return []
            base, length = proximal, float(np.hypot(*(distal - proximal)))
            axis = (distal - proximal) / max(length, 1e-9)
        count = max(int(length / self.view.scale_px), 2)
        return [base + np.linspace(0.0, length, count)[:, None] * axis]

    @cached_property
    def _wrist_joints(self) -> dict[str, KDTree]:
        """The spaces of the joints without a landmark: what lies between, or under, the bones of both sides."""
        crop = self.view.skeleton.crop
        trees = {}
        for known in JOINTS:
            if known.landmark is not None:
                continue
            sides = [
                np.any([self.view.bone_map(code) >= 128 for code in codes], axis=0)
                for codes in (known.proximal_bones, known.distal_bones)
            ]
            if not all(side.any() for side in sides):
                continue
            gap = sum(distance_transform_edt(~side) for side in sides) * crop.nominal_mm
            trees[known.code] = KDTree(crop_points(crop, np.asarray(gap) <= _WRIST_SPACE_MM))
        return trees

    def _bone_of(self, centre: Point, overlaps: dict[str, float]) -> str:
        most = max(overlaps, key=lambda code: overlaps[code], default=None)
        if most is not None and overlaps[most] >= _LEAST_OVERLAP:
            return most
        if not self._bone_trees:
            raise ValueError("a hand without any bone has no sites")
        return min(self._bone_trees, key=lambda code: float(self._bone_trees[code].query(centre)[0]))

    def place(self, points: NDArray[np.float64]) -> Placement:
        """Return where a region lies.

        Parameters
        ----------
        points
            (n, 2) points (x, y) spread evenly over the region, in original pixels.
        """
        centre = points.mean(axis=0)
        on = {known.code: self.view.bone_at(known.code, points) >= 0.5 for known in BONES}
        overlaps = {code: float(mask.mean()) for code, mask in on.items() if mask.any()}
        bone_share = float(np.any(list(on.values()), axis=0).mean())
        code = self._bone_of(centre, overlaps)
        near = self._near_joint(code, centre, points)
        along = None
        if code.startswith("DP") and (found := self.distal_phalanx(int(code[-1]))) is not None:
            along = float((centre - found[0]) @ found[1]) / self.expected_px(code)
        return Placement(code, near, self._in_space(near, centre, on), bone_share, along, overlaps)

    def _near_joint(self, code: str, centre: Point, points: NDArray[np.float64]) -> str | None:
        unit = self.view.lesion_mm_px
        best: tuple[float, str] | None = None
        for known in JOINTS:
            if code not in (*known.proximal_bones, *known.distal_bones):
                continue
            if known.code in self.joint_lines:
                line, reach = self.joint_lines[known.code], self.settings.periarticular_mm * unit
                distance = float(line.distance(centre[None])[0])
                near = distance <= reach or float(np.mean(line.distance(points) <= reach)) >= 0.5
            elif known.code in self._wrist_joints:
                distance = float(self._wrist_joints[known.code].query(centre)[0])
                near = distance <= self.settings.wrist_joint_mm * unit
            else:
                continue
            if near and (best is None or distance < best[0]):
                best = (distance, known.code)
        return None if best is None else best[1]

    def _in_space(self, near: str | None, centre: Point, on: dict[str, NDArray[np.bool_]]) -> bool:
        """Tell whether a region near a joint lies between its two bones and not on them."""
        if near is None:
            return False
        known = joint(near)
        codes = [c for c in (*known.proximal_bones, *known.distal_bones) if c in on]
        if float(np.any([on[c] for c in codes], axis=0).mean()) >= self.settings.over_bone_share:
            return False
        if near not in self.joint_lines:
            return (
                float(self._wrist_joints[near].query(centre)[0])
                <= self.settings.wrist_joint_mm * self.view.lesion_mm_px
            )
        line = self.joint_lines[near]
        offset = centre - line.centre
        height = self.settings.joint_space_mm * self.view.lesion_mm_px
        return abs(float(offset @ line.along)) <= height and abs(float(offset @ line.across)) <= line.half_width
