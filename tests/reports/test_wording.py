from __future__ import annotations

import pytest

from sclerograph.findings.records import CalibrationRecord, Interval
from sclerograph.reports.vector import closed_path, decimal
from sclerograph.reports.wording import calibration_sentence, calibration_warning, interval, number, side_sentence
from tests.reports import synthetic


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(None, 1, "–"), (1.25, 1, "1.2"), (-0.04, 2, "−0.04"), (-0.004, 2, "0.00"), (1234.5, 0, "1234")],
)
def test_numbers_have_fixed_decimals_and_a_true_minus(value: float | None, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


def test_an_interval_has_both_ends() -> None:
    assert interval(Interval(low=-0.04, high=0.1), 2) == "−0.04 to 0.10"
    assert interval(None) == ""


def test_a_calibration_is_told_with_its_source() -> None:
    detector = CalibrationRecord(source="imager_pixel_spacing", mm_per_pixel=0.14)
    assert calibration_sentence(detector).startswith("0.14 mm per pixel, ImagerPixelSpacing")
    assert "unknown magnification" in (calibration_warning(detector) or "")
    corrected = detector.model_copy(update={"magnification": 1.05})
    assert calibration_sentence(corrected).endswith("divided by a magnification of 1.05")
    assert calibration_warning(corrected) is None
    none = CalibrationRecord(source="none", mm_per_pixel=None)
    assert calibration_sentence(none) == "No calibration"
    assert "no millimetres" in (calibration_warning(none) or "")


def test_a_side_is_told_with_its_source() -> None:
    hand = synthetic.reading("L").hands[0]
    assert side_sentence(hand) == "left, from the shape of the hand, which presumes the view"
    assert side_sentence(hand.model_copy(update={"side": None, "side_source": "unknown"})) == "not known"


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (1.04, "1"), (-0.04, "0"), (10.0, "10"), (-2.25, "-2.2")])
def test_svg_numbers_are_short(value: float, text: str) -> None:
    assert decimal(value) == text


def test_a_path_is_closed_and_an_empty_one_is_empty() -> None:
    assert closed_path([(0.0, 1.5), (2.0, 3.0)]) == "M0,1.5L2,3Z"
    assert closed_path([]) == ""
