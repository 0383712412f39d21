"""The last steps that every film takes, DICOM or raster: frame, polarity, emptiness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.errors import NotAHandRadiograph
from sclerograph.imaging.frame import film_inside_frame
from sclerograph.imaging.polarity import bone_is_dark

__all__ = ["Film", "clean_film"]

#: Less contrast than three steps of an 8-bit image between the 0.5th and the 99.5th percentile is no picture.
_LEAST_CONTRAST = 3.0 / 255.0
#: Side of the block means in which a hand is still seen and noise is not.
_COARSE_SIDE = 64
#: A hand keeps more than this share of its spread in them, pure noise much less.
_LEAST_COARSE_SPREAD = 0.45
_LEAST_FILM = 0.02


@dataclass(frozen=True)
class Film:
    """Greys between 0 and 1 with bone bright, where they are valid, and what a reader should know."""

    pixels: NDArray[np.float32]
    valid: NDArray[np.bool_]
    notes: tuple[str, ...]


def _empty(found: str) -> NotAHandRadiograph:
    return NotAHandRadiograph(found, "there is nothing on it that could be read", "give the film of a hand")


def _check_not_empty(pixels: NDArray[np.float32], valid: NDArray[np.bool_]) -> None:
    if valid.mean() < _LEAST_FILM:
        raise _empty("an image without film")
    sample = pixels[valid]
    sample = sample[:: max(1, sample.size // 500_000)]
    low, high = np.percentile(sample, (0.5, 99.5))
    if high - low < _LEAST_CONTRAST:
        if high < _LEAST_CONTRAST:
            raise _empty("a black image")
        raise _empty("a white image" if low > 1.0 - _LEAST_CONTRAST else "an image of one grey")
    factor = max(1, min(pixels.shape) // _COARSE_SIDE)
    rows, columns = (side // factor * factor for side in pixels.shape)
    cut, inside = pixels[:rows, :columns], valid[:rows, :columns]
    blocks = (rows // factor, factor, columns // factor, factor)
    weight = inside.reshape(blocks).mean(axis=(1, 3))
    mean = (cut * inside).reshape(blocks).mean(axis=(1, 3))[weight > 0.5] / weight[weight > 0.5]
    if factor >= 3 and mean.size > 1 and mean.std() < _LEAST_COARSE_SPREAD * sample.std():
        raise _empty("an image of noise")


def _for_judging(pixels: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The film alone, cut out, with what is not film set to its middle grey."""
    rows, columns = np.flatnonzero(valid.any(axis=1)), np.flatnonzero(valid.any(axis=0))
    window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    cut, inside = pixels[window], valid[window]
    if inside.all():
        return cut
    return np.where(inside, cut, np.float32(np.median(cut[inside])))


def clean_film(
    greys: NDArray[np.float32],
    film: NDArray[np.bool_],
    annotations: NDArray[np.bool_] | None = None,
    *,
    polarity_is_known: bool,
) -> Film:
    """Find frames, put bone bright, refuse empty films.

    Parameters
    ----------
    greys
        (rows, columns) between 0 and 1; bone bright if the file told the truth.
    film
        False where there is no film (shutters, padding, transparent pixels).
    annotations
        True where a filled-in annotation hides the film.
    polarity_is_known
        True where the file says which way its greys run: then an inverted look is noted and not corrected.

    Returns
    -------
    The film: pixels without film are 0; pixels without film or under annotations are not valid.

    Raises
    ------
    NotAHandRadiograph
        The image is black, white, of one grey, or noise.
    """
    notes: list[str] = []
    _check_not_empty(greys, film)
    inside = film_inside_frame(np.where(film, greys, np.float32(0.0)))
    if inside is not None and (inside & film).mean() >= _LEAST_FILM:
        film = film & inside
        notes.append(f"a frame around the film ({1.0 - float(inside.mean()):.0%} of the image) was left out")
        _check_not_empty(greys, film)
    valid = film if annotations is None else film & ~annotations
    if bone_is_dark(_for_judging(greys, film)):
        if polarity_is_known:
            notes.append("bone looks darker than its surroundings although the file says that it is bright")
        else:
            greys = np.float32(1.0) - greys
            notes.append("the greys were inverted (bone was dark) and have been turned round")
    pixels = np.where(film, greys, np.float32(0.0)).astype(np.float32)
    return Film(np.ascontiguousarray(pixels), np.ascontiguousarray(valid), tuple(notes))
