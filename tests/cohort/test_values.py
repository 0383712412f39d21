from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sclerograph.cohort.values import complete_rows, levels_present, numbers, present
from sclerograph.errors import UsageError


@pytest.mark.parametrize(
    "column",
    [
        [1.0, None, 3.0],
        (1, math.nan, 3),
        np.array([1.0, np.nan, 3.0]),
        pd.Series([1.0, np.nan, 3.0]),
        pd.Series([1, pd.NA, 3], dtype="Int64"),
        pd.Series([1, None, 3], dtype=object),
        pd.Series([1, pd.NA, 3], index=[5, 5, 7], dtype=object),
        {"a": 1.0, "b": None, "c": 3.0}.values(),
    ],
)
def test_every_way_of_missing_is_nan(column: object) -> None:
    np.testing.assert_array_equal(numbers(column), [1.0, np.nan, 3.0])
    np.testing.assert_array_equal(present(column), [1.0, 3.0])


def test_yes_and_no_are_one_and_zero() -> None:
    np.testing.assert_array_equal(numbers([True, None, False]), [1.0, np.nan, 0.0])
    np.testing.assert_array_equal(numbers(pd.Series([True, pd.NA, False], dtype="boolean")), [1.0, np.nan, 0.0])


def test_nothing_is_nothing() -> None:
    assert numbers([]).size == 0


def test_text_is_refused_without_being_repeated() -> None:
    with pytest.raises(UsageError, match="no number") as caught:
        numbers([1.0, "Smith"])
    assert "Smith" not in str(caught.value)


def test_infinity_is_refused() -> None:
    with pytest.raises(UsageError, match="infinite"):
        numbers([1.0, math.inf])


def test_only_complete_rows_are_kept() -> None:
    x, y = complete_rows([1, None, 3, 4], [5, 6, math.nan, 8])
    np.testing.assert_array_equal(x, [1, 4])
    np.testing.assert_array_equal(y, [5, 8])
    with pytest.raises(UsageError, match="different lengths"):
        complete_rows([1, 2], [1])


def test_levels_keep_their_type() -> None:
    assert levels_present(["lcSSc", None, math.nan, 3]) == ["lcSSc", None, None, 3]
    assert levels_present(pd.Series(["a", None], dtype="string")) == ["a", None]
    assert levels_present(pd.Series(["b", "a", None], dtype="category")) == ["b", "a", None]
