"""The cleft of a joint that outlines do not show well: followed on the film itself, from the floor of the cup.

At the wrist and in the thumb the rims of one bone lie over the other, and outlines say within millimetres only where
the joint is. What the film shows all the same is the floor of the cup, a bright line where rays run along the
subchondral plate. From there towards the other bone it grows darker, perhaps over the rim of the cup, whose edge is one
more step down; the first step *up* is the head. So the floor is the brightest path along the joint, and the head the
steepest rise before it. Where there is no such rise, the cleft is not seen from the side.

Of a saddle no floor is seen: there the cleft itself is the darkest path, and both margins are the first rises beside
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from sclerograph.anatomy.joint_frame import JointFrame
from sclerograph.hand.joint_profiles import STEP_PX, peak_offset, profiles_around, spline_greys
from sclerograph.hand.view import HandView

__all__ = ["Cleft", "CleftPart", "follow_cleft"]

Floats = NDArray[np.float64]

#: Sampling: number of lines along the joint line, and of their groups.
_LINES = 36
_SEGMENTS = 6
#: Degree of the curve that a margin is over the central part.
_DEGREE = 3
#: Nominal millimetres: smoothing along the joint and across; how broad the floor's surroundings are; how far from the
#: floor the head can be; how far away a rise counts less by e; how far lines depart from a margin's curve; how far
#: the margins of a saddle are from the darkest path; what is looked at behind a margin.
_SMOOTH_MM, _SMOOTH_ACROSS_MM = 0.6, 0.15
_AROUND_MM = 2.5
_LEAST_SPACE_MM, _MOST_SPACE_MM = 0.3, 4.5
_FADE_MM = 2.5
_SHIFT_MM = 0.35
_MOST_BESIDE_MM = 2.2
_BEHIND_MM = 1.0
#: A path pays for each step sideways by so much of the range of its scores.
_STIFFNESS = 0.02


@dataclass(frozen=True)
class CleftPart:
    """Both margins over a part of the joint, in original pixels, as means over its lines.

    ``apart`` is the distance from the steepest rise into the head to the brightest place of the floor, ``foot`` how far
    before the steepest place its tangent meets the grey of the cleft, ``rise`` the distance from the brightest place of
    the floor to its own steepest; ``dark`` how much darker the cleft is than the fainter of the two margins. Of a
    saddle both margins are rises: ``apart`` is between them, and ``rise`` the foot of the other one.
    """

    apart: float
    foot: float
    rise: float
    dark: float


@dataclass(frozen=True)
class Cleft:
    """A joint line as the film shows it.

    ``whole`` are the margins over the central part, ``segments`` over its six parts. ``head`` and ``floor`` (n,) are
    where the lines of the film cross the margins (pixels along the frame from its line, greater towards the cup),
    ``across`` (n,) where these lines lie; ``depth`` (n,) is how much darker the cleft is than the fainter margin on
    each, ``contrast`` how much brighter the floor is than the cleft; ``floor_points`` (n, 2) is the floor on the film.
    """

    whole: CleftPart
    segments: tuple[CleftPart, ...]
    across: Floats
    head: Floats
    floor: Floats
    depth: Floats
    contrast: float
    floor_points: Floats
    grey: Floats
    along: Floats

    def seen(self, least: float) -> tuple[int, int]:
        """Return the first and the last but one of the longest row of lines whose depth is at least so great."""
        edges = np.flatnonzero(np.diff(np.concatenate([[0], (self.depth >= least).astype(int), [0]])))
        begins, ends = edges[::2], edges[1::2]
        if len(begins) == 0:
            return 0, 0
        longest = int(np.argmax(ends - begins))
        return int(begins[longest]), int(ends[longest])


def follow_cleft(
    view: HandView,
    frame: JointFrame,
    across: Floats,
    guess: Floats,
    within_px: tuple[float, float],
    *,
    cup: float = 1.0,
    saddle: bool = False,
) -> Cleft | None:
    """Follow the floor of the cup and the head before it; ``None`` where the film ends.

    Parameters
    ----------
    view
        The hand.
    frame
        Where the joint is.
    across
        Where the part to be looked at begins and ends, (2,).
    guess
        Coefficients of a polynomial (``numpy.polyval``) for where the floor is expected, along the frame.
    within_px
        How far before and behind that it is looked for.
    cup
        1 where the cup is the distal bone, -1 where it is the proximal one.
    saddle
        True follows the cleft itself, near ``guess``, and takes the first rise to either side for the margins.
    """
    unit = view.scale_px
    lines = np.linspace(across[0], across[-1], _LINES)
    # greater towards the cup, whichever bone it is
    expected = cup * np.polyval(guess, lines)
    first = float(expected.min()) - within_px[0] - (_MOST_SPACE_MM + 2.0) * unit
    last = float(expected.max()) + within_px[1] + 2.0 * unit
    along: Floats = np.arange(np.floor(first / STEP_PX), np.ceil(last / STEP_PX) + 1) * STEP_PX
    grey = spline_greys(view, frame.points(cup * along[None, :], lines[:, None]))
    if grey is None:
        return None
    spacing = abs(lines[1] - lines[0])
    level = gaussian_filter1d(grey, _SMOOTH_MM * unit / spacing, axis=0, mode="nearest")
    level = gaussian_filter1d(level, _SMOOTH_ACROSS_MM * unit / STEP_PX, axis=1, mode="nearest")
    near = (along >= expected[:, None] - within_px[0]) & (along <= expected[:, None] + within_px[1])
    line = level - gaussian_filter1d(level, _AROUND_MM * unit / STEP_PX, axis=1, mode="nearest")
    rise = -np.gradient(level, STEP_PX, axis=1)
    if saddle:
        dark = along[_path(np.where(near, -line, -np.inf))]
        head = _first_rise(lines, along, rise, dark[:, None] - along, (0.0, _MOST_BESIDE_MM * unit), unit)
        floor = _first_rise(lines, along, -rise, along - dark[:, None], (0.0, _MOST_BESIDE_MM * unit), unit)
        floor = _closely(lines, along, np.where(along >= head[:, None], -rise, -np.inf), floor, unit)
    else:
        floor = _curve(lines, along[_path(np.where(near, line, -np.inf))])
        between = (_LEAST_SPACE_MM * unit, _MOST_SPACE_MM * unit)
        head = _first_rise(lines, along, rise, floor[:, None] - along, between, unit)
        floor = _closely(lines, along, level, floor, unit)
    before = along <= floor[:, None] - 0.5 * _LEAST_SPACE_MM * unit
    head = np.minimum(_closely(lines, along, np.where(before, rise, -np.inf), head, unit), floor - STEP_PX)
    bounds = np.linspace(0, _LINES, _SEGMENTS + 1).astype(int)
    groups = [slice(0, _LINES), *(slice(int(a), int(b)) for a, b in pairwise(bounds))]
    parts = _parts(grey, along, head, floor, unit, groups, saddle=saddle)
    depth, bright = _depths(level, along, head, floor, unit)
    on_film = frame.points(cup * floor, lines)
    return Cleft(parts[0], tuple(parts[1:]), lines, head, floor, depth, bright, on_film, grey, along)


def _path(score: Floats) -> NDArray[np.intp]:
    """Return the column of the best path through rows of scores; minus infinity is forbidden."""
    known = score[np.isfinite(score)]
    price = _STIFFNESS * float(np.ptp(known)) if len(known) else 0.0
    total, steps = score[0].copy(), []
    reach = np.arange(-4, 5)
    for row in score[1:]:
        padded = np.pad(total, 4, constant_values=-np.inf)
        moved = np.stack([padded[4 + r : 4 + r + len(total)] - price * abs(r) for r in reach])
        best = np.argmax(moved, axis=0)
        steps.append(np.clip(np.arange(len(total)) + reach[best], 0, len(total) - 1))
        arrived = np.take_along_axis(moved, best[None, :], axis=0)[0]
        if not np.isfinite(arrived + row).any():
            arrived = np.zeros_like(arrived)
        total = arrived + row
    at = int(np.argmax(total))
    path = [at]
    for step in reversed(steps):
        at = int(step[at])
        path.append(at)
    return np.array(path[::-1], dtype=np.intp)


def _curve(at: Floats, values: Floats, where: Floats | None = None) -> Floats:
    """Return a smooth curve through a margin; single lines that lie far off do not count."""
    scale = max(float(np.abs(at).max()), 1e-9)
    kept = np.ones(len(at), np.bool_)
    fit = np.zeros(_DEGREE + 1)
    for _ in range(3):
        fit = np.polyfit(at[kept] / scale, values[kept], _DEGREE)
        off = np.abs(values - np.polyval(fit, at / scale))
        now = off <= 3.0 * max(float(np.median(off)), STEP_PX)
        if np.count_nonzero(now) <= _DEGREE + 2 or (now == kept).all():
            break
        kept = now
    return np.asarray(np.polyval(fit, (at if where is None else where) / scale), dtype=np.float64)


def _first_rise(
    lines: Floats, along: Floats, rise: Floats, away: Floats, between: tuple[float, float], unit: float
) -> Floats:
    """Return the steepest path of a rise ``away`` (rows, columns) within bounds; nearer ones count more."""
    near = (away >= between[0]) & (away <= between[1])
    return _curve(lines, along[_path(np.where(near, rise * np.exp(-away / (_FADE_MM * unit)), -np.inf))])


def _closely(lines: Floats, along: Floats, score: Floats, curve: Floats, unit: float) -> Floats:
    """Return a margin's curve again, from the best place of each line near the first one."""
    score = np.where(np.abs(along - curve[:, None]) <= _SHIFT_MM * unit, score, -np.inf)
    found = np.isfinite(score).any(axis=1)
    if np.count_nonzero(found) <= _DEGREE + 1:
        return curve
    return _curve(lines[found], along[np.argmax(score, axis=1)][found], lines)


def _parts(
    grey: Floats, along: Floats, head: Floats, floor: Floats, unit: float, groups: Sequence[slice], *, saddle: bool
) -> list[CleftPart]:
    """Return both margins of groups of lines, each from the mean of its lines shifted onto the margin."""
    beyond = (_BEHIND_MM + _MOST_SPACE_MM) * unit
    reach = np.arange(-np.ceil(beyond / STEP_PX), np.ceil(beyond / STEP_PX) + 1) * STEP_PX
    heads, floors = profiles_around(grey, along, head, reach), profiles_around(grey, along, floor, reach)
    found = []
    for group in groups:
        apart = float((floor[group] - head[group]).mean())
        first, second = heads[group].mean(axis=0), floors[group].mean(axis=0)
        found.append(_part(first, second, reach, apart, unit, saddle=saddle))
    return found


def _part(head: Floats, floor: Floats, reach: Floats, apart: float, unit: float, *, saddle: bool) -> CleftPart:
    steepest, foot, dark, behind = _edge(head, reach, apart, unit)
    if saddle:
        # the other margin is an edge as well, seen from the other side
        other, second, _, bright = _edge(floor[::-1], reach, apart, unit)
        return CleftPart(apart - other - steepest, foot, second, min(behind, bright) - dark)
    i = _best(floor, np.abs(reach) <= 0.3 * unit)
    top = float(reach[i] + peak_offset(floor, i) * STEP_PX)
    into = np.gradient(floor, STEP_PX)
    k = _best(into, (reach <= top) & (reach >= top - max(0.7 * apart, 1.0)))
    rise = top - float(reach[k] + peak_offset(into, k) * STEP_PX)
    return CleftPart(apart + top - steepest, foot, rise, min(behind, float(floor[i])) - dark)


def _edge(profile: Floats, reach: Floats, apart: float, unit: float) -> tuple[float, float, float, float]:
    """Return where a profile falls fastest, the length of its foot, the grey of the cleft beyond and behind it."""
    slope = -np.gradient(profile, STEP_PX)
    j = _best(slope, np.abs(reach) <= min(0.3 * unit, max(0.5 * apart, 2 * STEP_PX)))
    steepest = float(reach[j] + peak_offset(slope, j) * STEP_PX)
    dark = float(profile[(reach >= steepest) & (reach <= steepest + max(0.7 * apart, 1.0))].min())
    foot = (float(np.interp(steepest, reach, profile)) - dark) / max(float(slope[j]), 1e-9)
    behind = float(profile[(reach <= steepest) & (reach >= steepest - _BEHIND_MM * unit)].max())
    return steepest, foot, dark, behind


def _best(values: Floats, allowed: NDArray[np.bool_]) -> int:
    return int(np.argmax(np.where(allowed, values, -np.inf)))


def _depths(level: Floats, along: Floats, head: Floats, floor: Floats, unit: float) -> tuple[Floats, float]:
    """Return how much darker the cleft of each line is than the fainter margin, and than the floor over all lines."""
    inside = (along >= head[:, None] - STEP_PX) & (along <= floor[:, None] + STEP_PX)
    dark = np.where(inside, level, np.inf).min(axis=1)
    behind = (along <= head[:, None]) & (along >= head[:, None] - _BEHIND_MM * unit)
    bright = (along >= floor[:, None]) & (along <= floor[:, None] + _BEHIND_MM * unit)
    first = np.where(behind, level, -np.inf).max(axis=1)
    second = np.where(bright, level, -np.inf).max(axis=1)
    return np.asarray(np.maximum(np.minimum(first, second) - dark, 0.0)), float(np.median(second - dark))
