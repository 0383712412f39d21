"""Where a network looks: similarity from the nominal frame to a film, and the upright cut-outs made of it.

Training and inference both place their crops with these functions, so that a network sees a hand at the same place,
size and turn in both. A :class:`Pose` says how the average hand (:mod:`sclerograph.networks.hand_shape`) lies on a
film; it is found from a location of the finder or, better, from landmarks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.networks.hand_shape import hand_shape
from sclerograph.networks.maps import Crop, HandLocation, Landmark

__all__ = [
    "CALCIUM_NOMINAL_MM",
    "FINDER_NOMINAL_MM",
    "FINDER_SIZE",
    "SKELETON_COLUMNS",
    "SKELETON_NOMINAL_MM",
    "SKELETON_ROWS",
    "Pose",
    "calcium_box",
    "calcium_crop",
    "fit_pose",
    "letterbox",
    "location_of_pose",
    "pose_of_landmarks",
    "pose_of_location",
    "skeleton_crop",
]

#: Side of the square into which the finder's film is letterboxed.
FINDER_SIZE = 192
#: Nominal millimetres that a finder pixel stands for where windows are given in them (true for a hand of two thirds).
FINDER_NOMINAL_MM = 1.5
#: Rows and columns of the skeleton network's crop (multiples of 32) and its resolution.
SKELETON_ROWS, SKELETON_COLUMNS = 448, 352
SKELETON_NOMINAL_MM = 0.55
#: Crop (x, y) of the nominal frame's origin: leaves 18 mm above the middle finger, the distal forearm below, and room
#: for a thumb or little finger that stands off (1st to 99th percentile of the atlas' hands).
_SKELETON_ORIGIN = (150.0, 204.0)
#: Resolution of the calcium network.
CALCIUM_NOMINAL_MM = 0.25
#: The crop of the calcium network reaches this far beyond the landmarks, in nominal millimetres.
_CALCIUM_MARGIN_MM = 16.0
#: What it may cover in all, in nominal millimetres: a wild landmark must not cost all memory.
_CALCIUM_REACH_MM = (-125.0, -135.0, 140.0, 150.0)
#: Landmarks further than this from the fitted average hand count less in the fit.
_ROBUST_MM = 9.0


@dataclass(frozen=True)
class Pose:
    """How the nominal frame lies on a film: mirror in x if ``mirrored``, turn, scale, shift.

    ``up_deg`` is the clockwise turn of the hand's up away from the film's up, ``pixels_per_mm`` film pixels for a
    nominal millimetre, ``origin`` the film (x, y) of the nominal frame's origin, ``residual_mm`` the robust mean
    distance between the landmarks and the fitted average hand (0 where the pose came from elsewhere).
    """

    up_deg: float
    pixels_per_mm: float
    origin: tuple[float, float]
    mirrored: bool = False
    residual_mm: float = 0.0

    @property
    def to_film(self) -> NDArray[np.float64]:
        """The 2x3 matrix from nominal millimetres to film pixels."""
        angle = math.radians(self.up_deg)
        cosine, sine = math.cos(angle), math.sin(angle)
        linear = np.array([[cosine, -sine], [sine, cosine]]) * self.pixels_per_mm
        if self.mirrored:
            linear = linear @ np.diag([-1.0, 1.0])
        return np.hstack([linear, np.array(self.origin, dtype=np.float64)[:, None]])

    @property
    def to_nominal(self) -> NDArray[np.float64]:
        """The 2x3 matrix from film pixels to nominal millimetres."""
        return _inverse(self.to_film)

    def map_to_film(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Map (..., 2) nominal millimetres to film pixels."""
        return _apply(self.to_film, points_mm)

    def map_to_nominal(self, points: ArrayLike) -> NDArray[np.float64]:
        """Map (..., 2) film pixels to nominal millimetres."""
        return _apply(self.to_nominal, points)


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.linalg.inv(matrix[:, :2])
    return np.hstack([linear, -linear @ matrix[:, 2:]])


def _apply(matrix: NDArray[np.float64], points: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(np.asarray(points, dtype=np.float64) @ matrix[:, :2].T + matrix[:, 2])


def fit_pose(points: ArrayLike, weights: ArrayLike, *, mirrored: bool = False, iterations: int = 5) -> Pose:
    """Lay the average hand on landmarks by a robust weighted similarity.

    Parameters
    ----------
    points
        (37, 2) film (x, y) in the order of ``LANDMARKS``; rows with weight 0 are ignored and may hold anything.
    weights
        (37,) not negative; at least two must be positive.
    mirrored
        Whether the thumb lies to the left when the fingers point up.

    Raises
    ------
    ValueError
        If fewer than two landmarks count, or all that count are the same point.
    """
    shape = hand_shape()
    weight = np.asarray(weights, dtype=np.float64)
    used = weight > 0
    if used.sum() < 2:
        raise ValueError("a pose needs at least two landmarks")
    film = np.asarray(points, dtype=np.float64)[used]
    target = film[:, 0] + 1j * film[:, 1]
    mean = shape.mean_mm[used] * ([-1.0, 1.0] if mirrored else [1.0, 1.0])
    template = mean[:, 0] + 1j * mean[:, 1]
    # A finger tip wanders more between hands than the base of a metacarpal: it has less say in where the hand lies.
    steady = weight[used] / np.square(4.0 + shape.spread_mm[used])
    trust = steady
    for _ in range(iterations):
        share = trust / trust.sum()
        template_centre, target_centre = (share * template).sum(), (share * target).sum()
        centred = template - template_centre
        factor = (share * centred.conj() * (target - target_centre)).sum() / (share * np.abs(centred) ** 2).sum()
        if abs(factor) < 1e-9:
            raise ValueError("the landmarks are all at one place")
        residual = np.abs(template_centre + (target - target_centre) / factor - template)
        trust = steady / (1.0 + np.square(residual / _ROBUST_MM))
    origin = target_centre - factor * template_centre
    return Pose(
        up_deg=math.degrees(np.angle(factor)),
        pixels_per_mm=float(abs(factor)),
        origin=(float(origin.real), float(origin.imag)),
        mirrored=mirrored,
        residual_mm=float((share * residual).sum()),
    )


def pose_of_landmarks(landmarks: dict[str, Landmark], *, mirrored: bool) -> Pose:
    """The pose that fits landmarks, weighted by their confidence; implausible ones are left out.

    Raises
    ------
    ValueError
        If fewer than two plausible landmarks have a confidence above zero.
    """
    points = np.zeros((len(LANDMARKS), 2))
    weights = np.zeros(len(LANDMARKS))
    for index, name in enumerate(LANDMARKS):
        landmark = landmarks.get(name)
        if landmark is not None and landmark.plausible:
            points[index] = landmark.x, landmark.y
            weights[index] = landmark.confidence
    return fit_pose(points, weights, mirrored=mirrored)


def pose_of_location(location: HandLocation) -> Pose:
    """The pose that a location of the finder stands for: centre of the metacarpus, up, and length from LUN to TIP3."""
    shape = hand_shape()
    scale = location.length / shape.between("LUN", "TIP3")
    unplaced = Pose(location.up_deg, scale, (0.0, 0.0), location.mirrored)
    origin = np.array(location.centre) - unplaced.map_to_film(shape.metacarpus_centre_mm)
    return Pose(location.up_deg, scale, (float(origin[0]), float(origin[1])), location.mirrored)


def location_of_pose(pose: Pose, *, confidence: float = 1.0, mirrored_confidence: float = 1.0) -> HandLocation:
    """The location that stands for a pose (the inverse of :func:`pose_of_location`)."""
    shape = hand_shape()
    centre = pose.map_to_film(shape.metacarpus_centre_mm)
    return HandLocation(
        centre=(float(centre[0]), float(centre[1])),
        up_deg=pose.up_deg,
        length=pose.pixels_per_mm * shape.between("LUN", "TIP3"),
        mirrored=pose.mirrored,
        confidence=confidence,
        mirrored_confidence=mirrored_confidence,
    )


def _crop(pose: Pose, nominal_mm: float, origin: tuple[float, float], rows: int, columns: int) -> Crop:
    matrix = pose.to_nominal / nominal_mm
    matrix[:, 2] += origin
    return Crop(to_crop=matrix, rows=rows, columns=columns, nominal_mm=nominal_mm)


def skeleton_crop(pose: Pose, *, turn_deg: float = 0.0) -> Crop:
    """The crop of the skeleton network; ``turn_deg`` turns it about the middle of the metacarpus for a second
    opinion.
    """
    if turn_deg:
        location = location_of_pose(pose)
        pose = pose_of_location(
            HandLocation(location.centre, location.up_deg + turn_deg, location.length, location.mirrored, 1.0, 1.0)
        )
    return _crop(pose, SKELETON_NOMINAL_MM, _SKELETON_ORIGIN, SKELETON_ROWS, SKELETON_COLUMNS)


def calcium_box(points_mm: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """The box (x0, y0, x1, y1) of the nominal frame that the calcium network is shown, from landmarks in that frame."""
    low = np.maximum(points_mm.min(axis=0) - _CALCIUM_MARGIN_MM, _CALCIUM_REACH_MM[:2])
    high = np.minimum(points_mm.max(axis=0) + _CALCIUM_MARGIN_MM, _CALCIUM_REACH_MM[2:])
    high = np.maximum(high, low + 32.0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def calcium_crop(pose: Pose, *, box_mm: tuple[float, float, float, float], multiple: int = 32) -> Crop:
    """The crop of the calcium network over a box (x0, y0, x1, y1) of the nominal frame.

    Rows and columns are rounded up to ``multiple``, the box stays in the middle.

    Raises
    ------
    ValueError
        If the box is empty.
    """
    x0, y0, x1, y1 = box_mm
    if x1 <= x0 or y1 <= y0:
        raise ValueError("the box of a crop must not be empty")
    columns = math.ceil((x1 - x0) / CALCIUM_NOMINAL_MM / multiple) * multiple
    rows = math.ceil((y1 - y0) / CALCIUM_NOMINAL_MM / multiple) * multiple
    middle = (x0 + x1) / 2 / CALCIUM_NOMINAL_MM, (y0 + y1) / 2 / CALCIUM_NOMINAL_MM
    origin = ((columns - 1) / 2 - middle[0], (rows - 1) / 2 - middle[1])
    return _crop(pose, CALCIUM_NOMINAL_MM, origin, rows, columns)


def letterbox(rows: int, columns: int, size: int = FINDER_SIZE) -> Crop:
    """The whole film, centred in a square of ``size`` pixels with its shape kept; the nominal scale is not known yet.

    ``nominal_mm`` of the result is :data:`FINDER_NOMINAL_MM`: it only sets the windows of the local contrast.
    """
    scale = size / max(rows, columns)
    matrix = np.array(
        [
            [scale, 0.0, (size - 1) / 2 - scale * (columns - 1) / 2],
            [0.0, scale, (size - 1) / 2 - scale * (rows - 1) / 2],
        ]
    )
    return Crop(to_crop=matrix, rows=size, columns=size, nominal_mm=FINDER_NOMINAL_MM)
