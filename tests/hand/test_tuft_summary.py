"""Sums over digits and hands."""

from __future__ import annotations

import pytest

from sclerograph.findings.records import Tuft
from sclerograph.hand.tuft_summary import summarise_hand, summarise_visit


def tufts(*grades: int | None) -> list[Tuft]:
    return [
        Tuft(digit=i, assessable=g is not None, grade=g, reason=None if g is not None else "flexed")
        for i, g in enumerate(grades, start=1)
    ]


def test_all_digits() -> None:
    found = summarise_hand(tufts(0, 1, 2, 3, 4))
    assert (found.assessable_digits, found.total, found.total_with_missing_as_mean, found.maximum) == (5, 10, 10.0, 4)
    assert found.johnstone_group == "moderate/severe"
    assert found.reason is None


@pytest.mark.parametrize(("highest", "group"), [(0, "normal/minimal"), (1, "normal/minimal"), (2, "moderate/severe")])
def test_group_by_the_maximum(highest: int, group: str) -> None:
    assert summarise_hand(tufts(0, 0, 0, 0, highest)).johnstone_group == group


def test_missing_digit_is_the_mean_of_the_others() -> None:
    found = summarise_hand(tufts(2, None, 1, 0, 1))
    assert found.total is None
    assert found.total_with_missing_as_mean == 5.0
    assert found.reason == "1 of 5 digits are not assessable"


def test_fewer_than_three_digits_are_not_scored() -> None:
    found = summarise_hand(tufts(4, 4, None, None, None))
    assert found.total is None
    assert found.total_with_missing_as_mean is None
    assert found.maximum is None
    assert found.johnstone_group is None
    assert found.reason == "2 of 5 digits are assessable; 3 are needed"


def test_both_hands() -> None:
    found = summarise_visit([tufts(0, 1, 2, 3, 4), tufts(0, 0, None, 0, 1)])
    assert found.assessable_digits == 9
    assert found.total is None
    assert found.total_with_missing_as_mean == pytest.approx(11 * 10 / 9, abs=1e-3)
    assert found.maximum == 4
    assert summarise_visit([tufts(4, 4, 4, 4, 4)] * 2).total == 40


def test_one_hand_is_no_visit() -> None:
    found = summarise_visit([tufts(0, 1, 2, 3, 4)])
    assert found.total is None
    assert found.reason == "the scale takes both hands; this visit shows 1"


def test_a_hand_that_is_not_scored_leaves_the_visit_without_a_score() -> None:
    found = summarise_visit([tufts(0, 1, 2, 3, 4), tufts(4, 4, None, None, None)])
    assert found.total_with_missing_as_mean is None
    assert found.reason == "one hand has fewer than 3 assessable digits"
