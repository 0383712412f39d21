"""Acro-osteolysis of both hands: total, maximum and Johnstone group.

The sums and the rule for missing digits are those of :mod:`sclerograph.hand.tuft_summary` (Hughes et al., ACR 2025,
abstract 2493), worked out again from the tufts of the reading, so that a reader's grade counts.
"""

from __future__ import annotations

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import Interval, Reading, Tuft, TuftSummary
from sclerograph.hand.acro_osteolysis_settings import DEFAULT
from sclerograph.hand.tuft_summary import summarise_hand, summarise_visit
from sclerograph.scores.absent_digits import absent_digits
from sclerograph.scores.both_hands import CountedHand, absent_hands, counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.lesions import missing_from, unassessed_because
from sclerograph.scores.record import Part, Score, Value, score_of

__all__ = ["acro_osteolysis_maximum", "acro_osteolysis_total", "johnstone_group"]

_HIGHEST = 4
_UNIT = "grade"
_AS_MEAN = "counted as the mean of the other digits"
_LEFT_OUT = "left out; the maximum is that of the other digits"
_NOT_SCORED = "no score"


def acro_osteolysis_total(reading: Reading) -> Score:
    """Return the sum of the grades of ten digits, 0 to 40; a missing digit counts as the mean of the others."""
    hands = counted(reading)
    summary = _of_visit(hands)
    value = summary.total if summary.total is not None else summary.total_with_missing_as_mean
    tufts = [tuft for hand in hands for tuft in _tufts(hand)]
    graded = [tuft.grade for tuft in tufts if tuft.grade is not None]
    lowest = float(sum(graded))
    return score_of(
        definition("acro_osteolysis_total"),
        None if value is None else float(value),
        reason=None if value is not None else summary.reason,
        parts=_parts(hands, "total"),
        missing=missing_from(_missing(hands), _NOT_SCORED if value is None else _AS_MEAN),
        interval=_interval(tufts),
        at_least=lowest if graded else None,
        at_most=lowest + _HIGHEST * (2 * len(DIGITS) - len(graded)),
    )


def acro_osteolysis_maximum(reading: Reading) -> Score:
    """Return the highest grade of ten digits, 0 to 4."""
    hands = counted(reading)
    summary = _of_visit(hands)
    graded = [tuft.grade for hand in hands for tuft in _tufts(hand) if tuft.grade is not None]
    return score_of(
        definition("acro_osteolysis_maximum"),
        summary.maximum,
        reason=None if summary.maximum is not None else summary.reason,
        parts=_parts(hands, "maximum"),
        missing=missing_from(_missing(hands), _NOT_SCORED if summary.maximum is None else _LEFT_OUT),
        at_least=float(max(graded)) if graded else None,
        at_most=float(max(graded) if len(graded) == 2 * len(DIGITS) else _HIGHEST),
    )


def johnstone_group(reading: Reading) -> Score:
    """Return ``normal/minimal`` or ``moderate/severe``."""
    hands = counted(reading)
    summary = _of_visit(hands)
    group = summary.johnstone_group
    return score_of(
        definition("johnstone_group"),
        group,
        reason=None if group is not None else summary.reason,
        parts=_parts(hands, "group"),
        missing=missing_from(_missing(hands), _NOT_SCORED if group is None else _LEFT_OUT),
        thresholds={"johnstone_from": float(DEFAULT.johnstone_from)},
    )


def _tufts(hand: CountedHand) -> list[Tuft]:
    """Return one tuft for each digit; a digit without one, or that is not there, is not assessable."""
    absent = absent_digits(hand.record)
    found = {tuft.digit: tuft for tuft in hand.record.tufts}
    tufts = []
    for digit in (d.number for d in DIGITS):
        tuft = found.get(digit) or Tuft(digit=digit, assessable=False, reason="the reading has no entry for it")
        if digit in absent:
            tuft = Tuft(digit=digit, assessable=False, reason=absent[digit])
        if not tuft.assessable or tuft.grade is None:
            tuft = Tuft(digit=digit, assessable=False, reason=unassessed_because(tuft))
        tufts.append(tuft)
    return tufts


def _of_visit(hands: list[CountedHand]) -> TuftSummary:
    return summarise_visit([_tufts(hand) for hand in hands])


def _missing(hands: list[CountedHand]) -> list[tuple[str, str]]:
    places = [
        (hand.place(f"DP{tuft.digit}"), unassessed_because(tuft))
        for hand in hands
        for tuft in _tufts(hand)
        if not tuft.assessable
    ]
    return places + [(name, "no film shows it") for name in absent_hands(hands)]


def _interval(tufts: list[Tuft]) -> Interval | None:
    """Return the sum of the grades' intervals, where all ten digits have one."""
    known = [tuft.grade_interval for tuft in tufts if tuft.grade_interval is not None]
    if len(known) < 2 * len(DIGITS):
        return None
    return Interval(low=sum(i.low for i in known), high=sum(i.high for i in known))


def _parts(hands: list[CountedHand], what: str) -> list[Part]:
    parts = []
    for hand in hands:
        tufts = _tufts(hand)
        summary = summarise_hand(tufts)
        total = summary.total if summary.total is not None else summary.total_with_missing_as_mean
        values: dict[str, Value] = {
            "total": None if total is None else float(total),
            "maximum": summary.maximum,
            "group": summary.johnstone_group,
        }
        parts.append(
            Part(
                scope="hand",
                name="hand",
                hand=hand.number,
                side=hand.side,
                value=values[what],
                unit={"total": "points", "maximum": _UNIT, "group": "label"}[what],
                assessable=values[what] is not None,
                reason=None if values[what] is not None else summary.reason,
            )
        )
        parts += [
            Part(
                scope="digit",
                name=str(tuft.digit),
                hand=hand.number,
                side=hand.side,
                value=tuft.grade,
                unit=_UNIT,
                interval=tuft.grade_interval,
                at_least=float(tuft.grade) if tuft.grade is not None else 0.0,
                at_most=float(tuft.grade) if tuft.grade is not None else float(_HIGHEST),
                assessable=tuft.assessable,
                reason=tuft.reason,
            )
            for tuft in tufts
        ]
    return parts
