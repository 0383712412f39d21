"""Time to an event without a model: Kaplan-Meier curves and the log-rank test."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from sclerograph.cohort.design import check_binary, check_times, read_design
from sclerograph.cohort.interval import Interval, TestResult, check_level, normal_quantile
from sclerograph.cohort.likelihood.newton import FloatArray

__all__ = ["KaplanMeier", "KaplanMeierCurve", "LogRank", "LogRankGroup", "kaplan_meier", "log_rank"]

#: The group of all patients where none is given.
EVERYBODY = "all"
#: Share of the greatest variance below which another one is taken for a rounding error.
_ROUNDING = 1e-9
#: With fewer expected events in a group the distribution of the log-rank statistic is only roughly chi-square.
_ENOUGH_EXPECTED = 5.0


@dataclass(frozen=True)
class KaplanMeierCurve:
    """The Kaplan-Meier estimate of one group; the columns have one entry for each time at which somebody left."""

    group: str
    #: Patients in the group, and those with the event.
    n: int
    events: int
    #: Times of events and of censoring, ascending, each once.
    time: tuple[float, ...]
    #: Patients at risk just before each time.
    at_risk: tuple[int, ...]
    #: Events at each time.
    deaths: tuple[int, ...]
    #: Patients censored at each time.
    censored: tuple[int, ...]
    #: The share without event just after each time.
    survival: tuple[float, ...]
    #: Limits of its interval (Greenwood's variance on the log-log scale); ``None`` before the first event and where
    #: nobody is left.
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    #: The first time at which half have had the event; ``None`` where follow-up ended before.
    median: float | None
    #: The times at which the limits cross one half (Brookmeyer & Crowley 1982, doi:10.2307/2530286).
    median_interval: Interval
    #: Median follow-up: that of the curve in which events and censoring change places (Schemper & Smith 1996,
    #: doi:10.1016/0197-2456(96)00075-X).
    median_follow_up: float | None

    def survival_at(self, time: float) -> float:
        """Return the share without event at a time; 1 before the first event."""
        position = bisect_right(self.time, time)
        return self.survival[position - 1] if position else 1.0

    def numbers_at_risk(self, times: Sequence[float]) -> tuple[int, ...]:
        """Return how many had neither the event nor left before each of these times: the row under a figure."""
        positions = (bisect_left(self.time, time) for time in times)
        return tuple(self.at_risk[position] if position < len(self.time) else 0 for position in positions)

    def follow_up(self) -> tuple[float, ...]:
        """Return the time of event or censoring of each patient, ascending."""
        left = (died + censored for died, censored in zip(self.deaths, self.censored, strict=True))
        return tuple(time for time, count in zip(self.time, left, strict=True) for _ in range(count))

    def censoring_times(self) -> tuple[float, ...]:
        """Return the time of each patient who was censored, ascending: the ticks on the curve."""
        return tuple(time for time, count in zip(self.time, self.censored, strict=True) for _ in range(count))


@dataclass(frozen=True)
class LogRankGroup:
    """Events of one group, and how many there would be if all groups had the same risk."""

    group: str
    n: int
    observed: int
    expected: float


@dataclass(frozen=True)
class LogRank:
    """The log-rank test, and what it compares."""

    groups: tuple[LogRankGroup, ...]
    test: TestResult


@dataclass(frozen=True)
class KaplanMeier:
    """Kaplan-Meier curves of one or several groups."""

    curves: tuple[KaplanMeierCurve, ...]
    #: The comparison of the groups; ``None`` with a single one.
    log_rank: LogRank | None
    #: Confidence level of the intervals.
    level: float
    #: Rows left out and why, in words.
    warnings: tuple[str, ...]


def kaplan_meier(
    time: ArrayLike | pd.Series,
    event: ArrayLike | pd.Series,
    group: ArrayLike | pd.Series | None = None,
    level: float = 0.95,
) -> KaplanMeier:
    """Estimate the share of patients without event over time, group by group.

    Parameters
    ----------
    time
        From the origin to the event or to the end of follow-up, not negative.
    event
        1 where the time ended with the event, 0 where follow-up ended without it.
    group
        The group of each patient; one curve each, in order of a declared category, else sorted.
    level
        Confidence level of the intervals.

    Raises
    ------
    UsageError
        Where a time is negative, an event is neither 0 nor 1, or the columns differ in length.
    """
    check_level(level)
    times, happened, names, members, warnings = _read(time, event, group)
    quantile = normal_quantile(level)
    curves = tuple(
        _curve(name, times[members == position], happened[members == position], quantile)
        for position, name in enumerate(names)
    )
    comparison = _log_rank(times, happened, names, members) if len(names) > 1 else None
    return KaplanMeier(curves, comparison, level, warnings)


def log_rank(time: ArrayLike | pd.Series, event: ArrayLike | pd.Series, group: ArrayLike | pd.Series) -> LogRank:
    """Test whether groups have the same risk at all times (Mantel 1966).

    Arguments are those of :func:`kaplan_meier`.
    """
    times, happened, names, members, _ = _read(time, event, group)
    return _log_rank(times, happened, names, members)


def _read(
    time: ArrayLike | pd.Series, event: ArrayLike | pd.Series, group: ArrayLike | pd.Series | None
) -> tuple[FloatArray, NDArray[np.bool_], list[str], NDArray[np.intp], tuple[str, ...]]:
    """Return complete rows: times, events, the names of the groups, and the position of each row's group."""
    index = time.index if isinstance(time, pd.Series) else pd.RangeIndex(np.size(np.asarray(time)))
    grouped = pd.Series(EVERYBODY, index=index) if group is None else group
    if not isinstance(grouped, pd.Series):
        grouped = pd.Series(np.asarray(grouped), index=index)
    categories = grouped if isinstance(grouped.dtype, pd.CategoricalDtype) else grouped.astype("category")
    codes = pd.Series(categories.cat.codes, index=grouped.index).astype(float)
    read = read_design(
        pd.DataFrame(index=index), {"the time": time, "the event": event, "the group": codes.where(codes >= 0)}
    )
    times, observed = read.responses["the time"], read.responses["the event"]
    check_times(times)
    check_binary(observed, "the event")
    present, members = np.unique(read.responses["the group"].astype(np.intp), return_inverse=True)
    names = [str(categories.cat.categories[position]) for position in present]
    return times, observed == 1.0, names, members, read.warnings


def _curve(name: str, times: FloatArray, happened: NDArray[np.bool_], quantile: float) -> KaplanMeierCurve:
    moments, position = np.unique(times, return_inverse=True)
    deaths = np.bincount(position[happened], minlength=len(moments))
    left = np.bincount(position, minlength=len(moments))
    at_risk = len(times) - np.concatenate([[0], np.cumsum(left)[:-1]])
    survival: FloatArray = np.cumprod(1.0 - deaths / at_risk)
    remaining = at_risk - deaths
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(deaths > 0, deaths / (at_risk * remaining), 0.0))
        # On the scale log(−log S) no limit leaves the range from 0 to 1 (Kalbfleisch & Prentice 1980).
        reach = quantile * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(reach), survival ** np.exp(-reach)
    known = (survival > 0.0) & (survival < 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Who has the event at a time of censoring has it before.
        staying: FloatArray = np.where(remaining > 0, 1.0 - (left - deaths) / remaining, 1.0)
    return KaplanMeierCurve(
        group=name,
        n=len(times),
        events=int(deaths.sum()),
        time=tuple(float(moment) for moment in moments),
        at_risk=tuple(int(count) for count in at_risk),
        deaths=tuple(int(count) for count in deaths),
        censored=tuple(int(count) for count in left - deaths),
        survival=tuple(float(share) for share in survival),
        low=tuple(float(limit) if is_known else None for limit, is_known in zip(low, known, strict=True)),
        high=tuple(float(limit) if is_known else None for limit, is_known in zip(high, known, strict=True)),
        median=_first_at_half(moments, survival),
        median_interval=Interval(
            _first_at_half(moments[known], low[known]), _first_at_half(moments[known], high[known])
        ),
        median_follow_up=_first_at_half(moments, np.cumprod(staying)),
    )


def _first_at_half(moments: FloatArray, share: NDArray[np.floating[Any]]) -> float | None:
    """Return the first time at which a falling share is one half or less; ``None`` where it never is."""
    # A share of one half that comes out of a long product may lie a rounding error above it.
    fallen = np.flatnonzero(share <= 0.5 + 1e-12)
    return float(moments[fallen[0]]) if len(fallen) else None


def _log_rank(times: FloatArray, happened: NDArray[np.bool_], names: list[str], members: NDArray[np.intp]) -> LogRank:
    name = "log-rank test"
    moments = np.unique(times[happened])
    at_risk = np.empty((len(moments), len(names)))
    deaths = np.empty((len(moments), len(names)))
    for position in range(len(names)):
        of_group = np.sort(times[members == position])
        at_risk[:, position] = len(of_group) - np.searchsorted(of_group, moments, side="left")
        where = np.searchsorted(moments, times[(members == position) & happened])
        deaths[:, position] = np.bincount(where, minlength=len(moments))
    everybody, dying = at_risk.sum(axis=1), deaths.sum(axis=1)
    share = at_risk / everybody[:, np.newaxis]
    expected = (share * dying[:, np.newaxis]).sum(axis=0)
    # With one patient left there is no chance left either.
    spread = np.where(everybody > 1, dying * (everybody - dying) / np.maximum(everybody - 1, 1), 0.0)
    covariance = np.diag((share * spread[:, np.newaxis]).sum(axis=0)) - share.T @ (share * spread[:, np.newaxis])
    groups = tuple(
        LogRankGroup(group, int((members == position).sum()), int(deaths[:, position].sum()), float(expected[position]))
        for position, group in enumerate(names)
    )
    if len(names) < 2:
        return LogRank(groups, TestResult(name, None, None, "there is only one group"))
    # The rows of the covariance add up to zero, but for the last digits of long sums: these are no degree of freedom.
    least = _ROUNDING * float(np.abs(covariance).max())
    degrees = int(np.linalg.matrix_rank(covariance, tol=least, hermitian=True)) if least > 0.0 else 0
    if degrees == 0:
        return LogRank(groups, TestResult(name, None, None, "no event while two groups were at risk"))
    gap = deaths.sum(axis=0) - expected
    statistic = float(gap @ np.linalg.pinv(covariance, rcond=_ROUNDING, hermitian=True) @ gap)
    note = f"{degrees} {'degree' if degrees == 1 else 'degrees'} of freedom"
    if min(group.expected for group in groups) < _ENOUGH_EXPECTED:
        note += f"; fewer than {_ENOUGH_EXPECTED:.0f} events expected in a group: the p value is approximate"
    return LogRank(groups, TestResult(name, statistic, float(chi2.sf(statistic, degrees)), note))
