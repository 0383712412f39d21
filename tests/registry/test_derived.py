from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from sclerograph.anatomy.norms import NOMINAL_FINGER_MM
from sclerograph.hand.merge import merge_films
from sclerograph.hand.totals import hand_totals
from sclerograph.registry import document as documents
from sclerograph.registry.derived import with_totals
from tests.registry.samples import document

#: Pixels of one nominal millimetre in the readings below.
SCALE_PX = 7.0


def whole_document() -> dict[str, Any]:
    """Return a document of both hands whose totals fit, as the software writes it."""
    tree = document("left", "right")
    for hand, side in zip(tree["hands"], "LR", strict=True):
        hand["side"] = side
        deposit = hand["deposits"][0]
        hand["deposits"] = [
            {**deposit, "id": f"{side}{i}", "site": site} for i, site in enumerate(("DP4", "DP4", "MP3"))
        ]
        hand["tufts"] = [{**hand["tufts"][0], "digit": digit, "grade": 1} for digit in range(1, 6)]
    reading = documents.check(tree)
    for hand, record in zip(tree["hands"], reading.hands, strict=True):
        totals = hand_totals(record.deposits, SCALE_PX, 0.15)
        hand["calcinosis"] = [total.model_dump(mode="json") for total in totals]
    return tree


def corrected(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    before = whole_document()
    after = copy.deepcopy(before)
    change(after)
    return with_totals(after, documents.check(before), documents.check(after))


def hand_total(hand: dict[str, Any]) -> dict[str, Any]:
    (total,) = (total for total in hand["calcinosis"] if total["scope"] == "hand")
    return total


def test_a_deposit_taken_away_leaves_the_sums():
    result = corrected(lambda tree: tree["hands"][0]["deposits"].pop(0))
    left, right = result["hands"]
    area_px = sum(deposit["area_px"] for deposit in left["deposits"])
    assert hand_total(left)["deposits"] == 2
    assert hand_total(left)["area_px"] == pytest.approx(area_px)
    assert hand_total(left)["area_ratio"] == pytest.approx(area_px / (NOMINAL_FINGER_MM * SCALE_PX) ** 2, rel=1e-3)
    assert right["calcinosis"] == whole_document()["hands"][1]["calcinosis"]
    both = hand_total(left)["area_mm2"] + hand_total(right)["area_mm2"]
    assert result["calcified_area_mm2"] == pytest.approx(both)


def test_a_grade_changes_the_summaries():
    result = corrected(lambda tree: tree["hands"][1]["tufts"][2].update(grade=4))
    assert result["hands"][1]["acro_osteolysis"]["total"] == 8
    assert result["hands"][1]["acro_osteolysis"]["maximum"] == 4
    assert result["hands"][0]["calcinosis"] == whole_document()["hands"][0]["calcinosis"]
    assert (result["acro_osteolysis"]["total"], result["acro_osteolysis"]["assessable_digits"]) == (13, 10)


def test_a_tuft_that_cannot_be_assessed_is_listed():
    def change(tree):
        tree["hands"][0]["tufts"][4].update(assessable=False, grade=None, reason="cut off")

    result = corrected(change)
    assert result["hands"][0]["not_assessable"][0] == "tuft 5: cut off"
    assert result["hands"][0]["acro_osteolysis"]["assessable_digits"] == 4


def test_a_joint_that_a_reader_judges_is_no_longer_listed_and_words_of_readers_stay():
    def change(tree):
        hand = tree["hands"][0]
        hand["joints"][0].update(assessable=True, reason=None, narrowing_grade=2)
        hand["not_assessable"] = [*hand["not_assessable"], "erosion at the ulna: cut off"]

    listed = corrected(change)["hands"][0]["not_assessable"]
    assert not any("all 22" in line for line in listed)
    assert listed[-1] == "erosion at the ulna: cut off"


def test_calcinosis_that_cannot_be_assessed_has_no_sum():
    def change(tree):
        tree["hands"][0].update(calcinosis_assessable=False, calcinosis_reason="a cast", deposits=[])

    result = corrected(change)
    assert result["hands"][0]["calcinosis"] == []
    assert result["hands"][0]["not_assessable"][0] == "calcinosis: a cast"
    assert result["calcified_area_mm2"] is None


def test_without_the_size_of_the_hand_no_total_is_made_up():
    def change(tree):
        tree["hands"][0]["calcinosis"] = []

    before = whole_document()
    change(before)
    after = copy.deepcopy(before)
    after["hands"][0]["deposits"].pop()
    result = with_totals(after, documents.check(before), documents.check(after))
    assert result["hands"][0]["calcinosis"] == []
    assert any("size of the hand" in note for note in result["hands"][0]["not_assessable"])
    assert result["calcified_area_mm2"] is None


def test_nothing_that_was_not_touched_is_made_again():
    tree = whole_document()
    reading = documents.check(tree)
    assert with_totals(tree, reading, reading) == tree


def test_the_merge_of_films_follows_a_correction():
    before = whole_document()
    reading = documents.check(before)
    before["visit"] = [each.model_dump(mode="json") for each in merge_films(reading.hands, reading.sources)]
    after = copy.deepcopy(before)
    after["hands"][1]["tufts"][2].update(grade=4)
    result = with_totals(after, documents.check(before), documents.check(after))
    (grade,) = (
        found["value"]
        for found in result["visit"][1]["findings"]
        if (found["finding"], found["place"]) == ("acro-osteolysis", "3")
    )
    assert grade == 4
