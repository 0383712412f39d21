"""Acro-osteolysis: length deficit and grade against simulated truth; healthy fingertips of nearly grown hands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.held_out import FIRST_SEED, HeldOutFilm, held_out_films, held_out_forms, on_what, read_held_out, surest_hand
from bench.measure import Measure, Outcome, Row, Skipped, Target, Workplace
from bench.real_films import validation_films
from bench.share_rows import share_row
from bench.statistics import quadratic_kappa
from sclerograph.anatomy.hand import DIGITS, LANDMARKS
from sclerograph.errors import InputRejected
from sclerograph.findings.records import Tuft
from sclerograph.hand.reading import read_films
from sclerograph.imaging import open_radiograph

__all__ = ["MEASURE"]

_FILMS = 200
_GRADES = 5
#: Bone age from which the distal phalanges have the shape of a grown hand: 14 years.
_NEARLY_GROWN_MONTHS = 168


@dataclass
class _Digits:
    true_grades: list[int] = field(default_factory=list)
    grades: list[int] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    off_film: int = 0

    @property
    def refused(self) -> int:
        return self.reasons.total()


def _kind(reason: str | None) -> str:
    """Return the reason without its numbers and names, to be counted."""
    return (reason or "no reason").split(":")[0]


def _add(film: HeldOutFilm, tufts: dict[int, Tuft], digits: _Digits) -> None:
    for digit in DIGITS:
        if film.landmarks[LANDMARKS.index(f"TIP{digit.number}"), 2] <= 0:
            digits.off_film += 1
            continue
        tuft = tufts.get(digit.number)
        if tuft is None or not tuft.assessable or tuft.grade is None or tuft.length_deficit is None:
            digits.reasons[_kind(tuft.reason if tuft else "no hand was found")] += 1
            continue
        lost, grade = film.resorption.get(digit.number, (0.0, 0))
        digits.true_grades.append(grade)
        digits.grades.append(tuft.grade)
        digits.errors.append(tuft.length_deficit - lost)


def run(workplace: Workplace) -> Outcome:
    """Compare deficits and grades digit by digit; then grade healthy fingertips."""
    on = on_what(held_out_forms(workplace.data))
    digits, seeds = _Digits(), []
    for film in held_out_films(workplace, _FILMS, "acro-osteolysis, simulated"):
        seeds.append(film.seed)
        reading = read_held_out(workplace, film)
        hand = None if reading is None else surest_hand(reading.hands)
        _add(film, {} if hand is None else {tuft.digit: tuft for tuft in hand.tufts}, digits)
    table = np.zeros((_GRADES, _GRADES), int)
    np.add.at(table, (digits.true_grades, digits.grades), 1)
    rows = _simulated_rows(digits, on)
    details: dict[str, Any] = {
        "grades_true_by_measured": table.tolist(),
        "bias": round(float(np.mean(digits.errors)), 4) if digits.errors else None,
        "not_assessable": dict(digits.reasons.most_common()),
        "off_film": digits.off_film,
        "absolute_error_by_grade": {
            str(grade): round(float(np.mean(np.abs(part))), 4)
            for grade in range(_GRADES)
            if len(part := np.asarray(digits.errors)[np.asarray(digits.true_grades, int) == grade])
        },
    }
    notes = [f"only digits whose tip is on the film; first seed {FIRST_SEED}"]
    try:
        healthy, healthy_details = _healthy(workplace)
        rows += healthy
        details["healthy"] = healthy_details
    except Skipped as reason:
        notes.append(f"healthy fingertips were not looked at: {reason}")
    return Outcome(rows, details, [seeds[0], seeds[-1]], notes)


def _simulated_rows(digits: _Digits, on: str) -> list[Row]:
    n = len(digits.errors)
    asked = n + digits.refused
    kappa = quadratic_kappa(digits.true_grades, digits.grades, _GRADES)
    error = float(np.mean(np.abs(digits.errors))) if n else None
    return [
        Row("acro_deficit", "length deficit, mean absolute error", on, error, "", n, "digits", Target("<=", 0.03)),
        Row("acro_kappa", "grade 0-4, quadratic weighted kappa", on, kappa, "", n, "digits", Target(">=", 0.85)),
        Row(
            "acro_not_assessable",
            "fingertips called not assessable",
            on,
            digits.refused / asked if asked else None,
            "%",
            asked,
            "digits",
        ),
    ]


def _healthy(workplace: Workplace) -> tuple[list[Row], dict[str, Any]]:
    films = [f for f in validation_films(workplace.real_films()) if f.bone_age_months >= _NEARLY_GROWN_MONTHS]
    films = list(workplace.some(films))
    grades: Counter[int] = Counter()
    reasons: Counter[str] = Counter()
    wrong: list[dict[str, Any]] = []
    for film in workplace.each(films, "healthy fingertips"):
        try:
            reading = read_films([open_radiograph(film.path)], workplace.networks, name=film.name)
        except InputRejected:
            reasons["no hand was found"] += len(DIGITS)
            continue
        for tuft in surest_hand(reading.hands).tufts:
            if not tuft.assessable or tuft.grade is None:
                reasons[_kind(tuft.reason)] += 1
                continue
            grades[tuft.grade] += 1
            if tuft.grade > 0:
                wrong.append(
                    {"film": film.name, "digit": tuft.digit, "grade": tuft.grade, "deficit": tuft.length_deficit}
                )
    graded, refused = grades.total(), reasons.total()
    on = "validation films of bone age >= 14 years"
    rows = [
        share_row(
            "acro_healthy", "healthy fingertips graded 0", on, grades[0], graded, "digits", Target(">=", 0.98, "%")
        ),
        Row(
            "acro_healthy_not_assessable",
            "healthy fingertips called not assessable",
            on,
            refused / (graded + refused) if graded + refused else None,
            "%",
            graded + refused,
            "digits",
        ),
    ]
    return rows, {"graded_above_0": wrong, "not_assessable": dict(reasons.most_common())}


MEASURE = Measure("acro_osteolysis", "Acro-osteolysis", run)
