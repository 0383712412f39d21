"""Separation: covariates that tell the outcome apart so well that the likelihood has no maximum.

With deaths only among nine of 77 patients the likelihood rises for ever as the coefficient grows: programs stop
somewhere on the way, and print a standard error of 28,820 and a p value of 0.99. Here the covariate is named instead.
A covariate that separates alone is found by looking; a combination by linear programming (Albert & Anderson 1984,
doi:10.1093/biomet/71.1.1; Konis 2007).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from sclerograph.cohort.likelihood.newton import FloatArray

__all__ = ["Separation", "cox_separation", "logistic_separation"]

#: A coefficient of a separating combination counts where it is more than this share of the greatest.
_SHARE_OF_GREATEST = 1e-6
#: A comparison holds where it is missed by less than this share of the greatest margin.
_MARGIN_TOLERANCE = 1e-7
#: So many comparisons are added to the linear programme at a time, those that are missed most, and so many times.
_COMPARISONS_A_ROUND = 500
_MAX_ROUNDS = 200

#: From a direction, shape (k,), to the margins of comparisons, shape (m,), and to the comparisons at given positions,
#: shape (number of positions, k); a margin is the product of its comparison with the direction.
_Comparisons = Callable[[FloatArray], tuple[FloatArray, Callable[[NDArray[np.intp]], FloatArray]]]


@dataclass(frozen=True)
class Separation:
    """Which covariates separate the outcome."""

    covariates: tuple[str, ...]
    #: What was seen, as a sentence without a full stop.
    message: str


def logistic_separation(
    matrix: FloatArray, outcome: FloatArray, names: tuple[str, ...], *, combinations: bool
) -> Separation | None:
    """Return what separates a binary outcome, or None.

    Parameters
    ----------
    matrix
        Covariates without intercept, shape (n, k).
    outcome
        Zeros and ones, shape (n,), both present.
    names
        Names of the k covariates.
    combinations
        Look for combinations too where no covariate separates alone. That takes longer, and is worth while only where
        the search for the maximum did not end.
    """
    with_event = outcome == 1.0
    alone: dict[str, str] = {}
    for name, column in zip(names, matrix.T, strict=True):
        message = _separates_alone(column, with_event, name)
        if message is not None:
            alone[name] = message
    if alone:
        return Separation(tuple(alone), "; ".join(alone.values()))
    if not combinations:
        return None
    signed = np.column_stack([np.ones(len(matrix)), matrix]) * np.where(with_event, 1.0, -1.0)[:, np.newaxis]

    def compare(direction: FloatArray) -> tuple[FloatArray, Callable[[NDArray[np.intp]], FloatArray]]:
        return signed @ direction, lambda positions: signed[positions]

    involved = _fewest_coordinates(compare, signed.mean(axis=0), np.concatenate([[0.0], matrix.std(axis=0)]))
    return _of_combination([names[position - 1] for position in involved if position > 0])


def cox_separation(
    matrix: FloatArray, time: FloatArray, event: NDArray[np.bool_], names: tuple[str, ...], *, combinations: bool
) -> Separation | None:
    """Return what makes the partial likelihood of Cox's model monotone, or None.

    It is so where at every event the patient has the greatest value (or the smallest) of all still at risk (Heinze &
    Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x).

    Parameters
    ----------
    matrix
        Covariates, shape (n, k), none constant among those at risk at the first event.
    time, event
        Shape (n,) each, with at least one event.
    names, combinations
        As for :func:`logistic_separation`.
    """
    order = np.argsort(time, kind="stable")
    matrix, time, event = matrix[order], time[order], event[order]
    first = np.searchsorted(time, time[event], side="left")
    alone: dict[str, str] = {}
    for name, column in zip(names, matrix.T, strict=True):
        greatest = np.maximum.accumulate(column[::-1])[::-1][first]
        smallest = np.minimum.accumulate(column[::-1])[::-1][first]
        of_events = column[event]
        if np.all(of_events == greatest):
            extreme = "greatest"
        elif np.all(of_events == smallest):
            extreme = "smallest"
        else:
            continue
        alone[name] = _separates_alone(column, event, name) or (
            f"at every event the patient has the {extreme} {name} of all who are still at risk"
        )
    if alone:
        return Separation(tuple(alone), "; ".join(alone.values()))
    if not combinations:
        return None
    return _of_combination([names[position] for position in _monotone_combination(matrix, time, event)])


def _monotone_combination(matrix: FloatArray, time: FloatArray, event: NDArray[np.bool_]) -> list[int]:
    """Return the positions of covariates in a combination that is greatest, at every event, in the one who has it.

    Each event is compared with the greatest of its risk set only: that is another one for each direction, and spares
    the n² comparisons with all. Rows are sorted by time.
    """
    n = len(matrix)
    events = np.flatnonzero(event)
    first = np.searchsorted(time, time[events], side="left")

    def compare(direction: FloatArray) -> tuple[FloatArray, Callable[[NDArray[np.intp]], FloatArray]]:
        backwards = (matrix @ direction)[::-1]
        greatest = np.maximum.accumulate(backwards)
        where = np.maximum.accumulate(np.where(backwards == greatest, np.arange(n), 0))
        rivals = (n - 1 - where)[::-1][first]
        return (
            backwards[::-1][events] - greatest[::-1][first],
            lambda positions: matrix[events[positions]] - matrix[rivals[positions]],
        )

    # By how much the events lie above the mean of those at risk with them.
    at_risk = np.cumsum(matrix[::-1], axis=0)[::-1][first] / (n - first)[:, np.newaxis]
    return _fewest_coordinates(compare, (matrix[events] - at_risk).mean(axis=0), matrix.std(axis=0))


def _fewest_coordinates(compare: _Comparisons, gain: FloatArray, cost: FloatArray) -> list[int]:
    """Return the positions in a direction along which a likelihood never falls, none of which could be spared.

    Arguments are those of :func:`_smallest_direction`.
    """
    needed = _smallest_direction(compare, gain, cost, [])
    barred = [position for position in range(len(cost)) if cost[position] > 0.0 and position not in needed]
    for position in list(needed):
        without = _smallest_direction(compare, gain, cost, [*barred, position])
        if without:
            needed = without
            barred.append(position)
    return needed


def _smallest_direction(compare: _Comparisons, gain: FloatArray, cost: FloatArray, barred: list[int]) -> list[int]:
    """Return the positions in the smallest direction along which a likelihood never falls; empty where there is none.

    The linear programme begins without comparisons, and takes up those that its solution misses until it misses none:
    a hundred thousand patients are told apart by a few of them.

    Parameters
    ----------
    compare
        The comparisons that must not come out negative.
    gain
        The product of the direction with this is held at one: somewhere the likelihood rises. Shape (k,).
    cost
        What a unit of each coordinate costs, in either sense, shape (k,). Coordinates without cost are never returned.
    barred
        Coordinates that must be zero.
    """
    k = len(gain)
    most = np.full(k, np.inf)
    most[barred] = 0.0
    bounds = np.column_stack([np.zeros(2 * k), np.tile(most, 2)])
    taken = np.zeros((0, k))
    for _ in range(_MAX_ROUNDS):
        # The direction is the difference of two vectors that are not negative, so that its cost is that of their sum.
        solution = linprog(
            np.concatenate([cost, cost]),
            A_ub=np.hstack([-taken, taken]),
            b_ub=np.zeros(len(taken)),
            A_eq=np.concatenate([gain, -gain])[np.newaxis, :],
            b_eq=np.ones(1),
            bounds=bounds,
            method="highs",
        )
        if not solution.success:
            return []
        direction = solution.x[:k] - solution.x[k:]
        margins, at = compare(direction)
        if margins.min() >= -_MARGIN_TOLERANCE * max(1.0, float(np.abs(margins).max())):
            spent = np.abs(direction) * cost
            return [int(position) for position in np.flatnonzero(spent > _SHARE_OF_GREATEST * spent.max())]
        worst = np.argsort(margins)[:_COMPARISONS_A_ROUND]
        taken = np.vstack([taken, at(worst[margins[worst] < 0.0])])
    return []


def _of_combination(covariates: list[str]) -> Separation | None:
    if not covariates:
        return None
    if len(covariates) == 1:
        return Separation(tuple(covariates), f"{covariates[0]} separates the outcome")
    listed = f"{', '.join(covariates[:-1])} and {covariates[-1]}"
    return Separation(tuple(covariates), f"a combination of {listed} separates the outcome")


def _separates_alone(column: FloatArray, with_event: NDArray[np.bool_], name: str) -> str | None:
    """Return in words how one covariate separates those with the event from those without, or None."""
    inside, outside = column[with_event], column[~with_event]
    if len(inside) == 0 or len(outside) == 0:
        return None
    if inside.min() >= outside.max():
        above, below = "at or above", "at or below"
    elif inside.max() <= outside.min():
        above, below = "at or below", "at or above"
    else:
        return None
    if np.all((column == 0.0) | (column == 1.0)):
        for value in (1.0, 0.0):
            size = int((column == value).sum())
            if np.all(inside == value):
                counted = "the only event is" if len(inside) == 1 else f"all {len(inside)} events are"
                return f"{counted} among the {size} with {name} = {value:.0f}"
            if np.all(outside == value):
                return f"all {len(column) - size} with {name} = {1.0 - value:.0f} have the event"
    limit = inside.min() if above == "at or above" else inside.max()
    other = outside.max() if above == "at or above" else outside.min()
    return f"{name} is {above} {limit:g} in all with the event and {below} {other:g} in all without it"
