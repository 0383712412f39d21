from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from sclerograph.cohort.interval import Interval
from sclerograph.cohort.survival import kaplan_meier, log_rank
from sclerograph.errors import UsageError

#: Weeks of remission of 21 patients on 6-mercaptopurine and 21 on placebo (Freireich 1963; Gehan 1965,
#: doi:10.1093/biomet/52.1-2.203), the worked example of most textbooks.
MERCAPTOPURINE = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def _remissions() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "weeks": MERCAPTOPURINE + PLACEBO,
            "relapse": RELAPSED + [1] * 21,
            "treatment": ["mercaptopurine"] * 21 + ["placebo"] * 21,
        }
    )


def _cohort(n: int = 200, groups: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    subset = rng.integers(0, groups, n)
    death = rng.exponential(8.0 / (1.0 + 0.5 * subset))
    left = rng.exponential(10.0, n)
    return pd.DataFrame(
        {"years": np.ceil(np.minimum(death, left) * 4.0) / 4.0, "death": death <= left, "subset": subset.astype(str)}
    )


def _lifelines(name: str, *values: Any) -> Any:
    import lifelines
    import lifelines.statistics

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name == "log_rank":
            return lifelines.statistics.multivariate_logrank_test(*values)
        return lifelines.KaplanMeierFitter().fit(*values)


def test_the_remissions_give_the_curve_of_the_textbooks() -> None:
    frame = _remissions()
    treated, placebo = kaplan_meier(frame["weeks"], frame["relapse"], frame["treatment"]).curves
    assert [round(treated.survival_at(week), 4) for week in (6, 7, 10, 13, 16, 22, 23)] == [
        0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482,
    ]  # fmt: skip
    assert (treated.n, treated.events, placebo.n, placebo.events) == (21, 9, 21, 21)
    assert (treated.median, placebo.median) == (23.0, 8.0)
    assert treated.numbers_at_risk([0, 6, 7, 10, 22, 23, 40]) == (21, 21, 17, 15, 7, 6, 0)
    assert placebo.survival[-1] == 0.0
    assert placebo.low[-1] is None
    assert treated.survival_at(5.9) == 1.0


def test_the_remissions_give_the_log_rank_test_of_the_textbooks() -> None:
    frame = _remissions()
    compared = log_rank(frame["weeks"], frame["relapse"], frame["treatment"])
    assert compared.test.statistic == pytest.approx(16.79, abs=0.005)
    assert [round(group.expected, 2) for group in compared.groups] == [19.25, 10.75]
    assert [group.observed for group in compared.groups] == [9, 21]
    assert compared.test.note == "1 degree of freedom"


def test_curves_are_those_of_lifelines() -> None:
    frame = _cohort()
    result = kaplan_meier(frame["years"], frame["death"], frame["subset"])
    assert [curve.group for curve in result.curves] == ["0", "1", "2"]
    for curve in result.curves:
        of_group = frame[frame["subset"] == curve.group]
        expected = _lifelines("curve", of_group["years"], of_group["death"])
        table = expected.event_table.iloc[1:]
        assert list(curve.time) == list(table.index)
        assert list(curve.at_risk) == list(table["at_risk"])
        assert list(curve.deaths) == list(table["observed"])
        assert list(curve.censored) == list(table["censored"])
        assert list(curve.survival) == pytest.approx(list(expected.survival_function_.iloc[1:, 0]), abs=1e-12)
        for ours, theirs in ((curve.low, 0), (curve.high, 1)):
            known = [limit is not None for limit in ours]
            limits = expected.confidence_interval_.iloc[1:, theirs].to_numpy()[known]
            assert [limit for limit in ours if limit is not None] == pytest.approx(list(limits), abs=1e-9)
        assert curve.median == expected.median_survival_time_


def test_the_interval_of_the_median_is_that_of_lifelines() -> None:
    from lifelines.utils import median_survival_times

    frame = _cohort()
    (curve,) = kaplan_meier(frame["years"], frame["death"]).curves
    expected = _lifelines("curve", frame["years"], frame["death"])
    limits = median_survival_times(expected.confidence_interval_).to_numpy()[0]
    assert curve.median_interval == Interval(limits[0], limits[1])
    assert curve.group == "all"


def test_the_log_rank_test_of_three_groups_is_that_of_lifelines() -> None:
    frame = _cohort()
    result = kaplan_meier(frame["years"], frame["death"], frame["subset"]).log_rank
    assert result is not None
    expected = _lifelines("log_rank", frame["years"], frame["subset"], frame["death"])
    assert result.test.statistic == pytest.approx(expected.test_statistic, rel=1e-9)
    assert result.test.p == pytest.approx(expected.p_value, rel=1e-8)
    assert result.test.note == "2 degrees of freedom"
    assert sum(group.observed for group in result.groups) == pytest.approx(
        sum(group.expected for group in result.groups)
    )


def test_median_follow_up_counts_who_died_as_followed_no_longer() -> None:
    (curve,) = kaplan_meier([1, 2, 3, 4, 5], [1, 0, 1, 0, 0]).curves
    # Censored at 2 (of 4 left), 4 (of 2), 5 (of 1): 3/4, 3/8.
    assert curve.median_follow_up == 4.0
    assert curve.follow_up() == (1.0, 2.0, 3.0, 4.0, 5.0)
    assert curve.censoring_times() == (2.0, 4.0, 5.0)


def test_without_any_event_the_curve_stays_at_one() -> None:
    (curve,) = kaplan_meier([1, 2, 2], [0, 0, 0]).curves
    assert curve.survival == (1.0, 1.0)
    assert curve.low == (None, None)
    assert (curve.median, curve.median_interval) == (None, Interval(None, None))
    nothing = log_rank([1, 2, 2], [0, 0, 0], ["a", "b", "b"])
    assert nothing.test.p is None


def test_few_expected_events_are_said() -> None:
    compared = log_rank([1, 2, 3, 4], [1, 0, 1, 0], ["a", "a", "b", "b"])
    assert "fewer than 5 events expected" in str(compared.test.note)
    # Expected in a: 2/4 + 0; variance 1/4.
    assert compared.test.statistic == pytest.approx(1.0)
    assert compared.test.p == pytest.approx(float(chi2.sf(1.0, 1)))


def test_a_single_group_is_not_compared() -> None:
    assert log_rank([1, 2], [1, 1], ["a", "a"]).test.note == "there is only one group"


def test_rows_without_group_are_left_out_and_counted_and_declared_order_is_kept() -> None:
    groups = pd.Series(
        pd.Categorical(["limited", "diffuse", None, "limited"], categories=["limited", "diffuse", "sine"])
    )
    result = kaplan_meier(pd.Series([1.0, 2.0, 3.0, np.nan]), pd.Series([1, 0, 1, 1]), groups)
    assert [(curve.group, curve.n) for curve in result.curves] == [("limited", 1), ("diffuse", 1)]
    assert "2 of 4 rows were left out" in result.warnings[0]


@pytest.mark.parametrize(
    ("time", "event", "said"), [([-1.0, 2.0], [0, 1], "negative"), ([1.0, 2.0], [0, 2], "0 and 1")]
)
def test_what_cannot_be_is_refused(time: list[float], event: list[int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        kaplan_meier(time, event)


@pytest.mark.slow
def test_a_hundred_thousand_patients_take_seconds() -> None:
    import time

    frame = _cohort(100_000)
    began = time.process_time()
    result = kaplan_meier(frame["years"], frame["death"], frame["subset"])
    assert sum(curve.n for curve in result.curves) == 100_000
    assert time.process_time() - began < 5.0


def test_two_groups_have_one_degree_of_freedom_whatever_rounding_does():
    # the covariance of two groups is of rank one, but for the last digits of long sums
    for seed in range(40):
        draw = np.random.default_rng(seed)
        n = int(draw.integers(60, 400))
        group = (draw.random(n) < 0.4).astype(int)
        time = np.round(draw.exponential(1.0, n), 4) + 0.1
        event = (draw.random(n) < 0.6).astype(int)
        test = log_rank(time, event, group).test
        assert test.note is not None
        assert test.note.startswith("1 degree of freedom")
        # of two groups the statistic is the square of the gap over its variance, in either of them
        moments = np.unique(time[event == 1])
        risk = np.array([[(time >= m).sum(), ((time >= m) & (group == 1)).sum()] for m in moments], dtype=float)
        dying = np.array([((time == m) & (event == 1)).sum() for m in moments], dtype=float)
        share = risk[:, 1] / risk[:, 0]
        gap = (event[group == 1]).sum() - (share * dying).sum()
        spread = dying * (risk[:, 0] - dying) / np.maximum(risk[:, 0] - 1, 1) * share * (1 - share)
        assert test.statistic == pytest.approx(gap**2 / spread.sum(), rel=1e-8)
        assert test.p == pytest.approx(chi2.sf(gap**2 / spread.sum(), 1), rel=1e-8)
