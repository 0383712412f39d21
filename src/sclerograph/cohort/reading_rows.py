"""The findings of readings as long tables: a row a visit, a hand, a digit, a joint or a site.

They are what maps, courses and models of rows within patients are made from. Each hand of a patient stands there once,
whatever the number of its films. What could not be assessed has a row whose cells are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from sclerograph.anatomy.hand import DIGITS, SITES
from sclerograph.cohort.reading_variables import READING_COLUMNS, CellValue, reading_values
from sclerograph.findings.records import Deposit, Reading
from sclerograph.scores.both_hands import CountedHand, counted
from sclerograph.scores.lesions import eroded, flexed, joint_of, narrowing_grade, subluxated
from sclerograph.scores.settings import DEFAULT

__all__ = ["READING_TABLES", "ReadingTable", "ReadingVisit", "reading_rows"]

ReadingTable = Literal["visits", "hands", "digits", "joints", "sites"]

READING_TABLES: tuple[ReadingTable, ...] = get_args(ReadingTable)

Row = dict[str, CellValue]


@dataclass(frozen=True)
class ReadingVisit:
    """The reading of one visit of a patient; ``day`` counts from a day that the site chose, where it is known."""

    patient: str
    reading: Reading
    visit: str = ""
    day: int | None = None


def reading_rows(visit: ReadingVisit, table: ReadingTable) -> Iterator[Row]:
    """Yield the rows of a visit, each with ``patient`` and, but for the visit itself, ``side``."""
    head: Row = {"patient": visit.patient, "visit": visit.visit}
    if table == "visits":
        day = None if visit.day is None else float(visit.day)
        # counted again from the first visit by whoever has all of them
        yield {**head, "day": day, **reading_values(visit.reading, _of_readings())}
        return
    for hand in counted(visit.reading):
        for row in _ROWS[table](hand):
            yield {**head, "side": hand.side, **row}


def _of_readings() -> list[str]:
    return [name for name in READING_COLUMNS if name.startswith("reading_")]


def _truth(value: bool | None) -> float | None:
    return None if value is None else float(value)


def _calcium(hand: CountedHand, deposits: list[Deposit]) -> Row:
    """Return number, presence and area of deposits; nothing where the hand could not be assessed."""
    if not hand.record.calcinosis_assessable:
        return dict.fromkeys(("deposits", "deposit", "calcified_area_mm2"))
    areas = [deposit.area_mm2 for deposit in deposits]
    known = [area for area in areas if area is not None]
    # Without a deposit the area is zero only where the film has millimetres; else it would differ by what is found.
    measured = len(known) == len(areas) and (bool(areas) or _calibrated(hand))
    return {
        "deposits": float(len(deposits)),
        "deposit": float(bool(deposits)),
        "calcified_area_mm2": sum(known) if measured else None,
    }


def _calibrated(hand: CountedHand) -> bool:
    return any(total.area_mm2 is not None for total in hand.record.calcinosis)


def _of_hand(hand: CountedHand) -> Iterator[Row]:
    summary = hand.record.acro_osteolysis
    narrowing = [narrowing_grade(joint) for joint in hand.record.joints]
    grades = [grade for grade in narrowing if grade is not None]
    mean = hand.record.cortex_mean
    yield {
        **_calcium(hand, hand.record.deposits),
        "tuft_total": None if summary is None or summary.total is None else float(summary.total),
        "tuft_maximum": None if summary is None or summary.maximum is None else float(summary.maximum),
        "joints_graded": float(len(grades)),
        "narrowing_maximum": float(max(grades)) if grades else None,
        "cortical_index": mean.cortical_index if mean.assessable else None,
    }


def _of_digits(hand: CountedHand) -> Iterator[Row]:
    record = hand.record
    tufts = {tuft.digit: tuft for tuft in record.tufts}
    flexions = {flexion.digit: flexion for flexion in record.alignment.flexion}
    for digit in (d.number for d in DIGITS):
        tuft, flexion = tufts.get(digit), flexions.get(digit)
        graded = tuft is not None and tuft.assessable
        measured = flexion is not None and flexion.assessable
        yield {
            "digit": str(digit),
            "tuft_grade": float(tuft.grade) if graded and tuft is not None and tuft.grade is not None else None,
            "length_deficit": tuft.length_deficit if graded and tuft is not None else None,
            **_calcium(hand, [deposit for deposit in record.deposits if deposit.digit == digit]),
            "flexion_deg": flexion.angle_deg if measured and flexion is not None else None,
            "flexed": None if flexion is None else _truth(flexed(flexion, DEFAULT)),
        }


def _of_joints(hand: CountedHand) -> Iterator[Row]:
    for code in (joint.joint for joint in hand.record.joints):
        joint = joint_of(hand.record, code)
        grade = narrowing_grade(joint)
        yield {
            "joint": code,
            "narrowing_grade": None if grade is None else float(grade),
            "space_width_mm": joint.space_width_mm if joint.assessable else None,
            "erosion_grade": None if joint.erosion_grade is None else float(joint.erosion_grade),
            "erosion_suspicion": joint.erosion_suspicion,
            "eroded": _truth(eroded(joint, DEFAULT)),
            "subluxated": _truth(subluxated(hand.record, joint, DEFAULT)),
        }


def _of_sites(hand: CountedHand) -> Iterator[Row]:
    for site in SITES:
        yield {"site": site, **_calcium(hand, [deposit for deposit in hand.record.deposits if deposit.site == site])}


_ROWS: dict[str, Callable[[CountedHand], Iterator[Row]]] = {
    "hands": _of_hand,
    "digits": _of_digits,
    "joints": _of_joints,
    "sites": _of_sites,
}
