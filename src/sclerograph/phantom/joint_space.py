"""Joint spaces of a simulated hand: set to what is wanted, narrowed or fused; and how wide they truly are on a film.

A space is set by moving everything distal of the joint along the finger (for the wrist: the forearm along itself, then
each bone of the proximal row), while the hand lies flat. The bones of the wrist and of the base of the thumb are laid
onto each other before (:mod:`.joint_seating`). The truth is that of the film: lengths are projected, and the mean is
taken over the central part of the joint on the film (:mod:`sclerograph.anatomy.joint_frame`), exact on the triangles of
the bones' surfaces. At the wrist it is taken over the central parts of what the scaphoid and the lunate face of the
radius, both together. There the two surfaces are no cylinders: the floor of the radius and the ends of the carpal bones
lie at different depths, and the space is the distance between the two on the film, as readers see it.

The space is that between the articular surfaces: at each place across, the least distance along the joint's axis of two
points at equal depth. It is not the gap between the outlines. The base of a phalanx is a cup; its rims stand before its
floor, and a hand that is tilted by a few degrees moves one of them into or over the space while the surfaces stay as
they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.joint_frame import EDGE_DEPTH_MM, SPACE_BONES, SPACE_JOINTS, JointFrame, settled
from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.phantom.joint_seating import (
    FOREARM_BONES,
    FOREARM_LANDMARKS,
    SEATED,
    facing_direction,
    move,
)
from sclerograph.phantom.pose import PosedBone, PosedHand
from sclerograph.phantom.projection import Detector

__all__ = ["JointSpace", "TrueJointSpace", "draw_joint_spaces", "set_joint_spaces", "true_joint_spaces"]

Floats = NDArray[np.float64]

#: Natural scatter of healthy spaces (logarithm of the width): between people, and of a joint within a person.
_BETWEEN_PEOPLE, _WITHIN_PERSON = 0.12, 0.07
#: Fused bones reach this far into each other, all over the central part (mm).
_FUSED_OVERLAP_MM = 0.3
#: Bones that are fused have no subchondral plate within this distance of the joint (mm).
_FUSED_REACH_MM = 2.5
#: Usual distance from source to film (mm).
_SOURCE_MM = 1000.0
#: This much of each bone is looked at, and this much of it faces the other bone (nominal mm).
_REACH_MM, _FACING_MM = 14.0, 6.0
_WRIST_REACH_MM, _WRIST_FACING_MM = 16.0, 9.0
#: Places across the central part, and depths at which the surfaces are held against each other.
_LINES = 31
_LINES_TO_SET = 15
_DEPTHS = 48


@dataclass(frozen=True)
class JointSpace:
    """What the space of one joint shall be in the flat hand.

    ``healthy_mm`` is its mean width without disease, ``lost`` the share of it that is gone, ``fused`` whether the bones
    have grown together.
    """

    healthy_mm: float
    lost: float = 0.0
    fused: bool = False

    @property
    def width_mm(self) -> float:
        """The mean width as it is."""
        return self.healthy_mm * (1.0 - self.lost)


@dataclass(frozen=True)
class TrueJointSpace:
    """The space of one joint on a film.

    ``mean_mm`` and ``least_mm`` are millimetres in the plane of the detector, negative where the bones reach into each
    other; ``overlapped`` is the share of the central part where they do. ``outlines_mm`` is the mean distance between
    the projected outlines, negative where these overlap. ``frame`` lies in pixels of the film.
    """

    mean_mm: float
    least_mm: float
    overlapped: float
    outlines_mm: float
    frame: JointFrame


def draw_joint_spaces(rng: np.random.Generator, *, size: float = 1.0, diseased: float = 0.0) -> dict[str, JointSpace]:
    """Draw the spaces of one hand around the norms.

    Parameters
    ----------
    rng
        Source of randomness.
    size
        Millimetres for a nominal millimetre.
    diseased
        Chance that a joint is narrowed, by 10 to 90 % of its width, or (one diseased joint of seven) fused.
    """
    person = float(rng.normal(0.0, _BETWEEN_PEOPLE))
    spaces = {}
    for code in SPACE_JOINTS:
        healthy = joint_space_norms()[code].mean_mm * size * float(np.exp(person + rng.normal(0.0, _WITHIN_PERSON)))
        ill, kind, lost = rng.random() < diseased, rng.random(), float(rng.uniform(0.1, 0.9))
        spaces[code] = JointSpace(healthy, lost if ill else 0.0, bool(ill and kind < 1.0 / 7.0))
    return spaces


def set_joint_spaces(hand: PosedHand, spaces: Mapping[str, JointSpace]) -> None:
    """Move the bones of a flat hand so that its joints have these spaces, in place.

    The widths are those that a film of the flat hand shows with the source above its middle, in millimetres of the
    hand.
    """
    x, y, z = (float(value) for value in hand.landmarks.mean(axis=0))
    above = Detector(1, 1, 1.0, 0.0, 0.0, z, (x, y, z + _SOURCE_MM))
    for code in SPACE_JOINTS:  # proximal joints of a digit stand after distal ones; moving them moves what is distal
        if code in spaces:
            if code in SEATED:
                SEATED[code](hand)
            _set_space(hand, code, spaces[code], above)


def true_joint_spaces(hand: PosedHand, detector: Detector, *, mirrored: bool = False) -> dict[str, TrueJointSpace]:
    """Return the spaces on a film, of those joints whose bones face each other on it.

    Parameters
    ----------
    hand
        The bones.
    detector
        Source and film.
    mirrored
        True for the film of a right hand, the mirror image: frames are mirrored with it.
    """
    found = {}
    for code in SPACE_JOINTS:
        parts = [
            (frame, gap, ends)
            for sides, frame in _parts(hand, detector, code)
            if (gap := _seen(sides.distances(frame, frame.central(_LINES)))) is not None
            for ends in (sides.margins(frame, frame.central(_LINES)),)
        ]
        if not parts:
            continue
        gap = np.concatenate([gap for _, gap, _ in parts]) * detector.pixel_mm
        outlines = np.concatenate([ends[1] - ends[0] for _, _, ends in parts]) * detector.pixel_mm
        frame = parts[0][0]
        if mirrored:
            frame = JointFrame(
                np.array([detector.columns - 1 - frame.origin[0], frame.origin[1]]),
                frame.along * [-1.0, 1.0],
                frame.half_width,
            )
        found[code] = TrueJointSpace(
            float(gap.mean()), float(gap.min()), float((gap <= 0.0).mean()), float(np.nanmean(outlines)), frame
        )
    return found


def _parts(hand: PosedHand, detector: Detector, code: str) -> list[tuple[_Sides, JointFrame]]:
    """Return the parts of a joint that face each other on a film: one, or at the wrist one for each carpal bone."""
    proximal, distal = SPACE_BONES[code]
    parts = []
    for bones in [(bone,) for bone in distal] if code == "RC" else [distal]:
        sides = _Sides(hand, detector, proximal, bones)
        frame = sides.frame()
        if frame is not None:
            parts.append((sides, frame))
    return parts


def _seen(gap: Floats) -> Floats | None:
    """Return the distances of places where the surfaces face each other; ``None`` where they do at few."""
    seen = gap[np.isfinite(gap)]
    return seen if len(seen) >= len(gap) // 4 else None


class _Sides:
    """The projected outlines of the two sides of a joint."""

    def __init__(self, hand: PosedHand, detector: Detector, proximal: tuple[str, ...], distal: tuple[str, ...]) -> None:
        bones = hand.bones
        start = bones[proximal[0]] if bones[proximal[0]].tubular else None
        end = bones[distal[0]] if bones[distal[0]].tubular else None
        axes = [
            (axis := detector.project(np.stack([bone.base, bone.head])))[1] - axis[0]
            for bone in (start, end)
            if bone is not None
        ]
        along = np.sum([axis / np.hypot(*axis) for axis in axes], axis=0)
        wrist = proximal == SPACE_BONES["RC"][0]
        if wrist:
            # the radius ends obliquely
            middle, normal = facing_direction(bones[proximal[0]])
            ends = detector.project(np.stack([middle, middle + normal]))
            along = ends[1] - ends[0]
        self.along = along / np.hypot(*along)
        self.wrist = wrist
        self.distal = distal
        # the depth at which the bones' extent is taken, in pixels
        self.depth = EDGE_DEPTH_MM * hand.size / detector.pixel_mm
        reach = (_WRIST_REACH_MM if wrist else _REACH_MM) * hand.size / detector.pixel_mm
        self.edges = (
            np.concatenate([_projected_edges(bones[code], detector, -self.along, reach) for code in proximal]),
            np.concatenate([_projected_edges(bones[code], detector, self.along, reach) for code in distal]),
        )
        facing = (_WRIST_FACING_MM if wrist else _FACING_MM) * hand.size / detector.pixel_mm
        self.triangles = (
            np.concatenate([_projected_triangles(bones[code], detector, -self.along, facing) for code in proximal]),
            np.concatenate([_projected_triangles(bones[code], detector, self.along, facing) for code in distal]),
        )

    def frame(self) -> JointFrame | None:
        """Return the settled frame."""
        ends = [edges.reshape(-1, 2) for edges in self.edges]
        across = np.array([-self.along[1], self.along[0]])
        heights = [points @ self.along for points in ends]
        # the middle of the two ends, sideways between the bones
        low, high = float(heights[0].max()), float(heights[1].min())
        beside = [
            float(np.median((points @ across)[np.abs(height - end) < self.depth * 2]))
            for points, height, end in zip(ends, heights, (low, high), strict=True)
        ]
        if self.wrist:
            # the end of the radius is its styloid: the joint lies where the carpal bone ends, beside it
            common = [points @ across for points in ends]
            low = high
            beside = [max(float(c.min()) for c in common), min(float(c.max()) for c in common)]
        origin = 0.5 * (low + high) * self.along + 0.5 * sum(beside) * across
        return settled(JointFrame(origin, self.along, self.depth), self.margins, self.extent)

    def margins(self, frame: JointFrame, across: Floats) -> tuple[Floats, Floats]:
        """Return where the sides end: the farthest point of the proximal one, the nearest of the distal one."""
        proximal, distal = (self._placed_edges(side, frame) for side in (0, 1))
        return _extreme(proximal, across, 1.0), _extreme(distal, across, -1.0)

    def distances(self, frame: JointFrame, across: Floats) -> Floats:
        """Return the least distance along the frame of surface points at equal depth, pixels; nan where none face.

        At the wrist: the distance from the floor of the radius to the end of the carpal bone, as the film shows both.
        """
        placed = []
        for triangles in self.triangles:
            offset = triangles[..., :2] - frame.origin
            placed.append(np.stack([offset @ frame.across, offset @ frame.along, triangles[..., 2]], axis=-1))
        low = max(float(side[..., 2].min()) for side in placed)
        high = min(float(side[..., 2].max()) for side in placed)
        depths = np.linspace(low, high, _DEPTHS)
        result = np.full(len(across), np.nan)
        if self.wrist:
            return np.array([_from_the_floor(placed[0], placed[1], float(at)) for at in across])
        for i, at in enumerate(across):
            gap = _surface(placed[1], float(at), depths, -1.0) - _surface(placed[0], float(at), depths, 1.0)
            if np.isfinite(gap).any():
                result[i] = np.nanmin(gap)
        return result

    def extent(self, frame: JointFrame) -> tuple[float, float] | None:
        """Return the lateral extent that both sides have in common a little below their ends."""
        middle = self.margins(frame, np.zeros(1))
        lows, highs = [], []
        for side, end, sign in ((0, middle[0][0], -1.0), (1, middle[1][0], 1.0)):
            edges = self._placed_edges(side, frame)
            if not np.isfinite(end):
                return None
            crossing = _crossings(edges[:, :, ::-1], end + sign * self.depth)
            if len(crossing) == 0:
                return None
            lows.append(crossing.min())
            highs.append(crossing.max())
        return float(max(lows)), float(min(highs))

    def _placed_edges(self, side: int, frame: JointFrame) -> Floats:
        """Return the edges of a side in a frame, (n, 2 ends, (across, along))."""
        offset = self.edges[side] - frame.origin
        return np.stack([offset @ frame.across, offset @ frame.along], axis=-1)


def _projected_edges(bone: PosedBone, detector: Detector, inward: Floats, reach: float) -> Floats:
    """Return the edges of a bone's triangles on the film, (n, 2, 2) pixels, as far as they lie near its end."""
    points = detector.project(bone.outer)
    height = points @ inward
    near = height < height.min() + reach
    faces = bone.faces[near[bone.faces].any(axis=1)]
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    # one number for each pair: sorting numbers is many times faster than sorting rows
    numbers = np.unique(pairs[:, 0] * len(points) + pairs[:, 1])
    return np.asarray(points[np.stack(np.divmod(numbers, len(points)), axis=1)])


def _projected_triangles(bone: PosedBone, detector: Detector, inward: Floats, reach: float) -> Floats:
    """Return the triangles of a bone near its end, (n, 3, 3): position on the film (pixels) and depth (mm)."""
    points = detector.project(bone.outer)
    height = points @ inward
    near = height < height.min() + reach
    faces = bone.faces[near[bone.faces].any(axis=1)]
    return np.asarray(np.concatenate([points, bone.outer[:, 2:]], axis=1)[faces])


def _surface(triangles: Floats, at: float, depths: Floats, sign: float) -> Floats:
    """Return how far a surface reaches at a place across, (depths,): its greatest (sign 1) or least height; nan beside.

    ``triangles`` are (n, 3, 3): across, along, depth.
    """
    across = triangles[..., 0]
    cut = triangles[(across.min(axis=1) < at) & (across.max(axis=1) >= at)]
    if len(cut) == 0:
        return np.full(len(depths), np.nan)
    # two of the three sides of each are cut
    ends, begins = np.roll(cut, -1, axis=1), cut
    crossing = (begins[..., 0] < at) != (ends[..., 0] < at)
    a, b = begins[crossing], ends[crossing]
    points = a[:, 1:] + ((at - a[:, 0]) / (b[:, 0] - a[:, 0]))[:, None] * (b[:, 1:] - a[:, 1:])
    first, second = points[0::2], points[1::2]
    low, high = np.minimum(first[:, 1], second[:, 1]), np.maximum(first[:, 1], second[:, 1])
    spans = (low[:, None] <= depths) & (depths < high[:, None])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (depths - first[:, 1:]) / (second - first)[:, 1:]
        heights = np.where(spans, first[:, :1] + share * (second - first)[:, :1], -sign * np.inf)
    best = sign * (sign * heights).max(axis=0)
    return np.where(spans.any(axis=0), best, np.nan)


def _from_the_floor(cup: Floats, head: Floats, at: float) -> float:
    """Return how far the end of a head lies from the floor of a cup, whatever their depths; nan where one is not there.

    The floor is the lowest place of the cup between its two rims, where rays run along it; towards the styloid process
    there is none. (n, 3, 3) triangles are across, along, depth.
    """
    depths = [np.linspace(float(s[..., 2].min()), float(s[..., 2].max()), 2 * _DEPTHS) for s in (cup, head)]
    heights, ends = _surface(cup, at, depths[0], 1.0), _surface(head, at, depths[1], -1.0)
    heights = heights[np.isfinite(heights)]
    if len(heights) < 3 or not np.isfinite(ends).any():
        return float("nan")
    rims = np.minimum(np.maximum.accumulate(heights), np.maximum.accumulate(heights[::-1])[::-1])
    inside = heights < rims
    return float(np.nanmin(ends) - heights[inside].min()) if inside.any() else float("nan")


def _crossings(edges: Floats, at: float) -> Floats:
    """Return the second coordinate where edges cross a value of the first one."""
    first, second = edges[:, 0], edges[:, 1]
    crossing = (first[:, 0] < at) != (second[:, 0] < at)
    a, b = first[crossing], second[crossing]
    share = (at - a[:, 0]) / (b[:, 0] - a[:, 0])
    return np.asarray(a[:, 1] + share * (b[:, 1] - a[:, 1]))


def _extreme(edges: Floats, across: Floats, sign: float) -> Floats:
    """Return the greatest (sign 1) or least (sign -1) height of a side at positions across; nan where it has none."""
    result = np.full(len(across), np.nan)
    for i, at in enumerate(across):
        heights = _crossings(edges, float(at))
        if len(heights):
            result[i] = sign * np.max(sign * heights)
    return result


def _set_space(hand: PosedHand, code: str, space: JointSpace, above: Detector) -> None:
    """Move what lies distal of a joint (at the wrist: the forearm, then each carpal bone) until it has its space.

    Bones that do not face each other in this hand stay where they are.
    """
    for last in (False, False, True):  # the frame turns a little with each move
        parts = _parts(hand, above, code)
        if not parts:
            return
        changes = [_change(sides, frame, space) for sides, frame in parts]
        if code == "RC" and not last:
            change = -float(np.mean(changes))
            move(hand, FOREARM_BONES, FOREARM_LANDMARKS, np.eye(3), _in_space(parts[0][1]) * change)
            continue
        for (sides, frame), change in zip(parts, changes, strict=True):
            move(hand, *_distal(code, sides.distal[0]), np.eye(3), _in_space(frame) * change)
            if last and space.fused:
                for bone in (*SPACE_BONES[code][0], *sides.distal):
                    _without_plate(hand.bones[bone], frame)


def _change(sides: _Sides, frame: JointFrame, space: JointSpace) -> float:
    """Return how much farther apart two bones must come (mm)."""
    gap = sides.distances(frame, frame.central(_LINES_TO_SET))
    gap = gap[np.isfinite(gap)]
    if len(gap) == 0:
        return 0.0
    return -_FUSED_OVERLAP_MM - float(gap.max()) if space.fused else space.width_mm - float(gap.mean())


def _in_space(frame: JointFrame) -> Floats:
    """Return the direction of a frame in the world: the film's y runs down, the world's up."""
    return np.array([frame.along[0], -frame.along[1], 0.0])


def _distal(code: str, distal: str) -> tuple[list[str], list[str]]:
    """Return the bones and the landmarks that move with the bone distal of a joint."""
    if code == "RC":
        return [distal], [distal]
    digit = distal[-1]
    kinds = ("MC", "PP", "MP", "DP")
    bones = [f"{kind}{digit}" for kind in kinds[kinds.index(distal[:2]) :]]
    # PIP, DIP and IP are marked in the head of the proximal bone, MCP in the base of the distal one
    moved = {"MP": ("DIP", "TIP"), "DP": ("TIP",)}
    marks = [f"{name}{digit}" for name in moved.get(distal[:2], ("MCP", "PIP", "IP", "DIP", "TIP"))]
    if distal == "MC1":
        bones += ["SES1R", "SES1U"]
        marks.append("CMC1")
    return bones, marks


def _without_plate(bone: PosedBone, frame: JointFrame) -> None:
    """Take the subchondral plate away at a fused joint: the marrow of both bones is one."""
    points = bone.outer[:, :2] * [1.0, -1.0] - frame.origin
    near = np.abs(points @ frame.along) < _FUSED_REACH_MM
    near &= np.abs(points @ frame.across) < 0.9 * frame.half_width
    bone.marrow = np.where(near[:, None], bone.outer, bone.marrow)
