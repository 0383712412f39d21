from __future__ import annotations

import pandas as pd
import pytest

from sclerograph.cohort.beside_printed import beside_printed
from sclerograph.cohort.plan import PrintedFigures, parse_plan
from tests.cohort.plans import PLAN


def beside(values: dict[str, list[float]], **printed):
    quoted = PrintedFigures.model_validate({"source": "S", **printed})
    return beside_printed(parse_plan(PLAN), quoted, pd.DataFrame(values))


@pytest.mark.parametrize(
    ("percent", "agrees"),
    [("33.3%", True), ("33%", True), ("33,3 %", True), ("33.4%", None), ("67%", False), ("40%", None)],
)
def test_a_share_agrees_when_it_rounds_to_the_printed_digits(percent, agrees):
    result = beside({"ulcers": [1, 0, 0]}, shares=[{"variable": "ulcers", "n": 3, "percent": percent}])
    assert result.shares[0].agrees is agrees
    assert result.disagreements == (agrees is False)


def test_a_printed_count_is_compared_with_its_n():
    values = {"ulcers": [1, 0, 0]}
    assert beside(values, shares=[{"variable": "ulcers", "n": 3, "count": 1}]).shares[0].agrees is True
    assert beside(values, shares=[{"variable": "ulcers", "n": 4, "count": 1}]).shares[0].agrees is False
    both = beside(values, shares=[{"variable": "ulcers", "n": 3, "count": 1, "percent": "67%"}])
    assert both.shares[0].agrees is False


def test_a_mean_agrees_when_it_rounds_to_the_printed_digits():
    values = {"age_years": [50.0, 51.1]}
    assert beside(values, means=[{"variable": "age_years", "mean": "50.6"}]).means[0].agrees
    assert not beside(values, means=[{"variable": "age_years", "mean": "50.5"}]).means[0].agrees
    assert not beside({"age_years": [float("nan")]}, means=[{"variable": "age_years", "mean": "50"}]).means[0].agrees


@pytest.mark.parametrize(
    ("printed", "agrees"),
    # Fisher's exact test of this table gives 0.0286 (2 / 70)
    [("0.03", True), ("0.012", True), ("0.06", False), ("0.002", False), ("<0.05", True), ("<0.001", False)],
)
def test_p_values_agree_in_side_and_magnitude(printed, agrees):
    plan = parse_plan(PLAN + '[[variables]]\nname="ild"\nkind="binary"\n')
    table = pd.DataFrame({"ulcers": [1.0] * 4 + [0.0] * 4, "ild": [1.0] * 4 + [0.0] * 4})
    p_values = [{"exposure": "ulcers", "outcome": "ild", "p": printed}]
    quoted = PrintedFigures.model_validate({"source": "S", "p_values": p_values})
    (result,) = beside_printed(plan, quoted, table).p_values
    assert result.pair.test.p == pytest.approx(2 / 70)
    assert result.agrees is agrees


def test_a_test_that_cannot_be_made_agrees_with_nothing():
    quoted = {"p_values": [{"exposure": "ulcers", "outcome": "ulcers", "p": "0.5"}]}
    assert not beside({"ulcers": [1.0, 1.0]}, **quoted).p_values[0].agrees
