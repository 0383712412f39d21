"""Every other number that both readings hold: joints, cortices, alignment.

How well these repeat is measured where they are measured; until a repeatability is known nothing is called change, and
both values stand beside each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sclerograph.comparison.equal_scale import Scales
from sclerograph.comparison.records import MeasureChange
from sclerograph.findings.records import NOT_MEASURED, Hand

__all__ = ["measure_changes"]


@dataclass(frozen=True)
class _Value:
    """One value of one visit; ``reason`` says why there is none."""

    value: float | None
    reason: str | None


def measure_changes(first: Hand, second: Hand, scales: Scales | None) -> list[MeasureChange]:
    """Return every other measure of a hand at both visits; what neither version looks for is left out.

    Widths of joint spaces are compared in millimetres only where the two films share them.
    """
    calibrated = scales is not None and scales.calibrated and scales.record.source == "calibration"
    before, after = (dict(_values(hand, calibrated)) for hand in (first, second))
    changes = []
    for key in [*before, *(key for key in after if key not in before)]:
        one, other = before.get(key, _Value(None, None)), after.get(key, _Value(None, None))
        if one.reason == other.reason == NOT_MEASURED:
            continue
        both = one.value is not None and other.value is not None
        finding, place, unit = key
        changes.append(
            MeasureChange(
                finding=finding,
                place=place,
                unit=unit,
                first=one.value,
                second=other.value,
                change=other.value - one.value if one.value is not None and other.value is not None else None,
                assessable=both,
                reason=None if both else _why_not(one, other),
            )
        )
    return changes


def _values(hand: Hand, calibrated: bool) -> Iterator[tuple[tuple[str, str, str], _Value]]:
    for joint in hand.joints:
        width = joint.space_width_mm if calibrated else joint.space_ratio
        yield ("joint space", joint.joint, "mm" if calibrated else "ratio"), _Value(width, joint.reason)
        yield ("narrowing grade", joint.joint, "grade"), _Value(joint.narrowing_grade, joint.reason)
        yield ("subluxation ratio", joint.joint, "ratio"), _Value(joint.subluxation_ratio, joint.reason)
    for cortex in hand.cortex:
        yield ("cortical index", cortex.bone, "ratio"), _Value(cortex.cortical_index, cortex.reason)
    for flexion in hand.alignment.flexion:
        yield ("flexion", str(flexion.digit), "degrees"), _Value(flexion.angle_deg, flexion.reason)
    ratio = hand.alignment.cmc1_subluxation_ratio
    yield ("subluxation ratio", "CMC1", "ratio of base"), _Value(ratio, hand.alignment.reason)


def _why_not(first: _Value, second: _Value) -> str:
    reasons = [
        f"{visit} visit: {entry.reason or 'not measured'}"
        for visit, entry in (("first", first), ("second", second))
        if entry.value is None
    ]
    return "; ".join(reasons)
