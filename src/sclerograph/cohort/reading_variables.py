"""What a reading of the hands says about a patient, as columns of an analysis table.

Whether a lesion is there follows from the same rules as the scores (:mod:`sclerograph.scores.bauer`): what a reader
has judged goes before what the software has measured, and a lesion is absent only where enough was assessed, on both
hands. Otherwise the value is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial

from sclerograph.findings.records import Reading
from sclerograph.hand.visit import counted_hands
from sclerograph.scores.bauer import hand_lesions
from sclerograph.scores.both_hands import CountedHand, absent_hands, counted
from sclerograph.scores.catalogue import NAMES, compute
from sclerograph.scores.lesion_count import LesionCount
from sclerograph.scores.lesions import narrowing_grade
from sclerograph.scores.settings import DEFAULT

__all__ = ["READING_COLUMNS", "CellValue", "cell_text", "reading_values"]

CellValue = float | str | None


@dataclass(frozen=True)
class _Subject:
    """A reading, and what several columns need of it, computed once."""

    reading: Reading

    @cached_property
    def hands(self) -> list[CountedHand]:
        return counted(self.reading)

    @cached_property
    def lesions(self) -> dict[str, LesionCount]:
        return hand_lesions(self.hands, DEFAULT)


_Column = Callable[[_Subject], CellValue]


def _deposits(subject: _Subject) -> float | None:
    hands = [subject.reading.hands[position] for position in counted_hands(subject.reading.hands)]
    assessed = [hand for hand in hands if hand.calcinosis_assessable]
    found = sum(len(hand.deposits) for hand in assessed)
    # A hand that could not be assessed, or that no film shows, may hide a deposit: none seen is then not none there.
    unseen = len(assessed) < len(hands) or bool(absent_hands(subject.hands))
    return None if not assessed or (found == 0 and unseen) else float(found)


def _calcinosis(subject: _Subject) -> float | None:
    deposits = _deposits(subject)
    return None if deposits is None else float(deposits > 0)


def _area_mm2(subject: _Subject) -> float | None:
    return subject.reading.calcified_area_mm2


def _tuft_total(subject: _Subject) -> float | None:
    summary = subject.reading.acro_osteolysis
    return None if summary is None or summary.total is None else float(summary.total)


def _tuft_maximum(subject: _Subject) -> float | None:
    summary = subject.reading.acro_osteolysis
    return None if summary is None or summary.maximum is None else float(summary.maximum)


def _acro_osteolysis(subject: _Subject) -> float | None:
    maximum = _tuft_maximum(subject)
    return None if maximum is None else float(maximum > 0)


def _there(lesion: str, subject: _Subject) -> float | None:
    """Return whether one of the seven lesions is there; absent only where both hands were seen well enough."""
    present = subject.lesions[lesion].present(DEFAULT)
    if present is False and absent_hands(subject.hands):
        return None
    return None if present is None else float(present)


def _places(lesion: str, subject: _Subject) -> float | None:
    """Return at how many places a lesion is; places that were not assessed are not among them."""
    return None if _there(lesion, subject) is None else float(len(subject.lesions[lesion].shown))


def _narrowing_maximum(subject: _Subject) -> float | None:
    grades = [narrowing_grade(joint) for hand in subject.hands for joint in hand.record.joints]
    known = [grade for grade in grades if grade is not None]
    if not known or (max(known) == 0 and _there("narrowing", subject) is None):
        return None
    return float(max(known))


def _flexion_deg(subject: _Subject) -> float | None:
    angles = [
        flexion.angle_deg
        for hand in subject.hands
        for flexion in hand.record.alignment.flexion
        if flexion.assessable and flexion.angle_deg is not None
    ]
    return max(angles) if angles else None


def _cortical_index(subject: _Subject) -> float | None:
    means = [hand.record.cortex_mean for hand in subject.hands]
    known = [mean.cortical_index for mean in means if mean.assessable and mean.cortical_index is not None]
    return sum(known) / len(known) if known else None


def _score(name: str, subject: _Subject) -> CellValue:
    value = compute(name, subject.reading).value
    return value if value is None or isinstance(value, str) else float(value)


#: The columns that can be declared in a plan: deposits of both hands, whether there is one (1) or none (0), their area,
#: the sum and the greatest of the grades of acro-osteolysis, and whether any tuft has one; the seven variables of the
#: hands of FRI0276 under the names of the data dictionary; joints, digits and bone; and every score of the catalogue.
#: A value is missing where the films did not allow it to be told.
READING_COLUMNS: dict[str, _Column] = {
    "reading_deposits": _deposits,
    "reading_calcinosis": _calcinosis,
    "reading_calcified_area_mm2": _area_mm2,
    "reading_acro_osteolysis_total": _tuft_total,
    "reading_acro_osteolysis_maximum": _tuft_maximum,
    "reading_acro_osteolysis": _acro_osteolysis,
    "reading_hand_calcinosis": partial(_there, "calcinosis"),
    "reading_hand_acro_osteolysis": partial(_there, "acro_osteolysis"),
    "reading_hand_periarticular_calcification": partial(_there, "periarticular_calcification"),
    "reading_hand_erosion": partial(_there, "erosion"),
    "reading_hand_joint_narrowing": partial(_there, "narrowing"),
    "reading_hand_subluxation": partial(_there, "subluxation"),
    "reading_hand_flexion": partial(_there, "flexion"),
    "reading_eroded_places": partial(_places, "erosion"),
    "reading_narrowed_joints": partial(_places, "narrowing"),
    "reading_narrowing_maximum": _narrowing_maximum,
    "reading_subluxated_joints": partial(_places, "subluxation"),
    "reading_flexed_digits": partial(_places, "flexion"),
    "reading_flexion_deg": _flexion_deg,
    "reading_cortical_index": _cortical_index,
    **{f"score_{name}": partial(_score, name) for name in NAMES},
}


def reading_values(reading: Reading, names: Iterable[str] = tuple(READING_COLUMNS)) -> dict[str, CellValue]:
    """Return the value of each of these :data:`READING_COLUMNS`; ``None`` where it could not be told."""
    subject = _Subject(reading)
    return {name: READING_COLUMNS[name](subject) for name in names}


def cell_text(value: CellValue) -> str:
    """Return a value as a cell of a table; an empty one where it could not be told."""
    if value is None:
        return ""
    return value if isinstance(value, str) else repr(value)
