"""How the greys of a strip of film are varied for training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["noisy_and_bent"]


def noisy_and_bent(
    rng: np.random.Generator, square: NDArray[np.float32], noise: float, bend: float
) -> NDArray[np.float32]:
    """Return the greys of a square with noise and with a curve, each on some squares only.

    Parameters
    ----------
    rng
        Source of randomness.
    square
        (rows, columns).
    noise
        Most of it, as a share of the spread of the greys.
    bend
        Standard deviation of the logarithm of the exponent.
    """
    spread = float(square.std()) + 1e-6
    if rng.random() < 0.4:
        square = square + rng.normal(0.0, rng.uniform(0.0, noise) * spread, square.shape).astype(np.float32)
    if rng.random() < 0.5:
        low, high = float(square.min()), float(square.max())
        square = ((square - low) / (high - low + 1e-6)) ** np.float32(np.exp(rng.normal(0.0, bend)))
    return square
