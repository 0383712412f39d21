"""What was seen of the anatomy: landmarks, outlines, lengths of digits."""

from __future__ import annotations

from typing import Literal

from sclerograph.findings.vocabulary import BoneCode, Contour, DigitNumber, Fraction, Record

__all__ = ["AbsentDigit", "DigitLength", "LandmarkRecord", "Outline"]


class LandmarkRecord(Record):
    """One landmark; ``plausible`` is False where the shape of a hand contradicts it."""

    x: float
    y: float
    confidence: Fraction
    plausible: bool = True


class Outline(Record):
    """Contours of one bone."""

    bone: BoneCode
    contours: list[Contour]
    confidence: Fraction


class DigitLength(Record):
    """Lengths along one digit in pixels and, where calibrated, millimetres."""

    digit: DigitNumber
    distal_px: float | None
    middle_px: float | None
    proximal_px: float | None
    metacarpal_px: float | None
    distal_mm: float | None = None
    middle_mm: float | None = None
    proximal_mm: float | None = None
    metacarpal_mm: float | None = None


class AbsentDigit(Record):
    """A digit that is not on the film although its hand is: it is no longer there, or the film does not reach it."""

    digit: DigitNumber
    because: Literal["amputated", "off the film"]
