from __future__ import annotations

import pytest

from sclerograph.cohort.reading_variables import READING_COLUMNS, cell_text, reading_values
from sclerograph.findings.records import CortexMean, Flexion
from sclerograph.registry.dictionary.load import load_dictionary
from tests.findings.samples import small_reading
from tests.scores.readings import both, deposit, erosions, hand, joints, reading, straight, unmeasured_hand

LESIONS = [name for name in READING_COLUMNS if name.startswith("reading_hand_")]


def test_a_reading_gives_every_column():
    reading = small_reading()
    values = reading_values(reading)
    assert tuple(values) == tuple(READING_COLUMNS)
    assert values["reading_deposits"] == len(reading.hands[0].deposits) == 1
    assert values["reading_calcinosis"] == 1.0
    assert values["reading_calcified_area_mm2"] == reading.calcified_area_mm2


def test_no_deposit_seen_is_only_none_there_where_all_hands_could_be_assessed():
    reading = small_reading()
    hand = reading.hands[0]
    clear = hand.model_copy(update={"deposits": []})
    blind = hand.model_copy(update={"deposits": [], "calcinosis_assessable": False})
    other = clear.model_copy(update={"side": "R"})
    none_there = reading.model_copy(update={"hands": [clear, other]})
    assert reading_values(none_there)["reading_calcinosis"] == 0.0
    half_seen = reading.model_copy(update={"hands": [blind, other]})
    assert reading_values(half_seen)["reading_calcinosis"] is None
    found_in_one = reading.model_copy(update={"hands": [blind, hand.model_copy(update={"side": "R"})]})
    assert reading_values(found_in_one)["reading_calcinosis"] == 1.0
    unseen = reading.model_copy(update={"hands": [blind], "acro_osteolysis": None})
    assert reading_values(unseen)["reading_deposits"] is None
    assert reading_values(unseen)["reading_acro_osteolysis"] is None


def test_no_deposit_on_the_only_hand_that_was_filmed_says_nothing_of_the_other():
    assert reading_values(reading(hand("L")))["reading_calcinosis"] is None
    assert reading_values(both())["reading_calcinosis"] == 0.0


def test_the_lesions_of_the_hands_bear_the_names_of_the_data_dictionary():
    named = {name.removeprefix("reading_") for name in LESIONS}
    hands = {name for name in load_dictionary().variables if name.startswith("hand_") and "date" not in name}
    assert named == hands


@pytest.mark.parametrize(
    ("left", "lesion"),
    [
        (hand("L", deposits=[deposit("DP1", 1, compartment="pulp")]), "reading_hand_calcinosis"),
        (
            hand("L", deposits=[deposit("PIP2", 2, compartment="periarticular")]),
            "reading_hand_periarticular_calcification",
        ),
        (hand("L", grades=(0, 0, 1, 0, 0)), "reading_hand_acro_osteolysis"),
        (hand("L", joints=joints({"PIP3": {"narrowing_grade": 2}})), "reading_hand_joint_narrowing"),
        (hand("L", joints=joints({"MCP2": {"subluxated": True}})), "reading_hand_subluxation"),
        (hand("L", erosions=erosions({"ULN": {"grade": 2}})), "reading_hand_erosion"),
        (
            hand("L", alignment=straight(flexion=[Flexion(digit=4, angle_deg=40.0, flagged=True, assessable=True)])),
            "reading_hand_flexion",
        ),
    ],
)
def test_one_place_makes_a_lesion_of_the_patient_and_no_other(left, lesion):
    values = reading_values(both(left))
    there = {name for name in LESIONS if values[name] == 1.0}
    assert there == {lesion}


def test_healthy_hands_have_none_and_hands_that_were_not_assessed_or_filmed_have_no_value():
    healthy = reading_values(both(), LESIONS)
    assert set(healthy.values()) == {0.0}
    assert set(reading_values(reading(hand("L")), LESIONS).values()) == {None}
    assert set(reading_values(both(unmeasured_hand("L"), unmeasured_hand("R")), LESIONS).values()) == {None}


def test_an_erosion_is_the_reader_s_where_there_is_one_and_else_that_of_the_software():
    by_software = both(hand("L", joints=joints({"PIP3": {"erosion_suspicion": 0.9}})))
    assert reading_values(by_software)["reading_eroded_places"] == 1.0
    refuted = both(hand("L", joints=joints({"PIP3": {"erosion_suspicion": 0.9, "erosion_grade": 0}})))
    assert reading_values(refuted)["reading_hand_erosion"] == 0.0


def test_how_many_and_how_much():
    left = hand(
        "L",
        joints=joints({"PIP3": {"narrowing_grade": 3}, "DIP2": {"narrowing_grade": 2}, "MCP2": {"subluxated": True}}),
        alignment=straight(
            flexion=[Flexion(digit=d, angle_deg=10.0 * d, flagged=d > 3, assessable=True) for d in range(1, 6)]
        ),
        cortex_mean=CortexMean(cortical_index=0.4, assessable=True),
    )
    right = hand("R", cortex_mean=CortexMean(cortical_index=0.5, assessable=True))
    values = reading_values(both(left, right))
    assert values["reading_narrowed_joints"] == 2.0
    assert values["reading_narrowing_maximum"] == 3.0
    assert values["reading_subluxated_joints"] == 1.0
    assert values["reading_flexed_digits"] == 2.0
    assert values["reading_flexion_deg"] == 50.0
    assert values["reading_cortical_index"] == pytest.approx(0.45)


def test_scores_are_columns_too_and_only_what_is_asked_for_is_computed():
    values = reading_values(
        both(hand("L", grades=(4, 0, 0, 0, 0))), ["score_acro_osteolysis_total", "score_erre_pattern"]
    )
    assert values == {"score_acro_osteolysis_total": 4.0, "score_erre_pattern": "periarticular"}
    assert [cell_text(value) for value in (*values.values(), None)] == ["4.0", "periarticular", ""]
