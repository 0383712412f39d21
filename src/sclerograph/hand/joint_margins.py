"""The margins of a joint space on the film, to a fraction of a pixel.

The proximal bone of a finger's joint ends in a head, the distal one in a cup. Both show differently. A ray that just
touches the round head crosses little of it: towards the bone the grey rises from the edge as a square root does,
blurred by focus and detector. The steepest point of that rise, which is what the eye and simple methods take for the
edge, lies inside of the bone by a part of the blur; the distance from there to where its tangent meets the grey of the
space, the *foot* of the margin, is proportional to the same blur, whatever the contrast. So the blur of the film need
not be known.

Of the cup two things are seen: its rims, which stand before its floor and of which a tilt of the hand by a few degrees
moves one into or over the space; and the floor itself, the bright line where rays run along the subchondral plate. The
line stays at nearly the same distance from the head however the hand is tilted. It is what readers take for the margin.
A rim that stands far before its floor shows as a line of its own, so that every bright line beyond the head is kept
here; which of them is the floor, and how wide the space is, is told by :mod:`.joint_width`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from sclerograph.anatomy.joint_frame import CENTRAL_SHARE
from sclerograph.hand.joint_outline import JointOutline
from sclerograph.hand.joint_profiles import STEP_PX, peak_offset, profiles_around, spline_greys
from sclerograph.hand.view import HandView

__all__ = [
    "Cup",
    "FilmEdges",
    "Floor",
    "Head",
    "JointStrip",
    "film_edges",
    "joint_strip",
    "part_of",
    "segments",
    "space_contrast",
]

Floats = NDArray[np.float64]

#: Distances in nominal millimetres: smoothing along the joint and across; how far from its outline the head is looked
#: for, and how exactly the outline gives it; how far beyond it the floor may lie, and how near; how far single lines
#: may depart from the head and from the floor; two floors that are no nearer than this are two.
_SMOOTH_MM, _SMOOTH_ACROSS_MM = 0.5, 0.12
_HEAD_WITHIN_MM, _HEAD_OFF_MM = 0.5, 0.25
_FLOOR_BEYOND_MM, _LEAST_SPACE_MM = 3.6, 0.15
_SHIFT_MM = 0.35
_APART_MM = 0.2
#: The distance from the head to a floor lies between these (nominal mm).
_LEAST_APART_MM, _MOST_APART_MM = 0.1, 3.6
#: How far the profiles around a floor reach, and how far beside the head its bone is looked at (nominal mm).
_PROFILE_MM = (-4.0, 2.5)
#: Where a line is brightest, and what beside it is held against it; how far behind the head a dark space is looked for.
_ON_LINE_MM, _BESIDE_LINE_MM, _BEHIND_HEAD_MM = 0.1, (0.6, 1.2), 1.8
_BESIDE_MM = 0.8
#: Sampling: number of lines along the joint, and of their groups
#: for the narrowest place.
_LINES = 36
_SEGMENTS = 6
#: Degree of the curve that a margin is over the central part.
_DEGREE = 4
#: A margin is looked at this far to either side (pixels).
_REACH_PX = 8.0

#: The foot of a head counts between these shares of that of the film: rims that cross it change it beyond.
_LEAST_FOOT, _MOST_FOOT = 0.6, 1.5
#: Parts of the foot of the head, and of the way from the brightest point of the floor to its steepest, by which the
#: space is narrower than the distance between both, when parts of one joint are held against each other.
_FOOT_PART, _RISE_PART = 1.41, 0.21


@dataclass(frozen=True)
class Head:
    """The head in a part of the joint: where it is steepest, the length of its foot, and its step of grey."""

    steepest: float
    foot: float
    contrast: float


@dataclass(frozen=True)
class Cup:
    """The cup in a part of the joint: where its line is brightest, and how far before that the grey rises fastest."""

    brightest: float
    rise: float
    contrast: float


@dataclass(frozen=True)
class Floor:
    """A bright line that may be the floor of the cup, with the head before it.

    ``head`` (n,) is where each profile rises fastest into the head and ``cup`` (n,) where the line is brightest, as
    smooth curves; ``depth`` (n,) how far the space of each profile is darker than the fainter of the bright lines
    beside it. ``edge`` and ``line`` are both margins as means over the joint, ``level`` the grey of the line;
    ``profile`` (k,) the mean grey around the line at ``at`` (k,) nominal millimetres from it, the head before it.
    """

    head: Floats
    cup: Floats
    depth: Floats
    edge: Head
    line: Cup
    level: float
    profile: Floats
    at: Floats


@dataclass(frozen=True)
class JointStrip:
    """The film around a joint, straightened: each row of ``grey`` is a profile across the space.

    ``unit_px`` is a nominal millimetre; ``along_px`` (m,) are positions on the profiles, 0 on the line of the outline's
    frame, greater towards the cup. ``floors`` are the bright lines that may be the floor of the cup, nearest first,
    ``chosen`` the number of the one that is taken for it, and ``sure`` its probability: 1 until it was chosen with
    care. ``ends`` are where the profiles begin and end, as shares of half of the central part.
    """

    outline: JointOutline
    unit_px: float
    along_px: Floats
    grey: Floats
    floors: tuple[Floor, ...]
    chosen: int
    sure: float = 1.0
    ends: tuple[float, float] = (-1.0, 1.0)

    @property
    def floor(self) -> Floor:
        """The line that is taken for the floor of the cup."""
        return self.floors[self.chosen]

    @property
    def depth(self) -> Floats:
        """How far the space of each profile is darker than the fainter of the bright lines beside it."""
        return self.floor.depth

    @property
    def plate(self) -> float:
        """How much the brightest line beyond the head is brighter than what lies before and behind it."""
        return max(_standing_out(floor) for floor in self.floors)

    @property
    def dark_behind_head(self) -> float:
        """How much a dark line behind the edge of the head is darker than what lies to either side of it.

        Where the rim of the cup was taken for the head, the space lies behind it.
        """
        floor = self.floor
        edge = (floor.edge.steepest - floor.line.brightest) / self.unit_px
        grey = floor.profile[(floor.at <= edge) & (floor.at >= edge - _BEHIND_HEAD_MM)]
        if len(grey) == 0:
            return 0.0
        before, after = np.maximum.accumulate(grey), np.maximum.accumulate(grey[::-1])[::-1]
        return float((np.minimum(before, after) - grey).max())

    def mean_profile(self, reach_px: float) -> tuple[Floats, Floats]:
        """Return the mean profile along the joint's curve as the outlines give it, and its positions."""
        outline = self.outline
        at = np.arange(-reach_px, reach_px + STEP_PX / 2, STEP_PX)
        across = np.linspace(outline.across_px[0], outline.across_px[-1], _LINES)
        middle = outline.middle_at(across)
        return profiles_around(self.grey, self.along_px, middle, at).mean(axis=0), at


def _standing_out(floor: Floor) -> float:
    near, far = _BESIDE_LINE_MM
    away = np.abs(floor.at)
    beside = [floor.profile[side & (away >= near) & (away <= far)].mean() for side in (floor.at < 0, floor.at > 0)]
    return float(floor.profile[away <= _ON_LINE_MM].mean() - max(beside))


@dataclass(frozen=True)
class FilmEdges:
    """What the margins of one hand have in common.

    ``foot_px`` is the length of the foot of its heads, ``contrast`` the step from the spaces to the bright lines.
    """

    foot_px: float
    contrast: float


def joint_strip(view: HandView, outline: JointOutline) -> JointStrip | None:
    """Sample the film across a joint and find its two margins; ``None`` where the film ends.

    Parameters
    ----------
    view
        The hand.
    outline
        Where the outlines put the joint.
    """
    unit, frame = view.scale_px, outline.frame
    half = CENTRAL_SHARE * frame.half_width
    across = np.asarray(np.linspace(-half, half, _LINES), dtype=np.float64)
    middle = outline.middle_at(across)
    outlined = -0.5 * outline.gap_px
    reaches = abs(outlined) + (_FLOOR_BEYOND_MM + 1.0) * unit
    count = int(np.ceil((float(np.abs(middle).max()) + reaches + unit) / STEP_PX))
    along = np.asarray(np.arange(-count, count + 1) * STEP_PX, dtype=np.float64)
    grey = spline_greys(view, frame.points(along[None, :], across[:, None]))
    if grey is None:
        return None
    steps = int(np.ceil(reaches / STEP_PX))
    reach: Floats = (np.arange(-steps, steps + 1) * STEP_PX).astype(np.float64)
    # noise is averaged along the joint, and only as far as its lines are straight: rows are shifted onto the margins
    spacing = float(across[1] - across[0])
    level = _smoothed(profiles_around(grey, along, middle, reach), unit, spacing)
    floors: list[Floor] = []
    joint, mean = _Level(grey, along, middle, reach, level, unit, spacing), level.mean(axis=0)
    for place in _lines(reach, mean, outlined, unit):
        floor = _floor(joint, place, outlined)
        far = all(abs(float((floor.cup - other.cup).mean())) >= _APART_MM * unit for other in floors)
        apart = (floor.line.brightest - floor.edge.steepest) / unit
        if far and _LEAST_APART_MM <= apart <= _MOST_APART_MM:
            floors.append(floor)
    if not floors:
        # fused bones have no line: the brightest place stands for it
        beyond = (reach > outlined) & (reach < outlined + _FLOOR_BEYOND_MM * unit)
        floors.append(_floor(joint, int(np.argmax(np.where(beyond, mean, -np.inf))), outlined))
    return JointStrip(outline, unit, along, grey, tuple(floors), int(np.argmax([f.level for f in floors])))


@dataclass(frozen=True)
class _Level:
    """A straightened joint while its floors are looked for: ``level`` are the smoothed greys around ``middle``."""

    grey: Floats
    along: Floats
    middle: Floats
    reach: Floats
    level: Floats
    unit: float
    spacing: float


def _lines(reach: Floats, profile: Floats, outlined: float, unit: float) -> list[int]:
    """Return where the mean profile has a bright line beyond the outline of the head."""
    inner = np.arange(1, len(profile) - 1)
    peaks = inner[(profile[inner] >= profile[inner - 1]) & (profile[inner] > profile[inner + 1])]
    low, high = outlined - _HEAD_WITHIN_MM * unit + _LEAST_SPACE_MM * unit, outlined + _FLOOR_BEYOND_MM * unit
    return [int(i) for i in peaks if max(low, outlined - 0.05 * unit) < reach[i] < high]


def _floor(joint: _Level, place: int, outlined: float) -> Floor:
    """Follow a bright line along the joint, and the head before it."""
    reach, level, unit = joint.reach, joint.level, joint.unit
    cup = np.full(_LINES, reach[place])
    for _ in range(2):
        inside = _between(reach, cup - _SHIFT_MM * unit, cup + _SHIFT_MM * unit)
        cup = _curve(reach[np.argmax(np.where(inside, level, -np.inf), axis=1)])
    before = _head_before(reach, level.mean(axis=0), outlined, float(reach[place]), unit)
    low, high = before - _SHIFT_MM * unit, min(before + _SHIFT_MM * unit, reach[place] - _LEAST_SPACE_MM * unit)
    inside = _between(reach, np.full(_LINES, min(low, high)), np.full(_LINES, high))
    head = _curve(reach[np.argmax(np.where(inside, -np.gradient(level, STEP_PX, axis=1), -np.inf), axis=1)])
    on_floor = _smoothed(profiles_around(joint.grey, joint.along, joint.middle + cup, reach), unit, joint.spacing)
    depth = _depth(on_floor, reach, np.minimum(head - cup, -STEP_PX), _BESIDE_MM * unit)
    head, cup = joint.middle + head, joint.middle + cup
    edge, line = _margins(joint.grey, joint.along, head, cup, [slice(None)])[0]
    first, last = (round(end * unit / STEP_PX) for end in _PROFILE_MM)
    around = np.asarray(np.arange(first, last + 1) * STEP_PX, dtype=np.float64)
    profile = profiles_around(joint.grey, joint.along, cup, around).mean(axis=0)
    grey = float(level.mean(axis=0)[place])
    return Floor(head, cup, depth, edge, line, grey, np.asarray(profile), around / unit)


def _head_before(reach: Floats, profile: Floats, outlined: float, floor: float, unit: float) -> float:
    """Return where the head ends: at the best fall of the mean profile near the head's outline and before the floor.

    Where the floor lies over the head the grey does not fall there, and rises least.
    """
    slope = -np.gradient(profile, STEP_PX)
    near: Floats = np.exp(-0.5 * np.square((reach - outlined) / (_HEAD_OFF_MM * unit)))
    may = (np.abs(reach - outlined) <= _HEAD_WITHIN_MM * unit) & (reach <= floor - _LEAST_SPACE_MM * unit)
    return float(reach[np.argmax(np.where(may, (slope - slope[may].min()) * near, -1.0))])


def _smoothed(level: Floats, unit: float, spacing: float) -> Floats:
    level = gaussian_filter1d(level, _SMOOTH_MM * unit / spacing, axis=0, mode="nearest")
    return np.asarray(gaussian_filter1d(level, _SMOOTH_ACROSS_MM * unit / STEP_PX, axis=1, mode="nearest"))


def _between(reach: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    return np.asarray((reach[None, :] >= low[:, None]) & (reach[None, :] <= high[:, None]))


def _curve(values: Floats) -> Floats:
    """Return a smooth curve through a margin; single points that lie far off do not count."""
    basis, projection = _polynomials(len(values))
    fitted = projection @ values
    off = np.abs(values - fitted)
    kept = off <= 3.0 * max(float(np.median(off)), 0.5 * STEP_PX)
    if kept.all():
        return np.asarray(fitted)
    return np.asarray(basis @ np.linalg.lstsq(basis[kept], values[kept], rcond=None)[0])


@lru_cache(maxsize=4)
def _polynomials(count: int) -> tuple[Floats, Floats]:
    """Return the polynomials at evenly spaced points, and the matrix that fits them to values there."""
    basis = np.vander(np.linspace(-1.0, 1.0, count), _DEGREE + 1)
    return basis, np.asarray(basis @ np.linalg.pinv(basis))


def _depth(level: Floats, reach: Floats, head: Floats, near: float) -> Floats:
    """Return how far the space of each profile is darker than the fainter of the bright lines beside it.

    ``level`` has the floor of the cup at 0, ``head`` is where the head ends.
    """
    zero = np.zeros(len(head))
    space = np.where(_between(reach, head - STEP_PX, zero + STEP_PX), level, np.inf).min(axis=1)
    behind = np.where(_between(reach, head - near, head), level, -np.inf).max(axis=1)
    floor = np.where(_between(reach, zero, zero + near), level, -np.inf).max(axis=1)
    return np.asarray(np.maximum(np.minimum(behind, floor) - space, 0.0))


def _margins(grey: Floats, along: Floats, head: Floats, cup: Floats, groups: Sequence[slice]) -> list[tuple[Head, Cup]]:
    """Return both margins of each group of lines; positions as means over the group."""
    reach = np.arange(-_REACH_PX, _REACH_PX + STEP_PX / 2, STEP_PX)
    # turned so that the space lies at positive distances on both sides
    heads, cups = profiles_around(grey, along, head, reach), profiles_around(grey, along, cup, -reach)
    found = []
    for group in groups:
        ends, begins = float(head[group].mean()), float(cup[group].mean())
        edge = _head(reach, heads[group].mean(axis=0), ends, begins - ends)
        found.append((edge, _cup(reach, cups[group].mean(axis=0), begins, begins - ends)))
    return found


def _falling(profile: Floats) -> Floats:
    slope = (profile[:-2] - profile[2:]) / (2.0 * STEP_PX)
    return np.asarray(np.concatenate([slope[:1], slope, slope[-1:]]))


def _head(reach: Floats, profile: Floats, at: float, apart: float) -> Head:
    slope = _falling(profile)
    near = np.flatnonzero(np.abs(reach) <= min(3.0, max(0.4 * apart, 0.75)))
    i = int(near[np.argmax(slope[near])])
    steepest = float(reach[i] + peak_offset(slope, i) * STEP_PX)
    space = np.flatnonzero((reach >= steepest) & (reach <= steepest + max(0.6 * apart, 1.0)))
    floor = float(profile[space].min())
    contrast = float(profile[reach <= steepest].max() - floor)
    foot = (float(np.interp(steepest, reach, profile)) - floor) / max(float(slope[i]), 1e-9)
    return Head(at + steepest, foot, contrast)


def _cup(reach: Floats, profile: Floats, at: float, apart: float) -> Cup:
    near = np.flatnonzero(np.abs(reach) <= 1.5)
    i = int(near[np.argmax(profile[near])])
    brightest = float(reach[i] + peak_offset(profile, i) * STEP_PX)
    slope = _falling(profile)
    space = np.flatnonzero((reach >= brightest) & (reach <= brightest + max(0.7 * apart, 1.0)))
    floor = float(profile[space].min())
    contrast = float(profile[i]) - floor
    j = int(space[np.argmax(slope[space])])
    steepest = float(reach[j] + peak_offset(slope, j) * STEP_PX)
    return Cup(at - brightest, steepest - brightest, contrast)


def film_edges(strips: Sequence[JointStrip]) -> FilmEdges | None:
    """Return what the margins of a hand have in common, from its open joints; ``None`` with fewer than two.

    Parameters
    ----------
    strips
        The joints of one hand.
    """
    margins = []
    for strip in strips:
        head, cup = strip.floor.edge, strip.floor.line
        if strip.outline.gap_px > 0.0 and cup.brightest - head.steepest > 2.5 * head.foot:
            margins.append((head, cup))
    if len(margins) < 2:
        return None
    return FilmEdges(
        float(np.quantile([head.foot for head, _ in margins], 0.4)),
        float(np.median([0.5 * (head.contrast + cup.contrast) for head, cup in margins])),
    )


def space_contrast(strips: Sequence[JointStrip]) -> float | None:
    """Return the step of grey from bone to space in a joint of this hand that is open; ``None`` where none is.

    Fused, narrowed and overlapped joints have hardly any such step themselves, and a hand may have many of them: it is
    the upper quartile, of floors that were chosen with care.

    Parameters
    ----------
    strips
        The joints of one hand, their floors chosen.
    """
    steps = [0.5 * (s.floor.edge.contrast + s.floor.line.contrast) for s in strips if s.outline.gap_px > 0.0]
    return float(np.quantile(steps, 0.75)) if steps else None


def part_of(strip: JointStrip, first: int, beyond: int) -> JointStrip:
    """Return a part of a joint, with the line that was chosen for its floor.

    Parameters
    ----------
    strip
        The straightened film, its floor chosen.
    first, beyond
        The first of the profiles that are kept, and the one after the last.
    """
    floor, lines = strip.floor, slice(first, beyond)
    head, cup, grey = floor.head[lines], floor.cup[lines], strip.grey[lines]
    edge, line = _margins(grey, strip.along_px, head, cup, [slice(None)])[0]
    profile = profiles_around(grey, strip.along_px, cup, floor.at * strip.unit_px).mean(axis=0)
    level = float(profile[np.argmin(np.abs(floor.at))])
    kept = Floor(head, cup, floor.depth[lines], edge, line, level, np.asarray(profile), floor.at)
    step = (strip.ends[1] - strip.ends[0]) / (len(floor.head) - 1)
    ends = (strip.ends[0] + first * step, strip.ends[0] + (beyond - 1) * step)
    return replace(strip, grey=grey, floors=(kept,), chosen=0, ends=ends)


def segments(strip: JointStrip, film: FilmEdges) -> Floats:
    """Return how wide the space is in six parts along the joint, as differences to their mean (pixels).

    Parameters
    ----------
    strip
        The straightened film.
    film
        What the margins of the hand have in common.
    """
    bounds = np.linspace(0, len(strip.floor.head), _SEGMENTS + 1).astype(int)
    groups = [slice(int(a), int(b)) for a, b in pairwise(bounds)]
    widths = np.array(
        [
            cup.brightest
            - head.steepest
            - _FOOT_PART * float(np.clip(head.foot, _LEAST_FOOT * film.foot_px, _MOST_FOOT * film.foot_px))
            - _RISE_PART * cup.rise
            for head, cup in _margins(strip.grey, strip.along_px, strip.floor.head, strip.floor.cup, groups)
        ]
    )
    return np.asarray(widths - widths.mean())
