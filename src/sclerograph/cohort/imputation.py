"""Multiple imputation by chained equations: each variable is drawn from what the others say about it, in turn.

van Buuren & Groothuis-Oudshoorn 2011 (doi:10.18637/jss.v045.i03). Every drawn value respects its variable: a number or
a category is one that another patient has (predictive mean matching), a yes or no is drawn by its probability.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from sclerograph.cohort.likelihood.logistic import LogisticLikelihood
from sclerograph.cohort.likelihood.newton import FloatArray, maximise
from sclerograph.errors import UsageError

__all__ = ["ImputationPlan", "ImputedVariable", "impute", "plan_imputation"]

Method = Literal["predictive mean matching", "logistic regression"]

#: Each missing number is taken from one of so many patients whose prediction is nearest (Morris 2014,
#: doi:10.1186/1471-2288-14-75).
_DONORS = 5
#: A direction of the predictors that varies less than this share of the greatest is left out.
_SMALLEST_VARIANCE = 1e-8
#: Text with more different values is taken for a label of the patient.
_MOST_CATEGORIES = 50
#: At least so many observed values are asked for each direction of the predictors.
_VALUES_A_DIRECTION = 5
#: The coefficients are drawn anyway: more digits would drown in the draw.
_LOGISTIC_TOLERANCE = 1e-4


@dataclass(frozen=True)
class ImputedVariable:
    """How the missing values of one variable are drawn."""

    name: str
    missing: int
    method: Method


@dataclass(frozen=True)
class ImputationPlan:
    """Which variables of a table are imputed, and how."""

    #: In the order in which they are drawn: the one with the fewest missing values first.
    variables: tuple[ImputedVariable, ...]
    #: Variables that cannot be imputed and stay as they are, in words.
    warnings: tuple[str, ...]


def plan_imputation(frame: pd.DataFrame) -> ImputationPlan:
    """Say how each variable of a table would be imputed.

    Raises
    ------
    UsageError
        Where a column is named twice.
    """
    columns, warnings = _read(frame)
    variables = [
        ImputedVariable(column.name, int(column.missing.sum()), column.method)
        for column in columns
        if column.missing.any()
    ]
    return ImputationPlan(tuple(sorted(variables, key=lambda variable: variable.missing)), tuple(warnings))


def impute(
    frame: pd.DataFrame, imputations: int = 20, rounds: int = 10, seed: int = 20260101
) -> Iterator[pd.DataFrame]:
    """Yield a table several times, each time with other values drawn for those that are missing.

    Values are taken to be missing at random given the other columns: leave none out that the analysis uses, the outcome
    least of all, and hand over no identifiers. For a time to an event, hand over the event and the cumulative hazard
    instead of the time (White & Royston 2009, doi:10.1002/sim.3618).

    Parameters
    ----------
    frame
        Numbers, booleans and categories. Columns that :func:`plan_imputation` warns of stay as they are.
    imputations
        How many tables; about as many as there are per cent of incomplete rows (White 2011, doi:10.1002/sim.4067).
    rounds
        How often the chain goes through all variables for each table.
    seed
        The same seed gives the same tables.

    Raises
    ------
    UsageError
        Where there is nothing to go through, or a column is named twice.
    """
    if imputations < 1 or rounds < 1:
        raise UsageError(f"{imputations} tables in {rounds} rounds cannot be imputed: give at least one of each")
    columns, _ = _read(frame)
    return (_imputed(frame, columns, rounds, child) for child in np.random.SeedSequence(seed).spawn(imputations))


class _Column:
    """One variable as numbers.

    Parameters
    ----------
    name
        Its name.
    values
        A number for each row, NaN where it is missing: the value itself, or the position of the category.
    levels
        The number of categories; 0 for a number.
    """

    def __init__(self, name: str, values: FloatArray, levels: int) -> None:
        self.name = name
        self.missing: NDArray[np.bool_] = np.isnan(values)
        self.values = values
        self.levels = levels
        observed = values[~self.missing]
        #: Whether it is drawn as a yes or no.
        self.binary = levels == 0 and bool(np.all((observed == 0.0) | (observed == 1.0)))

    @property
    def method(self) -> Method:
        return "logistic regression" if self.binary else "predictive mean matching"

    def encoded(self, values: FloatArray) -> FloatArray:
        """Return values as columns of numbers, shape (n, m): one for each category but the first."""
        if self.levels == 0:
            return values[:, np.newaxis]
        indicators: FloatArray = (values[:, np.newaxis] == np.arange(1, self.levels)).astype(np.float64)
        return indicators


def _read(frame: pd.DataFrame) -> tuple[list[_Column], list[str]]:
    if frame.columns.has_duplicates:
        raise UsageError("two columns of the table have one name: it is not clear which is to be imputed; rename one")
    columns: list[_Column] = []
    warnings: list[str] = []
    for label in frame.columns:
        series, name = frame[label], str(label)
        if pd.api.types.is_numeric_dtype(series.dtype) or pd.api.types.is_bool_dtype(series.dtype):
            values: FloatArray = series.to_numpy(dtype=np.float64, na_value=np.nan)
            levels = 0
        else:
            codes, found = pd.factorize(series, sort=True)
            values = np.where(codes >= 0, codes.astype(np.float64), np.nan)
            levels = len(found)
            if levels > _MOST_CATEGORIES:
                warnings.append(f"{name} has {levels} categories: it was taken for a label and left alone")
                continue
        observed = values[~np.isnan(values)]
        if len(observed) == 0:
            warnings.append(f"{name} has no value at all: it cannot be imputed")
            continue
        if np.ptp(observed) == 0.0:
            # It tells nothing about the others; what is missing of it can only be the same.
            if len(observed) < len(values):
                warnings.append(f"{name} has a single value: it was not imputed")
            continue
        columns.append(_Column(name, values, levels))
    return columns, warnings


def _imputed(frame: pd.DataFrame, columns: list[_Column], rounds: int, seed: np.random.SeedSequence) -> pd.DataFrame:
    """Return one imputed table."""
    random = np.random.default_rng(seed)
    current: dict[str, FloatArray] = {}
    for column in columns:
        values = column.values.copy()
        values[column.missing] = random.choice(values[~column.missing], int(column.missing.sum()))
        current[column.name] = values
    drawn = sorted((column for column in columns if column.missing.any()), key=lambda column: int(column.missing.sum()))
    # With one incomplete variable a second round would draw from the same distribution again.
    for _ in range(rounds if len(drawn) > 1 else 1):
        for column in drawn:
            others = [other.encoded(current[other.name]) for other in columns if other is not column]
            predictors = _directions(others, column.missing)
            draw = _draw_binary if column.binary else _draw_matched
            current[column.name][column.missing] = draw(column, predictors, random)
    imputed = frame.copy()
    for column in drawn:
        imputed[_label(frame, column.name)] = _restored(frame[_label(frame, column.name)], column, current[column.name])
    return imputed


def _label(frame: pd.DataFrame, name: str) -> Any:
    return next(label for label in frame.columns if str(label) == name)


def _directions(blocks: list[FloatArray], missing: NDArray[np.bool_]) -> FloatArray:
    """Return an intercept and uncorrelated predictors of unit variance, shape (n, k).

    They are the principal components of the other variables among the rows in which the variable is observed. So
    neither units nor variables that say the same thing matter, and few observed values are explained by few components.
    """
    n = len(missing)
    intercept = np.ones((n, 1))
    if not blocks:
        return intercept
    matrix = np.hstack(blocks)
    observed = matrix[~missing]
    spread = observed.std(axis=0)
    matrix = (matrix - observed.mean(axis=0))[:, spread > 0.0] / spread[spread > 0.0]
    if matrix.shape[1] == 0:
        return intercept
    observed = matrix[~missing]
    variances, axes = np.linalg.eigh(observed.T @ observed / len(observed))
    most = max(1, len(observed) // _VALUES_A_DIRECTION - 1)
    kept = np.flatnonzero(variances > _SMALLEST_VARIANCE * variances[-1])[-most:]
    return np.hstack([intercept, matrix @ (axes[:, kept] / np.sqrt(variances[kept]))])


def _draw_binary(column: _Column, predictors: FloatArray, random: np.random.Generator) -> FloatArray:
    """Draw a yes or no from a logistic regression whose coefficients are themselves drawn.

    Firth's penalty keeps them finite where another variable separates this one.
    """
    outcome = column.values[~column.missing]
    known = predictors[~column.missing]
    likelihood = LogisticLikelihood(known, outcome, firth=True)
    top = maximise(likelihood, np.zeros(known.shape[1]), tolerance=_LOGISTIC_TOLERANCE)
    root = np.linalg.cholesky(np.linalg.inv(top.evaluation.information))
    coefficients = top.parameters + root @ random.standard_normal(known.shape[1])
    share = expit(predictors[column.missing] @ coefficients)
    return np.asarray(random.random(len(share)) < share, dtype=np.float64)


def _draw_matched(column: _Column, predictors: FloatArray, random: np.random.Generator) -> FloatArray:
    """Draw a value that a patient with a similar prediction has.

    The prediction of the donors uses the estimated coefficients, that of the recipients drawn ones (type 1 matching).
    """
    known, wanted = predictors[~column.missing], predictors[column.missing]
    observed = column.values[~column.missing]
    target = column.encoded(observed)
    inverse = np.linalg.inv(known.T @ known)
    estimated = inverse @ (known.T @ target)
    residual = target - known @ estimated
    degrees = max(1, len(known) - known.shape[1])
    freedom = np.sqrt(degrees / random.chisquare(degrees))
    # Indicators of one variable err together: their drawn coefficients are correlated as their residuals are.
    covariance = residual.T @ residual / degrees
    values, axes = np.linalg.eigh(covariance)
    together = axes * np.sqrt(np.maximum(values, 0.0))
    noise = random.standard_normal(estimated.shape) @ together.T
    drawn = estimated + freedom * np.linalg.cholesky(inverse) @ noise
    donors = known @ estimated
    if target.shape[1] == 1:
        chosen = _nearest_on_line(donors[:, 0], (wanted @ drawn)[:, 0], random)
    else:
        chosen = _nearest_in_space(donors, wanted @ drawn, random)
    return observed[chosen]


def _nearest_on_line(donors: FloatArray, wanted: FloatArray, random: np.random.Generator) -> NDArray[np.intp]:
    """Return for each wanted value one of its nearest donors, at random."""
    order = np.argsort(donors, kind="stable")
    line = donors[order]
    count = min(_DONORS, len(line))
    after = np.searchsorted(line, wanted)
    window = after[:, np.newaxis] + np.arange(-count, count)
    outside = (window < 0) | (window >= len(line))
    window = np.clip(window, 0, len(line) - 1)
    distance = np.where(outside, np.inf, np.abs(line[window] - wanted[:, np.newaxis]))
    nearest = np.take_along_axis(window, np.argpartition(distance, count - 1, axis=1)[:, :count], axis=1)
    chosen = nearest[np.arange(len(wanted)), random.integers(0, count, len(wanted))]
    # Many donors may have one prediction, where the predictors are few categories: then any of them will do, lest the
    # same five serve everybody.
    begin, end = np.searchsorted(line, line[chosen], side="left"), np.searchsorted(line, line[chosen], side="right")
    return np.asarray(order[random.integers(begin, end)], dtype=np.intp)


def _nearest_in_space(donors: FloatArray, wanted: FloatArray, random: np.random.Generator) -> NDArray[np.intp]:
    """Return for each wanted point one of its nearest donors, at random; donors at one point are equally near."""
    from scipy.spatial import cKDTree

    points, inverse, counts = np.unique(donors, axis=0, return_inverse=True, return_counts=True)
    count = min(_DONORS, len(points))
    _, near = cKDTree(points).query(wanted, k=count)
    near = np.asarray(near).reshape(len(wanted), count)
    # As many nearest points as hold five donors.
    held = np.cumsum(counts[near], axis=1)
    enough = np.argmax(held >= np.minimum(_DONORS, held[:, -1:]), axis=1)
    pick = random.integers(0, held[np.arange(len(wanted)), enough])
    place = np.argmax(held > pick[:, np.newaxis], axis=1)
    point = near[np.arange(len(wanted)), place]
    by_point = np.argsort(inverse.reshape(-1), kind="stable")
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.asarray(by_point[first[point] + random.integers(0, counts[point])], dtype=np.intp)


def _restored(series: pd.Series, column: _Column, values: FloatArray) -> pd.Series:
    """Return a column of the table with its missing values filled, of the type it had."""
    if column.levels:
        _, found = pd.factorize(series, sort=True)
        text = pd.Series(np.asarray(found, dtype=object)[values.astype(np.intp)], index=series.index)
        return text.astype(series.dtype)
    filled = pd.Series(values, index=series.index)
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_extension_array_dtype(series.dtype):
        return filled.astype(series.dtype)
    return filled
