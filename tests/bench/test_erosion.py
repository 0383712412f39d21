from __future__ import annotations

import pytest

from bench.erosion import area_under_curve


def test_the_area_under_the_curve_counts_pairs_and_ties_by_half() -> None:
    assert area_under_curve([0.9, 0.8], [0.1, 0.2, 0.3]) == 1.0
    assert area_under_curve([0.1], [0.9]) == 0.0
    assert area_under_curve([0.5, 0.7], [0.5, 0.6]) == pytest.approx((0.5 + 0.0 + 1.0 + 1.0) / 4.0)


def test_without_pairs_there_is_no_area() -> None:
    assert area_under_curve([], [0.1]) is None
    assert area_under_curve([0.1], []) is None
