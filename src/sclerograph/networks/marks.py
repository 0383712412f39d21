"""Marks of the calcium network, cut out for a second look.

A mark consists of connected pixels that the calcium network takes for calcium. Of each, the second look is shown a
square of film around it together with what the networks have said there, and where in the hand it lies: enough to tell
a deposit from a growth plate, a sesamoid or a bright fingertip that looks like one pixel for pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.networks.crops import Pose
from sclerograph.networks.maps import Crop

__all__ = ["MARK_CHANNELS", "MARK_LEVEL", "MARK_PATCH", "SEED_LEVEL", "Marks", "find_marks", "mark_patches"]

#: Probability of calcium from which connected pixels are one mark, and which one of them must reach.
MARK_LEVEL, SEED_LEVEL = 0.4, 0.5
#: Marks of fewer pixels are single grains of noise.
_FEWEST_PIXELS = 3
#: Side of the square that the second look is shown, in pixels of the calcium network's crop (16 nominal mm).
MARK_PATCH = 64
#: What the second look is shown of each pixel of the square.
MARK_CHANNELS = ("grey", "contrast", "bone", "pisiform", "calcium", "look_alike", "mark", "across", "along")
#: The nominal frame is this many nominal millimetres from its middle to its rim.
_FRAME_MM = 100.0
_EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=np.int8)

Image = NDArray[np.float32]


@dataclass(frozen=True)
class Marks:
    """The marks of one hand.

    ``labels`` is (rows, columns), 0 where there is none; ``numbers`` (n,) are the labels of the marks; ``places``
    (n, 2) row and column of a pixel of each, the nearest to its centre.
    """

    labels: NDArray[np.int32]
    numbers: NDArray[np.intp]
    places: NDArray[np.intp]

    def part(self, chosen: slice) -> Marks:
        """Return some of the marks."""
        return Marks(self.labels, self.numbers[chosen], self.places[chosen])

    def nominal_mm(self, crop: Crop, pose: Pose) -> NDArray[np.float64]:
        """Return x, y of the places (n, 2) in the nominal frame of a hand that lies so on the film of the crop."""
        return pose.map_to_nominal(crop.map_to_original(self.places[:, ::-1].astype(np.float64)))


def find_marks(calcium: Image) -> Marks:
    """Find the marks on a map of the probability of calcium (rows, columns)."""
    labels, count = ndimage.label(calcium >= MARK_LEVEL, structure=_EIGHT_NEIGHBOURS, output=np.int32)
    every = np.arange(1, count + 1)
    if count:
        size = np.bincount(labels.ravel(), minlength=count + 1)[1:]
        highest = np.asarray(ndimage.maximum(calcium, labels, every))
        every = every[(size >= _FEWEST_PIXELS) & (highest >= SEED_LEVEL)]
    boxes = ndimage.find_objects(labels)
    places = [_middle(labels, int(number), boxes[number - 1]) for number in every]
    return Marks(labels, every, np.array(places, dtype=np.intp).reshape(-1, 2))


def _middle(labels: NDArray[np.int32], number: int, box: tuple[slice, slice]) -> tuple[int, int]:
    rows, columns = np.nonzero(labels[box] == number)
    nearest = int(np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2))
    return int(rows[nearest]) + box[0].start, int(columns[nearest]) + box[1].start


def mark_patches(
    image: Image,
    calcium: Image,
    look_alike: Image,
    marks: Marks,
    nominal_mm: NDArray[np.float64],
    side: int = MARK_PATCH,
) -> Image:
    """Cut out what the second look is shown.

    Parameters
    ----------
    image
        (4, rows, columns), what the calcium network was shown.
    calcium, look_alike
        (rows, columns) probabilities, what it said.
    marks
        Result of :func:`find_marks` for ``calcium``.
    nominal_mm
        Result of :meth:`Marks.nominal_mm`.
    side
        Side of the squares in pixels; training cuts larger ones and shifts within them.

    Returns
    -------
    patches
        (n, 9, side, side) float32 in the order of :data:`MARK_CHANNELS`; -1 in the maps and 0 in the greys beyond the
        crop.
    """
    maps = np.concatenate([image, (calcium * 2 - 1)[None], (look_alike * 2 - 1)[None]]).astype(np.float32)
    margin = side // 2 + 1
    around = ((0, 0), (margin, margin), (margin, margin))
    padded = np.concatenate([np.pad(maps[:2], around), np.pad(maps[2:], around, constant_values=-1.0)])
    labels = np.pad(marks.labels, margin)
    patches = np.empty((len(marks.numbers), len(MARK_CHANNELS), side, side), dtype=np.float32)
    for patch, number, (row, column), place in zip(patches, marks.numbers, marks.places, nominal_mm, strict=True):
        top, left = row + margin - side // 2, column + margin - side // 2
        window = (slice(top, top + side), slice(left, left + side))
        patch[:6] = padded[:, *window]
        patch[6] = np.where(labels[window] == number, 1.0, -1.0)
        patch[7:] = (place / _FRAME_MM)[:, None, None]
    return patches
