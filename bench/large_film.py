"""A large film with two hands, written as DICOM: what the time is measured on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.provenance import simulator_sha256

__all__ = ["COLUMNS", "ROWS", "large_film"]

ROWS, COLUMNS = 2048, 2500
_PIXEL_MM = 0.15
_SEEDS = (10_900_001, 10_900_002)


def _hand(seed: int) -> NDArray[np.uint8]:
    from sclerograph.phantom.film import simulate_film

    rng = np.random.default_rng(seed)
    return simulate_film(rng, rows=ROWS, columns=COLUMNS // 2, pixel_mm=_PIXEL_MM, healthy_look=True).image


def large_film(cache: Path) -> Path:
    """Return the path of the film; it is simulated when it is not there yet."""
    path = cache / f"large_{simulator_sha256()[:12]}.dcm"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        left, right = (_hand(seed) for seed in _SEEDS)
        _write(np.hstack([left[:, ::-1], right]), path)
    return path


def _write(image: NDArray[np.uint8], path: Path) -> None:
    """Write a computed radiography image (PS3.3 A.2) of 12 bits, uncompressed, with calibrated pixels."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[path.name])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    film.SOPClassUID, film.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    film.StudyInstanceUID = generate_uid(entropy_srcs=[path.name, "study"])
    film.SeriesInstanceUID = generate_uid(entropy_srcs=[path.name, "series"])
    film.Modality, film.BodyPartExamined, film.ViewPosition = "CR", "HAND", "PA"
    film.Rows, film.Columns = image.shape
    film.SamplesPerPixel, film.PhotometricInterpretation, film.PixelRepresentation = 1, "MONOCHROME2", 0
    film.BitsAllocated, film.BitsStored, film.HighBit = 16, 12, 11
    film.PixelSpacing, film.PixelSpacingCalibrationType = [_PIXEL_MM, _PIXEL_MM], "FIDUCIAL"
    film.PixelSpacingCalibrationDescription = "simulated"
    film.PixelData = (image.astype("<u2") * np.uint16(16)).tobytes()
    scratch = path.with_suffix(".partial")
    film.save_as(scratch, enforce_file_format=True)
    scratch.replace(path)
