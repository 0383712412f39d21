from __future__ import annotations

import pytest

from sclerograph.comparison.equal_scale import equal_scale
from sclerograph.comparison.repeatability import Repeatability
from sclerograph.comparison.settings import DEFAULT
from sclerograph.comparison.tuft_changes import summarise_tufts, tuft_changes
from sclerograph.findings.records import CalibrationRecord, Tuft
from tests.comparison.visits import hand, place, posture, tuft

NONE = CalibrationRecord(source="none", mm_per_pixel=None)


def changes(first: Tuft, second: Tuft, left: float = 1.0, errors: dict[str, Repeatability] | None = None):
    """Compare one fingertip, of whose phalanx so much is left at the second visit, on films of other sizes."""
    others = [tuft(d, 0) for d in range(1, 6) if d != first.digit]
    hands = [
        hand(place(posture()), tufts=[first, *others]),
        hand(place(posture(shortened={f"TIP{first.digit}": left}), 8.0), tufts=[second, *others]),
    ]
    scales = equal_scale(hands[0], hands[1], (NONE, NONE), DEFAULT)
    found = tuft_changes(hands[0], hands[1], scales, errors or {}, DEFAULT)
    return next(change for change in found if change.digit == first.digit), found


@pytest.mark.parametrize(
    ("grades", "left", "score"),
    [((0, 0), 1.0, 0), ((0, 2), 0.8, 2), ((2, 3), 0.75, 1), ((0, 4), 0.4, 2), ((3, 2), 1.3, -1), ((4, 0), 1.9, -2)],
)
def test_the_pair_score_is_the_difference_no_more_than_two(grades, left, score):
    change, _ = changes(tuft(2, grades[0]), tuft(2, grades[1]), left)
    assert change.grade_change == grades[1] - grades[0]
    assert change.pair_score == score
    assert change.changer == (score > 0)
    assert change.length_lost == pytest.approx(1.0 - left, abs=0.01)


def test_a_grade_that_differs_without_a_loss_of_length_is_noise():
    change, _ = changes(tuft(3, 1), tuft(3, 2), 0.98)
    assert (change.grade_change, change.pair_score, change.detectable) == (1, 0, False)


def test_grades_that_exclude_each_other_are_a_change_whatever_the_length():
    change, _ = changes(tuft(3, 0), tuft(3, 3), 1.0)
    assert change.pair_score == 2


def test_a_longer_phalanx_has_not_lost_its_tuft():
    change, _ = changes(tuft(3, 1), tuft(3, 2), 1.3)
    assert change.pair_score == 0


def test_measured_errors_take_the_place_of_the_landmarks():
    fine = {"distal_length": Repeatability(0.05, 0.0, 30)}
    change, _ = changes(tuft(3, 1), tuft(3, 2), 0.95, fine)
    assert change.pair_score == 1


def test_what_cannot_be_graded_at_one_visit_is_not_compared_and_does_not_count():
    change, found = changes(tuft(3, 1), tuft(3, None, reason="covered by calcium"))
    assert not change.assessable
    assert change.reason == "second visit: covered by calcium"
    total = summarise_tufts(found)
    assert (total.digits, total.first_total, total.second_total, total.changers) == (4, 0, 0, 0)
    assert "1 of 5" in (total.reason or "")


def test_no_fingertip_at_all():
    total = summarise_tufts([changes(tuft(3, None), tuft(3, 1))[0]])
    assert total.first_total is None
    assert total.reason
