"""One line of a regression table."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm
from scipy.stats import t as student

from sclerograph.cohort.interval import Interval, TestResult, check_level, normal_quantile

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


def wald_term(
    name: str,
    estimate: float,
    standard_error: float,
    level: float,
    *,
    as_ratio: bool = True,
    degrees: float | None = None,
) -> Term:
    """Return a term with Wald's interval and test, from a coefficient and its standard error.

    Parameters
    ----------
    name
        The column of the design.
    estimate, standard_error
        The coefficient and its standard error, above zero.
    level
        Confidence level of the interval.
    as_ratio
        Whether e to the power of the coefficient is a ratio.
    degrees
        Degrees of freedom of Student's t, where the standard error rests on few; by default the normal distribution.
    """
    check_level(level)
    quantile = normal_quantile(level) if degrees is None else float(student.ppf(0.5 + level / 2.0, degrees))
    low, high = estimate - quantile * standard_error, estimate + quantile * standard_error
    statistic = estimate / standard_error
    if degrees is None:
        test = TestResult("Wald test (z)", statistic, float(2.0 * norm.sf(abs(statistic))), None)
    else:
        p = float(2.0 * student.sf(abs(statistic), degrees))
        test = TestResult("Wald test (t)", statistic, p, f"{degrees:.4g} degrees of freedom")
    return Term(
        name=name,
        estimate=estimate,
        standard_error=standard_error,
        ratio=ratio_of(estimate) if as_ratio else None,
        low=ratio_of(low) if as_ratio else low,
        high=ratio_of(high) if as_ratio else high,
        interval_method="Wald",
        test=test,
    )


def term_not_estimated(name: str, reason: str) -> Term:
    """Return a term of which nothing is known but why."""
    return Term(name, None, None, None, None, None, "none", TestResult("not tested", None, None, reason))
