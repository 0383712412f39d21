"""``summary.csv``: one line a hand, with columns that stay where they are.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it: file names come from outside
(OWASP, CSV Injection). Missing values are empty cells, never zeros.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from sclerograph.anatomy.hand import DIGITS
from sclerograph.errors import UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import CalcinosisTotal, Hand, Reading, SourceRecord, Tuft
from sclerograph.reports.erosion_places import erosion_places
from sclerograph.scores.settings import DEFAULT as SCORE_SETTINGS

__all__ = ["COLUMNS", "write_summary"]

Cell = str | int | float | bool | None

_NUMBERS = tuple(digit.number for digit in DIGITS)

#: The columns, in their order. New ones are added at the end.
COLUMNS: tuple[str, ...] = (
    "reading",
    "hand",
    "source",
    "file",
    "file_sha256",
    "side",
    "side_source",
    "side_conflict",
    "view",
    "view_source",
    "hand_confidence",
    "calibration_source",
    "mm_per_pixel",
    "calcinosis_assessable",
    "calcinosis_reason",
    "deposits",
    "calcified_area_mm2",
    "calcified_area_px",
    "calcified_area_ratio",
    "longest_deposit_mm",
    "longest_deposit_px",
    *(f"deposits_digit_{n}" for n in _NUMBERS),
    *(f"calcified_area_mm2_digit_{n}" for n in _NUMBERS),
    "acro_osteolysis_assessable_digits",
    "acro_osteolysis_total",
    "acro_osteolysis_total_with_missing_as_mean",
    "acro_osteolysis_maximum",
    "johnstone_group",
    *(f"acro_osteolysis_grade_digit_{n}" for n in _NUMBERS),
    *(f"length_deficit_digit_{n}" for n in _NUMBERS),
    "not_assessable",
    "software_version",
    "research_use",
    "joint_spaces_assessed",
    "narrowing_sum",
    "joints_narrowed",
    "joints_ankylosed",
    "erosion_suspicion_maximum",
    "erosion_places",
    "joints_subluxated",
    "cmc1_subluxation_ratio",
    "ulnar_variance_mm",
    "cortical_index_mean",
    *(f"flexion_deg_digit_{n}" for n in _NUMBERS),
    "digits_flexed",
    *(f"pulp_thickness_mm_digit_{n}" for n in _NUMBERS),
    "rotation_deg",
)


def write_summary(readings: Iterable[Reading], path: Path | str) -> None:
    """Write ``summary.csv``, or bring it up to date.

    Lines of readings that are not given here stay as they are; lines of a reading of the same name are replaced. Lines
    are sorted by reading and hand, so that the order in which visits were read leaves no trace. A reading without a
    hand has one line that says so.

    Raises
    ------
    UsageError
        The file exists and was not written with these columns; it is left as it was.
    OSError
        The folder is missing or not writable.
    """
    target = Path(path)
    lines = {(row[0], row[1]): row for row in _existing_lines(target)}
    for reading in readings:
        new = [[_text(cell) for cell in line] for line in _lines(reading)]
        lines = {key: row for key, row in lines.items() if key[0] != new[0][0]}
        lines |= {(row[0], row[1]): row for row in new}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row for _, row in sorted(lines.items()))
    write_atomically(target, stream.getvalue())


def _existing_lines(path: Path) -> list[list[str]]:
    """Return the lines of a summary that is already there, without its header."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
    except FileNotFoundError:
        return []
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise UsageError(
            "the summary.csv that is already there has other columns: its lines cannot be kept beside new ones; "
            "move it away or choose another folder"
        )
    return rows[1:]


def _lines(reading: Reading) -> list[list[Cell]]:
    """Return the cells of each hand of a reading."""
    if not reading.hands:
        return [_ordered(_cells(reading=reading.name, not_assessable="no hand found") | _origin(reading))]
    sources = {source.id: source for source in reading.sources}
    return [
        _ordered(
            _cells(reading=reading.name, hand=number)
            | _identity(hand, sources[hand.source])
            | _calcinosis(hand)
            | _acro_osteolysis(hand)
            | _joints(hand)
            | _bones_and_digits(hand)
            | _cells(not_assessable="; ".join(hand.not_assessable))
            | _origin(reading)
        )
        for number, hand in enumerate(reading.hands, 1)
    ]


def _cells(**cells: Cell) -> dict[str, Cell]:
    return cells


def _ordered(cells: dict[str, Cell]) -> list[Cell]:
    return [cells.get(column) for column in COLUMNS]


def _origin(reading: Reading) -> dict[str, Cell]:
    return _cells(software_version=reading.software.version, research_use=reading.research_use)


def _identity(hand: Hand, source: SourceRecord) -> dict[str, Cell]:
    return {
        "source": source.id,
        "file": source.file,
        "file_sha256": source.sha256,
        "side": hand.side,
        "side_source": hand.side_source,
        "side_conflict": hand.side_conflict,
        "view": hand.view,
        "view_source": hand.view_source,
        "hand_confidence": hand.confidence,
        "calibration_source": source.calibration.source,
        # Kept to the last digit, as in reading.json: a calibration is an input.
        "mm_per_pixel": None if source.calibration.mm_per_pixel is None else repr(source.calibration.mm_per_pixel),
    }


def _calcinosis(hand: Hand) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "calcinosis_assessable": hand.calcinosis_assessable,
        "calcinosis_reason": hand.calcinosis_reason,
    }
    if not hand.calcinosis_assessable:
        return cells
    longest = [d.longest_diameter_mm for d in hand.deposits if d.longest_diameter_mm is not None]
    cells |= {
        "deposits": len(hand.deposits),
        "longest_deposit_mm": max(longest, default=None),
        "longest_deposit_px": max((d.longest_diameter_px for d in hand.deposits), default=None),
    }
    whole = _total(hand, "hand")
    if whole is not None:
        cells |= {
            "calcified_area_mm2": whole.area_mm2,
            "calcified_area_px": whole.area_px,
            "calcified_area_ratio": whole.area_ratio,
        }
    calibrated = whole is not None and whole.area_mm2 is not None
    for number in _NUMBERS:
        total = _total(hand, "digit", str(number))
        cells[f"deposits_digit_{number}"] = 0 if total is None else total.deposits
        if calibrated:
            cells[f"calcified_area_mm2_digit_{number}"] = 0.0 if total is None else total.area_mm2
    return cells


def _total(hand: Hand, scope: str, name: str | None = None) -> CalcinosisTotal | None:
    return next((t for t in hand.calcinosis if t.scope == scope and name in (None, t.name)), None)


def _acro_osteolysis(hand: Hand) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    if hand.acro_osteolysis is not None:
        summary = hand.acro_osteolysis
        cells |= {
            "acro_osteolysis_assessable_digits": summary.assessable_digits,
            "acro_osteolysis_total": summary.total,
            "acro_osteolysis_total_with_missing_as_mean": summary.total_with_missing_as_mean,
            "acro_osteolysis_maximum": summary.maximum,
            "johnstone_group": summary.johnstone_group,
        }
    for tuft in hand.tufts:
        cells |= _tuft(tuft)
    return cells


def _tuft(tuft: Tuft) -> dict[str, Cell]:
    if not tuft.assessable:
        return {}
    return {
        f"acro_osteolysis_grade_digit_{tuft.digit}": tuft.grade,
        f"length_deficit_digit_{tuft.digit}": tuft.length_deficit,
    }


def _joints(hand: Hand) -> dict[str, Cell]:
    """Return the joints as counts; sums over the joints that were assessed say how many those are."""
    seen = [joint for joint in hand.joints if joint.assessable]
    grades = [joint.narrowing_grade for joint in seen if joint.narrowing_grade is not None]
    suspicions = [joint.erosion_suspicion for joint in hand.joints] + [bone.suspicion for bone in hand.erosions]
    known = [suspicion for suspicion in suspicions if suspicion is not None]
    aligned = [joint for joint in hand.alignment.joints if joint.assessable]
    return {
        "joint_spaces_assessed": len(seen),
        "narrowing_sum": sum(grades) if grades else None,
        "joints_narrowed": sum(grade >= SCORE_SETTINGS.narrowed_from_grade for grade in grades) if grades else None,
        "joints_ankylosed": sum(bool(joint.ankylosed) for joint in seen) if seen else None,
        "erosion_suspicion_maximum": max(known, default=None),
        "erosion_places": len(erosion_places(hand)) if known else None,
        "joints_subluxated": sum(bool(joint.subluxated) for joint in aligned) if aligned else None,
        "cmc1_subluxation_ratio": hand.alignment.cmc1_subluxation_ratio,
        "ulnar_variance_mm": hand.alignment.ulnar_variance_mm,
    }


def _bones_and_digits(hand: Hand) -> dict[str, Cell]:
    judged = [flexion for flexion in hand.alignment.flexion if flexion.assessable]
    cells: dict[str, Cell] = {
        "cortical_index_mean": hand.cortex_mean.cortical_index,
        "digits_flexed": " ".join(str(f.digit) for f in judged if f.flagged) or "none" if judged else None,
        "rotation_deg": hand.quality.rotation.angle_deg,
    }
    cells |= {f"flexion_deg_digit_{flexion.digit}": flexion.angle_deg for flexion in judged}
    cells |= {f"pulp_thickness_mm_digit_{tip.digit}": tip.pulp_thickness_mm for tip in hand.fingertips}
    return cells


def _text(cell: Cell) -> str:
    """Return a cell as text: numbers with five digits, texts made harmless."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return f"{cell:.5g}" if abs(cell) < 1e5 else f"{cell:.0f}"
    return _harmless(cell)


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet runs, on one line."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    starts: Sequence[str] = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    return f"'{flat}" if flat.startswith(tuple(starts)) else flat
