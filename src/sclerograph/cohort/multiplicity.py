"""P values of many tests at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sclerograph.errors import UsageError

__all__ = ["benjamini_hochberg"]


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return p values adjusted for the false discovery rate, in the order given.

    A result whose adjusted value is at most q is kept when the share of false ones among those kept is to be at most q.
    Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300, doi:10.1111/j.2517-6161.1995.tb02031.x. Holds for
    independent and for positively dependent tests, as those of lesions that come together.

    Parameters
    ----------
    p_values
        ``None`` where a test could not be made: it does not count and stays ``None``.
    """
    given = [(place, p) for place, p in enumerate(p_values) if p is not None]
    if any(not 0.0 <= p <= 1.0 for _, p in given):
        raise UsageError("a p value lies outside 0 to 1, so it is none; pass p values, and None for a test not made")
    adjusted: list[float | None] = [None] * len(p_values)
    if given:
        raw = np.array([p for _, p in given])
        order = np.argsort(-raw, kind="stable")
        ranks = np.arange(raw.size, 0, -1)
        # From the greatest down: no test may have a greater adjusted value than one with a greater p value.
        falling = np.minimum.accumulate(np.minimum(raw[order] * raw.size / ranks, 1.0))
        for place, value in zip(order, falling, strict=True):
            adjusted[given[int(place)][0]] = float(value)
    return tuple(adjusted)
