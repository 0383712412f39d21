"""The average hand and how hands differ from it.

The numbers were fitted by ``sclerograph.training.fit_shape_prior`` on landmark sets of the Digital Hand Atlas
annotation (Payer et al. 2019, doi:10.1016/j.media.2019.03.007). The frame is the *nominal frame*: nominal millimetres
(MCP3 to TIP3 is 90 on average), fingers up, thumb to the right (a left hand seen PA), (x, y) with y down, and the
origin halfway between LUN and TIP3, which lie straight above each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS

__all__ = ["HandShape", "hand_shape", "landmark_index"]

_FILE = "hand_shape.npz"


@dataclass(frozen=True)
class HandShape:
    """Mean and covariance of the 37 landmarks in the nominal frame.

    ``mean_mm`` is (37, 2) in nominal millimetres; ``covariance_mm2`` is (74, 74) over x0, y0, x1, y1 ... after every
    hand was laid on the mean by a similarity; ``spread_mm`` (37,) is the root mean square distance from the mean.
    """

    mean_mm: NDArray[np.float64]
    covariance_mm2: NDArray[np.float64]

    @property
    def spread_mm(self) -> NDArray[np.float64]:
        """Root mean square distance of each landmark from its mean, in nominal millimetres."""
        return np.asarray(np.sqrt(np.diag(self.covariance_mm2).reshape(-1, 2).sum(1)))

    def between(self, proximal: str, distal: str) -> float:
        """Distance of two mean landmarks in nominal millimetres."""
        a, b = self.mean_mm[landmark_index(proximal)], self.mean_mm[landmark_index(distal)]
        return float(np.hypot(*(b - a)))

    @property
    def metacarpus_centre_mm(self) -> NDArray[np.float64]:
        """Mean of CMC2-5 and MCP2-5: the point that the finder looks for."""
        rows = [landmark_index(f"{joint}{digit}") for joint in ("CMC", "MCP") for digit in range(2, 6)]
        return np.asarray(self.mean_mm[rows].mean(0))


_INDEX = {name: index for index, name in enumerate(LANDMARKS)}


def landmark_index(name: str) -> int:
    """Position of a landmark in :data:`sclerograph.anatomy.hand.LANDMARKS`."""
    return _INDEX[name]


@lru_cache(maxsize=1)
def hand_shape() -> HandShape:
    """Load the fitted shape that ships with the package."""
    with resources.files("sclerograph.networks").joinpath(_FILE).open("rb") as handle:
        stored = np.load(handle)
        return HandShape(stored["mean_mm"].astype(np.float64), stored["covariance_mm2"].astype(np.float64))
