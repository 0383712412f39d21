"""Fingertips: acro-osteolysis and soft tissue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.vocabulary import NOT_MEASURED, DigitNumber, Fraction, Interval, Record

__all__ = ["Fingertip", "Tuft", "TuftSummary", "unmeasured_fingertips"]


class Tuft(Record):
    """The ungual tuft of one digit and its acro-osteolysis grade (0 normal to 4).

    ``grade_interval`` holds the grades at the ends of ``length_deficit_interval``, where the method gives them.
    """

    digit: DigitNumber
    assessable: bool
    reason: str | None = None
    grade: Annotated[int, Field(ge=0, le=4)] | None = None
    grade_interval: Interval | None = None
    length_deficit: float | None = None
    length_deficit_interval: Interval | None = None
    tuft_to_waist_ratio: float | None = None
    fragmented: bool = False
    confidence: Fraction = 0.0


class TuftSummary(Record):
    """Acro-osteolysis over the digits of a hand or of a visit."""

    assessable_digits: int
    total: int | None
    total_with_missing_as_mean: float | None
    maximum: int | None
    johnstone_group: Literal["normal/minimal", "moderate/severe"] | None
    reason: str | None = None


class Fingertip(Record):
    """Soft tissue of one fingertip.

    ``pulp_thickness`` is the distance from the end of the distal phalanx to the skin beyond it, along the digit;
    ``pulp_ratio`` the same divided by the width of the base of the distal phalanx. ``tapering_ratio`` is the breadth of
    the soft tissue at the tuft divided by that at the base of the distal phalanx: the smaller, the more pointed.
    """

    digit: DigitNumber
    pulp_thickness_px: float | None = None
    pulp_thickness_px_interval: Interval | None = None
    pulp_thickness_mm: float | None = None
    pulp_thickness_mm_interval: Interval | None = None
    pulp_ratio: float | None = None
    pulp_ratio_interval: Interval | None = None
    tapering_ratio: float | None = None
    tapering_ratio_interval: Interval | None = None
    confidence: Fraction | None = None
    assessable: bool
    reason: str | None = None


def unmeasured_fingertips(reason: str = NOT_MEASURED) -> list[Fingertip]:
    """Return an entry for each digit that says why its fingertip was not measured."""
    return [Fingertip(digit=d.number, assessable=False, reason=reason) for d in DIGITS]
