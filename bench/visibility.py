"""How clearly a true deposit stands out of its film (see :mod:`sclerograph.phantom.visibility`).

A deposit whose visibility is below 1 is *too faint*: no reader can tell it from the grain and the texture around it.
Those are counted apart, and what is marked there is not false.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from bench.held_out import HeldOutFilm
from bench.matching import TrueDeposit
from sclerograph.phantom.insertion import FilmScale
from sclerograph.phantom.visibility import grey_needed, visibility

__all__ = ["FAINT_BELOW", "added_grey", "visibilities", "visible_on"]

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


def visibilities(
    film: NDArray[np.floating],
    added: NDArray[np.floating],
    labels: NDArray[np.int32],
    deposits: list[TrueDeposit],
    grain: float,
    nominal_mm: float,
) -> list[float]:
    """Return the visibility of each true deposit.

    Parameters
    ----------
    film
        (rows, columns) greys of the film with its deposits.
    added
        The grey that the deposits add.
    labels, deposits
        From :func:`bench.matching.group_calcium`.
    grain
        Standard deviation of the film's grain.
    nominal_mm
        Nominal millimetres of a pixel.
    """
    if not deposits:
        return []
    needed = grey_needed(film - added, grain, nominal_mm)
    numbers = np.array([each.number for each in deposits])
    return [float(each) for each in visibility(added, needed, labels, numbers)]


def visible_on(
    film: HeldOutFilm, pixels: NDArray[np.floating], labels: NDArray[np.int32], deposits: list[TrueDeposit]
) -> list[float]:
    """Return the visibility of each true deposit of a held-out film, infinite where its greys tell no scale.

    Parameters
    ----------
    film
        The film with its truth.
    pixels
        Its greys as they were read.
    labels, deposits
        From :func:`bench.matching.group_calcium`.
    """
    from sclerograph.phantom.insertion import measure_film

    nominal_mm = film.nominal_mm_per_pixel
    scale = measure_film(pixels, film.landmarks, nominal_mm)
    if scale is None:
        return [float("inf")] * len(deposits)
    added = added_grey(film.calcium_mm, scale, nominal_mm)
    return visibilities(pixels, added, labels, deposits, scale.noise, nominal_mm)
