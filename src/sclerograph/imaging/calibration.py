"""Where millimetres come from.

Pixel spacing on projection radiographs is a safety trap: ImagerPixelSpacing is measured at the detector and not in the
patient, and PixelSpacing may have been calibrated, or copied (DICOM PS3.3 10.7.1.3). So a calibration is a value with a
source, and without a source there are no millimetres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sclerograph.errors import UnsupportedImage, UsageError
from sclerograph.imaging.attributes import number, numbers, text

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = [
    "NO_CALIBRATION",
    "Calibration",
    "CalibrationSource",
    "calibration_of_dicom",
    "calibration_of_ruler",
    "disagreement",
]

CalibrationSource = Literal["pixel_spacing", "imager_pixel_spacing", "ruler", "none"]


@dataclass(frozen=True)
class Calibration:
    """Millimetres in the patient for one pixel, with the origin of that number.

    Parameters
    ----------
    source
        ``pixel_spacing``, ``imager_pixel_spacing``, ``ruler`` (given by the user) or ``none``.
    mm_per_pixel
        Millimetres in the plane of the hand, ``None`` exactly when the source is ``none``.
    magnification
        Factor by which the detector spacing was divided, ``None`` where it is unknown or does not apply.
    detail
        One line for people: the DICOM attributes used, and what was assumed.
    """

    source: CalibrationSource
    mm_per_pixel: float | None
    magnification: float | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        if (self.source == "none") != (self.mm_per_pixel is None):
            raise ValueError("a calibration has millimetres exactly when it has a source")
        if self.mm_per_pixel is not None and not 0.0 < self.mm_per_pixel < 10.0:
            raise ValueError("millimetres per pixel must lie between 0 and 10")


#: No millimetres: lengths stay in pixels and in ratios to the hand's own bones.
NO_CALIBRATION = Calibration("none", None, detail="the file says nothing about the size of its pixels")

#: Rows and columns may differ by rounding; beyond this the picture is stretched, and no single spacing describes it.
_SQUARE_TOLERANCE = 0.01
#: Two spacings that differ by less are one spacing, written twice.
_SAME_SPACING = 0.005
#: Films of a hand are between these sizes on their longer side; other products of spacing and pixels are mistakes.
_SMALLEST_FILM_MM, _LARGEST_FILM_MM = 40.0, 700.0
#: A hand lies on or near the detector; other factors are mistakes.
_LARGEST_MAGNIFICATION = 2.0
#: Above this difference between the user's ruler and the file, a note is due.
RULER_TOLERANCE = 0.05


def calibration_of_ruler(mm_per_pixel: float) -> Calibration:
    """Return the calibration that the user gives.

    Raises
    ------
    UsageError
        The number is not between 0 and 10.
    """
    if not (math.isfinite(mm_per_pixel) and 0.0 < mm_per_pixel < 10.0):
        raise UsageError("millimetres per pixel must be a number between 0 and 10: measure a ruler on the film")
    return Calibration("ruler", float(mm_per_pixel), detail="given by the user")


def disagreement(ruler: Calibration, file: Calibration) -> str | None:
    """Return a note where the user's ruler and the file differ by more than 5 %."""
    if ruler.mm_per_pixel is None or file.mm_per_pixel is None:
        return None
    ratio = ruler.mm_per_pixel / file.mm_per_pixel
    if abs(ratio - 1.0) <= RULER_TOLERANCE:
        return None
    return (
        f"the user's {ruler.mm_per_pixel:.4g} mm per pixel and the file's {file.mm_per_pixel:.4g} ({file.source}) "
        f"differ by {abs(ratio - 1.0):.0%}; the user's was taken"
    )


def _spacing(dataset: Dataset, keyword: str) -> float | None:
    """Return a square spacing in millimetres, ``None`` where the attribute is missing or no spacing.

    Raises
    ------
    UnsupportedImage
        The pixels are not square.
    """
    pair = numbers(dataset, keyword)
    if len(pair) != 2 or min(pair) <= 0.0:
        return None
    if max(pair) > min(pair) * (1.0 + _SQUARE_TOLERANCE):
        raise _not_square()
    return math.sqrt(pair[0] * pair[1])


def _not_square() -> UnsupportedImage:
    return UnsupportedImage(
        "a film with pixels that are not square",
        "lengths and shapes on it depend on their direction",
        "export the film at its original geometry",
    )


def _magnification(dataset: Dataset) -> tuple[float | None, str]:
    """Return the magnification from the hand to the detector, and which attributes it came from."""
    estimated = number(dataset, "EstimatedRadiographicMagnificationFactor")
    if estimated is not None and 1.0 <= estimated <= _LARGEST_MAGNIFICATION:
        return estimated, "EstimatedRadiographicMagnificationFactor"
    to_detector = number(dataset, "DistanceSourceToDetector")
    to_patient = number(dataset, "DistanceSourceToPatient")
    if to_detector and to_patient and to_patient > 0.0:
        ratio = to_detector / to_patient
        if 1.0 <= ratio <= _LARGEST_MAGNIFICATION:
            return ratio, "DistanceSourceToDetector / DistanceSourceToPatient"
    return None, ""


def _in_detector_plane(dataset: Dataset, spacing: float, attribute: str) -> Calibration:
    magnification, origin = _magnification(dataset)
    if magnification is None:
        return Calibration(
            "imager_pixel_spacing",
            spacing,
            detail=f"{attribute}, in the plane of the detector; magnification unknown: lengths read a little long",
        )
    detail = f"{attribute} divided by the magnification {magnification:.4g} ({origin})"
    return Calibration("imager_pixel_spacing", spacing / magnification, magnification, detail)


def _candidate(dataset: Dataset) -> Calibration:
    pixel, imager = _spacing(dataset, "PixelSpacing"), _spacing(dataset, "ImagerPixelSpacing")
    scanned = _spacing(dataset, "NominalScannedPixelSpacing")
    kind = text(dataset, "PixelSpacingCalibrationType")
    if pixel is not None and kind in ("GEOMETRY", "FIDUCIAL"):
        how = "assumed geometry" if kind == "GEOMETRY" else "an object of known size on the film"
        return Calibration("pixel_spacing", pixel, detail=f"PixelSpacing, calibrated by {how}")
    if pixel is not None and imager is not None and abs(pixel / imager - 1.0) <= _SAME_SPACING:
        # PS3.3 10.7.1.3: equal values mean that nothing was corrected.
        return _in_detector_plane(dataset, imager, "ImagerPixelSpacing (PixelSpacing repeats it)")
    if pixel is not None and imager is not None:
        return Calibration(
            "pixel_spacing", pixel, detail="PixelSpacing, which differs from ImagerPixelSpacing without saying why"
        )
    if imager is not None:
        return _in_detector_plane(dataset, imager, "ImagerPixelSpacing")
    if pixel is not None and scanned is not None and abs(pixel / scanned - 1.0) <= _SAME_SPACING:
        return _in_detector_plane(dataset, scanned, "NominalScannedPixelSpacing (PixelSpacing repeats it)")
    if pixel is not None:
        return Calibration("pixel_spacing", pixel, detail="PixelSpacing, without saying how it was calibrated")
    if scanned is not None:
        return _in_detector_plane(dataset, scanned, "NominalScannedPixelSpacing")
    return NO_CALIBRATION


def calibration_of_dicom(dataset: Dataset, rows: int, columns: int) -> tuple[Calibration, list[str]]:
    """Return the calibration that a projection radiograph carries, and notes (PS3.3 10.7.1.3, C.8.7.10, C.8.6.1).

    In this order: PixelSpacing that says how it was calibrated; ImagerPixelSpacing (also when PixelSpacing merely
    repeats it), divided by the magnification where the file gives one; PixelSpacing of unknown origin; the spacing of a
    film scanner.

    Raises
    ------
    UnsupportedImage
        The pixels are not square.
    """
    aspect = numbers(dataset, "PixelAspectRatio")
    if len(aspect) == 2 and min(aspect) > 0.0 and max(aspect) > min(aspect) * (1.0 + _SQUARE_TOLERANCE):
        raise _not_square()
    calibration = _candidate(dataset)
    if calibration.mm_per_pixel is None:
        return calibration, []
    size_mm = calibration.mm_per_pixel * max(rows, columns)
    if not _SMALLEST_FILM_MM <= size_mm <= _LARGEST_FILM_MM:
        note = (
            f"the spacing of the file ({calibration.mm_per_pixel:.4g} mm) would make the film {size_mm:.4g} mm long; "
            "it was not believed"
        )
        return Calibration("none", None, detail="the spacing of the file is impossible for a hand film"), [note]
    return calibration, []
