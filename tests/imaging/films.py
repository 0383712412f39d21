"""Drawn films and DICOM files with known content, for the tests of the imaging floor."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import gdcm
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless, generate_uid

CR = "1.2.840.10008.5.1.4.1.1.1"
DX_PRESENTATION = "1.2.840.10008.5.1.4.1.1.1.1"
DX_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
STUDY = "1.2.826.0.1.3680043.8.498.42"
#: What must never come out of the readers.
PATIENT = {"PatientName": "Mustermann^Erika", "PatientID": "SECRET-4711", "PatientBirthDate": "19640812"}


def hand_film(rows: int = 320, columns: int = 256, seed: int = 1) -> NDArray[np.float32]:
    """A drawing with what a hand film has: dark air, soft tissue, bones with bright cortices; 0.05 to 0.95."""
    y, x = np.mgrid[:rows, :columns] / np.array([rows, columns]).reshape(2, 1, 1)
    film = np.full((rows, columns), 0.05)

    def capsule(x0: float, y0: float, x1: float, y1: float) -> NDArray[np.float64]:
        along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0.0, 1.0)
        return np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))

    fingers = [(0.28, 0.3, 0.36, 0.6), (0.4, 0.14, 0.43, 0.6), (0.53, 0.1, 0.5, 0.6), (0.66, 0.16, 0.57, 0.6)]
    fingers.append((0.86, 0.48, 0.62, 0.72))
    tissue = [capsule(*finger) - 0.045 for finger in fingers] + [capsule(0.47, 0.65, 0.5, 0.95) - 0.16]
    depth = -np.minimum.reduce(tissue)
    film += 0.3 * np.sqrt(np.clip(depth / 0.06, 0.0, 1.0))
    for x0, y0, x1, y1 in fingers:
        for start, end in ((0.05, 0.3), (0.36, 0.62), (0.68, 0.98)):
            a, b = (x0 + start * (x1 - x0), y0 + start * (y1 - y0)), (x0 + end * (x1 - x0), y0 + end * (y1 - y0))
            outside = capsule(*a, *b) - 0.018
            film += 0.2 * (outside < 0) + 0.2 * np.exp(-((outside / 0.006) ** 2))
    film += np.random.default_rng(seed).normal(0.0, 0.004, film.shape)
    return np.clip(film, 0.05, 0.95).astype(np.float32)


def dicom(stored: NDArray[Any], *, bits_stored: int | None = None, **attributes: Any) -> Dataset:
    """A data set around stored values: CR by default, MONOCHROME2, explicit little endian, with a patient."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = Dataset()
    dataset.file_meta, dataset.preamble = meta, bytes(128)
    allocated = 8 * stored.dtype.itemsize
    dataset.SOPClassUID, dataset.SOPInstanceUID = CR, generate_uid()
    dataset.StudyInstanceUID, dataset.Modality, dataset.BodyPartExamined = STUDY, "CR", "HAND"
    dataset.Rows, dataset.Columns = stored.shape[:2]
    dataset.SamplesPerPixel = 3 if stored.ndim == 3 else 1
    dataset.PhotometricInterpretation = "RGB" if stored.ndim == 3 else "MONOCHROME2"
    if stored.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated, dataset.BitsStored = allocated, bits_stored or allocated
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(stored.dtype.kind == "i")
    for keyword, value in {**PATIENT, **attributes}.items():
        setattr(dataset, keyword, value)
    dataset.PixelData = stored.tobytes()
    dataset["PixelData"].VR = "OB" if allocated == 8 else "OW"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = dataset.SOPClassUID, dataset.SOPInstanceUID
    return dataset


def as_bytes(dataset: Dataset) -> bytes:
    """The file."""
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def big_endian(dataset: Dataset) -> Dataset:
    """The same in explicit VR big endian (retired, but in archives)."""
    dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    if dataset.BitsAllocated == 16:
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
    return dataset


def transcoded(dataset: Dataset, syntax: str) -> bytes:
    """The same file in another transfer syntax, written by GDCM."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        plain, coded = Path(folder, "plain.dcm"), Path(folder, "coded.dcm")
        plain.write_bytes(as_bytes(dataset))
        reader = gdcm.ImageReader()
        reader.SetFileName(str(plain))
        assert reader.Read()
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
        change.SetInput(reader.GetImage())
        assert change.Change(), f"GDCM cannot write {syntax}"
        writer = gdcm.ImageWriter()
        writer.SetFileName(str(coded))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        return coded.read_bytes()


def rle(dataset: Dataset) -> bytes:
    """The same in RLE, written by pydicom."""
    dataset.compress(RLELossless, encoding_plugin="pydicom")
    return as_bytes(dataset)


def encapsulated(dataset: Dataset, stream: bytes, syntax: str) -> bytes:
    """The same header around a ready compressed stream."""
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([stream])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return as_bytes(dataset)


def raster(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A PNG, JPEG, TIFF or BMP file."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def eight_bit(film: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.round(film * 255).astype(np.uint8)


def twelve_bit(film: NDArray[np.float32]) -> NDArray[np.uint16]:
    return np.round(film * 4095).astype(np.uint16)
