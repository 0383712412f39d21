"""Gaussian blurs: narrow ones exactly, wide ones through a coarser grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["blur", "slow_blur"]

Image = NDArray[np.float32]


def blur(image: Image, sigma: float) -> Image:
    """Blur by a Gaussian of ``sigma`` pixels."""
    return np.asarray(ndimage.gaussian_filter(image, sigma, truncate=3.0), dtype=np.float32)


def slow_blur(image: Image, sigma: float) -> Image:
    """Blur by a wide Gaussian through a grid whose cells are a third of its ``sigma``."""
    factor = max(1, int(sigma / 3))
    if factor == 1:
        return blur(image, sigma)
    rows, columns = image.shape
    padded = np.pad(image, ((0, -rows % factor), (0, -columns % factor)), mode="edge")
    small = padded.reshape(padded.shape[0] // factor, factor, padded.shape[1] // factor, factor).mean(axis=(1, 3))
    small = ndimage.gaussian_filter(small, sigma / factor)
    offset = (1.0 / factor - 1.0) / 2.0
    return np.asarray(
        ndimage.affine_transform(
            small, np.array([1.0 / factor] * 2), offset=offset, output_shape=(rows, columns), order=1, mode="nearest"
        ),
        dtype=np.float32,
    )
