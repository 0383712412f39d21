"""Simulated deposits put into a real film: the bridge between simulation and patients.

Greys of a displayed film are close to a compressed logarithm of the signal, so mineral adds to them. How much a
millimetre of mineral adds is read off the hand itself: the shafts of its metacarpals and proximal phalanges stand out
of the soft tissue by a known thickness of cortex. Blur, noise and saturation are those of the film.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.anatomy.hand import FINGER_CHAINS
from sclerograph.findings.records import Morphology
from sclerograph.phantom.deposits import VISIBLE_MINERAL_MM, add_at, deposit_thickness, draw_morphology
from sclerograph.phantom.form import index_of
from sclerograph.phantom.visibility import PART_OVER_GRAIN, grey_needed, visibility

__all__ = ["FilmScale", "Insertion", "insert_deposits", "measure_film"]

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]
#: Cortex that a ray crosses in the middle of a metacarpal or proximal phalanx, nominal millimetres (twice 1.7 to 2.2).
_SHAFT_MINERAL_MM = 4.0
#: Grey of a deposit against that of as much cortical bone: processing flattens the broad contrast of shafts more than
#: that of small things, and hydroxyapatite of deposits runs from thinner to denser than cortex.
_FAINTEST, _DENSEST = 0.6, 4.0
#: Half the breadth of a hand around its bones, nominal millimetres.
_REACH_MM = 8.5

#: Every fourth pixel is asked where the hand is.
_COARSE = 4


@dataclass(frozen=True)
class FilmScale:
    """What a film tells about its own greys.

    ``per_mm`` is the grey that one nominal millimetre of mineral adds, ``noise`` the local standard deviation of fine
    grain, ``ceiling`` where greys saturate, ``hand`` where soft tissue is.
    """

    per_mm: float
    noise: float
    ceiling: float
    hand: Mask


@dataclass(frozen=True)
class Insertion:
    """A film with deposits.

    ``truth`` marks calcium, ``unseen`` what is too faint for any reader and must count neither way, ``mineral_mm`` is
    the thickness of what was put in, ``kinds`` the morphologies drawn. All greys of the film were multiplied by
    ``gain``, at most 1: a film with bright calcium is windowed so that it does not burn out.
    """

    image: Image
    truth: Mask
    unseen: Mask
    mineral_mm: Image
    kinds: tuple[Morphology, ...]
    gain: float


def measure_film(image: Image, landmarks: NDArray[np.floating], nominal_mm: float) -> FilmScale | None:
    """Read a film's own scale of greys; ``None`` where too little of a hand is seen.

    Parameters
    ----------
    image
        (rows, columns) greys, bone bright, between 0 and 1.
    landmarks
        (37, 3) x, y and a weight that is positive where known.
    nominal_mm
        Nominal millimetres a pixel.
    """
    lines = np.zeros(image.shape, bool)
    shafts, beside = [], []
    for chain in FINGER_CHAINS.values():
        for first, second in pairwise(chain):
            a, b = landmarks[index_of[first]], landmarks[index_of[second]]
            if a[2] <= 0 or b[2] <= 0:
                continue
            steps = max(2, int(np.hypot(*(b[:2] - a[:2]))))
            t = np.linspace(0.0, 1.0, steps)
            points = a[:2] + (b[:2] - a[:2]) * t[:, None]
            _mark(lines, points)
            if second[:3] in ("MCP", "PIP") and first != "CMC1":
                across = np.array([-(b[1] - a[1]), b[0] - a[0]]) / max(float(np.hypot(*(b[:2] - a[:2]))), 1e-6)
                middle = points[steps * 2 // 5 : steps * 3 // 5]
                shafts.append(_sample(image, middle))
                beside += [_sample(image, middle + across * side * 6.4 / nominal_mm) for side in (-1, 1)]
    if not shafts:
        return None
    bone = float(np.median(np.concatenate(shafts)))
    soft = float(np.median(np.concatenate(beside)))
    if bone - soft < 0.01:
        return None
    far = np.asarray(ndimage.distance_transform_edt(~lines)) * nominal_mm
    around = image[(far > 14) & (far < 22)]
    air = float(np.median(around)) if around.size > 50 else float(image.min())
    smooth = ndimage.uniform_filter(image, max(1, round(1.0 / nominal_mm)))
    hand = (smooth > air + 0.25 * (soft - air)) & (far < _REACH_MM + 3.0)
    hand = ndimage.binary_erosion(hand, iterations=max(1, round(0.6 / nominal_mm)))
    fine = image - ndimage.gaussian_filter(image, 1.2)
    inside = fine[hand]
    noise = float(1.4826 * np.median(np.abs(inside))) if inside.size else 0.0
    ceiling = float(np.percentile(image, 99.7))
    return FilmScale((bone - soft) / _SHAFT_MINERAL_MM, max(noise, 0.002), ceiling, np.asarray(hand))


def _mark(mask: Mask, points: NDArray[np.floating]) -> None:
    x, y = np.round(points).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    mask[y[inside], x[inside]] = True


def _sample(image: Image, points: NDArray[np.floating]) -> Image:
    x = np.clip(np.round(points[:, 0]).astype(int), 0, image.shape[1] - 1)
    y = np.clip(np.round(points[:, 1]).astype(int), 0, image.shape[0] - 1)
    return np.asarray(image[y, x], dtype=np.float32)


def insert_deposits(
    image: Image,
    landmarks: NDArray[np.floating],
    nominal_mm: float,
    rng: np.random.Generator,
    *,
    count: int | None = None,
    scale: FilmScale | None = None,
    anywhere: float = 0.0,
) -> Insertion | None:
    """Put deposits into a real film or a cut-out of it.

    Parameters
    ----------
    image
        (rows, columns) greys, bone bright, between 0 and 1.
    landmarks
        (37, 3) x, y and a weight that is positive where known.
    nominal_mm
        Nominal millimetres a pixel.
    rng
        Source of randomness.
    count
        How many; drawn when ``None``.
    scale
        Result of :func:`measure_film` for this image, to save measuring it again.
    anywhere
        Share of the deposits that may lie anywhere in the hand; the others lie where the disease has them most, near
        fingertips, joints and bones.

    Returns
    -------
    Insertion or None
        ``None`` where the film shows too little of a hand to know its greys.
    """
    scale = scale if scale is not None else measure_film(image, landmarks, nominal_mm)
    if scale is None:
        return None
    known = [i for i in range(len(landmarks)) if landmarks[i, 2] > 0]
    number = count if count is not None else 1 + int(rng.poisson(rng.uniform(0.5, 9.0)))
    mineral = np.zeros(image.shape, np.float32)
    kinds: list[Morphology] = []
    only = draw_morphology(rng) if rng.random() < 0.25 else None
    for _ in range(number):
        kind = only or draw_morphology(rng)
        if kind == "tumoral" and rng.random() < 0.5:
            kind = "clustered"
        if anywhere > 0.0 and rng.random() < anywhere:
            x, y = _inside(scale.hand, rng)
        else:
            x, y = _place(landmarks, known, nominal_mm, rng)
        add_at(mineral, x, y, deposit_thickness(rng, kind, nominal_mm))
        kinds.append(kind)
    edge = ndimage.gaussian_filter(scale.hand.astype(np.float32), 0.4 / nominal_mm)
    mineral = np.minimum(mineral, 12.0) * np.clip(edge * 1.6 - 0.3, 0.0, 1.0)
    mineral = np.asarray(ndimage.gaussian_filter(mineral, rng.uniform(0.05, 0.2) / nominal_mm), dtype=np.float32)
    added = mineral * scale.per_mm * float(np.exp(rng.uniform(np.log(_FAINTEST), np.log(_DENSEST))))
    blurred = ndimage.gaussian_filter(added, max(0.35, rng.uniform(0.1, 0.25) / nominal_mm))
    # greys flatten towards white, which lies above the brightest bone
    white = max(scale.ceiling, 0.7) + rng.uniform(0.05, 0.5)
    room = np.maximum(white - image, 0.05)
    shown = room * (1.0 - np.exp(-blurred / room))
    gain = 1.0 / max(1.0, float((image + shown).max()))
    out = np.clip((image + shown) * np.float32(gain), 0.0, 1.0).astype(np.float32)
    marked = mineral > VISIBLE_MINERAL_MM
    label, found = ndimage.label(marked)
    unseen = marked & (shown < PART_OVER_GRAIN * scale.noise)
    if found:
        numbers = np.arange(1, found + 1)
        clear = visibility(shown, grey_needed(image, scale.noise, nominal_mm), label, numbers)
        unseen |= np.isin(label, numbers[clear < 1.0])
    return Insertion(out, marked & ~unseen, unseen, mineral, tuple(kinds), gain)


def _inside(hand: Mask, rng: np.random.Generator) -> tuple[float, float]:
    """Draw a place anywhere in the hand: palm, web, and what lies far from every landmark."""
    rows, columns = np.nonzero(hand[::_COARSE, ::_COARSE])
    if not len(rows):
        return hand.shape[1] / 2, hand.shape[0] / 2
    index = int(rng.integers(len(rows)))
    return float(columns[index] * _COARSE), float(rows[index] * _COARSE)


def _place(
    landmarks: NDArray[np.floating], known: list[int], nominal_mm: float, rng: np.random.Generator
) -> NDArray[np.floating]:
    mm = 1.0 / nominal_mm
    tips = [(index_of[f"TIP{d}"], index_of["IP1" if d == 1 else f"DIP{d}"]) for d in range(1, 6)]
    tips = [(t, j) for t, j in tips if landmarks[t, 2] > 0 and landmarks[j, 2] > 0]
    choice = rng.random()
    if choice < 0.34 and tips:
        tip, base = tips[int(rng.integers(len(tips)))]
        start, end = landmarks[base, :2], landmarks[tip, :2]
        return np.asarray(start + (end - start) * rng.uniform(0.3, 1.15) + rng.normal(0.0, 2.6, 2) * mm)
    first = landmarks[known[int(rng.integers(len(known)))], :2]
    if choice < 0.8:
        return np.asarray(first + rng.normal(0.0, 5.0, 2) * mm)
    second = landmarks[known[int(rng.integers(len(known)))], :2]
    return np.asarray(first + (second - first) * rng.random() + rng.normal(0.0, 4.0, 2) * mm)
