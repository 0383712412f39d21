from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sclerograph.cohort.agreement.intraclass import FORMS, IntraclassForm, intraclass, intraclass_of_every_form
from sclerograph.cohort.agreement.variance import mean_squares

#: Six subjects rated by four judges: table 2 of Shrout and Fleiss 1979.
SHROUT_FLEISS = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ICC(1,1)", 0.17),
        ("ICC(2,1)", 0.29),
        ("ICC(3,1)", 0.71),
        ("ICC(1,k)", 0.44),
        ("ICC(2,k)", 0.62),
        ("ICC(3,k)", 0.91),
    ],
)
def test_the_six_coefficients_of_shrout_and_fleiss(name: str, value: float) -> None:
    """Table 4 of Shrout and Fleiss 1979."""
    found = {each.form.shrout_fleiss: each for each in intraclass_of_every_form(SHROUT_FLEISS)}[name]
    assert found.value == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("ICC(1,1)", -0.133, 0.72),
        ("ICC(2,1)", 0.019, 0.76),
        ("ICC(3,1)", 0.342, 0.95),
        ("ICC(1,k)", -0.884, 0.91),
        ("ICC(2,k)", 0.071, 0.93),
        ("ICC(3,k)", 0.676, 0.99),
    ],
)
def test_their_intervals(name: str, low: float, high: float) -> None:
    """As the help page of ICC in the R package psych prints them for the same ratings."""
    found = {each.form.shrout_fleiss: each for each in intraclass_of_every_form(SHROUT_FLEISS)}[name]
    assert found.low == pytest.approx(low, abs=5e-4)
    assert found.high == pytest.approx(high, abs=5e-3)


def test_the_mean_squares_of_shrout_and_fleiss() -> None:
    """Table 3 of Shrout and Fleiss 1979."""
    squares = mean_squares(SHROUT_FLEISS)
    assert squares is not None
    assert [squares.rows, squares.within, squares.columns, squares.error] == pytest.approx(
        [11.24, 6.26, 32.49, 1.02], abs=0.005
    )


def test_there_are_ten_forms_with_names() -> None:
    assert [form.mcgraw_wong for form in FORMS] == [
        *("ICC(1)", "ICC(k)"),
        *("ICC(C,1)", "ICC(C,k)", "ICC(A,1)", "ICC(A,k)") * 2,
    ]
    assert [form.shrout_fleiss for form in FORMS if form.shrout_fleiss] == [
        *("ICC(1,1)", "ICC(1,k)", "ICC(2,1)", "ICC(2,k)", "ICC(3,1)", "ICC(3,k)")
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.integers(2, 4), st.integers(0, 10_000), st.sampled_from([0.9, 0.95]))
def test_the_limits_of_consistency_are_the_values_that_the_f_test_just_rejects(
    n: int, k: int, seed: int, level: float
) -> None:
    """If the coefficient is rho, MSR / MSE is (1 + (k - 1) rho) / (1 - rho) times an F variable, exactly."""
    random = np.random.default_rng(seed)
    ratings = random.normal(0, 1, (n, k)) + random.normal(0, 2, (n, 1))
    squares = mean_squares(list(ratings.T))
    assert squares is not None
    for model, rest, freedom in (
        ("two_way_mixed", squares.error, (n - 1) * (k - 1)),
        ("one_way_random", squares.within, n * (k - 1)),
    ):
        definition = "consistency" if model == "two_way_mixed" else "absolute_agreement"
        found = intraclass(list(ratings.T), IntraclassForm(model, definition, "single"), level)
        for limit, tail in ((found.low, stats.f.sf), (found.high, stats.f.cdf)):
            scaled = squares.rows / rest * (1 - limit) / (1 + (k - 1) * limit)
            assert tail(scaled, n - 1, freedom) == pytest.approx((1 - level) / 2, abs=1e-9)
        assert found.test.p == pytest.approx(stats.f.sf(squares.rows / rest, n - 1, freedom))


def test_the_limits_of_absolute_agreement_hold_their_level() -> None:
    """The interval is approximate: of 400 studies of 12 readers drawn from a population about 95 % hold the truth."""
    random = np.random.default_rng(8)
    truth = 4.0 / (4.0 + 0.25 + 1.0)
    held = 0
    for _ in range(400):
        ratings = random.normal(0, 2, (20, 1)) + random.normal(0, 0.5, (1, 12)) + random.normal(0, 1, (20, 12))
        found = intraclass(list(ratings.T))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 400 <= 0.98


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_average_follows_from_that_of_the_single_rating(form: IntraclassForm) -> None:
    single = intraclass(SHROUT_FLEISS, IntraclassForm(form.model, form.definition, "single"))
    average = intraclass(SHROUT_FLEISS, IntraclassForm(form.model, form.definition, "average"))
    for one, mean in ((single.value, average.value), (single.low, average.low), (single.high, average.high)):
        assert one is not None
        assert mean == pytest.approx(4 * one / (1 + 3 * one))
    assert single.low is not None
    assert single.value is not None
    assert single.high is not None
    assert single.low < single.value < single.high
    assert (single.interval.low, single.interval.high) == (single.low, single.high)


def test_averages_by_their_own_formulas() -> None:
    squares = mean_squares(SHROUT_FLEISS)
    assert squares is not None
    found = {each.form.mcgraw_wong: each.value for each in intraclass_of_every_form(SHROUT_FLEISS)}
    assert found["ICC(k)"] == pytest.approx((squares.rows - squares.within) / squares.rows)
    assert found["ICC(C,k)"] == pytest.approx((squares.rows - squares.error) / squares.rows)
    assert found["ICC(A,k)"] == pytest.approx(
        (squares.rows - squares.error) / (squares.rows + (squares.columns - squares.error) / 6)
    )


def test_a_constant_difference_counts_only_in_absolute_agreement() -> None:
    first = np.arange(10.0)
    both = {each.form.mcgraw_wong: each.value for each in intraclass_of_every_form([first, first + 3])}
    assert both["ICC(C,1)"] == pytest.approx(1.0)
    assert both["ICC(A,1)"] is not None
    assert both["ICC(A,1)"] < 0.7


def test_the_default_is_one_reader_of_many_in_absolute_agreement() -> None:
    assert intraclass(SHROUT_FLEISS).form.shrout_fleiss == "ICC(2,1)"


def test_perfect_agreement_has_no_interval_and_no_subjects_have_no_value() -> None:
    perfect = intraclass([[1, 2, 3, 4], [1, 2, 3, 4]])
    assert perfect.value == pytest.approx(1.0)
    assert (perfect.low, perfect.high, perfect.test.p) == (None, None, None)
    flat = intraclass([[2, 2, 2], [2, 2, 2]])
    assert flat.value is None
    nobody = intraclass([[1, None], [None, 2]])
    assert (nobody.value, nobody.subjects, nobody.missing) == (None, 0, 2)
    assert nobody.test.note is not None


def test_subjects_who_differ_less_than_readers_give_a_negative_value() -> None:
    found = intraclass([[1, 2, 3], [3, 2, 1]])
    assert found.value is not None
    assert found.value < 0
    assert intraclass([[1, 2], [2, 1]], FORMS[1]).value == -math.inf
