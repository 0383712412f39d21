"""What the networks say about one hand, before anything is measured.

Coordinates are (x, y) in pixels of the original image, (0, 0) the centre of the first pixel, unless a name says
otherwise. A *nominal millimetre* is the length for which the hand's middle finger, from MCP3 to TIP3, would be 90: it
gives every hand the same size, and is never reported as a millimetre.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

__all__ = ["Belief", "CalciumMaps", "Crop", "HandLocation", "JointLook", "Landmark", "ShaftLook", "SkeletonMaps"]

#: A mark of which the second look says less is none, with so many pixels around it.
_TAKEN_BACK_BELOW, _RIM_PX = 0.3, 2


@dataclass(frozen=True)
class HandLocation:
    """One hand on a film.

    ``centre`` is the middle of the metacarpus, ``up_deg`` the clockwise angle by which the direction wrist to middle
    finger is turned away from the image's up, ``length`` the distance wrist (LUN) to TIP3 in pixels, ``mirrored``
    True when the hand looks like a right hand seen PA (thumb on the left when the fingers point up). ``from_side`` is
    True when it looks rolled onto its side, as on lateral films; a hand is then ``mirrored`` when its palm looks to the
    left with the fingers up.
    """

    centre: tuple[float, float]
    up_deg: float
    length: float
    mirrored: bool
    confidence: float
    mirrored_confidence: float
    from_side: bool = False


@dataclass(frozen=True)
class Crop:
    """An upright cut-out of one hand: fingers up, thumb to the right, ``nominal_mm`` nominal millimetres per pixel.

    ``to_crop`` is the 2x3 affine matrix from original (x, y) to crop (x, y).
    """

    to_crop: NDArray[np.float64]
    rows: int
    columns: int
    nominal_mm: float

    @property
    def to_original(self) -> NDArray[np.float64]:
        """The 2x3 affine matrix from crop (x, y) to original (x, y)."""
        linear = np.linalg.inv(self.to_crop[:, :2])
        return np.hstack([linear, -linear @ self.to_crop[:, 2:]])

    @property
    def original_pixels_per_pixel(self) -> float:
        """Length of one crop pixel in original pixels."""
        return float(np.sqrt(abs(np.linalg.det(self.to_original[:, :2]))))

    def map_to_crop(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (..., 2) original points into the crop."""
        return np.asarray(points) @ self.to_crop[:, :2].T + self.to_crop[:, 2]

    def map_to_original(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (..., 2) crop points into the original image."""
        inverse = self.to_original
        return np.asarray(points) @ inverse[:, :2].T + inverse[:, 2]


@dataclass(frozen=True)
class Landmark:
    """One landmark: where, how sure (0 to 1), and whether the shape of a hand makes it plausible."""

    x: float
    y: float
    confidence: float
    plausible: bool = True


@dataclass(frozen=True)
class SkeletonMaps:
    """Landmarks and outlines of the bones of one hand.

    ``bones`` is (29, rows, columns) uint8, probability times 255, in the order of ``anatomy.hand.BONES``; bones
    overlap. ``soft_tissue`` is (rows, columns) uint8 likewise.
    """

    crop: Crop
    landmarks: dict[str, Landmark]
    bones: NDArray[np.uint8]
    soft_tissue: NDArray[np.uint8]


@dataclass(frozen=True)
class CalciumMaps:
    """Probability (0 to 1, float32) of calcium, metal and markers on a finer crop than the skeleton's.

    ``second_look`` holds, at the pixels of each mark (:mod:`sclerograph.networks.marks`), the probability that the mark
    as a whole is calcium, and 0 elsewhere; ``None`` where nobody looked a second time.
    """

    crop: Crop
    calcium: NDArray[np.float32]
    metal: NDArray[np.float32]
    marker: NDArray[np.float32]
    second_look: NDArray[np.float32] | None = None

    @cached_property
    def believed(self) -> NDArray[np.float32]:
        """The probability of calcium without the marks, and their rims, that the second look takes back."""
        if self.second_look is None:
            return self.calcium
        kept = self.second_look >= _TAKEN_BACK_BELOW
        taken_back = binary_dilation((self.second_look > 0.0) & ~kept, iterations=_RIM_PX) & ~kept
        return np.where(taken_back, np.float32(0.0), self.calcium)


@dataclass(frozen=True)
class Belief:
    """How likely a network takes each of evenly spaced values to be: ``shares`` (n,) of ``values`` (n,)."""

    values: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """The value to be expected."""
        return float(self.shares @ self.values)

    @property
    def spread(self) -> float:
        """Standard deviation of the belief, that of a single step at least."""
        step = float(self.values[1] - self.values[0])
        variance = float(self.shares @ np.square(self.values - self.mean))
        return float(np.sqrt(max(variance - step**2 / 6.0, step**2 / 12.0)))


@dataclass(frozen=True)
class JointLook:
    """What the joint network says of the space of one joint, from the film alone.

    ``widths_px`` (n,) are widths in original pixels and ``belief`` (n,) how likely each is if there is a space;
    ``fused`` is the probability that there is none, ``seen`` that the bones face each other on the film.
    """

    widths_px: NDArray[np.float64]
    belief: NDArray[np.float64]
    fused: float
    seen: float

    @property
    def mean_px(self) -> float:
        """The width to be expected."""
        return Belief(self.widths_px, self.belief).mean

    @property
    def spread_px(self) -> float:
        """Standard deviation of the belief, that of a single step at least."""
        return Belief(self.widths_px, self.belief).spread


@dataclass(frozen=True)
class ShaftLook:
    """What the shaft network says of a metacarpal: its cortical index when the hand lies flat, over the middle of the
    shaft and at its narrowest part.
    """

    index: Belief
    isthmus: Belief
