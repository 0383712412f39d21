"""Every other number that both readings hold: joints, erosions, alignment, cortices, soft tissue.

What is called change is told by the measured repeatability, else by the 95 % intervals of both values; where neither is
known both values stand beside each other and nothing is called change.
"""

from __future__ import annotations

from collections.abc import Mapping

from sclerograph.comparison.equal_scale import Scales
from sclerograph.comparison.records import MeasureChange
from sclerograph.comparison.repeatability import Repeatability, change_of_intervals, measure_key
from sclerograph.findings.records import NOT_MEASURED, Hand
from sclerograph.hand.measures import Measured, measures

__all__ = ["measure_changes"]

#: Fingertips have their own comparison (:mod:`sclerograph.comparison.tuft_changes`).
_ELSEWHERE = ("acro-osteolysis", "length deficit")


def measure_changes(
    first: Hand, second: Hand, scales: Scales | None, repeatability: Mapping[str, Repeatability]
) -> list[MeasureChange]:
    """Return every other measure of a hand at both visits; what neither version looks for is left out.

    Parameters
    ----------
    first, second
        The hand at both visits.
    scales
        How their films were brought to one scale: lengths are compared in millimetres only where the two films share
        them, and as shares of the hand's own bones otherwise.
    repeatability
        Errors of measurement by name.
    """
    calibrated = scales is not None and scales.calibrated and scales.record.source == "calibration"
    before, after = (
        {(each.finding, each.place, each.unit): each for each in measures(hand, calibrated=calibrated)}
        for hand in (first, second)
    )
    changes = []
    for key in [*before, *(key for key in after if key not in before)]:
        finding, place, unit = key
        one, other = (visit.get(key, Measured(finding, place, unit, None)) for visit in (before, after))
        if finding in _ELSEWHERE or (_not_looked_for(one) and _not_looked_for(other)):
            continue
        change = other.value - one.value if one.value is not None and other.value is not None else None
        least = _least(one, other, repeatability)
        changes.append(
            MeasureChange(
                finding=finding,
                place=place,
                unit=unit,
                first=one.value,
                second=other.value,
                change=change,
                smallest_detectable_change=least,
                detectable=None if change is None or least is None else abs(change) > least,
                assessable=change is not None,
                reason=_why_not(one, other) if change is None else None,
            )
        )
    return changes


def _not_looked_for(measured: Measured) -> bool:
    return measured.value is None and measured.reason in (None, NOT_MEASURED)


def _least(one: Measured, other: Measured, repeatability: Mapping[str, Repeatability]) -> float | None:
    """Return the smallest detectable change between two values, ``None`` where one is missing or nothing is known."""
    if one.value is None or other.value is None:
        return None
    if (error := repeatability.get(measure_key(one))) is not None:
        return error.smallest_detectable_change(one.value, other.value)
    if one.interval is None or other.interval is None:
        return None
    return change_of_intervals([one.interval], [other.interval])


def _why_not(first: Measured, second: Measured) -> str:
    reasons = [
        f"{visit} visit: {entry.reason or 'not measured'}"
        for visit, entry in (("first", first), ("second", second))
        if entry.value is None
    ]
    return "; ".join(reasons)
