"""Calcium deposits of every morphology, as thickness of mineral on a small grid of their own.

Thickness is in millimetres of hydroxyapatite at 1.2 g/cm3, so that a film needs only one attenuation coefficient.
Morphologies follow Bartoli 2016 (stone, net, plate), Chung 2015 and the case literature (punctate, globular,
"cobblestone" clusters, tumoral masses); sizes and densities are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.findings.records import Morphology
from sclerograph.phantom.texture import field

__all__ = ["MORPHOLOGIES", "VISIBLE_MINERAL_MM", "deposit_thickness", "draw_morphology", "lobule"]

Image = NDArray[np.float32]
#: Mineral thinner than this attenuates less than the noise of any film: it is not marked.
VISIBLE_MINERAL_MM = 0.06
MORPHOLOGIES: tuple[Morphology, ...] = ("punctate", "globular", "clustered", "plate", "net", "tumoral")


@dataclass
class _Canvas:
    """A square grid with its pixel size; the deposit grows around its middle."""

    thickness: Image
    pixel_mm: float

    @property
    def middle(self) -> float:
        return float(self.thickness.shape[0] / 2.0)

    def stamp(self, x_mm: float, y_mm: float, body: Image) -> None:
        add_at(self.thickness, self.middle + x_mm / self.pixel_mm, self.middle + y_mm / self.pixel_mm, body)


def add_at(image: Image, x: float, y: float, patch: Image) -> None:
    """Add a patch centred at pixel (x, y); what lies beside the image is dropped."""
    rows, columns = patch.shape
    r0, c0 = round(float(y - rows / 2)), round(float(x - columns / 2))
    a0, a1 = max(0, r0), min(image.shape[0], r0 + rows)
    b0, b1 = max(0, c0), min(image.shape[1], c0 + columns)
    if a1 > a0 and b1 > b0:
        image[a0:a1, b0:b1] += patch[a0 - r0 : a1 - r0, b0 - c0 : b1 - c0]


def lobule(rng: np.random.Generator, radius_mm: float, pixel_mm: float) -> Image:
    """Thickness of one rounded, slightly lobulated body, millimetres."""
    count = int(2 * 1.7 * radius_mm / pixel_mm + 7)
    axis = (np.arange(count) - (count - 1) / 2 + rng.uniform(-0.5, 0.5)) * pixel_mm
    x, y = axis[None, :], axis[:, None]
    angle = np.arctan2(y, x)
    turn, stretch = rng.uniform(0, np.pi), rng.uniform(0.75, 1.35)
    a = (x * np.cos(turn) + y * np.sin(turn)) * stretch
    b = (-x * np.sin(turn) + y * np.cos(turn)) / stretch
    wave = np.zeros_like(angle)
    for k in (2, 3, 4, 5):
        wave += rng.normal(0.0, 0.11 / np.sqrt(k - 1)) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    rim = radius_mm * np.clip(1.0 + wave, 0.6, 1.4)
    depth = np.sqrt(np.maximum(rim**2 - a**2 - b**2, 0.0))
    return np.asarray(2.0 * depth * rng.uniform(0.5, 1.0), dtype=np.float32)


def draw_morphology(rng: np.random.Generator) -> Morphology:
    """Draw a morphology with the frequencies that training uses."""
    return MORPHOLOGIES[int(rng.choice(6, p=[0.22, 0.24, 0.28, 0.09, 0.1, 0.07]))]


def deposit_thickness(rng: np.random.Generator, morphology: Morphology, pixel_mm: float) -> Image:
    """Mineral thickness of one deposit on a square grid.

    Parameters
    ----------
    rng
        Source of randomness: size, shape and density.
    morphology
        One of :data:`MORPHOLOGIES`.
    pixel_mm
        Size of a pixel of the grid.

    Returns
    -------
    thickness
        (n, n) float32, millimetres of mineral at 1.2 g/cm3.
    """
    density = float(np.exp(rng.uniform(np.log(0.4), np.log(1.7))))
    if morphology == "punctate":
        thickness = _punctate(rng, pixel_mm)
    elif morphology == "globular":
        radius = float(np.clip(np.exp(rng.normal(0.45, 0.5)), 0.8, 6.0))
        canvas = _canvas(radius * 2.0, pixel_mm)
        canvas.stamp(0, 0, lobule(rng, radius, pixel_mm))
        thickness = canvas.thickness
    elif morphology == "clustered":
        thickness = _clustered(rng, float(np.clip(np.exp(rng.normal(1.0, 0.6)), 1.2, 10.0)), pixel_mm)
    elif morphology == "plate":
        thickness = _plate(rng, pixel_mm)
    elif morphology == "net":
        thickness = _net(rng, pixel_mm)
    else:
        thickness = _clustered(rng, float(rng.uniform(8.0, 15.0)), pixel_mm, lobules=int(rng.integers(25, 70)))
    grain = field(rng, thickness.shape, 0.12 * pixel_mm, 0.5 * pixel_mm, tile=1)
    return np.asarray(thickness * density * np.clip(1.0 + 0.18 * grain, 0.4, 1.7), dtype=np.float32)


def _canvas(reach_mm: float, pixel_mm: float) -> _Canvas:
    count = int(2 * reach_mm / pixel_mm + 11)
    return _Canvas(np.zeros((count, count), np.float32), pixel_mm)


def _punctate(rng: np.random.Generator, pixel_mm: float) -> Image:
    count = int(rng.choice([1, 1, 2, 3, 5, 8, 14]))
    spread = rng.uniform(0.8, 4.5) if count > 1 else 0.0
    canvas = _canvas(3 * spread + 3, pixel_mm)
    for _ in range(count):
        x, y = rng.normal(0.0, spread, 2)
        canvas.stamp(x, y, lobule(rng, rng.uniform(0.28, 0.95), pixel_mm) * rng.uniform(0.8, 2.2))
    return canvas.thickness


def _clustered(rng: np.random.Generator, radius: float, pixel_mm: float, lobules: int | None = None) -> Image:
    if rng.random() < 0.5:
        return _cobbles(rng, radius, pixel_mm)
    canvas = _canvas(radius * 2.6, pixel_mm)
    count = lobules if lobules is not None else int(rng.integers(4, 24))
    spread = rng.uniform(0.3, 0.55)
    for _ in range(count):
        x, y = rng.normal(0.0, radius * spread, 2)
        size = float(np.clip(radius * rng.uniform(0.12, 0.5), 0.35, 5.0))
        canvas.stamp(x, y, lobule(rng, size, pixel_mm) * rng.uniform(0.4, 1.0))
    return canvas.thickness


def _cobbles(rng: np.random.Generator, radius: float, pixel_mm: float) -> Image:
    """Nodules that lie side by side like cobblestones, in one or two layers, with crumbs around them.

    Centres keep a distance, so that darker seams stay between the nodules; a nodule is denser at its rim than in its
    middle.
    """
    canvas = _canvas(radius * 2.2, pixel_mm)
    turn, stretch = rng.uniform(0.0, np.pi), rng.uniform(1.0, 1.7)
    size = float(np.clip(radius * rng.uniform(0.16, 0.3), 0.45, 2.4))
    for layer in range(1 if radius < 3.0 else 2):
        placed: list[tuple[float, float, float]] = []
        for _ in range(int(min(40 + 25 * (radius / size) ** 2, 900))):
            own = size * float(np.exp(rng.normal(0.0, 0.28)))
            distance, angle = radius * np.sqrt(rng.random()) * rng.uniform(0.55, 1.05), rng.uniform(0.0, 2 * np.pi)
            a, b = distance * np.cos(angle) * stretch, distance * np.sin(angle) / stretch
            x, y = a * np.cos(turn) - b * np.sin(turn), a * np.sin(turn) + b * np.cos(turn)
            if all(np.hypot(x - u, y - v) > 0.82 * (own + r) for u, v, r in placed):
                placed.append((x, y, own))
        for x, y, own in placed:
            body = lobule(rng, own, pixel_mm)
            hollow = ndimage.gaussian_filter(np.maximum(body - 0.6 * own, 0.0), 0.3 * own / pixel_mm)
            canvas.stamp(x, y, np.maximum(body - rng.uniform(0.0, 0.6) * hollow, 0.0) * (1.0 if layer == 0 else 0.6))
    for _ in range(int(rng.integers(2, 9))):
        x, y = rng.normal(0.0, radius * 0.85, 2)
        canvas.stamp(x, y, lobule(rng, rng.uniform(0.25, 0.6), pixel_mm) * rng.uniform(0.6, 1.5))
    return canvas.thickness


def _plate(rng: np.random.Generator, pixel_mm: float) -> Image:
    """A thin sheet seen edge-on or tilted: a band along a gently curved line."""
    length, width = rng.uniform(4.0, 22.0), rng.uniform(0.6, 2.0)
    canvas = _canvas(length * 0.75 + 3, pixel_mm)
    turn, bow = rng.uniform(0, np.pi), rng.normal(0.0, 0.15)
    for s in np.arange(-length / 2, length / 2, 0.5 * width + 0.2):
        offset = bow * s * s / length
        x = s * np.cos(turn) - offset * np.sin(turn) + rng.normal(0, 0.15)
        y = s * np.sin(turn) + offset * np.cos(turn) + rng.normal(0, 0.15)
        if rng.random() < 0.93:
            canvas.stamp(x, y, lobule(rng, width * rng.uniform(0.45, 0.8), pixel_mm) * rng.uniform(0.7, 1.3))
    return canvas.thickness


def _net(rng: np.random.Generator, pixel_mm: float) -> Image:
    """A reticulate or cloudy deposit: faint, with a mesh in it."""
    radius = float(np.clip(np.exp(rng.normal(1.2, 0.5)), 1.5, 9.0))
    canvas = _canvas(radius * 2.4, pixel_mm)
    for _ in range(int(rng.integers(4, 10))):
        x, y = rng.normal(0.0, radius * 0.4, 2)
        canvas.stamp(x, y, lobule(rng, radius * rng.uniform(0.25, 0.6), pixel_mm) * 0.35)
    mesh = field(rng, canvas.thickness.shape, 0.02, 0.10, tile=2)
    web = np.clip(0.25 + 1.1 * np.exp(-((mesh / 0.45) ** 2)), 0.0, 1.6)
    return np.asarray(ndimage.gaussian_filter(canvas.thickness * web, 0.25 / pixel_mm), dtype=np.float32)
