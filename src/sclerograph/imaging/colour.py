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
_TINT_FITS = 5


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


def _tint(luma: NDArray[np.float32], chroma: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the film's own tint: chroma = luma * first + luma (1 - luma) * second, one column for red and for blue.

    Fitted again and again to the pixels that it describes, so that annotations do not bend it.
    """
    lit = luma > 0.05
    if not lit.any():
        return np.zeros((2, 2))
    terms = np.stack([luma, luma * (1.0 - luma)], axis=1).astype(np.float64)
    tint = np.stack([np.median(chroma[lit] / luma[lit, None], axis=0), np.zeros(2)])
    for _ in range(_TINT_FITS):
        distance = np.hypot(*(chroma - terms @ tint).T)
        described = lit & (distance <= max(_RIM / 2.0, 2.0 * float(np.median(distance[lit]))))
        tint = np.linalg.lstsq(terms[described], chroma[described].astype(np.float64), rcond=None)[0]
    return np.asarray(tint)


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
    tint = _tint(luma[::step, ::step].ravel(), chroma[::step, ::step].reshape(-1, 2))
    expected = luma[..., None] * (tint[0] + (1.0 - luma[..., None]) * tint[1])
    distance = np.hypot(chroma[..., 0] - expected[..., 0], chroma[..., 1] - expected[..., 1])
    certain = distance > _CERTAIN
    if (distance > _RIM).mean() > _MOST_ANNOTATION:
        raise _photograph()
    brightness = np.linspace(0.0, 1.0, 21)[:, None]
    red, blue = (brightness * (tint[0] + (1.0 - brightness) * tint[1]))[brightness[:, 0] <= np.percentile(luma, 99.0)].T
    warmth, tinted = float((red - np.maximum(blue, 0.0)).max()), float(np.maximum(np.abs(red), np.abs(blue)).max())
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
