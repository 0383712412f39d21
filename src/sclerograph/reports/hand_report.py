"""``report.html``: a reading as one page that needs no other file, no network and no script.

The page holds the films, contours as vectors over them, drawings of both hands, tables, and everything that tells a
reader how far to trust them. Every text of the reading is escaped; the page's own security policy forbids any address.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from sclerograph.anatomy.hand import DIGITS
from sclerograph.errors import UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import (
    CalibrationRecord,
    DigitLength,
    Hand,
    Reading,
    SourceRecord,
    Tuft,
    TuftSummary,
)
from sclerograph.hand.erosion_accuracy import accuracy_words
from sclerograph.reports import palette, wording
from sclerograph.reports.burden import burdens, hand_burden
from sclerograph.reports.film_picture import jpeg_data_uri
from sclerograph.reports.film_view import (
    Box,
    FingertipMark,
    deposit_text,
    digit_box,
    fingertip_marks,
    hand_box,
    label_corner,
)
from sclerograph.reports.joint_marks import ErosionMark, JointMark, erosion_marks, joint_marks
from sclerograph.reports.joint_table import bone_erosions, joint_rows, joint_sentence, joints_without_value
from sclerograph.reports.measure_table import bone_rows, finger_rows, flexion_sentence, quality_rows
from sclerograph.reports.repeat_table import repeat_rows
from sclerograph.reports.schematic import draw_hands
from sclerograph.reports.unassessed import gaps
from sclerograph.reports.vector import closed_paths, decimal
from sclerograph.reports.visit_table import from_other_films

__all__ = ["report_html", "write_report"]


@dataclass(frozen=True)
class _HandPart:
    """One hand with what the page needs beside its records."""

    key: str
    hand: Hand
    calibrated: bool
    fingertips: list[FingertipMark]
    joints: list[JointMark]
    erosions: list[ErosionMark]
    box: Box
    digit_boxes: dict[int, Box | None]
    letter_at: tuple[float, float]


@dataclass(frozen=True)
class _DigitPart:
    """One digit with its records, which may be missing."""

    number: int
    name: str
    tuft: Tuft | None
    lengths: DigitLength | None


@dataclass(frozen=True)
class _FilmPart:
    """One film with its hands."""

    source: SourceRecord
    picture: str | None
    hands: list[_HandPart]
    calibration: str
    warning: str | None


def write_report(reading: Reading, films: Mapping[str, NDArray[np.floating]], path: Path | str) -> None:
    """Write ``report.html``.

    Parameters
    ----------
    reading
        What was found.
    films
        Displayed pixels, (rows, columns) between 0 and 1, by the id of their source. A film that is missing here is
        drawn as contours on black.
    path
        The file to write: complete or not there.

    Raises
    ------
    UsageError
        A film has another size than its source.
    OSError
        The folder is missing or not writable.
    """
    write_atomically(path, report_html(reading, films))


def report_html(reading: Reading, films: Mapping[str, NDArray[np.floating]]) -> str:
    """Return the text of ``report.html``; the same reading and films give the same text."""
    parts = [_film_part(reading, source, films.get(source.id)) for source in reading.sources]
    script = _resource("report.js")
    return _template().render(
        reading=reading,
        films=parts,
        drawings=draw_hands(reading),
        fingertip_total=_visit_total(reading),
        merged=[hand for hand in reading.visit if len(hand.sources) > 1],
        style=Markup(_resource("report.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
    )


def _film_part(reading: Reading, source: SourceRecord, pixels: NDArray[np.floating] | None) -> _FilmPart:
    if pixels is not None and pixels.shape != (source.rows, source.columns):
        raise UsageError(
            f"the film of {source.id} has {pixels.shape} pixels and its source ({source.rows}, {source.columns}): "
            "contours would lie in the wrong place; give the pixels that were read"
        )
    hands = [
        _hand_part(f"h{number}", hand, source.calibration)
        for number, hand in enumerate(reading.hands, 1)
        if hand.source == source.id
    ]
    return _FilmPart(
        source=source,
        picture=None if pixels is None else jpeg_data_uri(pixels),
        hands=hands,
        calibration=wording.calibration_sentence(source.calibration),
        warning=wording.calibration_warning(source.calibration),
    )


def _hand_part(key: str, hand: Hand, calibration: CalibrationRecord) -> _HandPart:
    return _HandPart(
        key=key,
        hand=hand,
        calibrated=calibration.mm_per_pixel is not None,
        fingertips=fingertip_marks(hand),
        joints=joint_marks(hand),
        erosions=erosion_marks(hand),
        box=hand_box(hand),
        digit_boxes={d.number: digit_box(hand, d.number) for d in DIGITS},
        letter_at=label_corner(hand),
    )


def _digits_of_hand(hand: Hand) -> list[_DigitPart]:
    tufts = {tuft.digit: tuft for tuft in hand.tufts}
    lengths = {length.digit: length for length in hand.digit_lengths}
    return [_DigitPart(d.number, d.name, tufts.get(d.number), lengths.get(d.number)) for d in DIGITS]


def _visit_total(reading: Reading) -> TuftSummary | None:
    """Return the summary over both hands where it says more than that of the only hand."""
    return reading.acro_osteolysis if len(reading.hands) > 1 else None


def _grade_text(tuft: Tuft | None) -> str:
    """Return a grade as text, a dash where there is none."""
    if tuft is None or not tuft.assessable or tuft.grade is None:
        return wording.ABSENT
    return str(tuft.grade)


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "number": wording.number,
        "interval": wording.interval,
        "site_name": wording.site_name,
        "digit_name": wording.digit_name,
        "hand_title": wording.hand_title,
        "side_sentence": wording.side_sentence,
        "view_sentence": wording.view_sentence,
        "grade_text": _grade_text,
        "grade_colour": palette.grade_colour,
        "paths": closed_paths,
        "decimal": decimal,
        "deposit_text": deposit_text,
        "gaps": gaps,
        "joint_sentence": joint_sentence,
        "joints_without_value": joints_without_value,
        "flexion_sentence": flexion_sentence,
        "quality_rows": quality_rows,
        "from_other_films": from_other_films,
    }
    environment.filters.update(filters)
    environment.globals.update(
        burdens=burdens,
        hand_burden=hand_burden,
        digits_of_hand=_digits_of_hand,
        erosion_words=accuracy_words,
        joint_rows=joint_rows,
        bone_erosions=bone_erosions,
        bone_rows=bone_rows,
        finger_rows=finger_rows,
        repeat_rows=repeat_rows,
        palette=palette,
        ABSENT=wording.ABSENT,
    )
    return environment.get_template("report.html.j2")


def _resource(name: str) -> str:
    return files("sclerograph.reports").joinpath("templates", name).read_text(encoding="utf-8")
