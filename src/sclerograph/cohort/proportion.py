"""Proportions with Wilson's score interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sclerograph.cohort.interval import check_level, normal_quantile
from sclerograph.errors import UsageError

__all__ = ["Proportion", "wilson"]


@dataclass(frozen=True)
class Proportion:
    """A count among n, its share, and the interval of the share."""

    successes: int
    n: int
    #: ``None``, as the interval, where n is 0.
    share: float | None
    low: float | None
    high: float | None


def wilson(successes: int, n: int, level: float = 0.95) -> Proportion:
    """Return a proportion with Wilson's score interval without continuity correction.

    Wilson 1927, J Am Stat Assoc 22:209-212, doi:10.1080/01621459.1927.10502953; method 3 of Newcombe 1998, Stat Med
    17:857-872, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, who found it to keep its level
    also where counts are small. The limits lie within 0 and 1.

    Raises
    ------
    UsageError
        The count is negative or greater than n, or the level is not between 0 and 1.
    """
    if not 0 <= successes <= n:
        raise UsageError(f"{successes} of {n} is no proportion: a count lies between 0 and n; check the table")
    check_level(level)
    if n == 0:
        return Proportion(successes, n, None, None, None)
    z = normal_quantile(level)
    share = successes / n
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At the ends one limit is the end itself; rounding would leave it a few 1e-17 away.
    low = 0.0 if successes == 0 else (middle - reach) / scale
    high = 1.0 if successes == n else (middle + reach) / scale
    return Proportion(successes, n, share, low, high)
