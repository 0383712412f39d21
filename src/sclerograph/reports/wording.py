"""Words and numbers as people read them: names of sites, formatted values, sentences on calibration and side."""

from __future__ import annotations

from sclerograph.anatomy.hand import BONES, DIGITS, JOINTS
from sclerograph.findings.records import CalibrationRecord, Hand, Interval, VisitHand

__all__ = [
    "ABSENT",
    "calibration_sentence",
    "calibration_warning",
    "digit_name",
    "hand_title",
    "interval",
    "number",
    "side_sentence",
    "side_word",
    "site_name",
    "view_sentence",
]

#: Stands where there is no value.
ABSENT = "–"

_SITE_NAMES = {b.code: b.name for b in BONES} | {j.code: j.name for j in JOINTS}
_DIGIT_NAMES = {d.number: d.name for d in DIGITS}

_CALIBRATION_WORDS = {
    "pixel_spacing": "PixelSpacing of the DICOM file",
    "imager_pixel_spacing": "ImagerPixelSpacing of the DICOM file (measured at the detector)",
    "ruler": "given by the user",
    "none": "No calibration",
}
_SIDE_SOURCES = {
    "dicom": "from the DICOM file",
    "user": "given by the user",
    "chirality": "from the shape of the hand, which presumes the view",
    "unknown": "not known",
}
_VIEW_SOURCES = {"dicom": "from the DICOM file", "user": "given by the user", "presumed": "presumed, not stated"}


def number(value: float | None, decimals: int = 1) -> str:
    """Return a number with fixed decimals and a true minus sign, or a dash where there is none."""
    if value is None:
        return ABSENT
    text = f"{value:.{decimals}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def interval(value: Interval | None, decimals: int = 1) -> str:
    """Return a 95 % interval as ``low to high``, or an empty text."""
    return "" if value is None else f"{number(value.low, decimals)} to {number(value.high, decimals)}"


def site_name(code: str) -> str:
    """Return the anatomical name of a bone or joint."""
    return _SITE_NAMES[code]


def digit_name(digit: int) -> str:
    """Return the name of a digit (1 to 5)."""
    return _DIGIT_NAMES[digit]


def side_word(hand: Hand) -> str:
    """Return left, right, or that the side is not known."""
    return {"L": "left", "R": "right", None: "side unknown"}[hand.side]


def hand_title(hand: Hand | VisitHand) -> str:
    """Return the heading of a hand."""
    return {"L": "Left hand", "R": "Right hand", None: "Hand, side unknown"}[hand.side]


def side_sentence(hand: Hand) -> str:
    """Return the side and where it comes from."""
    if hand.side is None:
        return "not known"
    return f"{side_word(hand)}, {_SIDE_SOURCES[hand.side_source]}"


def view_sentence(hand: Hand) -> str:
    """Return the view and where it comes from."""
    return f"{hand.view}, {_VIEW_SOURCES[hand.view_source]}"


def calibration_sentence(calibration: CalibrationRecord) -> str:
    """Return where millimetres come from, with their number."""
    words = _CALIBRATION_WORDS[calibration.source]
    if calibration.mm_per_pixel is None:
        return words
    text = f"{calibration.mm_per_pixel:.4g} mm per pixel, {words}"
    if calibration.magnification is not None:
        text += f", divided by a magnification of {calibration.magnification:.3g}"
    return text


def calibration_warning(calibration: CalibrationRecord) -> str | None:
    """Return what a reader must know before using lengths of this film, or None where nothing is wrong."""
    if calibration.source == "none":
        return (
            "This film has no calibration, so there are no millimetres. Lengths and areas are in pixels and cannot be "
            "compared with another film; the ratios to the hand’s own bones can."
        )
    if calibration.source == "imager_pixel_spacing" and calibration.magnification is None:
        return (
            "Millimetres are those of the detector plane. The hand lay nearer to the tube, so true lengths and areas "
            "are smaller by an unknown magnification."
        )
    return None
