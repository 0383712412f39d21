"""The margins of a joint space on the film, to a fraction of a pixel.

A ray that just touches a round bone crosses little of it: towards the bone the grey rises from the edge as a square
root does, blurred by focus and detector. The steepest point of that rise, which is what the eye and simple methods take
for the edge, lies inside of the bone by a part of the blur; the distance from there to where its tangent meets the grey
of the space, the *foot* of the margin, is proportional to the same blur, whatever the contrast. So the edge is found by
going a part of the way (:data:`_EDGE_PART`), and the blur of the film need not be known.

The base of a phalanx that is seen a little from above or below has two rims: a bright line, and before it the faint
outline of the nearer rim, which makes a long foot. There the edge is where the grey first rises above the space, at a
tenth of the way to the bright line; how far this lies beyond the true edge on this film is known from its good margins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, map_coordinates, spline_filter

from sclerograph.anatomy.joint_frame import CENTRAL_SHARE
from sclerograph.hand.joint_outline import JointOutline
from sclerograph.hand.view import HandView

__all__ = ["FilmEdges", "JointStrip", "SpaceWidth", "film_edges", "joint_strip", "space_width"]

Floats = NDArray[np.float64]

#: Distances in nominal millimetres: how far beyond the outlines the film is sampled; how far the middle of the space
#: may lie from where the outlines put it, as a whole and line by line; how far from it a margin is looked for;
#: smoothing along the joint.
_BEYOND_MM = 2.7
_SHIFT_MM = 1.0
_LINE_SHIFT_MM = 0.5
_MARGIN_REACH_MM = 1.4
_SMOOTH_MM = 0.5
#: Sampling: distance across the joint line in original pixels, number of lines along the joint, and of their groups
#: for the narrowest place.
_STEP_PX = 0.25
_LINES = 36
_SEGMENTS = 6
#: Degree of the curve that a margin is over the central part.
_DEGREE = 4
#: A margin is looked at this far to either side of its steepest point (pixels).
_REACH_PX = 8.0

#: Part of the way from the steepest point to the foot of its tangent at which the edge lies. A square root blurred by a
#: Gaussian has 0.51. The subchondral plate makes it more where it stands out as a bright line: in proportion to how
#: much brighter it is than the bone :data:`_BEHIND_MM` (nominal mm) behind the edge, as a share of the whole step of
#: grey. Fitted on 17 simulated hands, 343 joints of many looks.
_EDGE_PART, _EDGE_PART_OF_LINE = 0.42, 0.60
_LEAST_EDGE_PART, _MOST_EDGE_PART = 0.3, 0.9
_BEHIND_MM = 0.9
#: The grey at this part of the way from the space to the bright line is where a faint rim begins.
_RISE = 0.1
#: Feet longer than this times that of the film's margins belong to two rims; between the two numbers both ways of
#: finding the edge count.
_RIM_FROM, _RIM_TO = 1.15, 1.5


@dataclass(frozen=True)
class JointStrip:
    """The film around a joint, straightened: each row of ``grey`` is a profile across the space.

    ``unit_px`` is a nominal millimetre; ``along_px`` (m,) are positions on the profiles, 0 on the line of the outline's
    frame; ``proximal`` and ``distal`` (n,) where each profile is steepest on either side of the space, as smooth
    curves; ``depth`` (n,) how far the space of each profile is darker than the fainter of the bright lines beside it.
    """

    outline: JointOutline
    unit_px: float
    along_px: Floats
    grey: Floats
    proximal: Floats
    distal: Floats
    depth: Floats

    def mean_profile(self, reach_px: float) -> tuple[Floats, Floats]:
        """Return the mean profile along the joint's curve as the outlines give it, and its positions."""
        outline = self.outline
        at = np.arange(-reach_px, reach_px + _STEP_PX / 2, _STEP_PX)
        across = np.linspace(outline.across_px[0], outline.across_px[-1], _LINES)
        middle = outline.middle_at(across)
        return _rows(self.grey, self.along_px, middle, at).mean(axis=0), at


@dataclass(frozen=True)
class FilmEdges:
    """What the margins of one hand have in common.

    ``foot_px`` is the length of their foot, ``rise_px`` how far beyond the edge the grey rises above that of the space,
    ``contrast`` the step from the space to the bright line.
    """

    foot_px: float
    rise_px: float
    contrast: float


@dataclass(frozen=True)
class SpaceWidth:
    """Width of a space in original pixels, over the central part.

    ``noise_px`` is the standard error of the mean that the scatter along the joint tells, ``rims`` the length of the
    longer foot of its two margins over the shorter one, or over that of the film where this is less: much above 1 the
    joint is seen from above or below.
    """

    mean_px: float
    least_px: float
    noise_px: float
    rims: float


@dataclass(frozen=True)
class _Margin:
    """One margin of a part of the joint.

    ``steepest`` is where on the strip it is steepest; ``foot``, ``edge`` and ``rise`` are distances from there towards
    the space: to the foot of its tangent, to the edge of a bone with one rim, to where the grey begins to rise.
    """

    steepest: float
    foot: float
    edge: float
    rise: float
    contrast: float


def joint_strip(view: HandView, outline: JointOutline) -> JointStrip | None:
    """Sample the film across a joint and find the steepest points of both margins; ``None`` where the film ends.

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
    apart = max(0.5 * outline.gap_px, 0.0)
    count = int(np.ceil((float(np.abs(middle).max()) + apart + _BEYOND_MM * unit) / _STEP_PX))
    along = np.asarray(np.arange(-count, count + 1) * _STEP_PX, dtype=np.float64)
    grey = _sampled(view, frame.points(along[None, :], across[:, None]))
    if grey is None:
        return None
    # noise is averaged along the joint, and only as far as its lines are straight: rows are shifted onto the middle
    steps = int(np.ceil((apart + (_SHIFT_MM + _MARGIN_REACH_MM) * unit) / _STEP_PX))
    reach: Floats = (np.arange(-steps, steps + 1) * _STEP_PX).astype(np.float64)
    level = _rows(grey, along, middle, reach)
    level = gaussian_filter1d(level, _SMOOTH_MM * unit / (across[1] - across[0]), axis=0, mode="nearest")
    level = gaussian_filter1d(level, 0.12 * unit / _STEP_PX, axis=1, mode="nearest")
    near = np.abs(reach) <= apart + _SHIFT_MM * unit
    whole = float(reach[near][np.argmax(_prominence(level.mean(axis=0))[near])])
    near = np.abs(reach - whole) <= _LINE_SHIFT_MM * unit
    valley = _curve(reach[near][np.argmax(_prominence(level)[:, near], axis=1)])
    slope = np.gradient(level, _STEP_PX, axis=1)
    margin = _MARGIN_REACH_MM * unit + apart
    proximal = _steepest_curve(reach, -slope, valley - margin, valley, unit)
    distal = _steepest_curve(reach, slope, valley, valley + margin, unit)
    depth = _depth(level, reach, proximal, distal, 0.6 * _MARGIN_REACH_MM * unit)
    return JointStrip(outline, unit, along, grey, proximal + middle, distal + middle, depth)


def _sampled(view: HandView, points: Floats) -> Floats | None:
    """Return greys by a cubic spline; ``None`` unless the film goes on all around."""
    pixels, valid = view.radiograph.pixels, view.radiograph.valid
    flat = points.reshape(-1, 2)
    low, high = np.floor(flat.min(axis=0)).astype(int) - 4, np.ceil(flat.max(axis=0)).astype(int) + 5
    if (low < 0).any() or high[0] > pixels.shape[1] or high[1] > pixels.shape[0]:
        return None
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    if not valid[window].all():
        return None
    spline = spline_filter(pixels[window].astype(np.float64), order=3, mode="mirror")
    at = [points[..., 1] - low[1], points[..., 0] - low[0]]
    return np.asarray(map_coordinates(spline, at, order=3, mode="mirror", prefilter=False))


def _rows(grey: Floats, along: Floats, centre: Floats, reach: Floats) -> Floats:
    """Return the profiles around a centre of their own each, (rows, reach)."""
    columns = (centre[:, None] + reach[None, :] - along[0]) / _STEP_PX
    rows = np.broadcast_to(np.arange(len(grey), dtype=np.float64)[:, None], columns.shape)
    return np.asarray(map_coordinates(grey, [rows, columns], order=1, mode="nearest"))


def _prominence(level: Floats) -> Floats:
    """Return how deep each point of profiles lies below the lower of the brightest points on its two sides."""
    left = np.maximum.accumulate(level, axis=-1)
    right = np.maximum.accumulate(level[..., ::-1], axis=-1)[..., ::-1]
    return np.asarray(np.minimum(left, right) - level)


def _between(reach: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    return np.asarray((reach[None, :] >= low[:, None]) & (reach[None, :] <= high[:, None]))


def _curve(values: Floats) -> Floats:
    """Return a smooth curve through a margin; single points that lie far off do not count."""
    basis, projection = _polynomials(len(values))
    fitted = projection @ values
    off = np.abs(values - fitted)
    kept = off <= 3.0 * max(float(np.median(off)), 0.5 * _STEP_PX)
    if kept.all():
        return np.asarray(fitted)
    return np.asarray(basis @ np.linalg.lstsq(basis[kept], values[kept], rcond=None)[0])


@lru_cache(maxsize=4)
def _polynomials(count: int) -> tuple[Floats, Floats]:
    """Return the polynomials at evenly spaced points, and the matrix that fits them to values there."""
    basis = np.vander(np.linspace(-1.0, 1.0, count), _DEGREE + 1)
    return basis, np.asarray(basis @ np.linalg.pinv(basis))


def _steepest_curve(reach: Floats, slope: Floats, low: Floats, high: Floats, unit: float) -> Floats:
    """Return where profiles are steepest between two curves: first all together, then each near to that."""
    inside = np.where(_between(reach, low, high), slope, -np.inf)
    first = _curve(reach[np.argmax(inside, axis=1)])
    window = 0.35 * unit
    near = np.where(_between(reach, np.maximum(first - window, low), np.minimum(first + window, high)), slope, -np.inf)
    seen = np.isfinite(near).any(axis=1)
    return _curve(np.where(seen, reach[np.argmax(near, axis=1)], first))


def _depth(level: Floats, reach: Floats, proximal: Floats, distal: Floats, near: float) -> Floats:
    """Return how far the space of each profile is darker than the fainter of the bright lines beside it."""
    low, high = np.minimum(proximal, distal), np.maximum(proximal, distal)
    floor = np.where(_between(reach, low - _STEP_PX, high + _STEP_PX), level, np.inf).min(axis=1)
    left = np.where(_between(reach, low - near, low), level, -np.inf).max(axis=1)
    right = np.where(_between(reach, high, high + near), level, -np.inf).max(axis=1)
    depth = np.minimum(left, right) - floor
    return np.where(np.isfinite(depth), np.maximum(depth, 0.0), 0.0)


def _margins(strip: JointStrip, groups: Sequence[slice]) -> list[tuple[_Margin, _Margin]]:
    """Return both margins of each group of lines; positions as means over the group."""
    reach = np.arange(-_REACH_PX, _REACH_PX + _STEP_PX / 2, _STEP_PX)
    sides = []
    for curve, sign in ((strip.proximal, 1.0), (strip.distal, -1.0)):
        # turned so that the space lies at positive distances on both sides
        sides.append(_rows(strip.grey, strip.along_px, curve, sign * reach))
    behind = _BEHIND_MM * strip.unit_px
    found = []
    for group in groups:
        apart = float((strip.distal[group] - strip.proximal[group]).mean())
        near, far = (
            _margin(reach, profiles[group].mean(axis=0), float(curve[group].mean()), sign, apart, behind)
            for profiles, curve, sign in zip(sides, (strip.proximal, strip.distal), (1.0, -1.0), strict=True)
        )
        found.append((near, far))
    return found


def _margin(reach: Floats, profile: Floats, at: float, sign: float, apart: float, behind: float) -> _Margin:
    slope = (profile[:-2] - profile[2:]) / (2.0 * _STEP_PX)
    slope = np.concatenate([slope[:1], slope, slope[-1:]])
    near = np.flatnonzero(np.abs(reach) <= min(3.0, max(0.5 * apart, 1.0)))
    i = int(near[np.argmax(slope[near])])
    a, b, c = slope[i - 1 : i + 2]
    bend = a - 2.0 * b + c
    steepest = float(reach[i] + (np.clip(0.5 * (a - c) / bend, -0.5, 0.5) if bend < 0.0 else 0.0) * _STEP_PX)
    space = np.flatnonzero((reach >= steepest) & (reach <= steepest + max(0.6 * apart, 1.0)))
    bottom = int(space[np.argmin(profile[space])])
    bone = np.flatnonzero(reach <= steepest)
    top = int(bone[np.argmax(profile[bone])])
    floor, contrast = float(profile[bottom]), float(profile[top] - profile[bottom])
    foot = (float(np.interp(steepest, reach, profile)) - floor) / max(float(b), 1e-9)
    falling = profile[top : bottom + 1]
    level = floor + _RISE * contrast
    last = int(np.flatnonzero(falling >= level)[-1])
    rise = float(reach[top + last])
    if last + 1 < len(falling) and falling[last] > falling[last + 1]:
        rise += float((falling[last] - level) / (falling[last] - falling[last + 1])) * _STEP_PX
    line = float(profile[top] - np.interp(steepest - behind, reach, profile)) / max(contrast, 1e-9)
    part = float(np.clip(_EDGE_PART + _EDGE_PART_OF_LINE * line, _LEAST_EDGE_PART, _MOST_EDGE_PART))
    return _Margin(at + sign * steepest, foot, part * foot, rise - steepest, contrast)


def film_edges(strips: Sequence[JointStrip]) -> FilmEdges | None:
    """Return what the margins of a hand have in common, from its open joints; ``None`` with fewer than two, or
    where their margins are no steps of grey at all.

    Parameters
    ----------
    strips
        The joints of one hand.
    """
    margins = []
    for strip in strips:
        near, far = _margins(strip, [slice(None)])[0]
        if strip.outline.overlapped == 0.0 and far.steepest - near.steepest > 2.5 * max(near.foot, far.foot):
            margins += [near, far]
    if len(margins) < 4:
        return None
    # two rims lengthen a foot, nothing shortens it: the shorter half tells the blur
    foot = float(np.quantile([m.foot for m in margins], 0.4))
    if foot <= 0.0:
        return None
    good = [m for m in margins if m.foot <= _RIM_FROM * foot]
    return FilmEdges(
        foot,
        float(np.median([m.rise - m.edge for m in good])),
        float(np.median([m.contrast for m in margins])),
    )


def space_width(strip: JointStrip, film: FilmEdges) -> SpaceWidth:
    """Measure a space.

    Parameters
    ----------
    strip
        The straightened film.
    film
        What the margins of the hand have in common.

    Returns
    -------
    SpaceWidth
        The mean is that of the margins averaged over all lines along them; the least is that of the narrowest of six
        groups of lines.
    """
    bounds = np.linspace(0, _LINES, _SEGMENTS + 1).astype(int)
    groups = [slice(None), *(slice(int(a), int(b)) for a, b in pairwise(bounds))]
    pairs = _margins(strip, groups)
    widths = [far.steepest - near.steepest - _beyond(near, film) - _beyond(far, film) for near, far in pairs]
    segments = np.array(widths[1:])
    at = np.arange(_SEGMENTS)
    trend = np.polyval(np.polyfit(at, segments, 2), at)
    noise = float(np.sqrt(np.square(segments - trend).sum() / (_SEGMENTS - 3)) / np.sqrt(_SEGMENTS))
    shorter, longer = sorted(margin.foot for margin in pairs[0])
    rims = longer / float(np.clip(shorter, 0.6 * film.foot_px, film.foot_px))
    return SpaceWidth(max(widths[0], 0.0), max(float(segments.min()), 0.0), noise, rims)


def _beyond(margin: _Margin, film: FilmEdges) -> float:
    """Return how far the edge lies beyond the steepest point of a margin."""
    two_rims = float(np.clip((margin.foot / film.foot_px - _RIM_FROM) / (_RIM_TO - _RIM_FROM), 0.0, 1.0))
    return (1.0 - two_rims) * margin.edge + two_rims * (margin.rise - film.rise_px)
