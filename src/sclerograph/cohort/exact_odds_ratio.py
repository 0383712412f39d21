"""Fisher's exact test of a two-by-two table, with the odds ratio and the interval that belong to it.

Given its margins, the first cell of a table follows Fisher's noncentral hypergeometric distribution: each value t that
is possible has the probability h(t) psi^t / sum, with h the hypergeometric one and psi the odds ratio.

The interval holds every odds ratio that Fisher's test does not reject, so it agrees with the p value that is printed
beside it. The usual one, which inverts two one-sided tests, does not, and is wider (Fay 2010, Biostatistics 11:373-374,
doi:10.1093/biostatistics/kxp050). Baptista and Pike 1977, J R Stat Soc C 26:214-220, doi:10.2307/2347041.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.cohort.interval import Interval, check_level

__all__ = ["conditional_odds_ratio", "fisher_interval", "fisher_p"]

#: Probabilities that differ by rounding alone are equal; the same share as R and scipy use.
_TIE = 1e-7
#: Odds ratios are found to this error of their logarithm.
_LOG_ERROR = 1e-12
#: Up to so many places where the p value jumps, each is looked at.
_FEW_PLACES = 200


@dataclass(frozen=True)
class _Conditional:
    """What the margins leave open: the possible values of the first cell, and the one observed."""

    values: NDArray[np.float64]
    log_weights: NDArray[np.float64]
    observed: int

    def probabilities(self, log_odds_ratio: float) -> NDArray[np.float64]:
        """Return the probability of each value."""
        logs = self.log_weights + self.values * log_odds_ratio
        probabilities = np.exp(logs - logs.max())
        return np.asarray(probabilities / probabilities.sum())

    @property
    def place(self) -> int:
        """The index of the observed value."""
        return self.observed - int(self.values[0])


def _conditional(a: int, b: int, c: int, d: int) -> _Conditional:
    from scipy.special import gammaln

    lowest, highest = max(0, a - d), min(a + b, a + c)
    values = np.arange(lowest, highest + 1, dtype=np.float64)
    # The four cells when the first one is t; their factorials are the hypergeometric weight without its constant.
    cells = (values, a + b - values, a + c - values, d - a + values)
    return _Conditional(values, -np.asarray(sum(gammaln(cell + 1.0) for cell in cells)), a)


def fisher_p(a: int, b: int, c: int, d: int) -> float:
    """Return the two-sided p value of Fisher's exact test: all tables that are no more probable than this one."""
    table = _conditional(a, b, c, d)
    return _p_value(table, table.probabilities(0.0))


def conditional_odds_ratio(a: int, b: int, c: int, d: int) -> float | None:
    """Return the conditional maximum-likelihood odds ratio: the one under which the first cell is what is expected.

    0 or infinite where the cell is the lowest or the greatest that the margins allow, ``None`` where they allow one.
    """
    from scipy.optimize import brentq

    table = _conditional(a, b, c, d)
    if table.values.size == 1:
        return None
    if table.place == 0:
        return 0.0
    if table.place == table.values.size - 1:
        return math.inf

    def excess(log_odds_ratio: float) -> float:
        return float(table.probabilities(log_odds_ratio) @ table.values) - table.observed

    low, high = _bracket(excess)
    return math.exp(brentq(excess, low, high, xtol=_LOG_ERROR))


def fisher_interval(a: int, b: int, c: int, d: int, level: float = 0.95) -> Interval:
    """Return the interval of the odds ratios that Fisher's two-sided exact test does not reject.

    Where these leave a gap, as happens because the p value jumps, the interval spans it. A limit is 0 or infinite where
    the table does not bound the odds ratio.
    """
    check_level(level)
    if _conditional(a, b, c, d).values.size == 1:
        return Interval(None, None)
    # The odds ratio of the table with its rows exchanged is the reciprocal: one limit serves for both.
    lower = _upper_limit(_conditional(c, d, a, b), 1.0 - level)
    upper = _upper_limit(_conditional(a, b, c, d), 1.0 - level)
    return Interval(math.exp(-lower), math.exp(upper))


def _upper_limit(table: _Conditional, alpha: float) -> float:
    """Return the logarithm of the greatest odds ratio that is not rejected.

    Above the estimate the p value is the lower tail with the observed value x, plus an upper tail that begins at the
    first value t that is no more probable. The greater the odds ratio, the shorter that tail: it loses t where t and x
    are equally probable, at a logarithm of (log h(x) - log h(t)) / (t - x). Between two such places the two tails are 1
    minus the probability of the values between them, which has one maximum in a one-parameter exponential family, so
    that p has no other peak there than its two ends.
    """
    from scipy.optimize import brentq

    place, last = table.place, table.values.size - 1
    if place == last:
        return math.inf
    beyond = np.arange(place + 1, last + 1)
    equal = (table.log_weights[place] - table.log_weights[beyond]) / (beyond - place)
    # The weights are log-concave, so these rise with t, and above equal[-1] there is no upper tail at all.

    def tails(log_odds_ratio: float, first_above: int) -> float:
        probabilities = table.probabilities(log_odds_ratio)
        return float(probabilities[: place + 1].sum() + probabilities[first_above:].sum())

    def excess(log_odds_ratio: float, first_above: int) -> float:
        return tails(log_odds_ratio, first_above) - alpha

    start = float(equal[-1])
    if excess(start, last + 1) > 0.0:
        _, high = _bracket(lambda log_odds_ratio: -excess(log_odds_ratio, last + 1), start)
        return float(brentq(excess, start, high, args=(last + 1,), xtol=_LOG_ERROR))

    def accepted_somewhere(index: int) -> bool:
        """Say whether any odds ratio between the two places below and at this index is accepted."""
        first_above = int(beyond[index])
        return any(excess(float(equal[end]), first_above) > 0.0 for end in (index, index - 1))

    index = _greatest(accepted_somewhere, beyond.size - 1)
    first_above = int(beyond[index])
    # At the lowest place the next value is as probable as the observed one, so that p is 1.
    if index == 0 or excess(float(equal[index]), first_above) > 0.0:
        return float(equal[index])
    return float(brentq(excess, equal[index - 1], equal[index], args=(first_above,), xtol=_LOG_ERROR))


def _greatest(holds: Callable[[int], bool], last: int) -> int:
    """Return the greatest index above 0 for which something holds, or 0.

    Every index is tried where there are few. Where there are thousands the p value falls evenly but for small jumps, so
    that halving comes close, and every index around is tried.
    """
    low, high = 0, last
    while high - low > _FEW_PLACES:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return next((index for index in range(min(high + _FEW_PLACES, last), low, -1) if holds(index)), low)


def _p_value(table: _Conditional, probabilities: NDArray[np.float64]) -> float:
    limit = probabilities[table.place] * (1.0 + _TIE)
    return min(float(probabilities[probabilities <= limit].sum()), 1.0)


def _bracket(rising: Callable[[float], float], start: float = 0.0) -> tuple[float, float]:
    """Return two logarithms between which a rising function passes zero."""
    low, high, step = start, start + 1.0, 1.0
    while rising(high) <= 0.0:
        low, high, step = high, high + step, 2.0 * step
    step = 1.0
    while rising(low) > 0.0:
        low, step = low - step, 2.0 * step
    return low, high
