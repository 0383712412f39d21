from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.statistics import agreement, dice, quadratic_kappa, share_interval, summarise_errors


def test_summary_of_known_distances() -> None:
    summary = summarise_errors([1.0, 2.0, 3.0, 5.0, 14.0])
    assert (summary.n, summary.mean_mm, summary.median_mm) == (5, 5.0, 3.0)
    assert summary.sd_mm == pytest.approx(np.std([1, 2, 3, 5, 14], ddof=1))
    assert (summary.beyond_2mm, summary.beyond_4mm, summary.beyond_10mm) == (0.6, 0.4, 0.2)


def test_no_distances_have_no_summary() -> None:
    with pytest.raises(ValueError, match="at least one"):
        summarise_errors([])


def test_wilson_interval_of_a_published_example() -> None:
    # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I: 81 of 263
    assert share_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    # and 0 of 20, 1 of 29
    assert share_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert share_interval(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = share_interval(hits, n)
    assert 0.0 <= low <= hits / n <= high <= 1.0


def test_dice_by_hand() -> None:
    first, second = np.array([1, 1, 1, 0], bool), np.array([0, 1, 1, 1], bool)
    assert dice(first, second) == pytest.approx(2 / 3)
    assert dice(first & False, second & False) is None


def test_kappa_of_a_table_computed_by_hand() -> None:
    # rows truth, columns measured: [[2, 1], [0, 1]]: observed weighted disagreement 1, expected (3*2 + 1*2)/4 = 2
    assert quadratic_kappa([0, 0, 0, 1], [0, 0, 1, 1], 2) == pytest.approx(0.5)


def test_quadratic_kappa_equals_lin_concordance_of_the_grades() -> None:
    # with quadratic weights kappa is 2 cov / (var + var + difference of means squared), Krippendorff 1970
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 5, 400)
    measured = np.clip(truth + rng.integers(-1, 2, 400), 0, 4)
    covariance = np.mean((truth - truth.mean()) * (measured - measured.mean()))
    expected = 2 * covariance / (truth.var() + measured.var() + (truth.mean() - measured.mean()) ** 2)
    assert quadratic_kappa(truth.tolist(), measured.tolist(), 5) == pytest.approx(expected)


def test_kappa_is_undefined_without_spread() -> None:
    assert quadratic_kappa([], [], 5) is None
    assert quadratic_kappa([2, 2], [2, 2], 5) is None


def test_agreement_of_known_differences() -> None:
    both = agreement([10.0, 20.0, 40.0], [11.0, 20.0, 36.0])
    assert both is not None
    assert both.bias == pytest.approx(0.0)
    assert both.high == pytest.approx(1.959964 * 0.1, rel=1e-5)
    assert both.widest == pytest.approx(both.high)
    assert agreement([10.0], [11.0]) is None
