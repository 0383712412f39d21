"""What could not be assessed, told from the records."""

from __future__ import annotations

from sclerograph.findings.records import (
    NOT_MEASURED,
    Forbidden,
    Hand,
    JointFinding,
    Quality,
    Tuft,
    unmeasured_quality,
)
from sclerograph.hand.gaps import gaps, lines, other_lines


def _hand(**changes: object) -> Hand:
    return Hand(
        source="s1",
        side="L",
        side_source="user",
        view="PA",
        box=(0.0, 0.0, 1.0, 1.0),
        confidence=1.0,
        landmarks={},
        tufts=[Tuft(digit=d, assessable=True, grade=0) for d in range(1, 6)],
        **changes,  # type: ignore[arg-type]
    )


def test_places_with_one_reason_are_one_line() -> None:
    joints = [
        JointFinding(joint="DIP2", assessable=False, reason="flexed"),
        JointFinding(joint="DIP3", assessable=True, space_ratio=0.01),
        JointFinding(joint="PIP2", assessable=False, reason="hidden by metal"),
        JointFinding(joint="DIP4", assessable=False, reason="flexed"),
    ]
    found = [line for line in lines(_hand(joints=joints)) if line.startswith("joint space")]
    assert found == ["joint space DIP2, DIP4: flexed", "joint space PIP2: hidden by metal"]


def test_all_places_of_a_kind_are_not_named_one_by_one() -> None:
    found = lines(_hand())
    assert f"joint space all 22: {NOT_MEASURED}" in found
    assert f"cortical index all 3: {NOT_MEASURED}" in found
    assert not any(line.startswith("tuft") for line in found)


def test_a_missing_reason_is_told() -> None:
    (gap,) = (g for g in gaps(_hand(joints=[JointFinding(joint="RC", assessable=False)])) if g.kind == "joint space")
    assert gap.line == "joint space RC: no reason recorded"
    assert not gap.everywhere


def test_what_somebody_wrote_is_kept_apart_from_what_findings_tell() -> None:
    hand = _hand(calcinosis_assessable=False, calcinosis_reason="a cast")
    written = ["erosion at the ulna: cut off", "tufts: blurred"]
    told = lines(hand)
    assert told[0] == "calcinosis: a cast"
    assert other_lines(hand.model_copy(update={"not_assessable": [*told, *written]})) == written


def test_what_the_film_forbids_of_calcinosis_is_told() -> None:
    forbids = [
        Forbidden(finding="calcinosis", reason="deposits smaller than 0.8 mm are not seen", below_mm=0.8),
        Forbidden(finding="calcinosis", reason="cut off", digits=[4, 5]),
    ]
    quality = Quality(**{**dict(unmeasured_quality("too dark")), "forbids": forbids})
    found = lines(_hand(quality=quality))
    assert found[:2] == [
        "small deposits: deposits smaller than 0.8 mm are not seen",
        "calcinosis of digit 4, 5: cut off",
    ]
    assert {"sharpness: too dark", "exposure: too dark"} <= set(found)
    assert other_lines(_hand(quality=quality, not_assessable=found)) == []
