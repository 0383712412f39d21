"""The row of a share: so many of so many, with its 95 % interval."""

from __future__ import annotations

from bench.measure import Row, Target
from bench.statistics import share_interval

__all__ = ["share_row"]


def share_row(key: str, measure: str, on: str, hits: int, n: int, n_of: str, target: Target | None = None) -> Row:
    """Return the row of a share; without value and interval where there is nothing to count.

    Parameters
    ----------
    key, measure, on, n_of, target
        As in :class:`bench.measure.Row`.
    hits, n
        How many of how many.
    """
    share, interval = (hits / n, share_interval(hits, n)) if n else (None, None)
    return Row(key, measure, on, share, "%", n, n_of, target, interval)
