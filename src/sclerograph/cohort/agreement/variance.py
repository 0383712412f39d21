"""Mean squares of films by readers: what intraclass correlations and detectable changes are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.cohort.values import Values, complete_rows
from sclerograph.errors import UsageError

__all__ = ["MeanSquares", "mean_squares"]


@dataclass(frozen=True)
class MeanSquares:
    """The two-way analysis of variance of n subjects, each rated once by each of k readers.

    The names of McGraw and Wong 1996: rows are subjects, columns readers.
    """

    subjects: int
    readers: int
    #: Rows left out because a rating is missing.
    missing: int
    #: Between subjects (MSR), with n - 1 degrees of freedom.
    rows: float
    #: Between readers (MSC), with k - 1.
    columns: float
    #: What is left (MSE), with (n - 1)(k - 1).
    error: float
    #: Within subjects (MSW), with n (k - 1): readers and the rest together.
    within: float


def mean_squares(readers: Sequence[Values]) -> MeanSquares | None:
    """Return the mean squares of the ratings, or ``None`` where fewer than two subjects were rated by everybody.

    Parameters
    ----------
    readers
        One column a reader (or a repeat), one value a subject, in the same order.

    Raises
    ------
    UsageError
        There are fewer than two readers, or their columns differ in length.
    """
    if len(readers) < 2:
        raise UsageError(
            "agreement of fewer than two readings was asked for: nothing can be compared; give two columns"
        )
    complete = complete_rows(*readers)
    ratings = np.column_stack(complete)
    n, k = ratings.shape
    if n < 2:
        return None
    # Values far from zero lose digits when squared.
    ratings = ratings - ratings.mean()
    by_subject, by_reader = ratings.mean(axis=1), ratings.mean(axis=0)
    rest = ratings - by_subject[:, None] - by_reader[None, :]
    within = ratings - by_subject[:, None]
    return MeanSquares(
        subjects=n,
        readers=k,
        missing=len(readers[0]) - n,
        rows=k * _square(by_subject) / (n - 1),
        columns=n * _square(by_reader) / (k - 1),
        error=_square(rest) / ((n - 1) * (k - 1)),
        within=_square(within) / (n * (k - 1)),
    )


def _square(values: NDArray[np.float64]) -> float:
    return float(np.sum(values**2))
