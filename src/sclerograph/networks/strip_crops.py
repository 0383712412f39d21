"""What the networks of joints and of shafts are shown has one form: a crop laid by its middle, its greys, its kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.maps import Crop

__all__ = ["centred_crop", "strip_channels"]

#: Spread of the greys at which they are cut, so that letters and metal do not drown the bones.
_GREY_LIMIT = 3.0


def centred_crop(
    linear: NDArray[np.float64], origin: NDArray[np.float64], rows: int, columns: int, nominal_mm: float
) -> Crop:
    """Return the crop whose middle is a point of the film.

    Parameters
    ----------
    linear
        (2, 2) from film pixels to pixels of the crop.
    origin
        (x, y) on the film of the middle.
    rows, columns, nominal_mm
        As in :class:`sclerograph.networks.maps.Crop`.
    """
    middle = np.array([(columns - 1) / 2, (rows - 1) / 2])
    return Crop(np.hstack([linear, (middle - linear @ origin)[:, None]]), rows, columns, nominal_mm)


def strip_channels(grey: NDArray[np.float32], kind: int, kinds: int, relative_pixel: float) -> NDArray[np.float32]:
    """Return what a network is shown, (2 + kinds, rows, columns).

    The first channel are the greys less their mean over their spread; one of the next is 1, that of the kind; the last
    is the logarithm of ``relative_pixel``, which says how fine the film can be.

    Parameters
    ----------
    grey
        (rows, columns), any scale.
    kind, kinds
        Number of what is shown, among how many.
    relative_pixel
        Size of the film's pixels relative to the resolution of the network.
    """
    channels = np.zeros((2 + kinds, *grey.shape), dtype=np.float32)
    centred = grey - grey.mean(dtype=np.float64).astype(np.float32)
    spread = float(np.sqrt(np.mean(np.square(centred), dtype=np.float64)))
    if spread > 0.0:
        np.clip(centred / np.float32(spread), -_GREY_LIMIT, _GREY_LIMIT, out=channels[0])
    channels[1 + kind] = 1.0
    channels[-1] = np.log(relative_pixel)
    return channels
