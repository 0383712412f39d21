"""A simulated film as a DICOM file: Digital X-Ray Image, for presentation (PS3.3 A.26).

The same film gives the same file, byte for byte: identifiers come from a hash of its name, dates are fixed. Pixels
are 12 bit in 16, packed without loss by JPEG 2000 (PS3.5 A.4.4).
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import encode
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID, DigitalXRayImageStorageForPresentation, JPEG2000Lossless

from sclerograph import __version__
from sclerograph.anatomy.hand import View
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.phantom.film import SimulatedFilm, TwoHandFilm

__all__ = ["film_dataset", "write_dicom"]

#: Root of the identifiers: a UUID-derived arc (PS3.5 B.2), made once for simulated films.
_UID_ROOT = "2.25.311"
_DATE, _TIME = "20200101", "120000"
_GREYS = 4096
#: Code and meaning of each view (PS3.16 CID 4010), and its ViewPosition for a left and a right hand (PS3.3 C.8.11.5).
_VIEWS: dict[View, tuple[str, str, dict[str, str]]] = {
    "PA": ("272479007", "postero-anterior", {}),
    "AP": ("399348003", "antero-posterior", {}),
    "oblique": ("399182000", "oblique", {"L": "LLO", "R": "RLO"}),
    "lateral": ("399067008", "lateral", {"L": "LL", "R": "RL"}),
}


def film_dataset(
    film: SimulatedFilm | TwoHandFilm,
    name: str,
    *,
    view: View = "PA",
    study: str | None = None,
    monochrome1: bool = False,
) -> FileDataset:
    """Make the DICOM object of a film.

    Parameters
    ----------
    film
        One or two hands; films of the fast gear have 8 bits.
    name
        What the film is called: seeds its identifiers.
    view
        How the hand was laid on the film.
    study
        What the visit is called, where several films belong to it; the film's own name when ``None``.
    monochrome1
        True stores the greys inverted, low values white, as some vendors do.
    """
    hands = film.hands if isinstance(film, TwoHandFilm) else (film,)
    first = hands[0]
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = _uid(name, "instance")
    meta.TransferSyntaxUID = JPEG2000Lossless
    meta.ImplementationClassUID = _uid("sclerograph", "implementation")
    dataset = FileDataset(io.BytesIO(), {}, file_meta=meta, preamble=b"\0" * 128)
    _identify(dataset, name, name if study is None else study)
    _describe_equipment(dataset)
    _describe_view(dataset, "B" if len(hands) == 2 else first.side, view)
    _describe_geometry(dataset, first)
    _store_pixels(dataset, first, monochrome1=monochrome1)
    return dataset


def write_dicom(
    path: Path,
    film: SimulatedFilm | TwoHandFilm,
    *,
    view: View = "PA",
    study: str | None = None,
    monochrome1: bool = False,
) -> None:
    """Write a film as DICOM, whole or not at all; the file's stem seeds its identifiers (see :func:`film_dataset`)."""
    stream = io.BytesIO()
    dataset = film_dataset(film, path.stem, view=view, study=study, monochrome1=monochrome1)
    dataset.save_as(stream, enforce_file_format=True)
    write_atomically(path, stream.getvalue())


def _uid(name: str, part: str) -> UID:
    number = int.from_bytes(hashlib.sha256(f"{part}:{name}".encode()).digest()[:14], "big")
    return UID(f"{_UID_ROOT}{number}")


def _identify(dataset: Dataset, name: str, study: str) -> None:
    """Patient, study, series and instance (PS3.3 C.7.1 to C.7.3, C.12.1)."""
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = DigitalXRayImageStorageForPresentation
    dataset.SOPInstanceUID = _uid(name, "instance")
    dataset.PatientName = "SIMULATED^HAND"
    dataset.PatientID = "SIMULATED"
    dataset.PatientBirthDate = ""
    dataset.PatientSex = ""
    dataset.StudyInstanceUID = _uid(study, "study")
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = _DATE
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = _TIME
    dataset.StudyID = "1"
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = "Simulated hand radiograph"
    dataset.SeriesInstanceUID = _uid(name, "series")
    dataset.SeriesNumber = 1
    dataset.InstanceNumber = 1
    dataset.Modality = "DX"
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.AcquisitionContextSequence = Sequence()


def _describe_equipment(dataset: Dataset) -> None:
    """Equipment and detector (PS3.3 C.7.5.1, C.8.11.4)."""
    dataset.Manufacturer = "sclerograph"
    dataset.ManufacturerModelName = "phantom"
    dataset.SoftwareVersions = __version__
    dataset.DetectorType = "SCINTILLATOR"
    dataset.DetectorConfiguration = "AREA"


def _describe_view(dataset: Dataset, laterality: str, view: View) -> None:
    """Anatomy and positioning (PS3.3 C.8.11.2, C.8.11.5; region from PS3.16 CID 4, view from CID 4010)."""
    dataset.BodyPartExamined = "HAND"
    dataset.ImageLaterality = laterality
    dataset.AnatomicRegionSequence = Sequence([_code("85562004", "SCT", "Hand")])
    code, meaning, positions = _VIEWS[view]
    dataset.ViewPosition = positions.get(laterality) or positions.get("L", view)
    dataset.PositionerType = "NONE"
    coded = _code(code, "SCT", meaning)
    coded.ViewModifierCodeSequence = Sequence()
    dataset.ViewCodeSequence = Sequence([coded])
    # in the anatomical position the fingers point to the feet: rows run to the head; seen from behind, with the
    # fingers up, columns run to the patient's left, whichever hand it is
    across = {"PA": "L", "AP": "R", "oblique": "L", "lateral": "P"}[view]
    dataset.PatientOrientation = [across, "H"]


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _describe_geometry(dataset: Dataset, film: SimulatedFilm) -> None:
    """Spacing at the detector and, corrected by the geometry, in the hand (PS3.3 10.7.1)."""
    dataset.ImagerPixelSpacing = [f"{film.mm_per_pixel:.6g}"] * 2
    dataset.PixelSpacing = [f"{film.mm_per_pixel / film.magnification:.6g}"] * 2
    dataset.PixelSpacingCalibrationType = "GEOMETRY"
    dataset.PixelSpacingCalibrationDescription = "simulated geometry"
    dataset.EstimatedRadiographicMagnificationFactor = f"{film.magnification:.6g}"


def _store_pixels(dataset: Dataset, film: SimulatedFilm, *, monochrome1: bool) -> None:
    """Pixels and how they are to be shown (PS3.3 C.7.6.3, C.8.11.3)."""
    dataset.ImageType = ["ORIGINAL", "PRIMARY", ""]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME1" if monochrome1 else "MONOCHROME2"
    dataset.PresentationLUTShape = "INVERSE" if monochrome1 else "IDENTITY"
    dataset.PixelIntensityRelationship = "LOG"
    # 1: higher values mean more X-rays at the detector, as where bone is dark
    dataset.PixelIntensityRelationshipSign = 1 if monochrome1 else -1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = "0", "1", "US"
    dataset.WindowCenter, dataset.WindowWidth = str(_GREYS // 2), str(_GREYS)
    dataset.BurnedInAnnotation = "YES"
    dataset.LossyImageCompression = "00"
    greys = _twelve_bit(film)
    if monochrome1:
        greys = np.asarray(_GREYS - 1 - greys, dtype=np.uint16)
    dataset.Rows, dataset.Columns = greys.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    # photometric interpretation 2 of the codec: grey
    packed = encode(np.ascontiguousarray(greys), bits_stored=12, photometric_interpretation=2)
    dataset.PixelData = encapsulate([packed])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True


def _twelve_bit(film: SimulatedFilm) -> NDArray[np.uint16]:
    if film.image_12bit is not None:
        return film.image_12bit
    return ((film.image.astype(np.uint32) * (_GREYS - 1) + 127) // 255).astype(np.uint16)
