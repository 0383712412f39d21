from __future__ import annotations

import pandas as pd
import pytest

from sclerograph.cohort.plan import Agreement
from sclerograph.cohort.reader_agreement import compare_readers
from sclerograph.errors import UsageError


def long_table(values: dict[str, list[float]]) -> dict[str, pd.DataFrame]:
    rows = [
        {"patient": f"P{place // 2}", "digit": str(place % 2), "reader": reader, "grade": value}
        for reader, read in values.items()
        for place, value in enumerate(read)
    ]
    return {"readings": pd.DataFrame(rows)}


def wanted(scale: str = "ordinal", item: tuple[str, ...] = ("digit",)) -> Agreement:
    return Agreement(title="Grades", table="readings", value="grade", item=item, scale=scale)


def test_grades_of_two_readers():
    result = compare_readers(wanted(), long_table({"A": [0, 1, 2, 2, 0, 1], "B": [0, 1, 2, 1, 0, 1]}), 0.95)
    assert (result.readers, result.items, result.patients) == (("A", "B"), 6, 3)
    (pair,) = result.pairs
    # one disagreement by one grade of six: quadratic weights, by hand
    observed = 1 - (1 / 4) / 6
    first, second = [2 / 6, 2 / 6, 2 / 6], [2 / 6, 3 / 6, 1 / 6]
    expected = 1 - sum(first[i] * second[j] * (i - j) ** 2 / 4 for i in range(3) for j in range(3))
    assert pair.kappa.kappa == pytest.approx((observed - expected) / (1 - expected))
    assert pair.differences is None


def test_measurements_of_three_readers_are_compared_two_by_two():
    values = {"A": [1.0, 2, 3, 4], "B": [2.0, 3, 4, 5], "C": [1.0, 2, 3, 5]}
    result = compare_readers(wanted("continuous"), long_table(values), 0.95)
    assert [(pair.first, pair.second) for pair in result.pairs] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert result.pairs[0].differences.bias == pytest.approx(-1.0)
    assert result.pairs[0].detectable.value == pytest.approx(0.0)
    assert result.intraclass.readers == 3


@pytest.mark.parametrize(
    ("values", "item", "said"),
    [
        ({"A": [0.0, 1]}, ("digit",), "one reader only"),
        ({"A": [0.0, 1], "B": [0.0, 1]}, (), "two values for the same thing"),
        ({"A": [0.0, 1], "B": [0.0, 1]}, ("joint",), "no column 'joint'"),
        ({"A": ["0", "bad"], "B": ["0", "1"]}, ("digit",), "no numbers"),
    ],
)
def test_what_cannot_be_compared_is_said(values, item, said):
    with pytest.raises(UsageError, match=said):
        compare_readers(wanted(item=item), long_table(values), 0.95)


def test_a_grade_that_nobody_gave_still_lies_between_its_neighbours():
    # grades 0, 1 and 4: from 1 to 4 are three steps, as if 2 and 3 had been given
    values = {"A": [0, 1, 4, 4, 0, 1], "B": [0, 4, 4, 1, 0, 1]}
    (pair,) = compare_readers(wanted(), long_table(values), 0.95).pairs
    assert pair.kappa.categories == (0.0, 1.0, 2.0, 3.0, 4.0)
    observed = 2 * 9 / 6
    share = {0: 2 / 6, 1: 2 / 6, 4: 2 / 6}
    expected = sum(share[i] * share[j] * (i - j) ** 2 for i in share for j in share)
    assert pair.kappa.kappa == pytest.approx(1 - observed / expected)
