"""How many patients a trial needs whose endpoint is the change of calcinosis.

Two endpoints: the change itself (an area or a score, on the scale on which it is analysed), and whether calcinosis grew
by more than 25 % (Valenzuela 2022, Semin Arthritis Rheum 53:151980: progression above +25 %, improvement below -25 %).

The error of reading is part of the spread of a change. From the smallest detectable change it follows how much of the
spread is error, and so how many patients a more exact reading saves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from sclerograph.cohort.interval import check_level, normal_quantile
from sclerograph.errors import UsageError

__all__ = [
    "IMPROVEMENT_PERCENT",
    "PROGRESSION_PERCENT",
    "SampleSize",
    "error_of_change",
    "power_of_change",
    "power_of_responders",
    "sample_size_for_change",
    "sample_size_for_responders",
    "share_improving",
    "share_progressing",
    "spread_of_change",
]

#: Beyond these percentages of change calcinosis has progressed or improved (Valenzuela 2022, strict inequalities).
PROGRESSION_PERCENT = 25.0
IMPROVEMENT_PERCENT = -25.0

#: No trial of calcinosis is larger; where more are needed the effect is none.
_MOST_PATIENTS = 10_000_000


@dataclass(frozen=True)
class SampleSize:
    """The patients that a two-armed trial needs."""

    #: With an assessed endpoint, and to be enrolled so that so many remain.
    control: int
    treated: int
    enrolled_control: int
    enrolled_treated: int
    #: What these numbers give, at least the power that was asked for.
    power: float

    @property
    def enrolled(self) -> int:
        """All patients to be enrolled."""
        return self.enrolled_control + self.enrolled_treated


def error_of_change(smallest_detectable_change: float, level: float = 0.95) -> float:
    """Return the standard deviation of the error of a change whose SDC is known: SDC / z, in the same unit.

    A change without any true change exceeds the SDC, either way, in 5 of 100 patients, so that the SDC is 1.96 standard
    deviations of its error.
    """
    _need(smallest_detectable_change >= 0.0, "a smallest detectable change below 0", "give what was measured")
    return smallest_detectable_change / normal_quantile(level)


def spread_of_change(
    true_spread: float,
    smallest_detectable_change: float = 0.0,
    *,
    correlation_with_baseline: float = 0.0,
    level: float = 0.95,
) -> float:
    """Return the standard deviation of the measured change between patients, in the unit of the change.

    Parameters
    ----------
    true_spread
        Standard deviation of the true changes.
    smallest_detectable_change
        SDC of the reading, whose error adds to the spread.
    correlation_with_baseline
        Correlation of the change with the baseline values that the analysis adjusts for: an analysis of covariance
        leaves a share of 1 - r squared of the variance (Borm 2007, J Clin Epidemiol 60:1234-1238,
        doi:10.1016/j.jclinepi.2007.02.006).
    level
        The level of the SDC.
    """
    _need(true_spread >= 0.0, "a spread below 0", "give a standard deviation")
    _need(-1.0 < correlation_with_baseline < 1.0, "a correlation beyond -1 to 1", "give the one that was measured")
    error = error_of_change(smallest_detectable_change, level)
    return math.sqrt((true_spread**2 + error**2) * (1.0 - correlation_with_baseline**2))


def power_of_change(difference: float, sd: float, control: int, treated: int, alpha: float = 0.05) -> float:
    """Return the power of a two-sided t test of the mean change between two arms, exact for normal changes.

    Parameters
    ----------
    difference
        Difference of the true mean changes, in the unit of ``sd``; its sign does not matter.
    sd
        Standard deviation of the measured change in each arm, as :func:`spread_of_change` gives it.
    control, treated
        Patients with an assessed change, at least one in each arm and three in both.
    alpha
        Level of significance.
    """
    from scipy.special import stdtrit
    from scipy.stats import nct

    check_level(1.0 - alpha)
    _need(sd > 0.0, "a spread of 0 or less", "give the standard deviation of the measured change")
    _need(
        min(control, treated) >= 1 and control + treated > 2,
        "arms of too few patients",
        "give at least 1 in each and 3 in both",
    )
    freedom = control + treated - 2
    noncentrality = abs(difference) / (sd * math.sqrt(1.0 / control + 1.0 / treated))
    critical = float(stdtrit(freedom, 1.0 - alpha / 2.0))
    upper = float(nct.sf(critical, freedom, noncentrality))
    lower = float(nct.cdf(-critical, freedom, noncentrality))
    # Far in the tail the noncentral t is not computed; there it is 0.
    return upper + (lower if math.isfinite(lower) else 0.0)


def sample_size_for_change(
    difference: float,
    sd: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    treated_per_control: float = 1.0,
    dropout: float = 0.0,
) -> SampleSize:
    """Return the fewest patients with whom a difference of mean changes is found with this power.

    Parameters
    ----------
    difference, sd, alpha
        As in :func:`power_of_change`.
    power
        Probability of a significant result if the difference is as given.
    treated_per_control
        Treated patients for each control.
    dropout
        Share of the enrolled who will have no assessed change.

    Raises
    ------
    UsageError
        The difference is 0, or a figure is outside its range.
    """
    _need(difference != 0.0, "no difference between the arms", "give the smallest one that matters to patients")
    return _fewest(
        lambda control, treated: power_of_change(difference, sd, control, treated, alpha),
        power,
        treated_per_control,
        dropout,
    )


def share_progressing(median_percent: float, log_sd: float) -> float:
    """Return the share of patients whose measured change is above +25 %, for log-normal ratios.

    Calcinosis grows in proportion to what is there, so that the logarithm of the ratio of two areas is close to normal
    while the percentage is skewed.

    Parameters
    ----------
    median_percent
        Median change, as +12.8.
    log_sd
        Standard deviation of the natural logarithm of follow-up over baseline, with the error of reading.

    Raises
    ------
    UsageError
        The median is a loss of everything, or the spread is not positive.
    """
    return _share_above(PROGRESSION_PERCENT, median_percent, log_sd)


def share_improving(median_percent: float, log_sd: float) -> float:
    """Return the share of patients whose measured change is below -25 %, as :func:`share_progressing` does."""
    return 1.0 - _share_above(IMPROVEMENT_PERCENT, median_percent, log_sd)


def _share_above(threshold_percent: float, median_percent: float, log_sd: float) -> float:
    from scipy.special import ndtr

    _need(median_percent > -100.0, "a median loss of 100 % or more", "give a change above -100 %")
    _need(log_sd > 0.0, "a spread of 0 or less", "give the standard deviation of the logarithm of the ratio")
    distance = math.log1p(median_percent / 100.0) - math.log1p(threshold_percent / 100.0)
    return float(ndtr(distance / log_sd))


def power_of_responders(
    control_share: float, treated_share: float, control: int, treated: int, alpha: float = 0.05
) -> float:
    """Return the power of a two-sided chi-square test of two shares, by the normal approximation.

    Without continuity correction: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed. 2003,
    section 4.2.

    Parameters
    ----------
    control_share, treated_share
        Shares with the event (as progression above 25 %) in each arm.
    control, treated
        Patients with an assessed endpoint in each arm.
    alpha
        Level of significance.
    """
    from scipy.special import ndtr

    check_level(1.0 - alpha)
    shares = control_share, treated_share
    _need(all(0.0 <= share <= 1.0 for share in shares), "a share beyond 0 to 1", "give shares, not percentages")
    _need(min(control, treated) >= 1, "an arm without patients", "give at least 1")
    pooled = (control * control_share + treated * treated_share) / (control + treated)
    without = math.sqrt(pooled * (1.0 - pooled) * (1.0 / control + 1.0 / treated))
    within = math.sqrt(
        control_share * (1.0 - control_share) / control + treated_share * (1.0 - treated_share) / treated
    )
    difference, critical = abs(control_share - treated_share), normal_quantile(1.0 - alpha) * without
    if within == 0.0:
        return float(difference > critical)
    return float(ndtr((difference - critical) / within) + ndtr((-difference - critical) / within))


def sample_size_for_responders(
    control_share: float,
    treated_share: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    treated_per_control: float = 1.0,
    dropout: float = 0.0,
) -> SampleSize:
    """Return the fewest patients with whom a difference of shares is found with this power.

    Parameters
    ----------
    control_share, treated_share, alpha
        As in :func:`power_of_responders`; :func:`share_progressing` gives shares from a distribution of change.
    power, treated_per_control, dropout
        As in :func:`sample_size_for_change`.

    Raises
    ------
    UsageError
        The shares are equal, or a figure is outside its range.
    """
    _need(control_share != treated_share, "no difference between the arms", "give the smallest one that matters")
    return _fewest(
        lambda control, treated: power_of_responders(control_share, treated_share, control, treated, alpha),
        power,
        treated_per_control,
        dropout,
    )


def _fewest(
    power_of: Callable[[int, int], float], wanted: float, treated_per_control: float, dropout: float
) -> SampleSize:
    check_level(wanted)
    _need(treated_per_control > 0.0, "arms in a ratio of 0 or less", "give treated patients for each control")
    _need(0.0 <= dropout < 1.0, "a dropout beyond 0 to 1", "give the share that is lost")

    def treated(control: int) -> int:
        return max(2, math.ceil(control * treated_per_control - 1e-9))

    low, high = 1, 2
    while power_of(high, treated(high)) < wanted:
        low, high = high, 2 * high
        _need(high < _MOST_PATIENTS, "a difference too small for any trial", "give a larger one")
    while high - low > 1:
        middle = (low + high) // 2
        if power_of(middle, treated(middle)) < wanted:
            low = middle
        else:
            high = middle
    sizes = high, treated(high)
    enrolled_control, enrolled_treated = (math.ceil(size / (1.0 - dropout) - 1e-9) for size in sizes)
    return SampleSize(*sizes, enrolled_control, enrolled_treated, power_of(*sizes))


def _need(holds: bool, found: str, remedy: str) -> None:
    if not holds:
        raise UsageError(f"{found} was given: no number of patients follows from it; {remedy}")
