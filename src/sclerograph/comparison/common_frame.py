"""One frame for both films of a hand, made from the landmarks of both: bone by bone, so that posture does not matter.

The landmarks that both readings believe are brought to one size, laid over each other, and averaged: the average is the
frame, and it favours neither visit. Each tubular bone then carries what lies on and beside it by its own map (turned as
the bone is turned, stretched along it as the bone is foreshortened); the carpus and the forearm carry theirs by a
similarity. Between bones the maps are blended by distance.

Coordinates are x to the right and y down; a film counts in pixels, the frame in millimetres (nominal ones on films
without calibration).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sclerograph.anatomy.hand import CARPAL_BONES, LANDMARKS, bone
from sclerograph.anatomy.norms import SEGMENTS, segment_ends
from sclerograph.comparison.settings import ComparisonSettings
from sclerograph.hand.scale import believed
from sclerograph.networks.maps import Landmark

__all__ = ["CommonFrame", "HandMap", "Piece", "common_frame", "hand_map"]

Points = NDArray[np.float64]

_CARPUS = tuple(name for name in LANDMARKS if name in CARPAL_BONES or name.startswith("CMC"))
_FOREARM = tuple(name for name in LANDMARKS if name.startswith(("ULNA", "RADI")))
#: Landmarks that hold a hand in place as a whole: fingertips may be resorbed.
_STEADY = tuple(name for name in LANDMARKS if not name.startswith("TIP"))
#: The map of a bone has this power of the inverse distance as its weight: beside a bone its own map all but decides.
_POWER = 4
#: Added to distances, so that a point on a bone has a finite weight.
_SOFT_MM = 0.5


@dataclass(frozen=True)
class Piece:
    """An affine map with the line segments, on the film it maps from, of the bones that it belongs to.

    ``matrix`` is (2, 3); ``lines`` is (n, 2, 2), start and end of each segment; ``digit`` is ``None`` for carpus and
    forearm; ``palm`` marks metacarpals, carpus and forearm.
    """

    matrix: Points
    lines: Points
    digit: int | None
    palm: bool

    def apply(self, points: Points) -> Points:
        """Map (n, 2) points."""
        return np.asarray(points @ self.matrix[:, :2].T + self.matrix[:, 2])

    def distance(self, points: Points) -> Points:
        """Return the distance of (n, 2) points from the nearest segment."""
        return np.asarray(np.min([_off_line(points, start, end) for start, end in self.lines], axis=0))


@dataclass(frozen=True)
class HandMap:
    """From one film to the frame, or to another film, for points on and around a hand.

    ``pixels_per_mm`` is the size of a millimetre on the film that is mapped from.
    """

    pieces: tuple[Piece, ...]
    whole: Piece
    pixels_per_mm: float

    def __call__(self, points: ArrayLike, digit: int | None = None) -> Points:
        """Map (n, 2) points that belong to a digit, or with ``None`` to palm and wrist.

        A digit's points are carried by its own bones alone: a neighbour that lies near on one film may be spread away
        on the other.
        """
        places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        if digit is not None:
            near = [piece for piece in self.pieces if piece.digit == digit]
        else:
            near = [piece for piece in self.pieces if piece.palm]
        if not near:
            return self.whole.apply(places)
        off = np.stack([piece.distance(places) for piece in near]) / self.pixels_per_mm
        weight = 1.0 / (off + _SOFT_MM) ** _POWER
        weight = weight / weight.sum(axis=0)
        mapped = np.stack([piece.apply(places) for piece in near])
        return np.asarray((weight[..., None] * mapped).sum(axis=0))


@dataclass(frozen=True)
class CommonFrame:
    """Both films mapped into one frame, and onto each other.

    ``landmarks`` is the number of landmarks in common, ``distance_mm`` their median distance after the hands were laid
    over each other as a whole: what posture has changed. ``mirrored`` tells that one film shows the hand mirrored.
    """

    first: HandMap
    second: HandMap
    first_to_second: HandMap
    second_to_first: HandMap
    mirrored: bool
    landmarks: int
    distance_mm: float


def common_frame(
    first: Mapping[str, Landmark],
    second: Mapping[str, Landmark],
    mm_per_pixel: tuple[float, float],
    settings: ComparisonSettings,
) -> CommonFrame | None:
    """Make the frame of two films of one hand.

    Parameters
    ----------
    first, second
        The landmarks of both readings.
    mm_per_pixel
        The scale of each film, brought to be equal before.
    settings
        The thresholds.

    Returns
    -------
    The frame, or ``None`` where too few landmarks are believed at both visits.
    """
    names = [name for name in LANDMARKS if believed(first, name) and believed(second, name)]
    steady = [name for name in names if name in _STEADY]
    if len(steady) < settings.least_landmarks:
        return None
    before, after = _places(first, names) * mm_per_pixel[0], _places(second, names) * mm_per_pixel[1]
    held = [names.index(name) for name in steady]
    mirrored = _misfit(before[held], after[held] * [-1.0, 1.0]) < _misfit(before[held], after[held])
    if mirrored:
        after = after * [-1.0, 1.0]
    before, after = before - before[held].mean(axis=0), after - after[held].mean(axis=0)
    half = 0.5 * _turn(before[held], after[held])
    before, after = _turned(before, -half), _turned(after, half)
    apart = np.hypot(*(before - after)[held].T)
    frame = dict(zip(names, 0.5 * (before + after), strict=True))
    films = [dict(zip(names, _places(marks, names), strict=True)) for marks in (first, second)]
    scales = 1.0 / mm_per_pixel[0], 1.0 / mm_per_pixel[1]
    return CommonFrame(
        first=hand_map(films[0], frame, scales[0], 1.0, mirrored=False),
        second=hand_map(films[1], frame, scales[1], 1.0, mirrored=mirrored),
        first_to_second=hand_map(films[0], films[1], *scales, mirrored=mirrored),
        second_to_first=hand_map(films[1], films[0], scales[1], scales[0], mirrored=mirrored),
        mirrored=mirrored,
        landmarks=len(names),
        distance_mm=float(np.median(apart)),
    )


def hand_map(
    source: Mapping[str, Points],
    target: Mapping[str, Points],
    source_per_mm: float,
    target_per_mm: float,
    *,
    mirrored: bool,
) -> HandMap:
    """Make the map between two sets of the same landmarks.

    Parameters
    ----------
    source, target
        The landmarks, (2,) each; those of ``source`` and not of ``target``, or the other way round, are not used.
    source_per_mm, target_per_mm
        Size of a millimetre in each.
    mirrored
        Whether one is the mirror image of the other.
    """
    scale = target_per_mm / source_per_mm
    pieces = []
    for segment in SEGMENTS:
        base, head = segment_ends(segment)
        if all(name in marks for name in (base, head) for marks in (source, target)):
            # A resorbed phalanx is no shorter in what it carries: only its direction counts.
            along = scale if segment.startswith("DP") else None
            matrix = _bone_matrix((source[base], source[head]), (target[base], target[head]), scale, along, mirrored)
            if matrix is not None:
                lines = np.stack([source[base], source[head]])[None]
                pieces.append(Piece(matrix, lines, bone(segment).digit, segment.startswith("MC")))
    for names, centre in ((_CARPUS, "CAP"), (_FOREARM, "RADIUS_ULNAR_EDGE")):
        used = [name for name in names if name in source and name in target]
        if len(used) >= 3:
            matrix = _similarity(_stack(source, used), _stack(target, used), mirrored)
            middle = source[centre] if centre in used else _stack(source, used).mean(axis=0)
            lines = np.stack([np.stack([middle, source[name]]) for name in used])
            pieces.append(Piece(matrix, lines, None, True))
    steady = [name for name in _STEADY if name in source and name in target]
    matrix = _similarity(_stack(source, steady), _stack(target, steady), mirrored)
    whole = Piece(matrix, np.zeros((1, 2, 2)), None, True)
    return HandMap(tuple(pieces), whole, source_per_mm)


def _places(marks: Mapping[str, Landmark], names: Sequence[str]) -> Points:
    return np.array([(marks[name].x, marks[name].y) for name in names], dtype=np.float64)


def _stack(marks: Mapping[str, Points], names: Sequence[str]) -> Points:
    return np.stack([marks[name] for name in names])


def _turn(before: Points, after: Points) -> float:
    """Return the angle by which centred points must be turned to lie best on ``before`` (radians)."""
    cross = float((after[:, 0] * before[:, 1] - after[:, 1] * before[:, 0]).sum())
    return float(np.arctan2(cross, float((after * before).sum())))


def _turned(points: Points, angle: float) -> Points:
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[c, s], [-s, c]]))


def _misfit(before: Points, after: Points) -> float:
    """Return the mean squared distance that is left when points are laid over each other."""
    before, after = before - before.mean(axis=0), after - after.mean(axis=0)
    return float(np.square(before - _turned(after, _turn(before, after))).sum(axis=1).mean())


def _similarity(source: Points, target: Points, mirrored: bool) -> Points:
    """Return the (2, 3) similarity of least squares (Umeyama 1991, doi:10.1109/34.88573, in the plane)."""
    flip = np.diag([-1.0, 1.0]) if mirrored else np.eye(2)
    flipped = source @ flip
    middle, aim = flipped.mean(axis=0), target.mean(axis=0)
    moved, wanted = flipped - middle, target - aim
    angle = _turn(wanted, moved)
    size = float(np.square(moved).sum())
    factor = float((_turned(moved, angle) * wanted).sum()) / size if size > 0.0 else 1.0
    c, s = np.cos(angle), np.sin(angle)
    linear = factor * np.array([[c, -s], [s, c]])
    return np.column_stack([linear @ flip, aim - linear @ middle])


def _bone_matrix(
    source: tuple[Points, Points], target: tuple[Points, Points], across: float, along: float | None, mirrored: bool
) -> Points | None:
    """Return the (2, 3) map that lays one bone's axis on another's; ``None`` for a bone without length.

    ``across`` is the scale across the bone, ``along`` that along it; ``None`` takes the ratio of the lengths.
    """
    before, after = source[1] - source[0], target[1] - target[0]
    lengths = float(np.hypot(*before)), float(np.hypot(*after))
    if min(lengths) <= 0.0:
        return None
    u, v = before / lengths[0], after / lengths[1]
    side_u = np.array([-u[1], u[0]])
    side_v = np.array([-v[1], v[0]]) * (-1.0 if mirrored else 1.0)
    stretch = lengths[1] / lengths[0] if along is None else along
    linear = stretch * np.outer(v, u) + across * np.outer(side_v, side_u)
    return np.column_stack([linear, target[0] - linear @ source[0]])


def _off_line(points: Points, start: Points, end: Points) -> Points:
    axis = end - start
    length2 = float(axis @ axis)
    share = np.clip((points - start) @ axis / length2, 0.0, 1.0) if length2 > 0.0 else np.zeros(len(points))
    return np.asarray(np.hypot(*(points - start - share[:, None] * axis).T))
