from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from sclerograph.cohort.multiplicity import benjamini_hochberg
from sclerograph.errors import UsageError

#: Table 1 of Benjamini and Hochberg 1995: of 15 hypotheses 4 are rejected at 0.05, by Bonferroni 3.
MYOCARDIAL_INFARCTION = (
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000),
)


def test_the_example_of_benjamini_and_hochberg() -> None:
    adjusted = benjamini_hochberg(MYOCARDIAL_INFARCTION)
    assert [value is not None and value <= 0.05 for value in adjusted] == [True] * 4 + [False] * 11
    assert adjusted == pytest.approx(false_discovery_control(MYOCARDIAL_INFARCTION), abs=1e-12)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60))
def test_it_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1], abs=1e-12)


def test_tests_that_were_not_made_do_not_count() -> None:
    assert benjamini_hochberg([None, 0.01, None, 0.04]) == (None, 0.02, None, 0.04)
    assert benjamini_hochberg([]) == ()
    assert benjamini_hochberg([None]) == (None,)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_what_is_no_p_value_is_refused(p: float) -> None:
    with pytest.raises(UsageError, match="outside 0 to 1"):
        benjamini_hochberg([0.5, p])
