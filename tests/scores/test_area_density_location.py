from __future__ import annotations

import pytest

from sclerograph.scores.area_density_location import area_density_location_index, mean_density
from tests.scores.readings import both, column_of_bones, deposit, hand, reading, unmeasured_hand

SHAPE = column_of_bones("DP3", "MP3")


def left(*deposits, **changed):
    return hand("L", deposits=deposits, **{**SHAPE, **changed})


def test_worked_example() -> None:
    """DP3: 2000 of 10000 px at density 0.5 give 10 points; half of 1000 px at DIP3 go to each side."""
    score = area_density_location_index(
        both(left(deposit("DP3", 3, area_px=1500.0, density=0.5), deposit("DIP3", 3, area_px=1000.0, density=0.5)))
    )
    assert score.part("DP3").value == pytest.approx(100 * 0.20 * 0.5, rel=0.02)
    assert score.part("MP3").value == pytest.approx(100 * 0.05 * 0.5, rel=0.02)
    assert score.value == pytest.approx(12.5, rel=0.02)
    assert score.part("hand", hand=2).value == 0.0


def test_weights_by_region() -> None:
    visit = both(left(deposit("DP3", 3, area_px=1000.0, density=1.0)))
    plain, weighed = area_density_location_index(visit), area_density_location_index(visit, {"DP3": 3.0})
    assert weighed.value == pytest.approx(3.0 * plain.value, rel=1e-4)
    assert weighed.thresholds == {"weight of DP3": 3.0}


def test_the_share_of_a_region_ends_at_one() -> None:
    score = area_density_location_index(both(left(deposit("DP3", 3, area_px=5e4, density=7.0))))
    assert score.value == 100.0


def test_a_deposit_without_density_borrows_that_of_the_hand() -> None:
    score = area_density_location_index(
        both(
            left(
                deposit("DP3", 3, area_px=1000.0, density=None),
                deposit("MP3", 3, area_px=1000.0, density=0.4),
            )
        )
    )
    assert score.value == pytest.approx(100 * 0.1 * 0.4 * 2, rel=0.02)
    assert score.missing[0].what == ["L DP3"]
    assert "mean density of the hand's other deposits" in score.missing[0].handling


def test_a_deposit_without_contrast_has_no_points_and_is_named() -> None:
    score = area_density_location_index(both(left(deposit("DP3", 3, density=0.0))))
    assert score.value == 0.0
    assert score.missing[0].what == ["L DP3"]
    assert score.missing[0].reason == "its deposits are no brighter than what is around them"


def test_without_any_density_there_is_no_index() -> None:
    score = area_density_location_index(both(left(deposit("DP3", 3, density=None))))
    assert score.value is None
    assert score.part("DP3").reason == "the density of no deposit of the hand is known"


def test_a_region_without_area_leaves_it_open() -> None:
    score = area_density_location_index(both(left(deposit("DP2", 2), deposit("DP3", 3))))
    assert score.value is None
    assert score.part("hand", hand=1).reason == "no value for DP2"
    assert score.part("DP3").value is not None


def test_clean_hands_one_hand_and_no_hand() -> None:
    assert area_density_location_index(both()).value == 0.0
    one = area_density_location_index(reading(left(deposit("DP3", 3, area_px=1000.0, density=0.5))))
    assert one.value is None
    assert one.at_least == pytest.approx(5.0, rel=0.02)
    none = area_density_location_index(reading(unmeasured_hand("L"), unmeasured_hand("R")))
    assert (none.value, none.at_least) == (None, None)
    assert none.reason == "left hand: overexposed; right hand: overexposed"


def test_it_is_nobody_elses_score() -> None:
    score = area_density_location_index(both())
    assert "SCTC" not in score.model_dump_json()
    assert score.range.high == 2 * 20 * 100.0


def test_density_is_weighed_by_area() -> None:
    found = [deposit("DP3", area_px=300.0, density=1.0), deposit("DP3", area_px=100.0, density=0.2)]
    assert mean_density(found) == pytest.approx(0.8)
    assert mean_density(found, "MP3") is None
