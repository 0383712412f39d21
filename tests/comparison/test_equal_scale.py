from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.anatomy.norms import NOMINAL_FINGER_MM
from sclerograph.comparison.equal_scale import Scales, bone_ratio, equal_scale, landmarks_of
from sclerograph.comparison.settings import DEFAULT
from sclerograph.findings.records import CalibrationRecord
from tests.comparison.visits import hand, place, posture


def scales(
    ratio: float,
    first: CalibrationRecord | None = None,
    second: CalibrationRecord | None = None,
    shown: slice | None = None,
) -> Scales | None:
    marks = [place(posture(), 5.0), place(posture({3: 8.0}), 5.0 * ratio, 30.0)]
    hands = [hand(each) for each in marks]
    if shown is not None:
        kept = list(hands[0].landmarks)[shown]
        hands = [h.model_copy(update={"landmarks": {n: h.landmarks[n] for n in kept}}) for h in hands]
    none = CalibrationRecord(source="none", mm_per_pixel=None)
    return equal_scale(hands[0], hands[1], (first or none, second or none), DEFAULT)


def calibrated(mm: float, source: str = "pixel_spacing", magnification: float | None = None) -> CalibrationRecord:
    return CalibrationRecord.model_validate({"source": source, "mm_per_pixel": mm, "magnification": magnification})


@given(ratio=st.floats(0.3, 3.0), turn=st.floats(-180, 180))
def test_bones_say_how_much_larger_a_film_is_whatever_the_posture(ratio, turn):
    first, second = place(posture(), 5.0), place(posture({2: 7.0, 4: -9.0}), 5.0 * ratio, turn)
    bones = bone_ratio(landmarks_of(hand(first)), landmarks_of(hand(second)), 3)
    assert bones is not None
    assert bones.ratio == pytest.approx(ratio, rel=1e-6)
    assert len(bones.bones) == 10
    assert bones.spread == pytest.approx(0.0, abs=1e-6)


def test_one_bent_finger_is_outvoted():
    first, second = place(posture()), place(posture())
    names = list(hand(first).landmarks)
    chain = [names.index(n) for n in ("PIP4", "DIP4", "TIP4")]
    base = second[names.index("MCP4")]
    second[chain] = base + 0.6 * (second[chain] - base)
    bones = bone_ratio(landmarks_of(hand(first)), landmarks_of(hand(second)), 3)
    assert bones is not None
    assert bones.ratio == pytest.approx(1.0, abs=1e-6)


def test_alike_calibrations_that_the_bones_bear_out_are_kept():
    found = scales(2.0, calibrated(0.2), calibrated(0.102))
    assert found is not None
    assert found.record.source == "calibration"
    assert (found.first, found.second) == (0.2, 0.102)
    assert found.record.calibration_disagrees_percent == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    ("first", "second", "millimetres", "words"),
    [
        (calibrated(0.2), None, (0.2, 0.1), "only one film is calibrated"),
        (None, calibrated(0.1), (0.2, 0.1), "only one film is calibrated"),
        (calibrated(0.2), calibrated(0.12), (0.2, 0.1), "differ by 20.0 %"),
        (calibrated(0.2, "imager_pixel_spacing"), calibrated(0.105, "ruler"), (0.21, 0.105), "in different ways"),
        (calibrated(0.2, "ruler"), calibrated(0.105, "imager_pixel_spacing"), (0.2, 0.1), "in different ways"),
        (
            calibrated(0.2, "imager_pixel_spacing", 1.05),
            calibrated(0.105, "imager_pixel_spacing"),
            (0.2, 0.1),
            "in different ways",
        ),
    ],
)
def test_otherwise_the_bones_make_the_scale(first, second, millimetres, words):
    found = scales(2.0, first, second)
    assert found is not None
    assert found.record.source == "bones"
    assert found.calibrated
    assert (found.first, found.second) == pytest.approx(millimetres, rel=1e-6)
    assert words in found.record.reason


def test_without_calibration_units_are_nominal_and_areas_a_share_of_the_hand():
    found = scales(2.0)
    assert found is not None
    assert not found.calibrated
    assert found.record.first_mm_per_pixel is None
    assert found.first == pytest.approx(0.2, rel=0.03)
    assert found.second == pytest.approx(found.first / 2.0, rel=1e-6)
    assert found.ratio_of_unit2 == pytest.approx(1.0 / NOMINAL_FINGER_MM**2)


def test_without_bones_and_without_two_calibrations_there_is_no_scale():
    assert scales(1.0, calibrated(0.2), None, slice(0, 8)) is None
    found = scales(1.0, calibrated(0.2), calibrated(0.3), slice(0, 8))
    assert found is not None
    assert found.record.source == "calibration"
    assert found.record.pixel_ratio is None
    assert found.ratio_of_unit2 is None


def test_the_interval_of_the_ratio_holds_it():
    found = scales(1.5)
    assert found is not None
    interval = found.record.pixel_ratio_interval
    assert interval is not None
    assert interval.low <= found.record.pixel_ratio <= interval.high
    assert np.isfinite([interval.low, interval.high]).all()
