"""Where patches for the calcium network are cut from a film: at deposits, at what looks like them, and anywhere."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import landmark_index
from sclerograph.phantom.layers import CALCIUM, MARKER, SOFT_TISSUE
from sclerograph.training.bank import StoredFilm
from sclerograph.training.prepared import PreparedFilm

__all__ = ["place_on_real_film", "place_on_simulated_film"]

#: Places that look like calcium and are not, or where it hides: the pisiform lies on the triquetrum, sesamoids at the
#: heads of the metacarpals.
_HARD_PLACES = (
    *("TRQ", "TRQ", "MCP1", "MCP1", "MCP2", "MCP5", "IP1", "ULNAR_STYLOID", "ULNAR_STYLOID", "RADIAL_STYLOID"),
    *(f"TIP{digit}" for digit in range(1, 6)),
)

Mask = NDArray[np.bool_]


def place_on_simulated_film(rng: np.random.Generator, film: StoredFilm, pose: Pose) -> NDArray[np.float64]:
    """Draw the middle of a patch, (x, y) in pixels of the film: most often at a deposit or where calcium is feigned."""
    draw = rng.random()
    columns = film.image.shape[1]
    jitter = rng.normal(0.0, 9.0, 2) * pose.pixels_per_mm
    if draw < 0.55 and len(film.calcium_cells):
        # Small deposits as often as large ones: a random deposit, not a random pixel.
        count, found, _, centres = cv2.connectedComponentsWithStats(film.tissue & CALCIUM, connectivity=8)
        if count > 1:
            rows, columns = np.nonzero(film.tissue & CALCIUM)
            peaks = np.zeros(count)
            np.maximum.at(peaks, np.asarray(found)[rows, columns], film.calcium_mm[rows, columns].astype(np.float64))
            # what is thin is seldom seen, and teaches little
            weights = np.clip(peaks[1:], 0.05, 1.0)
            chosen = 1 + int(rng.choice(count - 1, p=weights / weights.sum()))
            return np.asarray(centres[chosen] + jitter, dtype=np.float64)
    if draw < 0.75:
        cells = np.flatnonzero((film.tissue & MARKER).ravel()) if rng.random() < 0.2 else np.zeros(0, dtype=np.int64)
        if len(cells):
            row, column = divmod(int(cells[int(rng.integers(len(cells)))]), columns)
            return np.array([column, row]) + jitter
        return _hard_place(rng, film.landmarks) + jitter
    return _anywhere(rng, (film.tissue & SOFT_TISSUE) != 0)


def place_on_real_film(rng: np.random.Generator, film: PreparedFilm) -> NDArray[np.float64]:
    """Draw the middle of a patch, (x, y) in pixels of the film: most often at or between landmarks."""
    assert film.scale is not None
    draw = rng.random()
    jitter = rng.normal(0.0, 9.0, 2) * film.pose.pixels_per_mm
    if draw < 0.55:
        known = np.flatnonzero(film.landmarks[:, 2] > 0)
        first, second = film.landmarks[rng.choice(known, 2), :2].astype(np.float64)
        return np.asarray(first + (second - first) * (rng.random() if rng.random() < 0.3 else 0.0) + jitter)
    if draw < 0.75:
        if rng.random() < 0.15:
            return _brightest_outside(rng, film) + jitter
        return _hard_place(rng, film.landmarks) + jitter
    return _anywhere(rng, film.scale.hand)


def _brightest_outside(rng: np.random.Generator, film: PreparedFilm) -> NDArray[np.float64]:
    """A letter, a marker or an edge beside the hand."""
    assert film.scale is not None
    beside = np.where(film.scale.hand, np.uint8(0), film.grey)[::4, ::4]
    rows, columns = np.nonzero(beside >= np.percentile(beside, 99))
    index = int(rng.integers(len(rows)))
    return np.array([columns[index] * 4.0, rows[index] * 4.0])


def _hard_place(rng: np.random.Generator, landmarks: NDArray[np.float32]) -> NDArray[np.float64]:
    places = [landmark_index(name) for name in _HARD_PLACES]
    places = [index for index in places if landmarks[index, 2] > 0]
    if not places:
        places = np.flatnonzero(landmarks[:, 2] > 0).tolist()
    return np.asarray(landmarks[places[int(rng.integers(len(places)))], :2], dtype=np.float64)


def _anywhere(rng: np.random.Generator, mask: Mask) -> NDArray[np.float64]:
    rows, columns = np.nonzero(mask[::8, ::8])
    if not len(rows):
        return np.array([mask.shape[1] / 2, mask.shape[0] / 2])
    index = int(rng.integers(len(rows)))
    return np.array([columns[index] * 8.0, rows[index] * 8.0])
