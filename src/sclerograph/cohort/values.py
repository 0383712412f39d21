"""Columns of a table as arrays, with one way of saying that a value is missing."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sclerograph.errors import UsageError

__all__ = ["Values", "complete_rows", "levels_present", "numbers", "present"]

#: A column: a list, an array, or a pandas Series. ``None``, NaN and ``pandas.NA`` are missing values.
Values = Collection[Any] | NDArray[Any]


def numbers(values: Values) -> NDArray[np.float64]:
    """Return a column as floats, NaN where a value is missing.

    Raises
    ------
    UsageError
        A value is text or infinite. The message does not repeat it.
    """
    import pandas as pd

    try:
        column = np.asarray(pd.Series(_listed(values)).to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError):
        raise UsageError(
            "a column that is to be averaged holds something that is no number: it cannot be computed with; "
            "correct the value, or describe the column as categories"
        ) from None
    if np.isinf(column).any():
        raise UsageError(
            "a column holds an infinite number: no mean and no rank can be told from it; correct it or leave it empty"
        )
    return column


def present(values: Values) -> NDArray[np.float64]:
    """Return the numbers of a column that are not missing."""
    column = numbers(values)
    return column[~np.isnan(column)]


def complete_rows(*columns: Values) -> tuple[NDArray[np.float64], ...]:
    """Return columns as floats, only the rows in which none is missing.

    Raises
    ------
    UsageError
        The columns have different lengths.
    """
    arrays = [numbers(column) for column in columns]
    if len({array.size for array in arrays}) > 1:
        raise UsageError("columns of different lengths were compared: their rows are not the same patients; check them")
    complete = ~np.isnan(np.array(arrays)).any(axis=0)
    return tuple(array[complete] for array in arrays)


def levels_present(values: Values) -> list[Hashable | None]:
    """Return the values of a column as they are, ``None`` for every missing one."""
    import pandas as pd

    column = pd.Series(_listed(values), dtype=object)
    missing = column.isna().to_numpy()
    return [None if absent else value for value, absent in zip(column.tolist(), missing, strict=True)]


def _listed(values: Values) -> Any:
    """Return what pandas can make a Series of: views of a mapping are listed first."""
    return values if hasattr(values, "__array__") else list(values)
