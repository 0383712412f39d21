"""The greys across a shaft as those of a tube: where the outer and the inner edges of its two walls lie.

A ray at the position ``t`` crosses ``sqrt(1 - s^2)`` of the bone's depth, ``s`` running from -1 to 1 between the outer
edges, and less of it where the marrow space lies. Blur, edge enhancement and the bend of the film's greys come on top.
All of it is one model with 16 parameters, fitted by least squares (Levenberg 1944, doi:10.1090/qam/10666; Marquardt
1963, doi:10.1137/0111030), so that edges are found to a small part of a pixel and their place does not hang on
how a vendor sharpens films, as that of the steepest grey does.

Each bone is fitted as a whole first, by the mean of its profiles and from several thicknesses of the walls: a fit can
end in a wrong minimum where walls are very thin. Its profiles then start from there, bound to what bone and film share.

Positions are nominal millimetres across the shaft; all arrays have one row a profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Edges", "fit_edges"]

Floats = NDArray[np.float64]

# Places of the parameters: outer and inner edges on the left and on the right; grey that the whole bone adds in its
# middle, with its slant and bend across; grey that the marrow space takes away, with its slant, and how it rounds off
# (0.5: an ellipse); grey of the soft tissue in the middle, and half of its difference between the two sides; bend of
# the film's greys; weights of the middle and the broad part of the point spread; twist of the film's greys, what an
# S-shaped curve has beyond a bend.
_OUTER_LEFT, _OUTER_RIGHT, _INNER_LEFT, _INNER_RIGHT = 0, 1, 2, 3
_BONE, _BONE_SLANT, _BONE_BEND = 4, 5, 6
_MARROW, _MARROW_SLANT, _MARROW_ROUND = 7, 8, 9
_TISSUE, _TISSUE_SLANT = 10, 11
_GREY_BEND, _MIDDLE_BLUR, _BROAD_BLUR = 12, 13, 14
_GREY_TWIST: Final = 15
_COUNT: Final = 16
#: Parameters that change what the ray crosses; the others act on the result.
_SHAPE: Final = 10

#: Standard deviations of the three parts of the point spread (nominal mm). The broad part is negative where the film's
#: edges were enhanced.
_BLUR_MM: Final = (0.08, 0.25, 0.7)

#: What is expected of each parameter, and its standard deviation; infinite where nothing is known.
#: The middle part of the point spread and the twist of the greys are held: left free they take the place of a thin
#: wall, otherwise with each look. Slants and the bend of the greys, which change with the pose of the hand and the
#: look, are free. Chosen for repeatability on 40 simulated hands outside of the bench.
_EXPECTED: Final = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0.55, 0, 0, 0.25, 0.1, 0, 0])
_FREE: Final = np.inf
_SPREAD: Final = np.array(
    [_FREE, _FREE, _FREE, _FREE, _FREE, 0.5, 0.2, _FREE, 0.7, 0.05, _FREE, _FREE, 0.3, 0.1, 0.3, 0.1]
)
#: How much the profiles of one film, and those of one bone, may differ in what they share.
_SAME_FILM: Final = {_GREY_BEND: 0.06, _GREY_TWIST: 0.05, _MIDDLE_BLUR: 0.1, _BROAD_BLUR: 0.1}
_SAME_BONE: Final = {_BONE_SLANT: 0.05, _BONE_BEND: 0.05, _MARROW_SLANT: 0.1, _MARROW_ROUND: 0.05}
#: Deviation of a grey from the model that is taken for usual.
_GREY_ERROR: Final = 0.008
#: Steps of the fit: of whole bones, alone and then with what the film shares, and of profiles.
_WHOLE_STEPS: Final = 12
_STEPS: Final = 6
#: Thicknesses of the walls that fits of whole bones start from, as shares of the width; ``None`` is what is seen.
_WALLS: Final = (None, 0.07, 0.3)
#: Soft tissue is looked at this far beyond the bone's outline (nominal mm).
_BESIDE_MM: Final = 1.6


@dataclass(frozen=True)
class Edges:
    """The edges of the walls in each profile (nominal mm), and how well the model fits.

    ``contrast`` is the grey that the bone would add in its middle without a marrow space and without the bend of the
    film's greys, ``misfit`` the root mean square deviation of the greys from the model as a share of the greatest grey
    that the bone adds.
    """

    outer_left: Floats
    inner_left: Floats
    inner_right: Floats
    outer_right: Floats
    contrast: Floats
    misfit: Floats

    @property
    def outer_width(self) -> Floats:
        """Width of the bone."""
        return self.outer_right - self.outer_left

    @property
    def inner_width(self) -> Floats:
        """Width of the marrow space."""
        return self.inner_right - self.inner_left


def fit_edges(positions: Floats, greys: Floats, clean: Floats, half_width: Floats, bone: NDArray[np.intp]) -> Edges:
    """Fit the model to the profiles of one film.

    Parameters
    ----------
    positions
        (samples,) evenly spaced, nominal mm, 0 near the middle of the bone.
    greys
        (profiles, samples).
    clean
        (profiles, samples), 0 where a grey does not count, else 1.
    half_width
        (profiles,) half the width of the bone's outline.
    bone
        (profiles,) number of the bone that each profile is of.
    """
    blurs = _blurs(positions)
    weight = clean * (np.abs(positions) < half_width[:, None] + _BESIDE_MM)
    filled = _filled(positions, greys, clean)
    # first each bone as a whole: its mean profile has little noise, and its fit starts those of the profiles
    number, size = np.unique(bone), np.array([np.median(half_width[bone == code]) for code in np.unique(bone)])
    wide = half_width / size[np.searchsorted(number, bone)]
    rows = np.array([np.interp(positions * w, positions, row) for w, row in zip(wide, filled, strict=True)])
    counts = np.array([np.interp(positions * w, positions, row) for w, row in zip(wide, weight, strict=True)])
    mean, counted = _means(rows, counts, bone, number)
    start = _start(positions, mean, size, blurs[1])
    whole = _Problem(positions, mean, counted, blurs, np.maximum(start[:, _BONE], 0.02))
    expected, spread = np.tile(_EXPECTED, (len(mean), 1)), np.tile(_SPREAD, (len(mean), 1))
    # a wall may be thin, or so thick that the brightest grey lies far from its inner edge: what fits best counts
    bones, best = start, np.full(len(start), np.inf)
    for wall in _WALLS:
        trial = whole.solved(_with_walls(start, wall), expected, spread, _WHOLE_STEPS)
        cost = whole.cost(trial, expected, spread)
        bones, best = np.where((cost < best)[:, None], trial, bones), np.minimum(cost, best)
    for place, deviation in _SAME_FILM.items():
        expected[:, place], spread[:, place] = np.median(bones[:, place]), deviation
    bones = whole.solved(bones, expected, spread, _WHOLE_STEPS)

    start = bones[np.searchsorted(number, bone)]
    start[:, [_OUTER_LEFT, _OUTER_RIGHT, _INNER_LEFT, _INNER_RIGHT]] *= wide[:, None]
    problem = _Problem(positions, greys, weight, blurs, np.maximum(start[:, _BONE], 0.02))
    expected, spread = np.tile(_EXPECTED, (len(greys), 1)), np.tile(_SPREAD, (len(greys), 1))
    for shared in (_SAME_FILM, _SAME_BONE):
        for place, deviation in shared.items():
            expected[:, place], spread[:, place] = start[:, place], deviation
    fitted = problem.solved(start, expected, spread, _STEPS)
    model = problem.model(fitted)
    off = (model - greys) * np.sqrt(weight)
    root = np.sqrt((off**2).sum(axis=1) / np.maximum(weight.sum(axis=1), 1.0))
    # the bone's grey as it is seen: one without its marrow space, which a bad fit can make as great as it likes, is not
    seen = np.where(weight > 0.0, model, -np.inf).max(axis=1) - fitted[:, _TISSUE]
    return Edges(
        fitted[:, _OUTER_LEFT],
        fitted[:, _INNER_LEFT],
        fitted[:, _INNER_RIGHT],
        fitted[:, _OUTER_RIGHT],
        fitted[:, _BONE],
        root / np.maximum(seen, 0.01),
    )


def _blurs(positions: Floats) -> Floats:
    """Return the three parts of the point spread as matrices that act on rows of samples from the right."""
    apart = positions[:, None] - positions[None, :]
    kernels = np.exp(-0.5 * (apart / np.array(_BLUR_MM)[:, None, None]) ** 2)
    return np.asarray((kernels / kernels.sum(axis=2, keepdims=True)).transpose(0, 2, 1))


def _filled(positions: Floats, greys: Floats, clean: Floats) -> Floats:
    """Return the greys with those that do not count replaced by what lies between their neighbours."""
    filled = greys.copy()
    for row, counts in zip(filled, clean > 0.0, strict=True):
        if counts.any() and not counts.all():
            row[~counts] = np.interp(positions[~counts], positions[counts], row[counts])
    return filled


def _means(greys: Floats, counts: Floats, bone: NDArray[np.intp], number: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the mean profile of each bone, over what counts, and how much of it does (0 to 1)."""
    mean, share = [], []
    for code in number:
        own, weight = greys[bone == code], counts[bone == code]
        total = weight.sum(axis=0)
        mean.append(np.where(total > 0.0, (own * weight).sum(axis=0) / np.maximum(total, 1e-9), own.mean(axis=0)))
        share.append(total / len(own))
    return np.array(mean), np.array(share)


def _start(positions: Floats, greys: Floats, half_width: Floats, blur: Floats) -> Floats:
    """Return first values: the steepest greys near the outline, the brightest inside of them."""
    smooth = greys @ blur
    slope = np.gradient(smooth, positions, axis=1)
    start = np.zeros((len(greys), _COUNT))
    for row, (grey, steep, half) in enumerate(zip(smooth, slope, half_width, strict=True)):
        near_left, near_right = np.abs(positions + half) < 1.0, np.abs(positions - half) < 1.0
        left = float(positions[near_left][steep[near_left].argmax()])
        right = float(positions[near_right][steep[near_right].argmin()])
        width, middle = max(right - left, 1.0), 0.5 * (left + right)
        wall_left = (positions > left + 0.12 * width) & (positions < middle - 0.05 * width)
        wall_right = (positions < right - 0.12 * width) & (positions > middle + 0.05 * width)
        inner_left = float(positions[wall_left][grey[wall_left].argmax()])
        inner_right = float(positions[wall_right][grey[wall_right].argmax()])
        beside = [
            float(grey[part].mean())
            for part in (
                (positions < left - 0.5) & (positions > left - _BESIDE_MM),
                (positions > right + 0.5) & (positions < right + _BESIDE_MM),
            )
        ]
        tissue = 0.5 * sum(beside)
        peak = float(max(grey[wall_left].max(), grey[wall_right].max()))
        valley = float(np.median(grey[np.abs(positions - middle) < 0.12 * width]))
        at = np.clip(abs(inner_left - middle) / (0.5 * width), 0.2, 0.9)
        bone = (peak - tissue) / np.sqrt(1.0 - at**2)
        marrow = max(bone - (valley - tissue), 0.3 * bone)
        start[row] = [
            *(left, right, inner_left, inner_right, bone, 0.0, 0.0, marrow, 0.0, 0.55),
            *(tissue, 0.5 * (beside[1] - beside[0]), 0.2, 0.3, 0.0, 0.0),
        ]
    return start


def _root(depth: Floats, half_step: float) -> tuple[Floats, Floats]:
    """Return the mean of ``sqrt(depth)`` over a sample, 0 where negative, and its derivative."""
    upper, lower = np.sqrt(np.maximum(depth + half_step, 0.0)), np.sqrt(np.maximum(depth - half_step, 0.0))
    return (upper**3 - lower**3) / (3.0 * half_step), (upper - lower) / (2.0 * half_step)


def _with_walls(start: Floats, wall: float | None) -> Floats:
    """Return the first values with walls of this share of the bone's width, as they are for ``None``."""
    values = start.copy()
    if wall is not None:
        width = values[:, _OUTER_RIGHT] - values[:, _OUTER_LEFT]
        values[:, _INNER_LEFT] = values[:, _OUTER_LEFT] + wall * width
        values[:, _INNER_RIGHT] = values[:, _OUTER_RIGHT] - wall * width
    return values


class _Problem:
    """Least squares over all profiles at once; each has parameters of its own."""

    def __init__(self, positions: Floats, greys: Floats, weight: Floats, blurs: Floats, scale: Floats) -> None:
        self.positions, self.greys, self.blurs = positions, greys, blurs
        self.root_weight = np.sqrt(weight) / _GREY_ERROR
        self.scale = scale[:, None]
        self.half_step = 0.5 * float(positions[1] - positions[0])

    def solved(self, start: Floats, expected: Floats, spread: Floats, steps: int) -> Floats:
        """Return improved parameters."""
        values = start.copy()
        precision = np.where(np.isinf(spread), 0.0, 1.0 / spread**2)
        cost = self._cost(values, expected, precision)
        damping = np.full(len(values), 1e-3)
        diagonal = np.arange(_COUNT)
        for _ in range(steps):
            model, jacobian = self._derived(values)
            off = (model - self.greys) * self.root_weight
            jacobian *= self.root_weight[:, None, :]
            curvature = jacobian @ jacobian.transpose(0, 2, 1)
            gradient = (jacobian @ off[:, :, None])[:, :, 0] + (values - expected) * precision
            curvature[:, diagonal, diagonal] += precision
            own = curvature[:, diagonal, diagonal]
            curvature[:, diagonal, diagonal] += damping[:, None] * own + 1e-9
            step = np.clip(-np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0], -0.5, 0.5)
            trial = _possible(values + step)
            trial_cost = self._cost(trial, expected, precision)
            better = trial_cost < cost
            values[better], cost[better] = trial[better], trial_cost[better]
            damping = np.where(better, 0.2 * damping, 8.0 * damping)
        return values

    def cost(self, values: Floats, expected: Floats, spread: Floats) -> Floats:
        """Return how badly each profile fits: its greys and what was expected of its parameters."""
        return self._cost(values, expected, np.where(np.isinf(spread), 0.0, 1.0 / spread**2))

    def _cost(self, values: Floats, expected: Floats, precision: Floats) -> Floats:
        off = (self.model(values) - self.greys) * self.root_weight
        return np.asarray((off**2).sum(axis=1) + ((values - expected) ** 2 * precision).sum(axis=1))

    def model(self, values: Floats) -> Floats:
        """Return the greys of the model."""
        crossed, _ = self._crossed(values, derive=False)
        return self._film(values, self._blurred(values, crossed))

    def _film(self, values: Floats, seen: Floats) -> Floats:
        tissue = values[:, _TISSUE, None] + values[:, _TISSUE_SLANT, None] * self._across(values)
        share = seen / self.scale
        bend, twist = values[:, _GREY_BEND, None], values[:, _GREY_TWIST, None]
        return np.asarray(tissue + seen * (1.0 - bend * share - twist * share**2))

    def _across(self, values: Floats) -> Floats:
        """Return the position between the outer edges, -1 to 1."""
        left, right = values[:, _OUTER_LEFT, None], values[:, _OUTER_RIGHT, None]
        return np.asarray((2.0 * self.positions - left - right) / (right - left))

    def _kernels(self, values: Floats) -> Floats:
        middle, broad = values[:, _MIDDLE_BLUR, None, None], values[:, _BROAD_BLUR, None, None]
        return np.asarray((1.0 - middle - broad) * self.blurs[0] + middle * self.blurs[1] + broad * self.blurs[2])

    def _blurred(self, values: Floats, crossed: Floats) -> Floats:
        parts = [crossed @ blur for blur in self.blurs]
        middle, broad = values[:, _MIDDLE_BLUR, None], values[:, _BROAD_BLUR, None]
        return np.asarray((1.0 - middle - broad) * parts[0] + middle * parts[1] + broad * parts[2])

    def _crossed(self, values: Floats, *, derive: bool) -> tuple[Floats, Floats]:
        """Return what the ray crosses, in greys, and its derivatives by the parameters of the shape."""
        across = self._across(values)
        half = 0.5 * (values[:, _OUTER_RIGHT] - values[:, _OUTER_LEFT])[:, None]
        left, left_slope = _root(self.positions - values[:, _OUTER_LEFT, None], self.half_step)
        right, right_slope = _root(values[:, _OUTER_RIGHT, None] - self.positions, self.half_step)
        outer = left * right / half
        slant, bend = values[:, _BONE_SLANT, None], values[:, _BONE_BEND, None]
        lean = 1.0 + slant * across + bend * across**2

        inner_half = 0.5 * (values[:, _INNER_RIGHT] - values[:, _INNER_LEFT])[:, None]
        inner_middle = 0.5 * (values[:, _INNER_RIGHT] + values[:, _INNER_LEFT])[:, None]
        inner_across = (self.positions - inner_middle) / inner_half
        inner_left, inner_left_slope = _root(self.positions - values[:, _INNER_LEFT, None], self.half_step)
        inner_right, inner_right_slope = _root(values[:, _INNER_RIGHT, None] - self.positions, self.half_step)
        ellipse = inner_left * inner_right / inner_half
        inside = ellipse > 1e-6
        base = np.where(inside, ellipse, 1.0)
        power = 2.0 * values[:, _MARROW_ROUND, None]
        marrow = np.where(inside, base**power, 0.0)
        bounded = np.clip(inner_across, -1.2, 1.2)
        marrow_slant = values[:, _MARROW_SLANT, None]
        marrow_lean = 1.0 + marrow_slant * bounded
        bone_grey, marrow_grey = values[:, _BONE, None], values[:, _MARROW, None]
        crossed = bone_grey * outer * lean - marrow_grey * marrow * marrow_lean
        if not derive:
            return crossed, np.zeros((0, 0, 0))
        derivative = np.zeros((len(values), _SHAPE, len(self.positions)))
        lean_slope = slant + 2.0 * bend * across
        for place, by_edge, sign in (
            (_OUTER_LEFT, -left_slope * right, -1.0),
            (_OUTER_RIGHT, left * right_slope, 1.0),
        ):
            moved = (-0.5 - sign * 0.5 * across) / half
            derivative[:, place] = bone_grey * (
                (by_edge - sign * 0.5 * outer) / half * lean + outer * lean_slope * moved
            )
        steep = np.where(inside, power * marrow / base, 0.0)
        for place, by_edge, sign in (
            (_INNER_LEFT, -inner_left_slope * inner_right, -1.0),
            (_INNER_RIGHT, inner_left * inner_right_slope, 1.0),
        ):
            moved = (-0.5 - sign * 0.5 * inner_across) / inner_half
            derivative[:, place] = -marrow_grey * (
                steep * (by_edge - sign * 0.5 * ellipse) / inner_half * marrow_lean + marrow * marrow_slant * moved
            )
        derivative[:, _BONE] = outer * lean
        derivative[:, _BONE_SLANT] = bone_grey * outer * across
        derivative[:, _BONE_BEND] = bone_grey * outer * across**2
        derivative[:, _MARROW] = -marrow * marrow_lean
        derivative[:, _MARROW_SLANT] = -marrow_grey * marrow * bounded
        derivative[:, _MARROW_ROUND] = -marrow_grey * marrow_lean * np.where(inside, 2.0 * np.log(base) * marrow, 0.0)
        return crossed, derivative

    def _derived(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the greys of the model and their derivatives (profiles, parameters, samples)."""
        crossed, shape = self._crossed(values, derive=True)
        parts = [crossed @ blur for blur in self.blurs]
        seen = self._blurred(values, crossed)
        jacobian = np.zeros((len(values), _COUNT, len(self.positions)))
        jacobian[:, :_SHAPE] = shape @ self._kernels(values)
        jacobian[:, _MIDDLE_BLUR], jacobian[:, _BROAD_BLUR] = parts[1] - parts[0], parts[2] - parts[0]
        share = seen / self.scale
        bend, twist = values[:, _GREY_BEND, None], values[:, _GREY_TWIST, None]
        jacobian *= (1.0 - 2.0 * bend * share - 3.0 * twist * share**2)[:, None, :]
        across = self._across(values)
        half = 0.5 * (values[:, _OUTER_RIGHT] - values[:, _OUTER_LEFT])[:, None]
        slant = values[:, _TISSUE_SLANT, None]
        jacobian[:, _OUTER_LEFT] += slant * (-0.5 + 0.5 * across) / half
        jacobian[:, _OUTER_RIGHT] += slant * (-0.5 - 0.5 * across) / half
        jacobian[:, _TISSUE], jacobian[:, _TISSUE_SLANT] = 1.0, across
        jacobian[:, _GREY_BEND], jacobian[:, _GREY_TWIST] = -seen * share, -seen * share**2
        return self._film(values, seen), jacobian


def _possible(values: Floats) -> Floats:
    """Keep the edges in their order and the greys on their side of 0, in place."""
    values[:, _OUTER_RIGHT] = np.maximum(values[:, _OUTER_RIGHT], values[:, _OUTER_LEFT] + 2.0)
    left, right = values[:, _OUTER_LEFT], values[:, _OUTER_RIGHT]
    width = right - left
    values[:, _INNER_LEFT] = np.clip(values[:, _INNER_LEFT], left + 0.03 * width, left + 0.75 * width)
    values[:, _INNER_RIGHT] = np.clip(
        values[:, _INNER_RIGHT], values[:, _INNER_LEFT] + 0.08 * width, right - 0.03 * width
    )
    values[:, _INNER_LEFT] = np.minimum(values[:, _INNER_LEFT], values[:, _INNER_RIGHT] - 0.08 * width)
    values[:, _BONE] = np.maximum(values[:, _BONE], 0.01)
    values[:, _MARROW] = np.maximum(values[:, _MARROW], 0.0)
    values[:, _MARROW_ROUND] = np.clip(values[:, _MARROW_ROUND], 0.3, 1.5)
    return values
