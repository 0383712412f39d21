"""A DICOM file becomes a radiograph."""

from __future__ import annotations

import re
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import ExplicitVRBigEndian

from sclerograph.errors import NotAHandRadiograph
from sclerograph.imaging.acceptance import check_dicom, is_secondary_capture
from sclerograph.imaging.attributes import text
from sclerograph.imaging.calibration import calibration_of_dicom
from sclerograph.imaging.colour import grey_of_colour
from sclerograph.imaging.film import clean_film
from sclerograph.imaging.frame import convex_films
from sclerograph.imaging.greys import Greys, develop, is_raw_detector_data, present
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.imaging.shutter import film_inside_shutter, not_padding
from sclerograph.imaging.side_and_view import side_and_view
from sclerograph.imaging.transfer_syntax import parse, quiet_pydicom, stored_values

__all__ = ["read_dicom"]

#: A unique identifier (PS3.5 9.1); anything else cannot name a visit, nor a folder.
_UNIQUE_IDENTIFIER = re.compile(r"[0-9][0-9.]{0,63}")


def _film_not_padded(dataset: Dataset, stored: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Padding around a film counts; single pixels of that value inside it are film that happens to be as dark."""
    film = not_padding(dataset, stored)
    if film.all():
        return film
    filled = convex_films(film)
    return np.ones_like(film) if filled is None else filled


def _greys(dataset: Dataset, stored: NDArray[np.int32], film: NDArray[np.bool_]) -> Greys:
    little_endian = dataset.file_meta.TransferSyntaxUID != ExplicitVRBigEndian
    render = develop if is_raw_detector_data(dataset) else present
    return render(dataset, stored, film, little_endian=little_endian)


def read_dicom(data: bytes, file: str, sha256: str) -> Radiograph:
    """Return the radiograph in the bytes of a DICOM file.

    Parameters
    ----------
    data
        The whole file.
    file, sha256
        Name and checksum for the :class:`Source`.

    Raises
    ------
    InputRejected
        With the reason; nothing of the patient is in it.
    """
    with quiet_pydicom():
        dataset = parse(data)
        rows, columns, notes = check_dicom(dataset)
        calibration, calibration_notes = calibration_of_dicom(dataset, rows, columns)
        said = side_and_view(dataset)
        stored = stored_values(dataset, rows, columns)
        film, shutter_notes = film_inside_shutter(dataset, rows, columns)
        notes += [*calibration_notes, *said.notes, *shutter_notes]
        annotations = None
        if stored.ndim == 3:
            colour = grey_of_colour(np.clip(stored, 0, 255).astype(np.uint8))
            greys, annotations = colour.values, colour.annotations
            notes += colour.notes
        else:
            unpadded = film & _film_not_padded(dataset, stored)
            film = unpadded if unpadded.any() else film
            if stored.min() == stored.max():
                raise NotAHandRadiograph("an image of one grey", "there is nothing on it", "give the film of a hand")
            developed = _greys(dataset, stored, film)
            greys = developed.values
            notes += developed.notes
        if text(dataset, "LossyImageCompression") == "01":
            notes.append("the pixels were compressed with loss")
        cleaned = clean_film(greys, film, annotations, polarity_is_known=not is_secondary_capture(dataset))
        study = text(dataset, "StudyInstanceUID")
    return Radiograph(
        pixels=cleaned.pixels,
        valid=cleaned.valid,
        calibration=calibration,
        source=Source(file, sha256, rows, columns),
        side=said.side,
        view=said.view,
        visit=study if _UNIQUE_IDENTIFIER.fullmatch(study) else PurePath(file).stem,
        notes=(*notes, *cleaned.notes),
    )
