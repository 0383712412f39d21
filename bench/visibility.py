"""How clearly a true deposit stands out of its film.

The *contrast to noise* of a deposit is the grey that its mineral adds to the film, at its densest, over the film's own
grain. A deposit below 1 is *too faint*: no reader can tell it from the grain. Those are counted apart, and what is
marked there is not false.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from bench.matching import TrueDeposit
from sclerograph.phantom.insertion import FilmScale

__all__ = ["FAINT_BELOW", "added_grey", "contrast_to_noise"]

FAINT_BELOW = 1.0
#: Blur of a film, in nominal millimetres.
_BLUR_MM = 0.2


def added_grey(mineral_mm: NDArray[np.float32], scale: FilmScale, nominal_mm: float) -> NDArray[np.float32]:
    """Return the grey that mineral adds to a film.

    How much a millimetre adds is read off the shafts of the film's own bones
    (:func:`sclerograph.phantom.insertion.measure_film`).

    Parameters
    ----------
    mineral_mm
        (rows, columns) thickness of mineral.
    scale
        What the film tells about its greys.
    nominal_mm
        Nominal millimetres of a pixel.
    """
    shown: NDArray[np.float32] = ndimage.gaussian_filter(mineral_mm * np.float32(scale.per_mm), _BLUR_MM / nominal_mm)
    return shown


def contrast_to_noise(
    added: NDArray[Any], labels: NDArray[np.int32], deposits: list[TrueDeposit], noise: float
) -> list[float]:
    """Return the contrast to noise of each true deposit.

    Parameters
    ----------
    added
        (rows, columns) grey that the deposits add.
    labels, deposits
        From :func:`bench.matching.group_calcium`.
    noise
        Standard deviation of the film's grain.
    """
    if not deposits:
        return []
    return [float(peak) / noise for peak in ndimage.maximum(added, labels, [each.number for each in deposits])]
