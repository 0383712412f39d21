from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.comparison.change_class import change_class, percent_change


@pytest.mark.parametrize(
    ("first", "second", "least", "expected"),
    [
        (100.0, 125.0, None, "stable"),  # exactly 25 % is stable: Valenzuela 2022
        (100.0, 125.1, None, "progression"),
        (100.0, 75.0, None, "stable"),
        (100.0, 74.9, None, "improvement"),
        (100.0, 140.0, 40.0, "stable"),
        (100.0, 141.0, 40.0, "progression"),
        (0.0, 0.0, 1.0, "absent"),
        (0.0, 5.0, 1.0, "incident"),
        (0.0, 0.5, 1.0, "not classified"),
        (0.0, 0.5, None, "incident"),
        (0.8, 9.0, 1.0, "not classified"),
        (10.0, 0.0, 1.0, "improvement"),
    ],
)
def test_classes_and_their_borders(first, second, least, expected):
    assert change_class(first, second, least, 25.0)[0] == expected


@given(first=st.floats(0.0, 500.0), second=st.floats(0.0, 500.0), least=st.floats(0.0, 50.0))
def test_nothing_below_the_smallest_detectable_change_is_called_change(first, second, least):
    name, reason = change_class(first, second, least, 25.0)
    if abs(second - first) <= least:
        assert name in ("stable", "absent", "not classified")
    if name == "not classified":
        assert reason


def test_per_cent():
    assert percent_change(50.0, 75.0) == 50.0
    assert percent_change(50.0, 0.0) == -100.0
    assert percent_change(0.0, 3.0) is None
