"""Films turned and mirrored, and the angles of hands."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from sclerograph.imaging.radiograph import Radiograph

__all__ = ["ORIENTATIONS", "Orientation", "angle_between_deg", "side_by_side", "up_deg_of"]


@dataclass(frozen=True)
class Orientation:
    """Mirrored left to right first, then turned by quarter turns clockwise."""

    quarter_turns: int
    mirrored: bool

    def film(self, film: Radiograph) -> Radiograph:
        """Return the film as it looks then."""
        pixels, valid = film.pixels, film.valid
        if self.mirrored:
            pixels, valid = pixels[:, ::-1], valid[:, ::-1]
        # numpy turns counter-clockwise
        pixels = np.ascontiguousarray(np.rot90(pixels, -self.quarter_turns))
        valid = np.ascontiguousarray(np.rot90(valid, -self.quarter_turns))
        rows, columns = pixels.shape
        return replace(film, pixels=pixels, valid=valid, source=replace(film.source, rows=rows, columns=columns))

    def up_deg(self, up_deg: float) -> float:
        """Return where up of a hand points then, clockwise from up of the image."""
        return (-up_deg if self.mirrored else up_deg) + 90.0 * self.quarter_turns

    def looks_right(self, looks_right: bool) -> bool:
        """Tell whether a hand looks like a right one then."""
        return looks_right != self.mirrored


#: Four quarter turns, plain and mirrored.
ORIENTATIONS = tuple(Orientation(turns, mirrored) for mirrored in (False, True) for turns in range(4))


def up_deg_of(wrist: tuple[float, float], fingertip: tuple[float, float]) -> float:
    """Return the clockwise angle between the image's up and the direction wrist to middle finger, -180 to 180."""
    return math.degrees(math.atan2(fingertip[0] - wrist[0], wrist[1] - fingertip[1]))


def angle_between_deg(first: float, second: float) -> float:
    """Return the angle between two directions, 0 to 180."""
    return abs((first - second + 180.0) % 360.0 - 180.0)


def side_by_side(left: Radiograph, right: Radiograph) -> Radiograph:
    """Return one film with two, side by side; below the shorter one there is no film."""
    rows = max(left.pixels.shape[0], right.pixels.shape[0])
    parts, valids = [], []
    for film in (left, right):
        missing = ((0, rows - film.pixels.shape[0]), (0, 0))
        parts.append(np.pad(film.pixels, missing))
        valids.append(np.pad(film.valid, missing))
    pixels, valid = np.hstack(parts), np.hstack(valids)
    source = replace(left.source, rows=rows, columns=pixels.shape[1])
    return replace(left, pixels=pixels, valid=valid, source=source)
