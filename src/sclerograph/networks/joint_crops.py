"""What the joint network is shown: a square of film around each joint, its bones upright, and which joint it is.

The squares are laid by landmarks alone, so that what the network says does not hang on the outlines of the bones: the
two ways of measuring a space err apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.joint_frame import JointFrame, landmark_frame
from sclerograph.networks.maps import Crop
from sclerograph.networks.strip_crops import centred_crop, strip_channels

__all__ = [
    "JOINT_COLUMNS",
    "JOINT_KINDS",
    "JOINT_ROWS",
    "WIDTHS_MM",
    "frame_crop",
    "joint_channels",
    "joint_crop",
    "joint_nominal_mm",
]

JOINT_ROWS, JOINT_COLUMNS = 96, 112
#: Resolution of the squares; the wrist is larger than any other joint.
_FINGER_MM, _WRIST_MM = 0.15, 0.3
#: Joints that look alike are one kind.
JOINT_KINDS: Final = ("DIP", "PIP", "MCP", "IP1", "MCP1", "CMC1", "RC")
#: The widths (nominal mm) among which the network shares out its belief.
WIDTHS_MM: Final[NDArray[np.float64]] = np.linspace(0.0, 4.0, 41)
#: How far distally of its landmark (nominal mm) a joint has its middle.
_MIDDLE_MM: Final = {"MCP": -3.0, "MCP1": -1.5}


def _kind(code: str) -> int:
    return JOINT_KINDS.index(code if code in JOINT_KINDS else code.rstrip("2345"))


def joint_nominal_mm(code: str) -> float:
    """Nominal millimetres of a pixel of a joint's square."""
    return _WRIST_MM if code == "RC" else _FINGER_MM


def frame_crop(frame: JointFrame, code: str, pixels_per_mm: float, *, mirrored: bool) -> Crop:
    """Return the square of a joint that lies in a frame.

    Parameters
    ----------
    frame
        The joint on the film.
    code
        One of :data:`sclerograph.anatomy.joint_frame.SPACE_JOINTS`.
    pixels_per_mm
        Film pixels for a nominal millimetre.
    mirrored
        True for a hand whose thumb lies to the left when the fingers point up; squares show it as the other hand.
    """
    nominal = joint_nominal_mm(code)
    # rows run from distal to proximal, as on a hand with its fingers up
    across = -frame.across if mirrored else frame.across
    linear = np.stack([across, -frame.along]) / (nominal * pixels_per_mm)
    origin = frame.origin + _MIDDLE_MM.get(JOINT_KINDS[_kind(code)], 0.0) * pixels_per_mm * frame.along
    return centred_crop(linear, origin, JOINT_ROWS, JOINT_COLUMNS, nominal)


def joint_crop(
    points: Mapping[str, NDArray[np.float64]], code: str, pixels_per_mm: float, *, mirrored: bool
) -> Crop | None:
    """Return the square of a joint; ``None`` where its landmarks are not known.

    Parameters
    ----------
    points
        (x, y) on the film of the landmarks that are known.
    code, pixels_per_mm, mirrored
        As in :func:`frame_crop`.
    """
    frame = landmark_frame(points, code, pixels_per_mm)
    return None if frame is None else frame_crop(frame, code, pixels_per_mm, mirrored=mirrored)


def joint_channels(grey: NDArray[np.float32], code: str, film_nominal_mm: float) -> NDArray[np.float32]:
    """Return what the network sees of a square, (9, rows, columns).

    The first channel are the greys less their mean over their spread; one of the next seven is 1, that of the kind of
    joint; the last is the logarithm of the size of the film's pixels, which says how fine the film can be.

    Parameters
    ----------
    grey
        (rows, columns) of the square, any scale.
    code
        The joint.
    film_nominal_mm
        Nominal millimetres of a pixel of the film.
    """
    return strip_channels(grey, _kind(code), len(JOINT_KINDS), film_nominal_mm / _FINGER_MM)
