"""Frames around a film: the white of a scanner's lid, of a slide or a page, with its captions.

A frame is flat, holds a corner of the image, ends with a step, and leaves films that are convex (rectangles,
perhaps rotated or with a corner cut). The last two conditions keep the bright background of an inverted film, which is
also flat and touches the border but leaves a hand, and the even grey beyond a collimator, which fades.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull

__all__ = ["convex_films", "film_inside_frame"]

#: Work is done on a copy of about this side.
_WORKING_SIDE = 600
#: Flat means within this much of the commonest grey of the border; JPEG blurs the frame by less.
_FLAT = 0.025
#: A dark frame must leave rectangles: the dark air around a wrist may leave something convex.
_DARK_FRAME = 0.35
#: Greys that cover this share of the border of the image may be those of a frame.
_LEAST_BORDER, _BINS = 0.08, 64
#: Films must fill this share of their convex hulls.
_LEAST_CONVEXITY = 0.97
#: A frame ends with a step: most of the film just inside differs by this much from it.
_STEP, _LEAST_STEPPING = 0.1, 0.6
_STEP_PIXELS = 4
#: A film smaller than this share of the image is a caption or a letter on the frame.
_LEAST_FILM = 0.03
#: A frame smaller than this share of the image is a bright border pixel or two.
_LEAST_FRAME = 0.005


def _hull(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the areas of the convex hull of a mask and of the smallest rectangle around it, pixels being squares."""
    y, x = np.nonzero(mask & ~ndimage.binary_erosion(mask))
    corners = np.concatenate([np.stack([x + dx, y + dy], axis=1) for dx in (-0.5, 0.5) for dy in (-0.5, 0.5)])
    hull = ConvexHull(corners)
    outline = corners[hull.vertices]
    sides = np.roll(outline, -1, axis=0) - outline
    # The smallest rectangle has a side in common with the hull.
    along = sides / np.linalg.norm(sides, axis=1)[:, None]
    lengths = np.ptp(outline @ along.T, axis=0)
    widths = np.ptp(outline @ np.stack([-along[:, 1], along[:, 0]]), axis=0)
    return float(hull.volume), float((lengths * widths).min())


def convex_films(films: NDArray[np.bool_], *, rectangles: bool = False) -> NDArray[np.bool_] | None:
    """Return the filled films of a mask when they are convex, without specks; ``None`` when they are not.

    With ``rectangles`` they must even be rectangles, in any rotation.
    """
    labels, count = ndimage.label(films)
    if count == 0:
        return None
    sizes = np.bincount(labels.ravel())[1:]
    kept = np.zeros_like(films)
    around = 0.0
    for label in np.flatnonzero(sizes >= _LEAST_FILM * films.size) + 1:
        film = np.asarray(ndimage.binary_fill_holes(labels == label))
        around += _hull(film)[rectangles]
        kept |= film
    return kept if around > 0.0 and kept.sum() >= _LEAST_CONVEXITY * around else None


def _border(image: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def film_inside_frame(greys: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """Return (rows, columns) True on the films inside a frame, ``None`` where there is no frame.

    Parameters
    ----------
    greys
        (rows, columns) between 0 and 1.
    """
    step = max(1, min(greys.shape) // _WORKING_SIDE)
    small = greys[::step, ::step]
    border = _border(small)
    shares, edges = np.histogram(border, bins=_BINS, range=(0.0, 1.0))
    # The brightest first: white is what frames usually are.
    for low in edges[:-1][shares >= _LEAST_BORDER * border.size][::-1]:
        near = border[(border >= low - _FLAT) & (border <= low + 1.0 / _BINS + _FLAT)]
        films = _films_in(small, float(np.median(near)))
        if films is not None:
            rows, columns = greys.shape
            return np.asarray(np.kron(films, np.ones((step, step), dtype=bool))[:rows, :columns])
    return None


def _films_in(small: NDArray[np.float32], frame_grey: float) -> NDArray[np.bool_] | None:
    """Return the films inside a frame of this grey, ``None`` if there is no such frame."""
    flat = np.abs(small - frame_grey) <= _FLAT
    # A frame is many pixels thick: thin chance contacts between it and bright parts of the film are cut.
    flat = ndimage.binary_opening(np.pad(flat, 2, mode="edge"), np.ones((3, 3)))[2:-2, 2:-2]
    labels, _ = ndimage.label(flat)
    # A frame holds a corner of the image at least; a forearm that leaves the film at its border does not.
    corners = labels[[0, 0, -1, -1], [0, -1, 0, -1]]
    frame = np.isin(labels, corners[corners > 0])
    if frame.mean() < _LEAST_FRAME:
        return None
    opened = ndimage.binary_opening(~frame, np.ones((3, 3)))
    films = convex_films(opened, rectangles=frame_grey < _DARK_FRAME)
    if films is None or films.mean() > 1.0 - _LEAST_FRAME:
        return None
    core = ndimage.binary_erosion(films, np.ones((3, 3)), iterations=_STEP_PIXELS, border_value=1)
    ring = ndimage.binary_dilation(~films, np.ones((3, 3)), iterations=_STEP_PIXELS + 2) & core
    if not ring.any() or (np.abs(small[ring] - frame_grey) > _STEP).mean() < _LEAST_STEPPING:
        return None
    # The blurred edge of the frame goes with the frame.
    return np.asarray(ndimage.binary_erosion(films, np.ones((3, 3)), border_value=1))
