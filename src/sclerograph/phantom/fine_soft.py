"""What soft tissue adds to a fine film: nail plates, folds of the skin, stripes of fat, fatty pulp."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sclerograph.phantom.form import index_of
from sclerograph.phantom.pose import PosedHand
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.soft_tissue import SoftTissue
from sclerograph.phantom.texture import texture_tile

__all__ = ["fold_relief", "nail_plates", "water_and_fat"]

Image = NDArray[np.float32]
Point = NDArray[np.float64]

#: Nail keratin attenuates like soft tissue of this relative density (Baden et al. 1973,
#: doi:10.1111/1523-1747.ep12702655: density 1.3 g/cm3).
_NAIL_DENSITY = 1.25


def _window(points: Point, margin: float, shape: tuple[int, int]) -> tuple[slice, slice] | None:
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    c0, r0 = max(int(low[0]), 0), max(int(low[1]), 0)
    c1, r1 = min(int(high[0]) + 1, shape[1]), min(int(high[1]) + 1, shape[0])
    return (slice(r0, r1), slice(c0, c1)) if r1 > r0 and c1 > c0 else None


def _local(window: tuple[slice, slice], origin: Point, axis: Point, pixel_mm: float) -> tuple[Image, Image]:
    """Millimetres along an axis and across it, from an origin in pixels."""
    y, x = np.mgrid[window].astype(np.float32)
    dx, dy = (x - origin[0]) * pixel_mm, (y - origin[1]) * pixel_mm
    return dx * axis[0] + dy * axis[1], -dx * axis[1] + dy * axis[0]


def _digit_axis(hand: PosedHand, detector: Detector, digit: int) -> tuple[Point, Point, float]:
    """Base of the distal phalanx (pixels), its unit direction, and the length it had when it was whole (mm)."""
    bone = hand.bones[f"DP{digit}"]
    base, head = detector.project(np.stack([bone.base, bone.head]))
    vector = head - base
    return base, vector / max(float(np.hypot(*vector)), 1e-6), hand.intact_distal_length_mm[digit]


def nail_plates(hand: PosedHand, detector: Detector, rng: np.random.Generator, soft: Image) -> Image:
    """Millimetres of soft tissue that the nails add: plates, thicker where they curve down at their sides."""
    shape = (detector.rows, detector.columns)
    nails = np.zeros(shape, np.float32)
    for digit in range(1, 6):
        base, axis, length = _digit_axis(hand, detector, digit)
        half_width = {1: 6.6, 2: 5.2, 3: 5.4, 4: 5.1, 5: 4.3}[digit] * hand.size * rng.uniform(0.92, 1.08)
        start, end = length * rng.uniform(0.36, 0.44), length * rng.uniform(1.03, 1.12) + rng.uniform(0.0, 1.5)
        shift = rng.normal(0.0, 0.5)
        mm = 1.0 / detector.pixel_mm
        window = _window(np.stack([base, base + axis * end * mm]), (half_width + 2.0) * mm, shape)
        if window is None:
            continue
        along, across = _local(window, base, axis, detector.pixel_mm)
        side = np.clip(np.abs(across - shift) / half_width, 0.0, 0.995)
        # free edge and lunula are round
        outer = end - 1.6 * side**2
        inner = start + 1.2 * side**4
        plate = 1.0 / (1.0 + np.exp(-np.clip(np.minimum(along - inner, outer - along) / 0.16, -30, 30)))
        plate *= np.abs(across - shift) < half_width
        curve = 1.0 / np.sqrt(1.0 - (0.93 * side) ** 2)
        thickness = rng.uniform(0.35, 0.55) * _NAIL_DENSITY * np.minimum(curve, 3.0)
        nails[window] += np.where(soft[window] > 0.6, plate * thickness, 0.0)
    return nails


def fold_relief(hand: PosedHand, detector: Detector, rng: np.random.Generator) -> Image:
    """Millimetres by which folds raise or lower the skin: across the joints of the fingers and the wrist."""
    shape = (detector.rows, detector.columns)
    relief = np.zeros(shape, np.float32)
    marks = detector.project(hand.landmarks)
    places = [(f"PIP{d}", f"MCP{d}", 8.5, 3) for d in range(2, 6)] + [
        (f"DIP{d}", f"PIP{d}", 7.0, 2) for d in range(2, 6)
    ]
    places += [("IP1", "MCP1", 9.5, 3), ("LUN", "CMC3", 24.0, 3)]
    for name, before, half_width, count in places:
        centre, previous = marks[index_of[name]], marks[index_of[before]]
        axis = (centre - previous) / max(float(np.hypot(*(centre - previous))), 1e-6)
        reach = (half_width + 5.0) / detector.pixel_mm
        window = _window(centre[None], reach, shape)
        if window is None:
            continue
        along, across = _local(window, centre, axis, detector.pixel_mm)
        for _ in range(count):
            bow, at = rng.normal(0.0, 0.02), rng.normal(0.0, 2.6)
            end = half_width * hand.size * rng.uniform(0.5, 1.0)
            middle = rng.normal(0.0, 2.0)
            wave = 0.3 * np.sin(across / rng.uniform(1.5, 3.0) + rng.uniform(0.0, 6.0))
            line = np.exp(-(((along - at - bow * across**2 - wave) / rng.uniform(0.18, 0.35)) ** 2))
            relief[window] += rng.uniform(-0.3, 0.12) * line * np.exp(-(((across - middle) / end) ** 6))
    return relief


def water_and_fat(
    soft: SoftTissue, hand: PosedHand, detector: Detector, rng: np.random.Generator
) -> tuple[Image, Image]:
    """Millimetres of watery tissue (skin, muscle, tendon) and of fat, which runs in stripes between muscles."""
    shape = (detector.rows, detector.columns)
    marks = detector.project(hand.landmarks)
    wrist, knuckle = marks[index_of["LUN"]], marks[index_of["MCP3"]]
    axis = (knuckle - wrist) / max(float(np.hypot(*(knuckle - wrist))), 1e-6)
    along, across = _local((slice(0, shape[0]), slice(0, shape[1])), wrist, axis, detector.pixel_mm)
    stripes = _lookup(texture_tile(0.02, 0.06, stretch=5.0, seed=21), along, across, 0.25, rng)
    lobules = _lookup(texture_tile(0.05, 0.16, seed=22), along, across, 0.2, rng)
    clouds = _lookup(texture_tile(0.004, 0.02, seed=23), along, across, 0.4, rng)
    skin, under = soft.total - soft.below_skin, soft.below_skin - soft.muscle
    moved = np.clip(0.05 + 0.05 * stripes + 0.05 * clouds, 0.0, 0.3) * soft.muscle
    septa = np.clip(0.12 + 0.10 * lobules + 0.06 * clouds, 0.0, 0.6) * under
    water = skin + soft.muscle - moved + septa
    return water.astype(np.float32), np.maximum(under - septa + moved, 0.0).astype(np.float32)


def _lookup(tile: Image, along: Image, across: Image, sample_mm: float, rng: np.random.Generator) -> Image:
    """Cut a texture out of a tile by coordinates; the nearest sample, as these fields are smooth."""
    count = tile.shape[0]
    row = (along / sample_mm + rng.uniform(0, count)).astype(np.int32) % count
    column = (across / sample_mm + rng.uniform(0, count)).astype(np.int32) % count
    return np.asarray(tile[row, column], dtype=np.float32)
