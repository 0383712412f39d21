"""One hand on one film with everything that the measurements of its lesions start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from sclerograph.anatomy.hand import BONES
from sclerograph.hand.scale import LEAST_CONFIDENCE, believed, nominal_mm_in_pixels
from sclerograph.hand.side import SideAndView
from sclerograph.imaging.calibration import Calibration
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.maps import CalciumMaps, Crop, JointLook, ShaftLook, SkeletonMaps
from sclerograph.networks.protocol import HandNetworks

__all__ = ["HandView", "crop_points", "sample", "seen_hand"]

_CHANNEL = {b.code: i for i, b in enumerate(BONES)}


def sample(image: NDArray[np.generic], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values of an image, bilinear, at (n, 2) points (x, y) of its own grid; 0 outside."""
    at = [points[:, 1], points[:, 0]]
    return np.asarray(map_coordinates(image, at, order=1, mode="constant", output=np.float64))


@dataclass(frozen=True)
class HandView:
    """One hand on one film.

    Parameters
    ----------
    radiograph
        The film.
    skeleton, calcium
        What the networks say about this hand.
    side_and_view
        Which hand it is, seen from where, and who says so.
    joint_looks
        What the joint network says of the spaces of joints; of those left out it says nothing.
    shaft_looks
        What the shaft network says of the shafts of metacarpals, likewise.
    """

    radiograph: Radiograph
    skeleton: SkeletonMaps
    calcium: CalciumMaps
    side_and_view: SideAndView
    joint_looks: Mapping[str, JointLook] = field(default_factory=dict)
    shaft_looks: Mapping[str, ShaftLook] = field(default_factory=dict)

    @property
    def calibration(self) -> Calibration:
        """Where millimetres come from."""
        return self.radiograph.calibration

    @cached_property
    def scale_px(self) -> float:
        """Length of one nominal millimetre in original pixels (see :mod:`sclerograph.hand.scale`)."""
        return nominal_mm_in_pixels(self.skeleton)

    @property
    def lesion_mm_px(self) -> float:
        """Length in original pixels of the millimetre that thresholds are given in.

        Real millimetres on a calibrated film, nominal ones otherwise.
        """
        mm_per_pixel = self.calibration.mm_per_pixel
        return self.scale_px if mm_per_pixel is None else 1.0 / mm_per_pixel

    def point(self, name: str, least: float = LEAST_CONFIDENCE) -> NDArray[np.float64] | None:
        """Return a landmark as (x, y) in original pixels if it is believed, else ``None``."""
        mark = believed(self.skeleton.landmarks, name, least)
        return None if mark is None else np.array([mark.x, mark.y])

    def bone_map(self, code: str) -> NDArray[np.uint8]:
        """Return the probability (times 255) of one bone in the skeleton's crop."""
        return np.asarray(self.skeleton.bones[_CHANNEL[code]])

    @cached_property
    def any_bone_map(self) -> NDArray[np.uint8]:
        """Probability (times 255) of the likeliest bone, in the skeleton's crop."""
        return np.asarray(self.skeleton.bones.max(axis=0))

    def any_bone_at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability (0 to 1) of the likeliest bone at (n, 2) original points."""
        return sample(self.any_bone_map, self.skeleton.crop.map_to_crop(points)) / 255.0

    def bone_at(self, code: str, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability (0 to 1) of one bone at (n, 2) original points."""
        return sample(self.bone_map(code), self.skeleton.crop.map_to_crop(points)) / 255.0

    def soft_tissue_at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability (0 to 1) of soft tissue at (n, 2) original points."""
        return sample(self.skeleton.soft_tissue, self.skeleton.crop.map_to_crop(points)) / 255.0

    def grey_at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the grey (0 to 1) of the film at (n, 2) original points; 0 outside."""
        return sample(self.radiograph.pixels, points)

    def valid_at(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell at which of (n, 2) original points there is film."""
        rows, columns = self.radiograph.valid.shape
        inside = np.rint(points).astype(np.intp)
        on_film = (inside[:, 0] >= 0) & (inside[:, 0] < columns) & (inside[:, 1] >= 0) & (inside[:, 1] < rows)
        result = np.zeros(len(points), dtype=np.bool_)
        result[on_film] = self.radiograph.valid[inside[on_film, 1], inside[on_film, 0]]
        return result


def seen_hand(
    radiograph: Radiograph, skeleton: SkeletonMaps, networks: HandNetworks, side_and_view: SideAndView
) -> HandView:
    """Return a hand with all that the networks say of it beside its skeleton.

    Parameters
    ----------
    radiograph, skeleton
        The film, and what the networks have said about this hand.
    networks
        To ask for the calcium, and for the joint spaces and shafts where the view shows them.
    side_and_view
        Which hand it is.
    """
    calcium = networks.calcium(radiograph, skeleton)
    if not side_and_view.frontal:
        return HandView(radiograph, skeleton, calcium, side_and_view)
    joints, shafts = networks.joints(radiograph, skeleton), networks.shafts(radiograph, skeleton)
    return HandView(radiograph, skeleton, calcium, side_and_view, joints, shafts)


def crop_points(crop: Crop, mask: NDArray[np.bool_], corner: tuple[int, int] = (0, 0)) -> NDArray[np.float64]:
    """Return the (n, 2) original coordinates of the pixels of a mask on a crop's grid.

    ``corner`` is the (row, column) of the mask's first pixel on the grid.
    """
    rows, columns = np.nonzero(mask)
    return crop.map_to_original(np.stack([columns + corner[1], rows + corner[0]], axis=1).astype(np.float64))
