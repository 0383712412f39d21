"""Bones of a simulated hand that do not stand as they should, and how they truly stand on a film.

Joints are displaced by a stated share of the width of a bone and bent sideways by a stated angle, the trapezium and the
base of the first metacarpal lose a stated share, while the hand lies flat. What the film then shows depends on pose and
projection: the truth is taken from the projected surfaces, by the definitions of :mod:`sclerograph.anatomy.bone_lines`
and :mod:`sclerograph.anatomy.thumb_base`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.bone_lines import BoneEnd, Edges, JointGeometry, Line, bone_end, joint_geometry, middle_line
from sclerograph.anatomy.hand import joint
from sclerograph.anatomy.thumb_base import ThumbBase, thumb_base
from sclerograph.anatomy.ulnar_variance import forearm_line, ulnar_variance
from sclerograph.phantom.form import index_of
from sclerograph.phantom.pose import PosedBone, PosedHand, rotation_about
from sclerograph.phantom.projection import Detector

__all__ = [
    "ABOVE",
    "JointShift",
    "Misalignment",
    "misalign",
    "thumb_direction",
    "true_joint",
    "true_thumb_base",
    "true_ulnar_variance",
]

Floats = NDArray[np.float64]

#: A film under the flat hand and a source so far above it that nothing is magnified.
ABOVE = Detector(1, 1, 1.0, 0.0, 0.0, 0.0, (0.0, 0.0, 1e7))
_UP = np.array([0.0, 0.0, 1.0])
#: Bones and landmarks that move with the bone distal of a joint.
_SESAMOIDS = ("SES1R", "SES1U")


@dataclass(frozen=True)
class JointShift:
    """What is added to how a joint stands.

    ``offset_ratio`` of the distal bone to the radial side as a share of the width of the proximal bone's head,
    ``angle_deg`` by which it turns to the ulnar side.
    """

    offset_ratio: float = 0.0
    angle_deg: float = 0.0


@dataclass(frozen=True)
class Misalignment:
    """How a hand stands.

    ``cmc1_ratio`` is the radial subluxation ratio that the flat hand shall have (``None``: as the pose leaves it),
    ``cmc1_sunk`` how far the thumb sinks proximally as a share of the width of the metacarpal's base,
    ``trapezium_lost`` and ``metacarpal_base_lost`` how much of the trapezium's height and of the length of the first
    metacarpal is gone, both from the joint between them; ``joints`` what is added to the joints of the digits.
    """

    cmc1_ratio: float | None = None
    cmc1_sunk: float = 0.0
    trapezium_lost: float = 0.0
    metacarpal_base_lost: float = 0.0
    joints: Mapping[str, JointShift] = field(default_factory=dict)


def misalign(hand: PosedHand, how: Misalignment) -> None:
    """Let the bones of a flat hand stand like this, in place.

    Raises
    ------
    ValueError
        For a joint between other bones than metacarpals and phalanges.
    """
    for code, shift in how.joints.items():
        _shift_joint(hand, code, shift)
    if how.cmc1_ratio is not None or how.cmc1_sunk:
        _shift_thumb(hand, how)
    if how.trapezium_lost or how.metacarpal_base_lost:
        along, _ = _thumb_directions(hand)
        towards_joint = np.array([along[0], -along[1], 0.0])
        _cut(hand.bones["TZM"], towards_joint, how.trapezium_lost)
        metacarpal = hand.bones["MC1"]
        _cut(metacarpal, -towards_joint, how.metacarpal_base_lost)
        # the base of what is left, and its landmark, lie on the cut
        metacarpal.base = metacarpal.base + how.metacarpal_base_lost * (metacarpal.head - metacarpal.base)
        hand.landmarks[index_of["CMC1"]] = metacarpal.base


def true_thumb_base(hand: PosedHand, detector: Detector) -> ThumbBase:
    """Return how the first metacarpal stands on the trapezium on a film; lengths in its pixels.

    Raises
    ------
    ValueError
        The projection of the metacarpal shows no shaft.
    """
    metacarpal, trapezium = hand.bones["MC1"], hand.bones["TZM"]
    along, radial = _thumb_directions(hand, detector)
    found = thumb_base(
        detector.project(metacarpal.outer), detector.project(trapezium.outer), along, radial, _unit_px(hand, detector)
    )
    if found is None:
        raise ValueError("the base of the first metacarpal has no width")
    return found


def true_ulnar_variance(hand: PosedHand, detector: Detector) -> float | None:
    """Return the ulnar variance on a film, in its pixels; ``None`` where the projection shows none."""
    radius, ulna = (_Projected(hand.bones[code], detector) for code in ("RAD", "ULN"))
    names = ("RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", "LUN")
    marks = detector.project(hand.landmarks[[index_of[name] for name in names]])
    unit = _unit_px(hand, detector)
    line = forearm_line(radius.edges, marks[0], marks[1], marks[2], unit)
    if line is None:
        return None
    side = np.array([-line.along[1], line.along[0]])
    radial = side if (marks[1] - marks[0]) @ side > 0 else -side
    return ulnar_variance(radius.lines.reshape(-1, 2), ulna.lines.reshape(-1, 2), line.along, radial, unit)


def true_joint(hand: PosedHand, detector: Detector, code: str) -> JointGeometry | None:
    """Return how the bones of a joint of the digits stand on a film, ``None`` where the projection shows no joint.

    Offsets count to the radial side and angles to the ulnar side, as on the film of a left hand; a mirrored film has
    the same numbers.
    """
    known = joint(code)
    proximal, distal = (
        _Projected(hand.bones[names[0]], detector) for names in (known.proximal_bones, known.distal_bones)
    )
    ends = proximal.end(_unit_px(hand, detector), head=True), distal.end(_unit_px(hand, detector), head=False)
    if ends[0] is None or ends[1] is None:
        return None
    return joint_geometry(ends[0], ends[1], _radial_of(hand, detector, known.digit == 1))


class _Projected:
    """One bone on a film."""

    def __init__(self, bone: PosedBone, detector: Detector) -> None:
        self.ends = detector.project(np.stack([bone.base, bone.head]))
        points = detector.project(bone.outer)
        pairs = np.concatenate([bone.faces[:, [0, 1]], bone.faces[:, [1, 2]], bone.faces[:, [2, 0]]])
        self.lines = points[np.unique(np.sort(pairs, axis=1), axis=0)]

    @property
    def edges(self) -> Edges:
        """The bone's edges, exact on its triangles."""

        def edges(origin: Floats, along: Floats, positions: Floats) -> tuple[Floats, Floats]:
            offset = self.lines - origin
            heights, beside = offset @ along, offset @ np.array([-along[1], along[0]])
            low, high = np.full(len(positions), np.nan), np.full(len(positions), np.nan)
            for i, at in enumerate(positions):
                crossing = (heights[:, 0] < at) != (heights[:, 1] < at)
                if crossing.any():
                    h, b = heights[crossing], beside[crossing]
                    places = b[:, 0] + (at - h[:, 0]) / (h[:, 1] - h[:, 0]) * (b[:, 1] - b[:, 0])
                    low[i], high[i] = places.min(), places.max()
            return low, high

        return edges

    def line(self) -> Line | None:
        return middle_line(self.edges, self.ends[0], self.ends[1])

    def end(self, unit: float, *, head: bool) -> tuple[Line, BoneEnd] | None:
        line = self.line()
        found = None if line is None else bone_end(self.edges, line, self.ends[1 if head else 0], unit, head=head)
        return None if line is None or found is None else (line, found)


def _unit_px(hand: PosedHand, detector: Detector) -> float:
    """Return a nominal millimetre in pixels of the film, as the hand's own bones tell it.

    The mean height of the bones gives the magnification.
    """
    height = float(np.mean(hand.landmarks[:, 2]))
    source = detector.source[2]
    return hand.size / detector.pixel_mm * (source - detector.plane_mm) / (source - height)


def _thumb_directions(hand: PosedHand, detector: Detector = ABOVE) -> tuple[Floats, Floats]:
    """Return unit vectors on the film: along the first metacarpal, and to its radial side."""
    line = _Projected(hand.bones["MC1"], detector).line()
    if line is None:
        raise ValueError("the first metacarpal points at the source")
    side = np.array([-line.along[1], line.along[0]])
    second = detector.project(np.stack([hand.bones["MC2"].base, hand.bones["MC2"].head])).mean(axis=0)
    return line.along, side if (second - line.point) @ side < 0 else -side


def _radial_of(hand: PosedHand, detector: Detector, thumb: bool) -> Floats:
    if thumb:
        return _thumb_directions(hand, detector)[1]
    marks = detector.project(hand.landmarks[[index_of["MCP5"], index_of["MCP2"]]])
    return np.asarray(marks[1] - marks[0])


def thumb_direction(hand: PosedHand, detector: Detector) -> Floats:
    """Return the unit vector (x, y) along the first metacarpal on a film."""
    return _thumb_directions(hand, detector)[0]


def _shift_joint(hand: PosedHand, code: str, shift: JointShift) -> None:
    known = joint(code)
    if known.digit is None or known.distal_bones[0][:2] not in ("PP", "MP", "DP"):
        raise ValueError(f"{code} is not a joint of the digits")
    proximal = _Projected(hand.bones[known.proximal_bones[0]], ABOVE)
    head = proximal.end(hand.size, head=True)
    if head is None:
        raise ValueError(f"{known.proximal_bones[0]} shows no head")
    side = np.array([-head[0].along[1], head[0].along[0]])
    radial = side if side @ _radial_of(hand, ABOVE, known.digit == 1) >= 0 else -side
    moved = radial * shift.offset_ratio * head[1].width
    # turning from the axis towards the ulnar side; on the film y runs down, in the world up
    ulnar = np.array([-radial[0], radial[1], 0.0])
    along = np.array([head[0].along[0], -head[0].along[1], 0.0])
    sense = float(np.sign(np.cross(along, ulnar) @ _UP))
    turn = rotation_about(_UP, sense * shift.angle_deg)
    pivot = np.array([head[1].end[0], -head[1].end[1], 0.0])
    _move(hand, known.distal_bones[0], turn, pivot, np.array([moved[0], -moved[1], 0.0]))


def _shift_thumb(hand: PosedHand, how: Misalignment) -> None:
    along, radial = _thumb_directions(hand)
    now = true_thumb_base(hand, ABOVE)
    shift = -along * how.cmc1_sunk * now.base_width
    _move(hand, "MC1", np.eye(3), np.zeros(3), np.array([shift[0], -shift[1], 0.0]))
    if how.cmc1_ratio is None:
        return
    for _ in range(2):  # which part of the trapezium faces the metacarpal does not change: the second round proves it
        now = true_thumb_base(hand, ABOVE)
        shift = radial * (how.cmc1_ratio * now.base_width - now.overhang)
        _move(hand, "MC1", np.eye(3), np.zeros(3), np.array([shift[0], -shift[1], 0.0]))


def _move(hand: PosedHand, first: str, turn: Floats, pivot: Floats, shift: Floats) -> None:
    """Turn and move a bone of a digit with all that lies distal of it."""
    kinds = ("MC", "PP", "MP", "DP")
    digit = first[-1]
    bones = [f"{kind}{digit}" for kind in kinds[kinds.index(first[:2]) :]]
    # PIP, DIP and IP are marked in the head of the proximal bone, MCP in the base of the distal one
    marks = {"MC": ("CMC", "MCP", "PIP", "IP", "DIP", "TIP"), "PP": ("MCP", "PIP", "IP", "DIP", "TIP")}
    names = [f"{mark}{digit}" for mark in marks.get(first[:2], ("DIP", "TIP") if first[:2] == "MP" else ("TIP",))]
    if first == "MC1":
        bones += [*_SESAMOIDS]
    for name in bones:
        if name in hand.bones:
            bone = hand.bones[name]
            for part in ("outer", "marrow", "base", "head"):
                setattr(bone, part, (getattr(bone, part) - pivot) @ turn.T + pivot + shift)
    rows = [index_of[name] for name in names if name in index_of]
    hand.landmarks[rows] = (hand.landmarks[rows] - pivot) @ turn.T + pivot + shift


def _cut(bone: PosedBone, outward: Floats, lost: float) -> None:
    """Take a share of a bone's extent away at the end that lies outward, and close it with a thin plate, in place."""
    if not 0.0 <= lost < 1.0:
        raise ValueError("a bone can lose a share from 0 to below 1")
    if lost == 0.0:
        return
    heights = bone.outer @ outward
    border = float(heights.max() - lost * np.ptp(heights))
    for name, plate_mm in (("outer", 0.0), ("marrow", 0.3)):
        points = getattr(bone, name)
        beyond = np.maximum(points @ outward - (border - plate_mm), 0.0)
        setattr(bone, name, points - beyond[:, None] * outward)
