"""How wide a joint space is: which bright line is the floor of the cup, and how far from the head it lies.

On a hand that is tilted the near rim of a cup is a bright line of its own, and the floor a fainter one a millimetre or
two beyond. Which is which is told by how much the lines stand out, by what lies behind them, and by how wide the other
spaces of the hand are: a choice between lines by their probability (McFadden 1974, conditional logit), in which a
narrowed joint keeps its chance.

The distance from the steepest point of the head to the brightest point of the floor is more than the width, by lengths
that go with the blur of the film, with how far the rims stand before the floor (a cup that is flatter than the head
seems to lie farther away the more it is tilted) and with the kind of joint. A weighted sum of those signs tells the
width; its weights are those of simulated hands, :mod:`.joint_width_model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.joint_frame import CENTRAL_SHARE
from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.hand.joint_margins import FilmEdges, Floor, JointStrip, segments
from sclerograph.hand.joint_width_model import JointWidthModel, joint_width_model

__all__ = ["FLOOR_SIGNS", "WIDTH_SIGNS", "SpaceWidth", "floor_signs", "space_width", "width_signs", "with_floors"]

Floats = NDArray[np.float64]

#: Signs of a width, in the order of :func:`width_signs`; lengths in nominal millimetres, greys in the film's contrasts.
WIDTH_SIGNS = (
    "distance",
    "foot of the head",
    "foot of the heads of the film",
    "rim before the floor",
    "rim before the floor, squared",
    "first rise before the floor",
    "half rise before the floor",
    "last rise before the floor",
    "floor over the space",
    "floor over the bone behind",
    "depth of the space",
    "depth of the space, squared",
    "MCP",
    "PIP",
    "MCP, rim before the floor",
    "MCP, rim before the floor, squared",
    "PIP, rim before the floor",
    "PIP, rim before the floor, squared",
    "MCP, distance",
    "PIP, distance",
    "half width of the joint",
    "distance, squared",
    "MCP, depth of the space",
    "MCP, floor over the bone behind",
    "rim before the floor by the depth of the space",
    "head over the space",
    "outlined rim before the floor",
    "outlined rim before the floor, squared",
    "MCP, outlined rim before the floor",
    "MCP, outlined rim before the floor, squared",
    "PIP, outlined rim before the floor",
    "PIP, outlined rim before the floor, squared",
    "gap between the outlines",
)
#: Signs of a floor, in the order of :func:`floor_signs`.
FLOOR_SIGNS = (
    "nearest line",
    "second line",
    "fainter than the brightest line",
    "line over what is behind it",
    "line over what is far behind it",
    "line over the space",
    "rim before the floor",
    "last rise before the floor",
    "wider than expected (logarithm)",
    "as expected within a fifth",
    "as expected within a half",
    "narrower than expected",
    "much wider than expected",
    "MCP, rim before the floor",
    "line over what is behind it, where narrower",
    "line over what is behind it, by the rim before it",
    "head over the space",
    "depth of the space",
    "depth of the space, where narrower",
)

#: The foot of a head counts between these shares of that of the film: rims that cross it change it beyond.
_LEAST_FOOT, _MOST_FOOT = 0.6, 1.5
#: Shares of the rise from the space to the floor at which the rise is looked at.
_RISES = (0.15, 0.3, 0.5, 0.7)
#: Signs do not count beyond these.
_MOST_DISTANCE_MM, _MOST_RIM_MM, _MOST_CONTRAST, _MOST_DEPTH = 3.6, 2.0, 2.0, 1.3
_LEAST_RIM_MM, _OUTLINE_OFF_MM = -0.2, 0.5
#: Widths below this are all the same in logarithms (nominal mm); how much wider than the norms a hand may be.
_LEAST_MM = 0.1
_LEAST_FACTOR, _MOST_FACTOR, _USUAL_FACTOR = -0.5, 0.6, 0.1
#: What the other joints of the hand say is their quantile: narrowed ones lie below.
_QUANTILE = 0.6
#: Logarithms within which a width is as expected.
_EXPECTED_WITHIN = (0.2, 0.5)
_ROUNDS = 3


@dataclass(frozen=True)
class SpaceWidth:
    """Width of a space in original pixels, over the central part.

    ``noise_px`` is the standard error of the mean that the scatter along the joint tells.
    """

    mean_px: float
    least_px: float
    noise_px: float


def _kind(code: str) -> str:
    return code.rstrip("12345")


def _rises(floor: Floor, distance: float) -> tuple[list[float], float, float]:
    """Return how far before a floor the grey rises through shares of its way; the greys of space and floor."""
    before = np.flatnonzero((floor.at <= 0.0) & (floor.at >= -max(distance, 0.2)))
    profile, at = floor.profile, floor.at
    darkest = int(before[np.argmin(profile[before])])
    way = np.arange(darkest, int(before[-1]) + 1)
    space, top = float(profile[darkest]), float(profile[way[-1]])
    found = []
    for share in _RISES:
        grey = space + share * (top - space)
        i = int(way[profile[way] <= grey][-1])
        step = float(profile[i + 1] - profile[i])
        past = (grey - float(profile[i])) / step if step > 0.0 else 0.0
        found.append(-float(at[i] + past * (at[i + 1] - at[i])))
    return found, space, top


def _outlined_behind(strip: JointStrip, floor: Floor) -> float:
    """Return how far behind the steepest point of the head its outline lies (nominal mm), at most half a millimetre."""
    lines = len(floor.head)
    half = CENTRAL_SHARE * strip.outline.frame.half_width
    across = half * np.linspace(*strip.ends, lines)
    middle = float(strip.outline.middle_at(across).mean())
    behind = floor.edge.steepest - (middle - 0.5 * strip.outline.gap_px)
    return float(np.clip(behind / strip.unit_px, -_OUTLINE_OFF_MM, _OUTLINE_OFF_MM))


def _mean(floor: Floor, low: float, high: float) -> float:
    return float(floor.profile[(floor.at >= low) & (floor.at <= high)].mean())


def width_signs(strip: JointStrip, film: FilmEdges) -> Floats:
    """Return the signs of the width for each floor of a joint, (floors, signs).

    Parameters
    ----------
    strip
        The straightened film.
    film
        What the margins of the hand have in common.
    """
    unit, usual = strip.unit_px, film.foot_px / strip.unit_px
    mcp, pip = float(_kind(strip.outline.code) == "MCP"), float(_kind(strip.outline.code) == "PIP")
    rows = []
    for floor in strip.floors:
        distance = min((floor.line.brightest - floor.edge.steepest) / unit, _MOST_DISTANCE_MM)
        foot = float(np.clip(floor.edge.foot / unit, _LEAST_FOOT * usual, _MOST_FOOT * usual))
        (first, low, half, last), _, top = _rises(floor, distance)
        rim = min(low, _MOST_RIM_MM)
        depth = min(float(np.median(floor.depth)) / film.contrast, _MOST_DEPTH)
        behind = (top - _mean(floor, 0.5, 1.0)) / film.contrast
        line = min(floor.line.contrast / film.contrast, _MOST_CONTRAST)
        head = min(floor.edge.contrast / film.contrast, _MOST_CONTRAST)
        # outlines that begin behind the edge of the head begin as far behind the rim of the cup
        behind_edge = _outlined_behind(strip, floor)
        gap = strip.outline.gap_px / unit - 2.0 * behind_edge
        outlined = float(np.clip(distance - foot - gap, _LEAST_RIM_MM, _MOST_RIM_MM))
        size = strip.outline.frame.half_width / unit
        seen = [distance, foot, usual, rim, rim**2, first, half, last, line, behind, depth, depth**2, mcp, pip]
        by_kind = [mcp * rim, mcp * rim**2, pip * rim, pip * rim**2, mcp * distance, pip * distance]
        both = [size, distance**2, mcp * depth, mcp * behind, rim * depth, head]
        rims = [outlined, outlined**2, mcp * outlined, mcp * outlined**2, pip * outlined, pip * outlined**2, gap]
        rows.append([*seen, *by_kind, *both, *rims])
    return np.asarray(rows, dtype=np.float64)


def floor_signs(strip: JointStrip, film: FilmEdges, widths: Floats, factor: float) -> Floats:
    """Return the signs of being the floor of the cup for each line of a joint, (floors, signs).

    Parameters
    ----------
    strip, film
        The straightened film, and what the margins of the hand have in common.
    widths
        (floors,) width of the space if that line is the floor (nominal mm).
    factor
        Logarithm of how much wider than the norms the spaces of this hand are.
    """
    contrast, mcp = film.contrast, float(_kind(strip.outline.code) == "MCP")
    brightest = max(floor.level for floor in strip.floors)
    norm = joint_space_norms()[strip.outline.code].mean_mm
    rows = []
    for number, (floor, width) in enumerate(zip(strip.floors, widths, strict=True)):
        distance = (floor.line.brightest - floor.edge.steepest) / strip.unit_px
        (_, low, _, last), space, _ = _rises(floor, distance)
        rim, top = min(low, _MOST_RIM_MM), _mean(floor, -0.1, 0.1)
        behind, far = (top - _mean(floor, 0.6, 1.2)) / contrast, (top - _mean(floor, 1.2, 2.2)) / contrast
        wider = float(np.log(max(width, _LEAST_MM) / norm)) - factor
        narrow, depth = max(-wider, 0.0), float(np.median(floor.depth)) / contrast
        order = [number == 0, number == 1]
        greys = [(floor.level - brightest) / contrast, behind, far, (top - space) / contrast, rim, last]
        expected = [wider, *(float(np.exp(-0.5 * (wider / by) ** 2)) for by in _EXPECTED_WITHIN), narrow]
        both = [max(wider, 0.0), mcp * rim, behind * narrow, behind * min(rim, 1.0), floor.edge.contrast / contrast]
        rows.append([*order, *greys, *expected, *both, depth, depth * narrow])
    return np.asarray(rows, dtype=np.float64)


def hand_factor(widths: Mapping[str, float]) -> float:
    """Return the logarithm of how much wider than the norms the spaces of a hand are.

    Parameters
    ----------
    widths
        By joint (nominal mm).
    """
    norms = joint_space_norms()
    logs = [np.log(max(width, _LEAST_MM) / norms[code].mean_mm) for code, width in widths.items()]
    return float(np.clip(np.quantile(logs, _QUANTILE), _LEAST_FACTOR, _MOST_FACTOR)) if logs else _USUAL_FACTOR


def with_floors(
    strips: Mapping[str, JointStrip], film: FilmEdges, model: JointWidthModel | None = None
) -> dict[str, JointStrip]:
    """Choose the floor of the cup in every joint of a hand.

    Parameters
    ----------
    strips
        The joints of one hand.
    film
        What their margins have in common.
    model
        The weights; those of the package when ``None``.
    """
    model = model or joint_width_model()
    widths = {code: model.width(width_signs(strip, film)) for code, strip in strips.items()}
    factor, chosen = _USUAL_FACTOR, dict(strips)
    for _ in range(_ROUNDS):
        for code, strip in strips.items():
            score = model.floor(floor_signs(strip, film, widths[code], factor))
            share = np.exp(score - score.max())
            best = int(np.argmax(share))
            chosen[code] = replace(strip, chosen=best, sure=float(share[best] / share.sum()))
        factor = hand_factor({code: float(widths[code][strip.chosen]) for code, strip in chosen.items()})
    return chosen


def space_width(strip: JointStrip, film: FilmEdges, model: JointWidthModel | None = None) -> SpaceWidth:
    """Measure a space.

    Parameters
    ----------
    strip
        The straightened film, its floor chosen.
    film
        What the margins of the hand have in common.
    model
        The weights; those of the package when ``None``.

    Returns
    -------
    SpaceWidth
        The mean is that of the margins averaged over all lines along them; the least is that of the narrowest of six
        groups of lines.
    """
    model = model or joint_width_model()
    mean = float(model.width(width_signs(strip, film))[strip.chosen]) * strip.unit_px
    parts = segments(strip, film)
    at = np.arange(len(parts))
    trend = np.polyval(np.polyfit(at, parts, 2), at)
    noise = float(np.sqrt(np.square(parts - trend).sum() / (len(parts) - 3)) / np.sqrt(len(parts)))
    return SpaceWidth(max(mean, 0.0), max(mean + float(parts.min()), 0.0), noise)
