"""Two yes-or-no variables in one table: is there an association, and how strong is it?

The table is::

                 outcome   no outcome
    exposed         a          b
    not exposed     c          d

and the odds ratio (a d) / (b c).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from sclerograph.cohort.exact_odds_ratio import conditional_odds_ratio, fisher_interval, fisher_p
from sclerograph.cohort.interval import Interval, TestResult, check_level, normal_quantile
from sclerograph.errors import UsageError

__all__ = ["ASSOCIATION_RULE", "Association", "AssociationMethod", "associate"]

AssociationMethod = Literal["large_sample", "exact", "none"]

#: Below this expected count the chi-square distribution is not trusted (Cochran 1954, doi:10.2307/3001616).
_FEWEST_EXPECTED = 5.0
#: Fewer patients than this in the smaller group or with the rarer outcome: the estimate is warned of.
_FEWEST_EVENTS = 10

#: The rule of :func:`associate` as a sentence for the methods part of a report.
ASSOCIATION_RULE = (
    "Two binary variables are compared by Pearson's chi-square test without continuity correction when every expected "
    f"count is at least {_FEWEST_EXPECTED:g} and no cell is empty, with the sample odds ratio and Woolf's interval; "
    "else by Fisher's exact test, with the conditional maximum-likelihood odds ratio and the interval that inverts the "
    "same test (Baptista and Pike 1977)."
)


@dataclass(frozen=True)
class Association:
    """The association of two binary variables."""

    #: The cells a, b, c, d.
    counts: tuple[int, int, int, int]
    #: 0 or infinite where a cell is empty; ``None`` where a row or a column is.
    odds_ratio: float | None
    low: float | None
    high: float | None
    #: ``large_sample``: sample odds ratio with Woolf's interval. ``exact``: conditional odds ratio with the interval of
    #: Fisher's test.
    method: AssociationMethod
    test: TestResult
    #: An empty cell: a logistic regression on this table has no finite maximum.
    separated: bool
    #: Sentences for the reader of the table.
    warnings: tuple[str, ...]

    @property
    def interval(self) -> Interval:
        """The interval of the odds ratio."""
        return Interval(self.low, self.high)


def associate(a: int, b: int, c: int, d: int, level: float = 0.95) -> Association:
    """Compare two binary variables by :data:`ASSOCIATION_RULE`.

    The interval and the p value come from the same test, so that they agree on whether an odds ratio of 1 is excluded;
    Woolf's interval can differ from the chi-square test when p is very close to the level.

    Parameters
    ----------
    a, b, c, d
        Exposed with and without the outcome, not exposed with and without the outcome.
    level
        Confidence level of the interval.

    Raises
    ------
    UsageError
        A count is negative, or the level is not between 0 and 1.
    """
    counts = (a, b, c, d)
    check_level(level)
    if min(counts) < 0:
        raise UsageError(f"a table with a count of {min(counts)} is none: counts are not negative; check the table")
    exposed, unexposed, outcome, no_outcome = a + b, c + d, a + c, b + d
    if min(exposed, unexposed, outcome, no_outcome) == 0:
        empty = "nobody or everybody is exposed" if 0 in (exposed, unexposed) else "nobody or everybody has the outcome"
        test = TestResult("none", None, None, f"no test is possible: {empty}")
        return Association(counts, None, None, None, "none", test, False, (f"No association can be told: {empty}.",))
    n = exposed + unexposed
    least_expected = min(exposed, unexposed) * min(outcome, no_outcome) / n
    separated = min(counts) == 0
    warnings = _warnings(counts, separated)
    if separated or least_expected < _FEWEST_EXPECTED:
        interval = fisher_interval(a, b, c, d, level)
        test = TestResult("Fisher's exact test", None, fisher_p(a, b, c, d))
        estimate = conditional_odds_ratio(a, b, c, d)
        return Association(counts, estimate, interval.low, interval.high, "exact", test, separated, warnings)
    # Logarithms, so that a table of large counts does not overflow.
    log_odds_ratio = math.log(a) + math.log(d) - math.log(b) - math.log(c)
    reach = normal_quantile(level) * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return Association(
        counts,
        math.exp(log_odds_ratio),
        math.exp(log_odds_ratio - reach),
        math.exp(log_odds_ratio + reach),
        "large_sample",
        _chi_square(a, b, c, d),
        separated,
        warnings,
    )


def _chi_square(a: int, b: int, c: int, d: int) -> TestResult:
    from scipy.special import chdtrc

    statistic = (a + b + c + d) * (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
    return TestResult("Pearson's chi-square test", statistic, float(chdtrc(1, statistic)), "1 degree of freedom")


def _warnings(counts: tuple[int, int, int, int], separated: bool) -> tuple[str, ...]:
    a, b, c, d = counts
    warnings = []
    if separated:
        warnings.append(
            "A cell is empty: the odds ratio is not bounded on one side, and a logistic model of this table needs "
            "Firth's penalty."
        )
    if min(a + c, b + d) < _FEWEST_EVENTS:
        warnings.append(f"Only {min(a + c, b + d)} patients have the rarer outcome: the estimate is unstable.")
    if min(a + b, c + d) < _FEWEST_EVENTS:
        warnings.append(f"Only {min(a + b, c + d)} patients are in the smaller group: the estimate is unstable.")
    return tuple(warnings)
