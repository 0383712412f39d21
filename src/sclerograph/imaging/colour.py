"""Colour pictures of grey films: tinted scans, and annotations drawn in colour. Photographs are refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.errors import UnsupportedImage
from sclerograph.imaging.inpaint import fill_holes

__all__ = ["GreyOfColour", "grey_of_colour"]

#: ITU-R BT.601 luma.
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
#: Distance from the film's own tint at which a pixel is certainly drawn on it, and down to which its rim reaches.
_CERTAIN, _RIM = 0.12, 0.05
#: JPEG stores colour at half the resolution in blocks: the rim is this much wider than it looks.
_GROW_PIXELS = 3
#: With more colour than this it is a photograph or a colour map, not a film with arrows.
_MOST_ANNOTATION = 0.25
#: Skin is warm; film base and light boxes are neutral or blue.
_MOST_WARMTH, _MOST_TINT, _NOTED_TINT = 0.10, 0.25, 0.03
_LUMA_BINS = 32


@dataclass(frozen=True)
class GreyOfColour:
    """The grey film under a colour picture.

    ``values`` is (rows, columns) float32 between 0 and 1 with annotations filled in from their surroundings;
    ``annotations`` is (rows, columns) bool, True where something was drawn in colour.
    """

    values: NDArray[np.float32]
    annotations: NDArray[np.bool_]
    notes: tuple[str, ...]


def _photograph() -> UnsupportedImage:
    return UnsupportedImage(
        "a colour picture", "it is a photograph or a colour map, not a radiograph", "give the radiograph itself"
    )


def _tint(luma: NDArray[np.float32], chroma: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the median chroma of each brightness, (bins, 2), and how many pixels each bin holds."""
    bins = np.minimum((luma * _LUMA_BINS).astype(np.intp), _LUMA_BINS - 1)
    tint = np.zeros((_LUMA_BINS, 2), dtype=np.float32)
    counts = np.bincount(bins, minlength=_LUMA_BINS).astype(np.float32)
    for index in np.flatnonzero(counts):
        tint[index] = np.median(chroma[bins == index], axis=0)
    # Where one brightness is mostly annotation (pure red is dark), its neighbours know the film's tint better.
    weight = ndimage.gaussian_filter1d(counts, 2.0, mode="nearest")
    smooth = ndimage.gaussian_filter1d(tint * counts[:, None], 2.0, axis=0, mode="nearest")
    return np.asarray(smooth / np.maximum(weight, 1e-6)[:, None], dtype=np.float32), counts


def grey_of_colour(rgb: NDArray[np.uint8]) -> GreyOfColour:
    """Return the grey film under a colour picture.

    Parameters
    ----------
    rgb
        (rows, columns, 3) uint8.

    Raises
    ------
    UnsupportedImage
        The picture is coloured all over: a photograph, or a colour map.
    """
    rows, columns, _ = rgb.shape
    if np.array_equal(rgb[..., 0], rgb[..., 1]) and np.array_equal(rgb[..., 0], rgb[..., 2]):
        values = rgb[..., 0].astype(np.float32) / np.float32(255.0)
        return GreyOfColour(values, np.zeros((rows, columns), dtype=bool), ())
    picture = rgb.astype(np.float32) / np.float32(255.0)
    luma = (picture @ _LUMA).astype(np.float32)
    chroma = np.stack([picture[..., 0] - luma, picture[..., 2] - luma], axis=-1).astype(np.float32)
    step = max(1, int(np.sqrt(rows * columns / 250_000)))
    tint, counts = _tint(luma[::step, ::step].ravel(), chroma[::step, ::step].reshape(-1, 2))
    positions = (np.arange(_LUMA_BINS) + 0.5) / _LUMA_BINS
    distance = np.zeros_like(luma)
    for channel in (0, 1):
        expected = np.interp(luma, positions, tint[:, channel])
        distance += np.square(chroma[..., channel] - expected.astype(np.float32))
    distance = np.sqrt(distance)

    certain = distance > _CERTAIN
    if certain.mean() > _MOST_ANNOTATION:
        raise _photograph()
    strongest = tint[counts > 0.01 * counts.sum()]
    warmth = float((strongest[:, 0] - np.maximum(strongest[:, 1], 0.0)).max(initial=0.0))
    tinted = float(np.abs(strongest).max(initial=0.0))
    if warmth > _MOST_WARMTH or tinted > _MOST_TINT:
        raise _photograph()

    annotations = np.zeros((rows, columns), dtype=bool)
    notes = [f"the scan is tinted ({tinted:.0%}); its brightness was read"] if tinted > _NOTED_TINT else []
    if certain.any():
        rim = ndimage.binary_propagation(certain, mask=distance > _RIM, structure=np.ones((3, 3)))
        annotations = ndimage.binary_dilation(rim, iterations=_GROW_PIXELS, structure=np.ones((3, 3)))
        share = float(annotations.mean())
        notes.append(f"annotations in colour ({share:.1%} of the image) hide the film beneath them")
    return GreyOfColour(fill_holes(luma, annotations), annotations, tuple(notes))
