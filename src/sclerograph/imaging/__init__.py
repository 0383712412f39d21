"""Files to calibrated pixels.

:func:`open_radiograph` reads any film; :func:`find_inputs` lists the films under files and folders.
"""

from sclerograph.imaging.calibration import NO_CALIBRATION, Calibration, CalibrationSource
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.imaging.reader import find_inputs, open_radiograph

__all__ = [
    "NO_CALIBRATION",
    "Calibration",
    "CalibrationSource",
    "Radiograph",
    "Source",
    "find_inputs",
    "open_radiograph",
]
