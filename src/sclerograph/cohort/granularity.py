"""Can this percentage be a count among n? Many printed ones cannot.

Of n patients only the shares 0/n, 1/n ... n/n exist. A percentage to which none of them rounds is a misprint, or has
another denominator than the one that is printed. The same reasoning for means is the GRIM test of Brown and Heathers
2017, Soc Psychol Personal Sci 8:363-369, doi:10.1177/1948550616673876.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from sclerograph.cohort.number_format import round_half_up
from sclerograph.errors import UsageError

__all__ = ["ImpossiblePercentage", "NearestCount", "impossible_percentage", "possible_denominators"]

_PERCENT = re.compile(r"\s*(?P<whole>\d+)(?:[.,](?P<decimals>\d+))?\s*%?\s*")


@dataclass(frozen=True)
class NearestCount:
    """A count that exists, and the percentage that it gives with as many decimals as the printed one."""

    count: int
    percent: float


@dataclass(frozen=True)
class ImpossiblePercentage:
    """A printed percentage that no count among n rounds to."""

    #: The percentage as it was printed.
    percent_text: str
    n: int
    #: The counts just below and above; only one where the percentage lies above 100.
    nearest: tuple[NearestCount, ...]
    #: The count whose percentage would be the printed one if its digits were cut off instead of rounded.
    count_if_truncated: int | None

    @property
    def message(self) -> str:
        """One sentence that says what is wrong and what would be possible."""
        decimals = _decimals(self.percent_text)
        nearest = " and ".join(f"{each.count}/{self.n} = {each.percent:.{decimals}f} %" for each in self.nearest)
        text = f"{self.percent_text.strip()} is no count among {self.n}: the nearest are {nearest}"
        if self.count_if_truncated is not None:
            text += f"; {self.count_if_truncated}/{self.n} gives it when cut off instead of rounded"
        return text


def impossible_percentage(percent_text: str, n: int) -> ImpossiblePercentage | None:
    """Return why a printed percentage cannot be a count among n, or ``None`` where it can.

    A count makes it possible when its percentage lies within half a unit of the last printed digit, either way, so that
    no convention for halves is presumed.

    Parameters
    ----------
    percent_text
        As printed: ``19.9 %``, ``19,9%``, ``71``. The printed digits say how exact it is.
    n
        The denominator.

    Raises
    ------
    UsageError
        The text is no percentage, or n is not positive.
    """
    percent, unit = _parse(percent_text)
    if n < 1:
        raise UsageError(f"a percentage of {n} cannot be checked: the denominator must be at least 1; leave it out")
    if _possible(percent, unit, n):
        return None
    below = min(int(percent * n / 100), n)
    counts = (below,) if below == n else (below, below + 1)
    decimals = _decimals(percent_text)
    nearest = tuple(NearestCount(count, float(round_half_up(100 * count / n, decimals))) for count in counts)
    # Cut off, the true percentage lies up to one unit above what is printed.
    cut = [count for count in counts if percent <= Fraction(100 * count, n) < percent + unit]
    return ImpossiblePercentage(percent_text, n, nearest, cut[0] if cut else None)


def possible_denominators(percent_text: str, lowest: int, highest: int) -> tuple[int, ...]:
    """Return the denominators between two numbers, both included, for which a printed percentage is possible.

    A figure that is impossible for all patients may be a share of those whose films could be assessed.

    Raises
    ------
    UsageError
        The text is no percentage, or the lowest denominator is not positive.
    """
    percent, unit = _parse(percent_text)
    if lowest < 1:
        raise UsageError(f"{lowest} is no denominator: it must be at least 1; start from 1")
    return tuple(n for n in range(lowest, highest + 1) if _possible(percent, unit, n))


def _possible(percent: Fraction, unit: Fraction, n: int) -> bool:
    first = max(0, math.ceil((percent - unit / 2) * n / 100))
    return first <= min(math.floor((percent + unit / 2) * n / 100), n)


def _parse(percent_text: str) -> tuple[Fraction, Fraction]:
    """Return the percentage and one unit of its last printed digit."""
    match = _PERCENT.fullmatch(percent_text)
    if match is None:
        raise UsageError(f"{percent_text!r} is no percentage: digits were expected, as in 19.9 %; correct the table")
    decimals = _decimals(percent_text)
    return Fraction(int(match["whole"] + (match["decimals"] or "")), 10**decimals), Fraction(1, 10**decimals)


def _decimals(percent_text: str) -> int:
    match = _PERCENT.fullmatch(percent_text)
    return 0 if match is None or match["decimals"] is None else len(match["decimals"])
