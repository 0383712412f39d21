"""From a table of covariates to the columns that a model can take: complete rows, numbers, no column twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sclerograph.cohort.likelihood.newton import FloatArray
from sclerograph.errors import UsageError

__all__ = ["Design", "check_binary", "check_times", "indicator_columns", "read_design"]

#: A column of which less than this share of its length is left beside the columns before it depends on them.
_DEPENDENCE_TOLERANCE = 1e-7


@dataclass(frozen=True)
class Design:
    """The rows and columns that a model is fitted to."""

    #: Names of all columns asked for, in order.
    names: tuple[str, ...]
    #: Complete rows of all columns, shape (n, number of names).
    matrix: FloatArray
    #: The responses (outcome, time ...) of the complete rows, each of shape (n,).
    responses: dict[str, FloatArray]
    #: Which rows were complete, shape (rows given,).
    complete: NDArray[np.bool_]
    #: Rows left out and why, in words.
    warnings: tuple[str, ...]

    def dependent_columns(
        self, rows: NDArray[np.bool_] | None = None, leading: FloatArray | None = None
    ) -> dict[str, str]:
        """Return the columns that hold nothing new, with the reason: a model has no single answer for them.

        Parameters
        ----------
        rows
            Look at these rows alone, shape (n,).
        leading
            Columns of the model that come before those of the design, shape (rows looked at, m).
        """
        matrix = self.matrix if rows is None else self.matrix[rows]
        known = np.ones((len(matrix), 1)) if leading is None else leading
        known, _ = np.linalg.qr(known)
        found: dict[str, str] = {}
        for name, column in zip(self.names, matrix.T, strict=True):
            if np.ptp(column) == 0.0:
                found[name] = f"{name} has the same value in every patient"
                continue
            # About its mean, so that a year of birth is not taken for a constant.
            centred = column - column.mean()
            rest = centred
            for _ in range(2):
                rest = rest - known @ (known.T @ rest)
            if np.linalg.norm(rest) < _DEPENDENCE_TOLERANCE * np.linalg.norm(centred):
                found[name] = f"{name} is a combination of the columns before it"
                continue
            known = np.column_stack([known, rest / np.linalg.norm(rest)])
        return found


def read_design(design: pd.DataFrame, responses: Mapping[str, ArrayLike | pd.Series]) -> Design:
    """Check covariates and responses and keep the complete rows.

    Parameters
    ----------
    design
        Covariates: numbers or booleans, missing values allowed. Categories are first made into columns by
        :func:`indicator_columns`.
    responses
        What is explained, by name; one value a row.

    Raises
    ------
    UsageError
        Where a column is not numeric, infinite or named twice, or a response does not fit the rows.
    """
    names = tuple(str(name) for name in design.columns)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"the design names {twice[0]} twice: its two coefficients could not be told apart; rename one")
    matrix = np.empty((len(design), len(names)), dtype=np.float64)
    for position, name in enumerate(names):
        matrix[:, position] = _numbers(design.iloc[:, position], name)
    read = {name: _response(values, name, design) for name, values in responses.items()}
    lacking = {name: np.isnan(column) for name, column in [*read.items(), *zip(names, matrix.T, strict=True)]}
    complete = np.ones(len(design), dtype=np.bool_)
    for missing in lacking.values():
        complete &= ~missing
    warnings = []
    if not complete.all():
        counts = ", ".join(f"{name} in {int(missing.sum())}" for name, missing in lacking.items() if missing.any())
        warnings.append(
            f"{int((~complete).sum())} of {len(design)} rows were left out for missing values ({counts}): "
            "the model rests on complete rows only"
        )
    return Design(
        names=names,
        matrix=matrix[complete],
        responses={name: values[complete] for name, values in read.items()},
        complete=complete,
        warnings=tuple(warnings),
    )


def check_binary(values: FloatArray, name: str) -> None:
    """Raise :class:`UsageError` unless all values are 0 or 1."""
    if not np.all((values == 0.0) | (values == 1.0)):
        raise UsageError(f"{name} holds values other than 0 and 1: it says who had the event; code it as 0 and 1")


def check_times(times: FloatArray) -> None:
    """Raise :class:`UsageError` where a time of follow-up is negative."""
    negative = int((times < 0.0).sum())
    if negative:
        raise UsageError(f"{negative} times are negative: follow-up would end before its origin; correct the dates")


def indicator_columns(
    frame: pd.DataFrame, columns: Sequence[str], references: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Replace categories by columns of 0 and 1, one for each level but the reference.

    Parameters
    ----------
    frame
        A table; columns not named are kept as they are.
    columns
        The categories.
    references
        The level that the others are compared with, by column. By default the first level of an ordered or declared
        category, else the most frequent one, of two equally frequent ones the first in alphabetical order.

    Returns
    -------
    pandas.DataFrame
        Columns are named ``subset: diffuse``; a row without category is missing in all of them.

    Raises
    ------
    UsageError
        Where a reference is no level of its column.
    """
    references = references or {}
    parts: list[pd.DataFrame] = []
    for name in frame.columns:
        values = frame[name]
        if name not in columns:
            parts.append(values.to_frame())
            continue
        levels, usual = _levels(values)
        reference = references.get(str(name), usual)
        if reference not in levels:
            raise UsageError(
                f"the reference {reference} is no level of {name}: it has {', '.join(levels) or 'none'}; choose one"
            )
        text = values.astype(object).map(str, na_action="ignore")
        indicators = {
            f"{name}: {level}": (text == level).astype(float).mask(values.isna())
            for level in levels
            if level != reference
        }
        parts.append(pd.DataFrame(indicators, index=frame.index))
    return pd.concat(parts, axis=1) if parts else frame


def _levels(values: pd.Series) -> tuple[list[str], str]:
    """Return the levels of a category that occur, and the reference that is taken by default."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        occurring = set(values.dropna().unique())
        levels = [str(level) for level in values.dtype.categories if level in occurring]
        return levels, levels[0] if levels else ""
    counts = values.dropna().astype(object).map(str).value_counts()
    levels = sorted(counts.index)
    return levels, min(levels, key=lambda level: (-counts[level], level), default="")


def _numbers(values: pd.Series, name: str) -> FloatArray:
    """Return a column as floats, NaN where it is missing."""
    if not (pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)):
        raise UsageError(
            f"{name} holds {values.dtype} values: a model takes numbers; make categories into columns of 0 and 1 first"
        )
    numbers: FloatArray = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise UsageError(f"{name} holds an infinite value: no model can be fitted to it; set it to missing")
    return numbers


def _response(values: ArrayLike | pd.Series, name: str, design: pd.DataFrame) -> FloatArray:
    """Return a response as floats, after checking that its rows are those of the design."""
    if isinstance(values, pd.Series):
        if not values.index.equals(design.index):
            raise UsageError(
                f"{name} and the design have different row labels: patients would be mixed up; take both from one table"
            )
        return _numbers(values, name)
    array = np.asarray(values)
    if array.shape != (len(design),):
        raise UsageError(
            f"{name} has shape {array.shape} and the design {len(design)} rows: each row needs one value; align them"
        )
    return _numbers(pd.Series(array), name)
