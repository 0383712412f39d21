"""The truth of a simulated film as files: what a reading should find, and the masks it was drawn from.

The JSON of a film::

    {"film": "hand.dcm",
     "hands": [{"side": "L",
                "landmarks": {"TIP2": {"x": 0.0, "y": 0.0}},
                "deposits": [{"site": "DP2", "area_mm2": 1.0, "longest_diameter_mm": 1.2, "centre": [0.0, 0.0]}],
                "tufts": [{"digit": 2, "grade": 0, "length_deficit": 0.0}]}]}

Coordinates are x to the right and y down in pixels of the film, (0, 0) the centre of the first pixel. Millimetres are
those of the hand: sizes on the film divided by the magnification. A deposit is a connected calcification on the film;
its site is the bone that most of it projects on, else the nearest. Landmarks that lie outside of the film or of the
beam are left out.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, KDTree

from sclerograph.anatomy.hand import BONES, DIGITS, LANDMARKS
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.phantom.film import CALCIUM, SimulatedFilm

__all__ = ["SMALLEST_DEPOSIT_MM2", "TrueDeposit", "film_record", "true_deposits", "write_masks", "write_truth"]

#: Smaller specks are part of no list: no reader counts them, and at 0.28 mm they are less than a pixel.
SMALLEST_DEPOSIT_MM2 = 0.05
#: A deposit with less than this on any bone belongs to the nearest bone.
_LEAST_OVERLAP = 0.25

Points = NDArray[np.float64]


@dataclass(frozen=True)
class TrueDeposit:
    """One connected deposit: the bone it belongs to, its size in the hand, its centre in pixels, its thickest ray."""

    site: str
    area_mm2: float
    longest_diameter_mm: float
    centre: tuple[float, float]
    peak_mineral_mm: float


def true_deposits(film: SimulatedFilm) -> list[TrueDeposit]:
    """Find the connected deposits of one hand, the largest first."""
    labels, count = ndimage.label(film.tissue & CALCIUM, structure=np.ones((3, 3), int))
    if count == 0:
        return []
    mm = film.mm_per_pixel / film.magnification
    trees = _bone_trees(film)
    found = []
    for number, window in enumerate(ndimage.find_objects(labels), start=1):
        mask = labels[window] == number
        area = float(mask.sum()) * mm**2
        if area < SMALLEST_DEPOSIT_MM2:
            continue
        y, x = np.nonzero(mask)
        points = np.stack([x + window[1].start, y + window[0].start], axis=1).astype(np.float64)
        centre = points.mean(axis=0)
        found.append(
            TrueDeposit(
                _site(film, points, centre, trees),
                area,
                _longest_diameter(points) * mm,
                (float(centre[0]), float(centre[1])),
                float(film.calcium_mm[window][mask].max()),
            )
        )
    return sorted(found, key=lambda deposit: -deposit.area_mm2)


def film_record(name: str, hands: Sequence[SimulatedFilm]) -> dict[str, Any]:
    """Return the truth of a film of one or two hands as plain data (see the module)."""
    return {"film": name, "hands": [_hand_record(hand) for hand in hands]}


def write_truth(path: Path, film_name: str, hands: Sequence[SimulatedFilm]) -> None:
    """Write the truth of a film as JSON, whole or not at all."""
    write_atomically(path, json.dumps(film_record(film_name, hands), indent=1) + "\n")


def write_masks(path: Path, hands: Sequence[SimulatedFilm]) -> None:
    """Write masks, thickness of mineral, lengths and spacing as a compressed ``.npz``, whole or not at all.

    Arrays are named ``bones_L``, ``tissue_L``, ``calcium_mm_L``, ``distal_length_mm_L``, ``intact_distal_length_mm_L``
    (and ``_R``), and ``mm_per_pixel``, that of the hand.
    """
    arrays: dict[str, Any] = {"mm_per_pixel": np.array(hands[0].mm_per_pixel / hands[0].magnification)}
    for hand in hands:
        arrays[f"bones_{hand.side}"] = hand.bones
        arrays[f"tissue_{hand.side}"] = hand.tissue
        arrays[f"calcium_mm_{hand.side}"] = hand.calcium_mm
        for name in ("distal_length_mm", "intact_distal_length_mm"):
            lengths = getattr(hand, name)
            arrays[f"{name}_{hand.side}"] = np.array([lengths[digit.number] for digit in DIGITS])
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    write_atomically(path, stream.getvalue())


def _hand_record(film: SimulatedFilm) -> dict[str, Any]:
    landmarks = {
        name: {"x": round(float(x), 2), "y": round(float(y), 2)}
        for name, (x, y, seen) in zip(LANDMARKS, film.landmarks, strict=True)
        if seen > 0
    }
    deposits = [
        {
            "site": deposit.site,
            "area_mm2": round(deposit.area_mm2, 3),
            "longest_diameter_mm": round(deposit.longest_diameter_mm, 3),
            "centre": [round(value, 1) for value in deposit.centre],
        }
        for deposit in true_deposits(film)
    ]
    tufts = []
    for digit in DIGITS:
        lost, grade = film.resorption.get(digit.number, (0.0, 0))
        tufts.append({"digit": digit.number, "grade": grade, "length_deficit": round(lost, 4)})
    return {"side": film.side, "landmarks": landmarks, "deposits": deposits, "tufts": tufts}


def _longest_diameter(points: Points) -> float:
    """Greatest distance, in pixels, between the corners of the pixels of a region."""
    corners = np.concatenate([points + np.array([a, b]) for a in (-0.5, 0.5) for b in (-0.5, 0.5)])
    hull = corners[ConvexHull(corners).vertices]
    apart = hull[:, None] - hull[None]
    return float(np.hypot(apart[..., 0], apart[..., 1]).max())


def _bone_trees(film: SimulatedFilm) -> dict[str, KDTree]:
    """Points of each bone; a distal phalanx reaches as far as it did before it was resorbed."""
    trees = {}
    for index, bone in enumerate(BONES):
        y, x = np.nonzero(film.bones & np.uint32(1 << index))
        parts = [np.stack([x, y], axis=1).astype(np.float64)] if len(x) else []
        if bone.kind == "distal phalanx" and bone.digit in film.resorption:
            parts.append(_former_axis(film, bone.digit, str(bone.proximal_landmark), str(bone.distal_landmark)))
        if parts:
            trees[bone.code] = KDTree(np.concatenate(parts))
    return trees


def _former_axis(film: SimulatedFilm, digit: int, base_name: str, tip_name: str) -> Points:
    """Points where the axis of a resorbed distal phalanx once was."""
    base, tip = (film.landmarks[LANDMARKS.index(name), :2].astype(np.float64) for name in (base_name, tip_name))
    axis = (tip - base) / max(float(np.hypot(*(tip - base))), 1e-6)
    length = film.intact_distal_length_mm[digit] / film.mm_per_pixel
    return np.asarray(base + np.linspace(0.0, length, max(int(length), 2))[:, None] * axis)


def _site(film: SimulatedFilm, points: Points, centre: Points, trees: dict[str, KDTree]) -> str:
    x, y = points.astype(int).T
    under = film.bones[y, x]
    share = {bone.code: float(np.mean(under >> np.uint32(i) & np.uint32(1))) for i, bone in enumerate(BONES)}
    most = max(share, key=lambda code: share[code])
    if share[most] >= _LEAST_OVERLAP or not trees:
        return most
    return min(trees, key=lambda code: float(trees[code].query(centre)[0]))
