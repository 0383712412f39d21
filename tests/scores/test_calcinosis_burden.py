from __future__ import annotations

import pytest

from sclerograph.findings.records import AbsentDigit, LandmarkRecord
from sclerograph.scores.calcinosis_burden import calcified_area, calcified_area_share
from tests.scores.readings import both, column_of_bones, deposit, hand, reading, unmeasured_hand

# 0.2 mm a pixel: 100 px are 4 mm².
CALCIFIED = [deposit("DP3", 3, area_px=100.0), deposit("DIP3", 3, area_px=50.0), deposit("LUN", None, area_px=25.0)]


def test_area_by_patient_hand_digit_and_site() -> None:
    score = calcified_area(both(hand("L", deposits=CALCIFIED), hand("R", deposits=CALCIFIED[:1])))
    assert score.value == pytest.approx(7.0 + 4.0)
    assert (score.at_least, score.at_most, score.missing, score.reason) == (score.value, score.value, [], None)
    assert score.part("hand", hand=1).value == pytest.approx(7.0)
    assert score.part("hand", hand=1).evidence == ["3 deposits"]
    assert score.part("hand", hand=2).value == pytest.approx(4.0)
    assert score.part("3", scope="digit", hand=1).value == pytest.approx(6.0)
    assert score.part("2", scope="digit", hand=1).value == 0.0
    assert score.part("LUN", scope="site").value == pytest.approx(1.0)
    assert [p.name for p in score.parts if p.scope == "site" and p.hand == 1] == ["DP3", "LUN", "DIP3"]


def test_the_interval_is_the_sum_of_the_deposits_intervals() -> None:
    score = calcified_area(both(hand("L", deposits=CALCIFIED[:2])))
    part = score.part("hand", hand=1)
    assert part.interval is not None
    assert (part.interval.low, part.interval.high) == (pytest.approx(6.0 - 2.0), pytest.approx(6.0 + 4.0))
    # The right hand has no deposit, and so no interval: what was not found has none.
    assert score.interval is None


def test_two_clean_hands_have_none() -> None:
    assert calcified_area(both()).value == 0.0
    assert calcified_area(reading(hand("L"), hand("R"), mm_per_pixel=None)).value == 0.0
    assert calcified_area_share(both()).value == 0.0


def test_a_film_without_calibration_has_no_mm2_but_a_share() -> None:
    bare = [deposit("DP3", 3, area_px=100.0, mm_per_pixel=None)]
    shape = column_of_bones("DP3", "MP3")
    visit = both(hand("L", deposits=bare, **shape), hand("R", deposits=bare * 3, **shape))
    area = calcified_area(visit)
    assert area.value is None
    assert area.reason is not None
    assert "not calibrated" in area.reason
    assert all(p.value is None for p in area.parts if p.scope == "hand")
    share = calcified_area_share(visit)
    # 100 of 2 × 100² on the left, 300 on the right; the mean of both.
    assert share.value == pytest.approx(0.01, rel=0.02)
    assert share.part("hand", hand=2).value == pytest.approx(0.015, rel=0.02)


def test_the_share_needs_an_outline_only_where_there_is_calcium() -> None:
    score = calcified_area_share(both(hand("L", deposits=CALCIFIED)))
    assert score.value is None
    assert score.missing[0].what == ["left hand"]
    assert "soft tissue" in score.missing[0].reason
    assert score.part("hand", hand=2).value == 0.0


def test_one_hand_only() -> None:
    score = calcified_area(reading(hand("L", deposits=CALCIFIED)))
    assert score.value is None
    assert score.assessable is False
    assert score.reason == "right hand: no film shows it"
    assert (score.at_least, score.at_most) == (pytest.approx(7.0), None)
    assert score.part("hand").value == pytest.approx(7.0)


def test_nothing_assessable() -> None:
    score = calcified_area(reading(unmeasured_hand("L"), unmeasured_hand("R")))
    assert (score.value, score.at_least, score.at_most) == (None, None, None)
    assert score.missing[0].what == ["left hand", "right hand"]
    assert score.missing[0].reason == "overexposed"
    assert all(part.value is None and not part.assessable for part in score.parts)


def test_no_hand_at_all() -> None:
    score = calcified_area(reading())
    assert score.value is None
    assert [m.what for m in score.missing] == [["left hand", "right hand"]]


def test_an_amputated_digit_holds_no_calcium() -> None:
    left = hand("L", deposits=CALCIFIED, absent_digits=[AbsentDigit(digit=2, because="amputated")])
    score = calcified_area(both(left))
    assert score.value == pytest.approx(7.0)
    part = score.part("2", scope="digit", hand=1)
    assert (part.value, part.assessable, part.reason) == (None, False, "amputated")


def test_a_digit_off_the_film_leaves_the_hand_open() -> None:
    left = hand("L", deposits=CALCIFIED, absent_digits=[AbsentDigit(digit=2, because="off the film")])
    score = calcified_area(both(left))
    assert score.value is None
    assert score.at_least == pytest.approx(7.0)
    assert score.part("hand", hand=1).at_least == pytest.approx(7.0)
    assert score.part("hand", hand=1).reason == "not all of the hand was seen: digit 2 (off the film)"
    assert score.missing[0].what == ["left hand, digit 2"]


def test_a_digit_that_nothing_shows_was_not_found() -> None:
    mark = LandmarkRecord(x=1.0, y=1.0, confidence=0.9)
    marks = dict.fromkeys(("TIP1", "TIP2", "TIP3", "TIP4"), mark)
    left = hand("L", grades=(0, 0, 0, 0, None), landmarks=marks)
    assert calcified_area(both(left)).missing[0].reason == "not found on the film"
    # A graded tuft, a deposit or a reading without any landmark leave no doubt that the digit was seen.
    assert calcified_area(both(hand("L", landmarks=marks))).value == 0.0
    found = hand("L", grades=(0, 0, 0, 0, None), landmarks=marks, deposits=[deposit("DP5", 5)])
    assert calcified_area(both(found)).value == pytest.approx(4.0)
    assert calcified_area(both(hand("L", grades=(None,) * 5))).value == 0.0


def test_of_two_films_of_one_hand_one_counts() -> None:
    lateral = hand("L", deposits=CALCIFIED, view="lateral", source="s2")
    score = calcified_area(reading(hand("L", deposits=CALCIFIED), lateral, hand("R", source="s3")))
    assert score.value == pytest.approx(7.0)
    assert {part.hand for part in score.parts} == {1, 3}


def test_sums_that_the_reading_carries_along_are_not_trusted() -> None:
    """A reader who takes a deposit away changes the score, whatever the totals beside it still say."""
    visit = both(hand("L", deposits=CALCIFIED)).model_copy(update={"calcified_area_mm2": 99.0})
    corrected = visit.model_copy(update={"hands": [visit.hands[0].model_copy(update={"deposits": []}), visit.hands[1]]})
    assert calcified_area(corrected).value == 0.0
