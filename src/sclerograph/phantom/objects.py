"""What is on a film and is neither hand nor calcium: rings, nails, needles, plates, cables, shot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw
from scipy import ndimage

from sclerograph.phantom.pose import PosedHand
from sclerograph.phantom.projection import Detector

__all__ = ["add_metal", "draw_metal"]

Image = NDArray[np.float32]
_KINDS = ("ring", "nail", "wire", "plate", "screw", "shot", "cable", "splinter")


def add_metal(rng: np.random.Generator, hand: PosedHand, detector: Detector) -> Image:
    """Draw one to three metal objects at plausible places of a hand; coverage between 0 and 1."""
    landmarks = detector.project(hand.landmarks)
    rings = []
    for digit in (2, 3, 4, 5):
        bone = hand.bones[f"PP{digit}"]
        rings.append(detector.project(np.stack([bone.base, bone.head])))
    return draw_metal(rng, landmarks, rings, (detector.rows, detector.columns), detector.pixel_mm / hand.size)


def draw_metal(
    rng: np.random.Generator,
    landmarks: NDArray[np.float64],
    proximal_phalanges: list[NDArray[np.float64]],
    shape: tuple[int, int],
    nominal_mm: float,
) -> Image:
    """Draw metal on a film of which only landmarks are known.

    Parameters
    ----------
    landmarks
        (n, 2) points of the hand, film pixels.
    proximal_phalanges
        (2, 2) base and head of phalanges that may carry a ring.
    shape
        (rows, columns) of the film.
    nominal_mm
        Nominal millimetres a pixel.
    """
    factor = 2
    canvas = PillowImage.new("L", (shape[1] * factor, shape[0] * factor), 0)
    draw = ImageDraw.Draw(canvas)
    mm = factor / nominal_mm
    for _ in range(1 + int(rng.random() < 0.3) + int(rng.random() < 0.1)):
        kind = _KINDS[int(rng.choice(len(_KINDS), p=[0.2, 0.25, 0.12, 0.1, 0.1, 0.08, 0.08, 0.07]))]
        place = landmarks[int(rng.integers(len(landmarks)))] * factor + rng.normal(0.0, 8.0, 2) * mm
        angle = rng.uniform(0.0, np.pi)
        direction = np.array([np.cos(angle), np.sin(angle)])
        if kind == "ring" and proximal_phalanges:
            _ring(draw, rng, proximal_phalanges[int(rng.integers(len(proximal_phalanges)))] * factor, mm)
        elif kind in ("nail", "wire"):
            half = direction * rng.uniform(8.0, 45.0) * mm
            width = rng.uniform(1.5, 5.0) if kind == "nail" else rng.uniform(0.6, 1.8)
            _line(draw, place - half, place + half, width * mm)
            if kind == "nail" and rng.random() < 0.6:
                across = np.array([-direction[1], direction[0]]) * rng.uniform(2.5, 5.5) * mm
                _line(draw, place + half - across, place + half + across, rng.uniform(1.0, 2.5) * mm)
        elif kind == "plate":
            half = direction * rng.uniform(8.0, 20.0) * mm
            _line(draw, place - half, place + half, rng.uniform(3.0, 6.0) * mm)
            for t in np.linspace(-0.8, 0.8, int(rng.integers(3, 7))):
                x, y = place + half * t
                r = rng.uniform(0.7, 1.4) * mm
                draw.ellipse((x - r, y - r, x + r, y + r), fill=0 if rng.random() < 0.5 else 255)
        elif kind == "screw":
            half = direction * rng.uniform(4.0, 12.0) * mm
            for t in np.linspace(-1, 1, 12):
                across = np.array([-direction[1], direction[0]]) * (1.3 if int(t * 20) % 2 else 0.8) * mm
                _line(draw, place + half * t - across, place + half * t + across, 1.0 * mm)
        elif kind == "shot":
            for _ in range(int(rng.integers(1, 6))):
                x, y = place + rng.normal(0.0, 8.0, 2) * mm
                r = rng.uniform(0.5, 2.2) * mm
                draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
        elif kind == "cable":
            points = [place + direction * s * mm + rng.normal(0.0, 2.5, 2) * mm for s in np.linspace(0, 120, 9)]
            draw.line(
                [tuple(p) for p in points], fill=255, width=max(1, int(rng.uniform(0.8, 2.5) * mm)), joint="curve"
            )
        else:
            corners = place + rng.normal(0.0, rng.uniform(1.0, 4.0), (int(rng.integers(3, 6)), 2)) * mm
            draw.polygon([tuple(p) for p in corners], fill=255)
    full = np.asarray(canvas, np.float32) / 255.0
    small = full.reshape(shape[0], factor, shape[1], factor).mean(axis=(1, 3))
    return np.asarray(ndimage.gaussian_filter(small, 0.35), dtype=np.float32)


def _line(draw: ImageDraw.ImageDraw, start: NDArray[np.float64], end: NDArray[np.float64], width: float) -> None:
    draw.line((*start, *end), fill=255, width=max(1, round(float(width))))


def _ring(draw: ImageDraw.ImageDraw, rng: np.random.Generator, phalanx: NDArray[np.float64], mm: float) -> None:
    base, head = phalanx
    axis = (head - base) / max(float(np.linalg.norm(head - base)), 1e-6)
    across = np.array([-axis[1], axis[0]]) * rng.uniform(8.5, 10.5) * mm
    middle = base + (head - base) * rng.uniform(0.2, 0.6)
    width = rng.uniform(1.8, 6.0) * mm
    if rng.random() < 0.5:
        _line(draw, middle - across, middle + across, width)
        return
    tilt = rng.uniform(0.1, 0.5)
    angles = np.linspace(0.0, 2 * np.pi, 50)
    points = [middle + across * np.cos(a) + axis * np.linalg.norm(across) * tilt * np.sin(a) for a in angles]
    draw.line([tuple(p) for p in points], fill=255, width=max(1, int(width * 0.6)), joint="curve")
    if rng.random() < 0.3:
        x, y = middle + rng.normal(0.0, 2.0, 2) * mm
        r = rng.uniform(1.5, 3.5) * mm
        draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
