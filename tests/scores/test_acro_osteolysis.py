"""The rules are those of Hughes et al., ACR 2025, abstract 2493."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.findings.records import AbsentDigit, Tuft
from sclerograph.hand.tuft_summary import summarise_visit
from sclerograph.scores.acro_osteolysis import acro_osteolysis_maximum, acro_osteolysis_total, johnstone_group
from tests.scores.readings import both, hand, reading, tufts, unmeasured_hand

GRADES = st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=10, max_size=10)


def test_ten_digits() -> None:
    visit = both(hand("L", grades=(0, 1, 2, 3, 4)), hand("R", grades=(0, 0, 1, 0, 1)))
    total = acro_osteolysis_total(visit)
    assert (total.value, total.at_least, total.at_most, total.missing) == (12.0, 12.0, 12.0, [])
    assert total.part("hand", hand=1).value == 10.0
    assert total.part("5", scope="digit", hand=1).value == 4
    assert total.interval is not None
    # Each grade of these hands has the interval one below to one above, within 0 and 4.
    assert (total.interval.low, total.interval.high) == (0 + 0 + 1 + 2 + 3 + 0, 1 + 2 + 3 + 4 + 4 + 1 + 1 + 2 + 1 + 2)
    assert acro_osteolysis_maximum(visit).value == 4
    assert johnstone_group(visit).value == "moderate/severe"


def test_the_ends_of_the_scale() -> None:
    assert acro_osteolysis_total(both()).value == 0.0
    worst = both(hand("L", grades=(4,) * 5), hand("R", grades=(4,) * 5))
    assert acro_osteolysis_total(worst).value == 40.0
    assert johnstone_group(both()).value == "normal/minimal"


@pytest.mark.parametrize(("highest", "group"), [(1, "normal/minimal"), (2, "moderate/severe")])
def test_groups(highest: int, group: str) -> None:
    assert johnstone_group(both(hand("L", grades=(highest, 0, 0, 0, 0)))).value == group


def test_a_missing_digit_is_the_mean_of_the_others() -> None:
    score = acro_osteolysis_total(both(hand("L", grades=(2, 2, None, 2, 2)), hand("R", grades=(1,) * 5)))
    assert score.value == pytest.approx(13 * 10 / 9, abs=1e-3)
    assert (score.at_least, score.at_most) == (13.0, 17.0)
    assert score.missing[0].what == ["L DP3"]
    assert score.missing[0].reason == "flexed"
    assert score.missing[0].handling == "counted as the mean of the other digits"
    assert score.interval is None


def test_an_amputated_digit_is_missing_even_if_a_grade_was_left_behind() -> None:
    left = hand("L", grades=(0, 0, 0, 0, 4), absent_digits=[AbsentDigit(digit=5, because="amputated")])
    score = acro_osteolysis_total(both(left))
    assert score.value == 0.0
    assert score.missing[0].reason == "amputated"
    assert acro_osteolysis_maximum(both(left)).value == 0
    assert acro_osteolysis_maximum(both(left)).at_most == 4.0


def test_fewer_than_three_digits_exclude_the_hand() -> None:
    visit = both(hand("L", grades=(4, 4, None, None, None)))
    for score in (acro_osteolysis_total(visit), acro_osteolysis_maximum(visit), johnstone_group(visit)):
        assert score.value is None
        assert score.reason == "one hand has fewer than 3 assessable digits"
    assert acro_osteolysis_total(visit).at_least == 8.0
    assert acro_osteolysis_total(visit).at_most == 20.0
    assert acro_osteolysis_total(both(hand("L", grades=(4, 4, 4, None, None)))).value == pytest.approx(15.0)


def test_one_hand_only() -> None:
    score = acro_osteolysis_total(reading(hand("R", grades=(1, 1, 1, 1, 1))))
    assert (score.value, score.at_least, score.at_most) == (None, 5.0, 25.0)
    assert score.part("hand").value == 5.0
    assert score.missing[0].what == ["left hand"]


def test_nothing_assessable() -> None:
    score = acro_osteolysis_total(reading(unmeasured_hand("L"), unmeasured_hand("R")))
    assert (score.value, score.at_least, score.at_most) == (None, None, 40.0)
    assert johnstone_group(reading()).value is None


def test_a_digit_without_an_entry_is_missing() -> None:
    score = acro_osteolysis_total(both(hand("L", tufts=tufts(1, 1, 1, 1))))
    assert score.missing[0].what == ["L DP5"]
    assert score.missing[0].reason == "the reading has no entry for it"
    assert score.value == pytest.approx(4 * 10 / 9, abs=1e-3)


@given(GRADES)
def test_it_says_what_the_summary_of_the_visit_says(grades: list[int | None]) -> None:
    hands = [tuple(grades[:5]), tuple(grades[5:])]
    visit = both(hand("L", grades=hands[0]), hand("R", grades=hands[1]))
    summary = summarise_visit([tufts(*g) for g in hands])
    score = acro_osteolysis_total(visit)
    assert score.value == summary.total_with_missing_as_mean
    assert acro_osteolysis_maximum(visit).value == summary.maximum
    assert johnstone_group(visit).value == summary.johnstone_group
    if isinstance(score.value, float):
        assert score.at_least is not None
        assert score.at_most is not None
        assert score.at_least - 1e-9 <= score.value <= score.at_most + 1e-9


def test_a_readers_grade_counts() -> None:
    visit = both()
    graded = Tuft(digit=2, assessable=True, grade=3)
    left = visit.hands[0].model_copy(update={"tufts": [*visit.hands[0].tufts[:1], graded, *visit.hands[0].tufts[2:]]})
    assert acro_osteolysis_total(visit.model_copy(update={"hands": [left, visit.hands[1]]})).value == 3.0
