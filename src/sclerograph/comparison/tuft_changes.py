"""Acro-osteolysis at two visits: the grades as a pair from -2 to +2, and the bone that was lost in between.

The pair score follows Hughes et al. (ACR 2025, abstract 2493), in which readers score pairs of images from -2 to +2 and
call +1 and +2 a changer; which score a difference of grades makes is our own definition: the difference, no more than
two, and 0 where it cannot be told from the error of measurement.

Between two films of one patient the expected length of a phalanx need not be estimated from other hands: the phalanx of
the first visit is its own norm. ``length_lost`` compares the two, each by the scale that the bones of its film give.
"""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph.anatomy.hand import DIGITS
from sclerograph.comparison.equal_scale import Scales
from sclerograph.comparison.records import AcroOsteolysisChange, TuftChange
from sclerograph.comparison.repeatability import Repeatability, change_of_intervals
from sclerograph.comparison.settings import ComparisonSettings
from sclerograph.findings.records import Hand, Tuft

__all__ = ["summarise_tufts", "tuft_changes"]


def tuft_changes(
    first: Hand,
    second: Hand,
    scales: Scales | None,
    repeatability: dict[str, Repeatability],
    settings: ComparisonSettings,
) -> list[TuftChange]:
    """Return the change of each of the five fingertips."""
    before, after = ({tuft.digit: tuft for tuft in hand.tufts} for hand in (first, second))
    changes = []
    for digit in (d.number for d in DIGITS):
        one, other = before.get(digit), after.get(digit)
        if one is None or other is None or one.grade is None or other.grade is None:
            changes.append(TuftChange(digit=digit, assessable=False, reason=_why_not(one, other)))
            continue
        lost = _lost(first, second, digit, scales, repeatability, settings)
        changes.append(_change(one, other, other.grade - one.grade, lost, repeatability))
    return changes


def summarise_tufts(changes: Sequence[TuftChange]) -> AcroOsteolysisChange:
    """Return totals over the digits that are assessable at both visits: sums of other digits are not comparable."""
    both = [change for change in changes if change.assessable]
    if not both:
        return AcroOsteolysisChange(
            digits=0,
            first_total=None,
            second_total=None,
            change=None,
            changers=None,
            reason="no fingertip is assessable at both visits",
        )
    totals = [sum(grade for c in both if (grade := getattr(c, f"{visit}_grade"))) for visit in ("first", "second")]
    missing = len(changes) - len(both)
    return AcroOsteolysisChange(
        digits=len(both),
        first_total=totals[0],
        second_total=totals[1],
        change=totals[1] - totals[0],
        changers=sum(bool(change.changer) for change in both),
        reason=f"{missing} of {len(changes)} fingertips are not assessable at both visits" if missing else None,
    )


def _why_not(first: Tuft | None, second: Tuft | None) -> str:
    reasons = [
        f"{visit} visit: {(tuft.reason if tuft is not None else None) or 'not graded'}"
        for visit, tuft in (("first", first), ("second", second))
        if tuft is None or tuft.grade is None
    ]
    return "; ".join(reasons)


def _lost(
    first: Hand,
    second: Hand,
    digit: int,
    scales: Scales | None,
    repeatability: dict[str, Repeatability],
    settings: ComparisonSettings,
) -> tuple[float, float] | None:
    """Return the share of the distal phalanx that is gone since the first visit, and its smallest detectable change.

    Lengths are compared by the bones of each film rather than by its calibration: a hand that is tilted more shortens
    both its fingertips and its metacarpals.
    """
    if scales is None or scales.nominal_first is None:
        return None
    ratio = scales.record.pixel_ratio
    lengths = [
        next((entry.distal_px for entry in hand.digit_lengths if entry.digit == digit), None)
        for hand in (first, second)
    ]
    if ratio is None or lengths[0] is None or lengths[1] is None or lengths[0] <= 0.0:
        return None
    before = lengths[0] * scales.nominal_first
    after = lengths[1] / ratio * scales.nominal_first
    error = repeatability.get("distal_length") or Repeatability(2.0**0.5 * settings.landmark_error_mm, 0.0, 0)
    return 1.0 - after / before, error.smallest_detectable_change(before, after) / before


def _change(
    first: Tuft,
    second: Tuft,
    difference: int,
    lost: tuple[float, float] | None,
    repeatability: dict[str, Repeatability],
) -> TuftChange:
    deficit, least = _deficit_change(first, second, repeatability)
    detectable = _detectable(first, second, difference, (deficit, least), lost)
    score = max(-2, min(2, difference)) if detectable else 0
    return TuftChange(
        digit=first.digit,
        assessable=True,
        first_grade=first.grade,
        second_grade=second.grade,
        grade_change=difference,
        length_deficit_change=deficit,
        length_deficit_smallest_detectable_change=least,
        length_lost=None if lost is None else lost[0],
        length_lost_smallest_detectable_change=None if lost is None else lost[1],
        detectable=detectable,
        pair_score=score,
        changer=score >= 1,
    )


def _deficit_change(
    first: Tuft, second: Tuft, repeatability: dict[str, Repeatability]
) -> tuple[float | None, float | None]:
    if first.length_deficit is None or second.length_deficit is None:
        return None, None
    change = second.length_deficit - first.length_deficit
    if (error := repeatability.get("length_deficit")) is not None:
        return change, error.smallest_detectable_change(first.length_deficit, second.length_deficit)
    if first.length_deficit_interval is None or second.length_deficit_interval is None:
        return change, None
    return change, change_of_intervals([first.length_deficit_interval], [second.length_deficit_interval])


def _detectable(
    first: Tuft,
    second: Tuft,
    difference: int,
    deficit: tuple[float | None, float | None],
    lost: tuple[float, float] | None,
) -> bool:
    """Tell whether a fingertip has changed at all: its grades exclude each other, or more length is gone than noise."""
    intervals = first.grade_interval, second.grade_interval
    if (
        intervals[0] is not None
        and intervals[1] is not None
        and (intervals[0].high < intervals[1].low or intervals[1].high < intervals[0].low)
    ):
        return True
    if lost is not None:
        # length and grade must say the same: a phalanx that seems longer has not lost its tuft
        return abs(lost[0]) > lost[1] and lost[0] * difference >= 0
    change, least = deficit
    return change is not None and least is not None and abs(change) > least
