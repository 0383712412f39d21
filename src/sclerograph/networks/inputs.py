"""What each network is shown: crops of a film, and crops of what an earlier network found.

The same definitions hold in training, which makes the grey channels with a faster library.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.imaging.resample import grey_channels, warp
from sclerograph.networks.maps import Crop, SkeletonMaps

__all__ = ["PISIFORM", "anatomy_channels", "film_channels", "film_greys", "surroundings"]

#: Channel of the pisiform among the bones: it is the bone that looks most like a deposit.
PISIFORM = [b.code for b in BONES].index("PIS")


def surroundings(film: Radiograph) -> float:
    """The grey that is put where there is no film: that of its dark parts, as if the exposed field went on."""
    every = max(1, film.pixels.shape[0] // 256)
    sample = film.pixels[::every, ::every][film.valid[::every, ::every]]
    return float(np.percentile(sample, 2)) if sample.size else 0.0


def film_channels(film: Radiograph, crop: Crop) -> NDArray[np.float32]:
    """(2, rows, columns) grey channels of a crop."""
    (greys,) = film_greys(film, [crop])
    return grey_channels(greys, crop.nominal_mm)


def film_greys(film: Radiograph, crops: Sequence[Crop]) -> list[NDArray[np.float32]]:
    """(rows, columns) greys of each crop; what surrounds the film is looked up once for all of them."""
    dark = surroundings(film)
    pixels = film.pixels if film.valid.all() else np.where(film.valid, film.pixels, np.float32(dark))
    return [warp(pixels, crop.to_crop, crop.rows, crop.columns, fill=dark) for crop in crops]


def anatomy_channels(skeleton: SkeletonMaps, crop: Crop) -> NDArray[np.float32]:
    """(2, rows, columns): probability of any bone and of the pisiform, from 0 to 1 mapped to -1 to 1."""
    between = np.vstack([crop.to_crop, [0.0, 0.0, 1.0]]) @ np.vstack([skeleton.crop.to_original, [0.0, 0.0, 1.0]])
    maps = [skeleton.bones.max(axis=0), skeleton.bones[PISIFORM]]
    warped = [warp(values, between[:2], crop.rows, crop.columns) for values in maps]
    return np.stack(warped) * np.float32(2.0 / 255.0) - np.float32(1.0)
