"""Bone and soft-tissue outlines of a hand as records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from sclerograph.anatomy.hand import BONES
from sclerograph.findings.records import Outline
from sclerograph.hand.outlines import area, as_contours, outline
from sclerograph.hand.view import HandView

__all__ = ["bone_outlines", "box", "soft_tissue_outline"]

#: Parts of a bone's or of the hand's outline below this share of the largest part are noise of the map.
LEAST_PART = 0.03

#: Contours are drawn to within this length (nominal mm).
DRAWN_WITHIN_MM = 0.15


def _rings(view: HandView, probability: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    rings = outline(probability.astype(np.float32), view.skeleton.crop, level=127.5)
    least = LEAST_PART * max((area([ring]) for ring in rings), default=0.0)
    return [ring for ring in rings if area([ring]) >= least]


def bone_outlines(view: HandView) -> list[Outline]:
    """Return the outlines of the bones that are on the film, with the mean probability inside as confidence."""
    found = []
    for bone in BONES:
        probability = view.bone_map(bone.code)
        inside = probability >= 128
        if not inside.any():
            continue
        contours = as_contours(_rings(view, probability), DRAWN_WITHIN_MM * view.scale_px)
        if contours:
            confidence = float(probability[inside].mean()) / 255.0
            found.append(Outline(bone=bone.code, contours=contours, confidence=round(confidence, 4)))
    return found


def soft_tissue_outline(view: HandView) -> list[list[tuple[float, float]]]:
    """Return the contours of the hand's soft tissue."""
    return as_contours(_rings(view, view.skeleton.soft_tissue), DRAWN_WITHIN_MM * view.scale_px)


def box(view: HandView) -> tuple[float, float, float, float]:
    """Return (x0, y0, x1, y1) in original pixels around the largest soft-tissue part and the landmarks, on the film."""
    points = [np.array([[mark.x, mark.y]]) for mark in view.skeleton.landmarks.values()]
    inside = view.skeleton.soft_tissue >= 128
    if inside.any():
        parts, _ = label(inside)
        largest = np.argmax(np.bincount(parts.ravel())[1:]) + 1
        hand = np.where(parts == largest, view.skeleton.soft_tissue, 0).astype(np.float32)
        points += outline(hand, view.skeleton.crop, 127.5)
    joined = np.concatenate(points)
    rows, columns = view.radiograph.pixels.shape
    low = np.clip(joined.min(axis=0), 0, [columns - 1, rows - 1])
    high = np.clip(joined.max(axis=0), 0, [columns - 1, rows - 1])
    return (round(float(low[0]), 1), round(float(low[1]), 1), round(float(high[0]), 1), round(float(high[1]), 1))
