"""A drawn hand: grey lines for bones in a band of soft tissue, with landmarks where the average hand has them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import FINGER_CHAINS
from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import hand_shape, landmark_index

NOMINAL_MM = 0.5


@dataclass(frozen=True)
class DrawnHand:
    grey: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    bones: NDArray[np.bool_]
    soft: NDArray[np.bool_]
    pose: Pose


def drawn_hand(*, mirrored: bool = False, up_deg: float = 0.0) -> DrawnHand:
    """Draw the average hand on a film of 480 x 400 pixels."""
    pose = Pose(up_deg, 1 / NOMINAL_MM, (200.0, 230.0), mirrored)
    points = pose.map_to_film(hand_shape().mean_mm)
    bones, soft = np.zeros((480, 400), np.uint8), np.zeros((480, 400), np.uint8)
    for chain in FINGER_CHAINS.values():
        way = np.round(points[[landmark_index(name) for name in chain]]).astype(np.int32)
        cv2.polylines(soft, [way], False, 1, thickness=34)
        cv2.polylines(bones, [way], False, 1, thickness=14)
    rng = np.random.default_rng(0)
    grey = 20 + 90.0 * soft + 80.0 * bones + rng.normal(0, 2, soft.shape)
    landmarks = np.concatenate([points, np.ones((len(points), 1))], axis=1).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    return DrawnHand(np.clip(smooth, 0, 255).astype(np.uint8), landmarks, bones > 0, soft > 0, pose)
