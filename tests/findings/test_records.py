from __future__ import annotations

import pytest
from pydantic import ValidationError

from sclerograph.anatomy.hand import DIGITS, JOINTS
from sclerograph.findings.records import (
    NOT_MEASURED,
    RADIOGRAMMETRY_BONES,
    Hand,
    Outline,
    unmeasured_alignment,
    unmeasured_cortex,
    unmeasured_joints,
)
from tests.findings.samples import small_reading


def test_what_a_hand_does_not_measure_stands_there_with_its_reason() -> None:
    hand = small_reading().hands[0]
    assert [j.joint for j in hand.joints] == [j.code for j in JOINTS]
    assert [f.digit for f in hand.alignment.flexion] == [d.number for d in DIGITS]
    assert [c.bone for c in hand.cortex] == list(RADIOGRAMMETRY_BONES)
    entries = [*hand.joints, hand.alignment, *hand.alignment.flexion, *hand.cortex]
    assert {(e.assessable, e.reason) for e in entries} == {(False, NOT_MEASURED)}


def test_an_unmeasured_entry_has_no_number() -> None:
    for entry in [*unmeasured_joints("x"), *unmeasured_cortex("x"), *unmeasured_alignment("x").flexion]:
        values = entry.model_dump(exclude={"joint", "bone", "digit", "assessable", "reason"})
        assert all(value is None or value == [] for value in values.values())
        assert entry.reason == "x"


@pytest.mark.parametrize(
    ("field", "value"),
    [("site", "DP9"), ("digit", 6), ("confidence", 1.5), ("compartment", "skin"), ("area_px", float("nan"))],
)
def test_a_deposit_outside_the_vocabulary_is_refused(field: str, value: object) -> None:
    deposit = small_reading().hands[0].deposits[0]
    with pytest.raises(ValidationError, match=field):
        type(deposit).model_validate(deposit.model_dump() | {field: value})


def test_bones_and_landmarks_are_those_of_the_anatomy() -> None:
    with pytest.raises(ValidationError, match="not a bone of the vocabulary"):
        Outline(bone="FEMUR", contours=[], confidence=1.0)
    hand = small_reading().hands[0].model_dump()
    hand["landmarks"] = {"ELBOW": {"x": 0.0, "y": 0.0, "confidence": 1.0}}
    with pytest.raises(ValidationError, match="not a landmark of the vocabulary"):
        Hand.model_validate(hand)


def test_records_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        small_reading().hands[0].deposits[0].confidence = 0.1  # type: ignore[misc]
