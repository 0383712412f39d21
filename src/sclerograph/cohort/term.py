"""One line of a regression table."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm

from sclerograph.cohort.interval import Interval, TestResult, normal_quantile

__all__ = ["Term", "ratio_of", "term_not_estimated", "wald_term"]


@dataclass(frozen=True)
class Term:
    """One coefficient of a model: its estimate, its interval and its test.

    Everything is ``None`` where the coefficient cannot be estimated; ``test.note`` then says why.
    """

    #: The column of the design.
    name: str
    #: The coefficient: the logarithm of ``ratio`` where the model has ratios.
    estimate: float | None
    #: The standard error of ``estimate``.
    standard_error: float | None
    #: The odds ratio of logistic regression, the hazard ratio of Cox's model; ``None`` in a linear model.
    ratio: float | None
    #: Limits of the interval: of ``ratio`` where the model has ratios, else of ``estimate``.
    low: float | None
    high: float | None
    #: How the limits were found: ``Wald``, ``profile penalised likelihood`` ...
    interval_method: str
    test: TestResult

    @property
    def p(self) -> float | None:
        """The p value of :attr:`test`."""
        return self.test.p

    @property
    def interval(self) -> Interval:
        """The limits as one record."""
        return Interval(self.low, self.high)


def ratio_of(estimate: float | None) -> float | None:
    """Return e to the power of a coefficient; infinity where that is beyond what a float holds."""
    if estimate is None:
        return None
    try:
        return math.exp(estimate)
    except OverflowError:
        return math.inf


def wald_term(name: str, estimate: float, standard_error: float, level: float, *, as_ratio: bool = True) -> Term:
    """Return a term with Wald's interval and test, from a coefficient and its standard error."""
    reach = normal_quantile(level) * standard_error
    low, high = estimate - reach, estimate + reach
    statistic = estimate / standard_error
    return Term(
        name=name,
        estimate=estimate,
        standard_error=standard_error,
        ratio=ratio_of(estimate) if as_ratio else None,
        low=ratio_of(low) if as_ratio else low,
        high=ratio_of(high) if as_ratio else high,
        interval_method="Wald",
        test=TestResult("Wald test (z)", statistic, float(2.0 * norm.sf(abs(statistic))), None),
    )


def term_not_estimated(name: str, reason: str) -> Term:
    """Return a term of which nothing is known but why."""
    return Term(name, None, None, None, None, None, "none", TestResult("not tested", None, None, reason))
