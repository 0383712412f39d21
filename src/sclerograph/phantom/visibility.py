"""What a reader could see of a deposit: its grey against the grain and the texture around it.

A deposit over trabeculae, cortex or a growth plate has to stand out of them as it has to stand out of grain. A deposit
is *visible* where, at its densest, it adds more grey than two and a half standard deviations of the grain and 0.7 of
the texture around it; Rose's criterion asks for more of a single pixel and for less of a large area
(doi:10.1364/JOSA.38.000196).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = [
    "LEAST_GREY",
    "PART_OVER_GRAIN",
    "PART_OVER_TEXTURE",
    "PEAK_OVER_GRAIN",
    "PEAK_OVER_TEXTURE",
    "TEXTURE_AROUND_MM",
    "TEXTURE_FROM_MM",
    "TEXTURE_TO_MM",
    "grey_needed",
    "texture",
    "visibility",
]

#: What the densest part of a deposit needs: standard deviations of grain and of texture, and a least grey, because
#: films have steps of grey.
PEAK_OVER_GRAIN, PEAK_OVER_TEXTURE, LEAST_GREY = 2.5, 0.7, 0.006
#: What every other part of a visible deposit needs to be counted.
PART_OVER_GRAIN, PART_OVER_TEXTURE = 0.7, 0.15
#: Texture is what is coarser than grain and finer than a deposit of some millimetres, in the neighbourhood; nominal mm.
TEXTURE_FROM_MM, TEXTURE_TO_MM, TEXTURE_AROUND_MM = 0.25, 1.2, 1.5

Image = NDArray[np.float32]


def texture(background: NDArray[np.floating], pixel_mm: float) -> Image:
    """Standard deviation of what is coarser than grain and finer than a large deposit, around each pixel.

    Parameters
    ----------
    background
        (rows, columns) greys of the film without its deposits.
    pixel_mm
        Nominal millimetres of a pixel.
    """
    film = np.asarray(background, dtype=np.float32)
    fine = ndimage.gaussian_filter(film, TEXTURE_FROM_MM / pixel_mm, truncate=3.0)
    coarse = ndimage.gaussian_filter(film, TEXTURE_TO_MM / pixel_mm, truncate=3.0)
    variance = ndimage.gaussian_filter((fine - coarse) ** 2, TEXTURE_AROUND_MM / pixel_mm, truncate=3.0)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=np.float32)


def grey_needed(background: NDArray[np.floating], grain: float, pixel_mm: float) -> Image:
    """Return the grey that the densest part of a deposit must add, at each pixel, to be visible."""
    least = np.float32(PEAK_OVER_GRAIN * grain + LEAST_GREY)
    return np.asarray(least + np.float32(PEAK_OVER_TEXTURE) * texture(background, pixel_mm), dtype=np.float32)


def visibility(
    shown: NDArray[np.floating], needed: NDArray[np.floating], labels: NDArray[Any], numbers: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return for each labelled deposit the greatest ratio of the grey it adds to the grey it needs; visible from 1 on.

    Parameters
    ----------
    shown
        (rows, columns) grey that the deposits add.
    needed
        From :func:`grey_needed`.
    labels, numbers
        The deposits, and which of them are asked for.
    """
    if not len(numbers):
        return np.zeros(0)
    return np.asarray(ndimage.maximum(shown / needed, labels, numbers), dtype=np.float64)
