from __future__ import annotations

from sclerograph.findings.records import NOT_MEASURED, JointFinding, Tuft
from sclerograph.reports.unassessed import Gap, gaps
from tests.reports import synthetic


def test_parts_with_one_reason_share_a_line() -> None:
    found = gaps(synthetic.reading().hands[0])
    assert Gap("Fingertip bone: little finger", "flexed: the phalanges are foreshortened") in found
    (unmeasured,) = (gap for gap in found if gap.reason == NOT_MEASURED)
    assert "Joint space: all 22" in unmeasured.what
    assert "Cortical index: all 3" in unmeasured.what
    assert Gap("Landmarks DIP5", "the shape of a hand makes their position implausible") in found


def test_different_reasons_stay_apart() -> None:
    hand = synthetic.reading("R").hands[0]
    joints = [
        JointFinding(joint="PIP2", assessable=False, reason="hidden by calcium"),
        JointFinding(joint="PIP3", assessable=True, space_ratio=0.05),
        JointFinding(joint="DIP2", assessable=False),
    ]
    found = gaps(hand.model_copy(update={"joints": joints}))
    hidden, unstated = (
        next(gap for gap in found if gap.reason == reason) for reason in ("hidden by calcium", "no reason recorded")
    )
    assert hidden.what == "Joint space: PIP2; Erosion of joints: PIP2"
    assert unstated.what.startswith("Joint space: DIP2")
    assert not any("Joint space" in gap.what and "PIP3" in gap.what.split(";")[0] for gap in found)


def test_a_fingertip_without_a_record_is_a_gap_too() -> None:
    hand = synthetic.reading("R").hands[0].model_copy(update={"tufts": [Tuft(digit=1, assessable=True, grade=0)]})
    assert "Fingertip bone: index finger, middle finger, ring finger, little finger" in {gap.what for gap in gaps(hand)}


def test_calcinosis_comes_first_and_free_texts_are_split() -> None:
    hand = (
        synthetic.reading("R")
        .hands[0]
        .model_copy(
            update={"calcinosis_assessable": False, "calcinosis_reason": "a cast", "not_assessable": ["ulna: cut off"]}
        )
    )
    found = gaps(hand)
    assert found[0] == Gap("Calcinosis", "a cast")
    assert found[-1] == Gap("Ulna", "cut off")
