import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset

from sclerograph.errors import UnsupportedImage, UsageError
from sclerograph.imaging.calibration import (
    NO_CALIBRATION,
    Calibration,
    calibration_of_dicom,
    calibration_of_ruler,
    disagreement,
)

ROWS, COLUMNS = 2000, 1600


def header(**attributes: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def calibration(**attributes: object) -> Calibration:
    return calibration_of_dicom(header(**attributes), ROWS, COLUMNS)[0]


def test_no_attribute_no_millimetres():
    assert calibration() == NO_CALIBRATION
    assert calibration(PixelSpacing=[]) == NO_CALIBRATION


@pytest.mark.parametrize("kind", ["GEOMETRY", "FIDUCIAL"])
def test_calibrated_pixel_spacing_wins_over_the_detector(kind):
    found = calibration(
        PixelSpacing=[0.14, 0.14],
        PixelSpacingCalibrationType=kind,
        ImagerPixelSpacing=[0.15, 0.15],
        EstimatedRadiographicMagnificationFactor=1.5,
    )
    assert (found.source, found.magnification) == ("pixel_spacing", None)
    assert found.mm_per_pixel == pytest.approx(0.14)


def test_detector_spacing_without_magnification_says_so():
    found = calibration(ImagerPixelSpacing=[0.15, 0.15])
    assert (found.source, found.magnification) == ("imager_pixel_spacing", None)
    assert found.mm_per_pixel == pytest.approx(0.15)
    assert "magnification unknown" in found.detail


@pytest.mark.parametrize(
    "attributes",
    [
        {"EstimatedRadiographicMagnificationFactor": 1.05},
        {"DistanceSourceToDetector": 1050, "DistanceSourceToPatient": 1000},
        # The stated factor wins over the distances, impossible factors do not count.
        {
            "EstimatedRadiographicMagnificationFactor": 1.05,
            "DistanceSourceToDetector": 1500,
            "DistanceSourceToPatient": 1000,
        },
        {
            "EstimatedRadiographicMagnificationFactor": 0.2,
            "DistanceSourceToDetector": 1050,
            "DistanceSourceToPatient": 1000,
        },
    ],
)
@pytest.mark.parametrize("repeated", [False, True])
def test_detector_spacing_is_divided_by_the_magnification(attributes, repeated):
    # PixelSpacing that repeats ImagerPixelSpacing corrects nothing (PS3.3 10.7.1.3).
    more = {"PixelSpacing": [0.15, 0.15]} if repeated else {}
    found = calibration(ImagerPixelSpacing=[0.15, 0.15], **attributes, **more)
    assert found.source == "imager_pixel_spacing"
    assert found.magnification == pytest.approx(1.05)
    assert found.mm_per_pixel == pytest.approx(0.15 / 1.05)


@pytest.mark.parametrize("distances", [(1000, 0), (1000, 1050), (5000, 1000), ("", "")])
def test_impossible_distances_are_no_magnification(distances):
    found = calibration(
        ImagerPixelSpacing=[0.15, 0.15],
        DistanceSourceToDetector=distances[0],
        DistanceSourceToPatient=distances[1],
    )
    assert found.magnification is None


def test_pixel_spacing_of_unknown_origin_says_so():
    assert "without saying" in calibration(PixelSpacing=[0.1, 0.1]).detail
    differing = calibration(PixelSpacing=[0.1, 0.1], ImagerPixelSpacing=[0.12, 0.12])
    assert differing.mm_per_pixel == pytest.approx(0.1)
    assert "differs" in differing.detail


def test_scanned_film_lies_in_the_plane_of_the_detector():
    for more in ({}, {"PixelSpacing": [0.17, 0.17]}):
        found = calibration(NominalScannedPixelSpacing=[0.17, 0.17], **more)
        assert (found.source, found.mm_per_pixel) == ("imager_pixel_spacing", pytest.approx(0.17))


@pytest.mark.parametrize("keyword", ["PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"])
def test_pixels_that_are_not_square_are_refused(keyword):
    with pytest.raises(UnsupportedImage, match="not square"):
        calibration(**{keyword: [0.15, 0.20]})


def test_aspect_ratio_is_refused_unless_square():
    assert calibration(PixelAspectRatio=[1, 1]) == NO_CALIBRATION
    with pytest.raises(UnsupportedImage, match="not square"):
        calibration(PixelAspectRatio=[4, 3])


@pytest.mark.parametrize("spacing", [1.0, 0.001, 9.0])
def test_spacing_impossible_for_a_hand_film_is_not_believed(spacing):
    found, notes = calibration_of_dicom(header(PixelSpacing=[spacing, spacing]), ROWS, COLUMNS)
    assert found.source == "none"
    assert "not believed" in notes[0]


@pytest.mark.parametrize("pair", [[0, 0], [-0.1, -0.1], [0.1]])
def test_nonsense_is_no_spacing(pair):
    assert calibration(PixelSpacing=pair) == NO_CALIBRATION


@given(st.floats(0.05, 0.3), st.floats(1.0, 2.0))
def test_magnification_never_lengthens(spacing, factor):
    plain = calibration(ImagerPixelSpacing=[spacing, spacing])
    divided = calibration(ImagerPixelSpacing=[spacing, spacing], EstimatedRadiographicMagnificationFactor=factor)
    assert divided.mm_per_pixel <= plain.mm_per_pixel * (1 + 1e-9)
    assert divided.mm_per_pixel * divided.magnification == pytest.approx(plain.mm_per_pixel)


@pytest.mark.parametrize("number", [0.0, -1.0, 10.0, math.nan, math.inf])
def test_ruler_refuses_nonsense(number):
    with pytest.raises(UsageError, match="millimetres per pixel"):
        calibration_of_ruler(number)


def test_disagreement_begins_at_five_percent():
    file = Calibration("pixel_spacing", 0.10)
    assert disagreement(calibration_of_ruler(0.104), file) is None
    assert "10%" in (disagreement(calibration_of_ruler(0.11), file) or "")
    assert disagreement(calibration_of_ruler(0.11), NO_CALIBRATION) is None


def test_calibration_cannot_contradict_itself():
    for source, number in (("none", 0.1), ("ruler", None)):
        with pytest.raises(ValueError, match="exactly when"):
            Calibration(source, number)
