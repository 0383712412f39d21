"""What every statistic here is made of: an interval, and a test that says its own name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sclerograph.errors import UsageError

__all__ = ["Interval", "TestResult", "check_level", "normal_quantile"]


@dataclass(frozen=True)
class Interval:
    """A confidence interval.

    A limit is ``None`` where it cannot be computed. It is infinite where the data do not bound the quantity on that
    side, as with the odds ratio of a table with an empty cell.
    """

    low: float | None
    high: float | None


@dataclass(frozen=True)
class TestResult:
    """The outcome of one significance test, two-sided unless its name says otherwise."""

    #: Keeps pytest from taking this class for a test.
    __test__: ClassVar[bool] = False

    #: The name of the test as it is printed beside its p value.
    name: str
    #: The test statistic; ``None`` where the test has none (Fisher) or it cannot be computed.
    statistic: float | None
    #: The p value; ``None`` where it cannot be computed.
    p: float | None
    #: Degrees of freedom, the reason why there is no p value, or an approximation that was used.
    note: str | None = None


def check_level(level: float) -> None:
    """Raise :class:`UsageError` unless a confidence level lies strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise UsageError(f"a confidence level of {level:g} is none: it is a share between 0 and 1; give 0.95 for 95 %")


def normal_quantile(level: float) -> float:
    """Return how many standard errors an interval of this confidence level reaches to each side (1.96 for 0.95)."""
    from scipy.special import ndtri

    check_level(level)
    return float(ndtri(0.5 + level / 2.0))
