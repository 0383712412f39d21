"""The regression from how bones project on each other to the rotation of the hand; ``tools/fit_rotation.py`` makes it.

It was fitted on exact projections of simulated adult hands, disturbed by errors as large as those of the networks. What
the shipped networks see of other simulated films then gave the polynomial and the standard error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

__all__ = ["RotationWeights", "rotation_weights"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RotationWeights:
    """What the file holds.

    ``frame`` are the middles of the bones of the frame in a flat hand (nominal mm). ``mean`` and ``deviation`` (f,) of
    the features; ``components`` (k, f) their principal directions, ``spread`` (k,) the standard deviations of those;
    ``slopes`` (k,) degrees of pronation for each, ``bend`` the polynomial (highest power first) that takes out what a
    straight line cannot follow, and what the networks see too small; ``error_deg`` the standard error, cross-validated;
    ``most_distance`` the Mahalanobis distance that 99 % of them keep.
    """

    features: tuple[str, ...]
    frame: dict[str, tuple[float, float]]
    mean: Floats
    deviation: Floats
    components: Floats
    spread: Floats
    slopes: Floats
    bend: Floats
    error_deg: float
    most_distance: float
    hands: int


@lru_cache(maxsize=1)
def rotation_weights() -> RotationWeights:
    """Return the weights that ship with the package."""
    text = resources.files("sclerograph.hand").joinpath("rotation_weights.json").read_text(encoding="utf-8")
    record = json.loads(text)
    arrays = {
        name: np.asarray(record[name]) for name in ("mean", "deviation", "components", "spread", "slopes", "bend")
    }
    return RotationWeights(
        features=tuple(record["features"]),
        frame={code: (float(x), float(y)) for code, (x, y) in record["frame"].items()},
        error_deg=float(record["error_deg"]),
        most_distance=float(record["most_distance"]),
        hands=int(record["hands"]),
        **arrays,
    )
