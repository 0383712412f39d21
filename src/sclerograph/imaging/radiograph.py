"""A radiograph as the rest of the house sees it: calibrated greys with their origin."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import Side, View
from sclerograph.imaging.calibration import Calibration

__all__ = ["Radiograph", "Source"]


@dataclass(frozen=True)
class Source:
    """Where pixels come from: enough to find the file again, nothing about the patient."""

    file: str
    sha256: str
    rows: int
    columns: int


@dataclass(frozen=True)
class Radiograph:
    """Pixels of one projection.

    Parameters
    ----------
    pixels
        (rows, columns) float32 between 0 and 1. Brighter means more attenuation: bone and calcium are bright whatever
        the photometric interpretation of the file was.
    valid
        (rows, columns) bool. False where there is no film: shutters, a white frame around a scan, colour annotations.
    calibration
        Where millimetres come from, or that there are none.
    source
        The file.
    side, view
        As the file says (DICOM attributes), else ``None``.
    visit
        Films with the same key belong to one visit (for DICOM the study instance UID), else the file's stem.
    """

    pixels: NDArray[np.float32]
    valid: NDArray[np.bool_]
    calibration: Calibration
    source: Source
    side: Side | None = None
    view: View | None = None
    visit: str = ""
    notes: tuple[str, ...] = field(default=())
