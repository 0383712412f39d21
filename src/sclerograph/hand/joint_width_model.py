"""The weights by which the floor of a cup is chosen and the width of a joint space told; from simulated hands.

``tools/fit_joint_width.py`` makes them, on films whose seeds no measure of the bench uses.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

__all__ = ["JointWidthModel", "LinearSum", "joint_width_model"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LinearSum:
    """A weighted sum of signs: ``offset`` plus ``weights`` (k,) times the signs, each less its ``mean`` and over its
    ``deviation``.
    """

    signs: tuple[str, ...]
    mean: Floats
    deviation: Floats
    weights: Floats
    offset: float

    def __call__(self, values: Floats) -> Floats:
        """Return the sum for each row of (n, k) values."""
        return np.asarray(self.offset + ((values - self.mean) / self.deviation) @ self.weights)


@dataclass(frozen=True)
class JointWidthModel:
    """What the file holds.

    ``width`` tells the width of a space (nominal mm), ``floor`` how well a bright line looks like the floor of a cup
    (logarithm, up to a constant of the joint). ``error_mm`` is the standard error of widths of each kind of joint
    (nominal mm), cross-validated; ``hands`` and ``joints`` are how many the weights rest on.
    """

    width: LinearSum
    floor: LinearSum
    error_mm: dict[str, float]
    hands: int
    joints: int


def _sum(record: dict[str, list[float] | list[str] | float]) -> LinearSum:
    return LinearSum(
        signs=tuple(str(name) for name in record["signs"]),  # type: ignore[union-attr]
        mean=np.asarray(record["mean"], dtype=np.float64),
        deviation=np.asarray(record["deviation"], dtype=np.float64),
        weights=np.asarray(record["weights"], dtype=np.float64),
        offset=float(record["offset"]),  # type: ignore[arg-type]
    )


@lru_cache(maxsize=1)
def joint_width_model() -> JointWidthModel:
    """Return the weights that ship with the package."""
    text = resources.files("sclerograph.hand").joinpath("joint_width_model.json").read_text(encoding="utf-8")
    record = json.loads(text)
    return JointWidthModel(
        width=_sum(record["width"]),
        floor=_sum(record["floor"]),
        error_mm={kind: float(error) for kind, error in record["error_mm"].items()},
        hands=int(record["hands"]),
        joints=int(record["joints"]),
    )
