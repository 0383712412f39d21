"""What the films of healthy people lack: resorbed finger tips, calcium and metal, put into them on the fly."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import fit_pose
from sclerograph.networks.hand_shape import landmark_index
from sclerograph.phantom.film_resorption import resorb_in_film
from sclerograph.phantom.insertion import FilmScale, insert_deposits
from sclerograph.phantom.objects import draw_metal
from sclerograph.training.prepared import PreparedFilm

__all__ = ["DiseaseShares", "draw_metal_on", "on_grid", "resorb_some_tips", "with_disease"]

#: The skeleton network looks no closer than this, so disease for it is put into a smaller film (nominal mm a pixel).
_SMALL_NOMINAL_MM = 0.45
#: Fraction of a distal phalanx that goes: mostly little, up to nearly all.
_MOST_LOST = 0.85
#: Step of the natural logarithm of a pixel size.
_GRID = 0.04

Image = NDArray[np.float32]


def on_grid(nominal_mm: float) -> float:
    """The nearest of a few pixel sizes, 4 % apart: textures are made once for each and kept."""
    return math.exp(round(math.log(nominal_mm) / _GRID) * _GRID)


@dataclass(frozen=True)
class DiseaseShares:
    """How often a real film gets resorbed tips, deposits, metal."""

    resorption: float = 0.3
    deposits: float = 0.35
    metal: float = 0.06


def resorb_some_tips(
    rng: np.random.Generator, image: Image, landmarks: NDArray[np.float32], nominal_mm: float
) -> NDArray[np.float32]:
    """Resorb the tips of one to five digits in place; returns the landmarks with the tips where they are now."""
    moved = landmarks.copy()
    count = int(rng.choice([1, 2, 3, 4, 5], p=[0.3, 0.25, 0.2, 0.15, 0.1]))
    for digit in rng.permutation(np.arange(1, 6))[:count]:
        tip, joint = landmark_index(f"TIP{digit}"), landmark_index("IP1" if digit == 1 else f"DIP{digit}")
        if landmarks[tip, 2] <= 0 or landmarks[joint, 2] <= 0:
            continue
        lost = _MOST_LOST * float(rng.beta(1.2, 1.6))
        moved[tip, :2] = resorb_in_film(image, landmarks[joint, :2], landmarks[tip, :2], nominal_mm, lost, rng)
    return moved


def draw_metal_on(
    rng: np.random.Generator, image: Image, landmarks: NDArray[np.float32], nominal_mm: float, ceiling: float
) -> NDArray[np.bool_]:
    """Lay metal over a film in place, about as bright as the film can show; returns where it is."""
    known = landmarks[:, 2] > 0
    phalanges = []
    for digit in range(2, 6):
        base, head = landmark_index(f"MCP{digit}"), landmark_index(f"PIP{digit}")
        if known[base] and known[head]:
            phalanges.append(landmarks[[base, head], :2].astype(np.float64))
    rows, columns = image.shape
    coverage = draw_metal(rng, landmarks[known, :2].astype(np.float64), phalanges, (rows, columns), nominal_mm)
    level = min(1.0, ceiling + float(rng.uniform(-0.05, 0.2)))
    opacity = np.float32(rng.uniform(0.75, 1.0)) * coverage
    np.copyto(image, image * (1 - opacity) + np.maximum(image, np.float32(level)) * opacity)
    return np.asarray(coverage > 0.5)


def with_disease(
    rng: np.random.Generator, film: PreparedFilm, landmarks: NDArray[np.float32], shares: DiseaseShares
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A film with disease by chance, for the training of landmarks.

    Parameters
    ----------
    film
        The film; it is not changed.
    landmarks
        (37, 3) x, y, weight in pixels of ``film.grey``.

    Returns
    -------
    grey, landmarks
        The film, shrunk where it got disease, and the landmarks in its pixels.
    """
    resorbed, deposits, metal = rng.random(3) < (shares.resorption, shares.deposits, shares.metal)
    if not (resorbed or deposits or metal) or film.scale is None:
        return film.grey, landmarks
    pose = fit_pose(landmarks[:, :2], landmarks[:, 2], mirrored=film.mirrored)
    factor = min(1.0, 1.0 / (pose.pixels_per_mm * _SMALL_NOMINAL_MM))
    size = (round(film.grey.shape[1] * factor), round(film.grey.shape[0] * factor))
    image = cv2.resize(film.grey, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255.0)
    points = landmarks.copy()
    points[:, :2] = (points[:, :2] + 0.5) * np.array([size[0] / film.grey.shape[1], size[1] / film.grey.shape[0]]) - 0.5
    nominal_mm, ceiling = 1.0 / (pose.pixels_per_mm * factor), film.scale.ceiling
    if resorbed:
        points = resorb_some_tips(rng, image, points, nominal_mm)
    if deposits:
        hand = cv2.resize(film.scale.hand.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        scale: FilmScale = replace(film.scale, hand=hand.astype(bool))
        inserted = insert_deposits(image, points, on_grid(nominal_mm), rng, scale=scale)
        if inserted is not None:
            image, ceiling = inserted.image, ceiling * inserted.gain
    if metal:
        draw_metal_on(rng, image, points, nominal_mm, ceiling)
    return np.round(np.clip(image, 0.0, 1.0) * 255.0).astype(np.uint8), points
