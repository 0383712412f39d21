from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.contours import inside
from bench.matching import group_calcium, match_deposits

MM = 0.1


def _disc(x: float, y: float, radius: float, side: int = 200) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:side, :side]
    return np.asarray(np.hypot(columns - x, rows - y) <= radius)


def _numbered(*masks: NDArray[np.bool_]) -> NDArray[np.int32]:
    labels = np.zeros(masks[0].shape, np.int32)
    for number, mask in enumerate(masks, start=1):
        labels[mask] = number
    return labels


def test_a_deposit_has_its_area_and_longest_diameter() -> None:
    _, (deposit,) = group_calcium(_disc(100, 80, 20), MM)
    assert deposit.area_mm2 == pytest.approx(np.pi * 2.0**2, rel=0.02)
    assert deposit.longest_diameter_mm == pytest.approx(4.1, abs=0.02)
    assert deposit.centre == pytest.approx((80.0, 100.0))


def test_a_thin_line_and_a_single_pixel_have_a_diameter() -> None:
    line = np.zeros((20, 60), bool)
    line[10, 5:45] = True
    assert group_calcium(line, MM)[1][0].longest_diameter_mm == pytest.approx(4.0)
    line[:] = False
    line[3, 3] = True
    assert group_calcium(line, MM)[1][0].longest_diameter_mm == pytest.approx(0.1)


def test_close_parts_are_one_deposit_and_distant_ones_two() -> None:
    near = _disc(50, 50, 8) | _disc(70, 50, 8)  # 3 pixels apart: 0.4 mm between centres of edge pixels
    far = _disc(50, 50, 8) | _disc(80, 50, 8)
    assert len(group_calcium(near, MM)[1]) == 1
    assert len(group_calcium(far, MM)[1]) == 2


def test_a_film_without_calcium_has_no_deposits() -> None:
    labels, deposits = group_calcium(np.zeros((30, 40), bool), MM)
    assert deposits == []
    assert not labels.any()


def test_an_exact_measurement_finds_everything_and_nothing_else() -> None:
    truth = _disc(50, 50, 12) | _disc(140, 120, 6)
    labels, deposits = group_calcium(truth, MM)
    match = match_deposits(labels, deposits, labels, 2, MM)
    assert match.found == [True, True]
    assert match.partner == [1, 2]
    assert match.dice == [1.0, 1.0]
    assert match.false == []


def test_missed_and_false_deposits_are_told_apart() -> None:
    labels, deposits = group_calcium(_disc(50, 50, 12), MM)
    match = match_deposits(labels, deposits, _numbered(_disc(150, 150, 5)), 1, MM)
    assert (match.found, match.partner, match.dice, match.false) == ([False], [0], [0.0], [1])


def test_without_any_measured_deposit_all_are_missed() -> None:
    labels, deposits = group_calcium(_disc(50, 50, 12), MM)
    match = match_deposits(labels, deposits, np.zeros_like(labels), 0, MM)
    assert (match.found, match.false) == ([False], [])


def test_everything_is_false_where_there_is_no_calcium() -> None:
    labels, deposits = group_calcium(np.zeros((200, 200), bool), MM)
    match = match_deposits(labels, deposits, _numbered(_disc(50, 50, 5), _disc(90, 90, 5)), 2, MM)
    assert (match.found, match.false) == ([], [1, 2])


@pytest.mark.parametrize(("gap_mm", "false"), [(0.4, []), (0.9, [1])])
def test_a_mark_beside_a_deposit_is_false_from_six_tenths_of_a_millimetre(gap_mm: float, false: list[int]) -> None:
    labels, deposits = group_calcium(_disc(50, 50, 12), MM)
    beside = _disc(50 + 12 + 5 + gap_mm / MM, 50, 5)
    assert match_deposits(labels, deposits, _numbered(beside), 1, MM).false == false


def test_a_mark_on_the_rim_does_not_find_a_large_deposit() -> None:
    labels, deposits = group_calcium(_disc(100, 100, 50), MM)
    rim, centre = _disc(148, 100, 4), _disc(100, 100, 4)
    assert match_deposits(labels, deposits, _numbered(rim), 1, MM).found == [False]
    assert match_deposits(labels, deposits, _numbered(centre), 1, MM).found == [True]


def test_one_mark_over_two_deposits_finds_both_and_is_shared_between_them() -> None:
    first, second = _disc(50, 100, 10), _disc(90, 100, 10)
    labels, deposits = group_calcium(first | second, MM)
    bridge = np.zeros_like(first)
    bridge[98:103, 50:91] = True
    match = match_deposits(labels, deposits, _numbered(first | second | bridge), 1, MM)
    assert match.found == [True, True]
    assert match.false == []
    assert min(match.dice) > 0.9


def test_contours_come_back_as_pixels_with_their_holes() -> None:
    outer = [(10.0, 10.0), (50.0, 10.0), (50.0, 40.0), (10.0, 40.0), (10.0, 10.0)]
    hole = [(20.0, 20.0), (20.0, 30.0), (30.0, 30.0), (30.0, 20.0), (20.0, 20.0)]
    mask = inside([outer, hole], (60, 80))
    assert mask[15, 15]
    assert not mask[25, 25]
    assert mask.sum() == pytest.approx(40 * 30 - 10 * 10, rel=0.06)


def test_a_contour_between_pixels_keeps_one_pixel() -> None:
    tiny = [(10.2, 10.2), (10.4, 10.2), (10.4, 10.4), (10.2, 10.2)]
    mask = inside([tiny], (20, 20))
    assert np.argwhere(mask).tolist() == [[10, 10]]
