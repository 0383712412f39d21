"""Landmarks and outlines of bones against the exact truth of simulated films."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.hands import find_hands
from bench.held_out import FIRST_FINE_SEED, FIRST_SEED, HeldOutFilm, bone_mask, held_out_groups
from bench.landmark_errors import LandmarkErrors, rows_of
from bench.measure import Measure, Outcome, Row, Target, Workplace
from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.imaging.resample import warp
from sclerograph.networks.maps import Crop, SkeletonMaps
from sclerograph.networks.protocol import HandNetworks

__all__ = ["MEASURE", "BoneOverlaps", "outline_on_film"]

_FILMS, _FINE_FILMS = 100, 40
#: Bones of which the film shows less are not counted: at the edge of a film a Dice says nothing.
_LEAST_AREA_MM2 = 8.0
#: The same for the part of a bone that lies over or under another.
_LEAST_OVERLAP_MM2 = 2.0
_MARGIN_PX = 3


class BoneOverlaps:
    """Adds up, bone by bone, what outlines have in common with the truth, in all and where true bones overlap."""

    def __init__(self) -> None:
        self.whole: dict[str, list[float]] = {}
        self.overlap: dict[str, list[float]] = {}
        self.common = self.total = 0

    def add(self, code: str, truth: NDArray[np.bool_], measured: NDArray[np.bool_], region: NDArray[np.bool_]) -> None:
        """Take in one bone of one film; ``region`` is where two or more true bones lie over each other."""
        self.whole.setdefault(code, []).append(_dice(truth, measured))
        self.common += 2 * int((truth & measured & region).sum())
        self.total += int((truth & region).sum()) + int((measured & region).sum())

    def add_overlap(self, code: str, truth: NDArray[np.bool_], measured: NDArray[np.bool_]) -> None:
        """Take in the part of one bone of one film that lies over or under others."""
        self.overlap.setdefault(code, []).append(_dice(truth, measured))


def _dice(truth: NDArray[np.bool_], measured: NDArray[np.bool_]) -> float:
    return 2.0 * int((truth & measured).sum()) / (int(truth.sum()) + int(measured.sum()))


def outline_on_film(probability: NDArray[np.uint8], crop: Crop, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return where on the film a bone is more likely than not (probability times 255 on the crop's grid)."""
    measured = np.zeros(shape, np.bool_)
    rows, columns = np.nonzero(probability >= 128)
    if rows.size == 0:
        return measured
    # only the part of the film around the bone is resampled
    corners = np.array([(x, y) for x in (columns.min(), columns.max()) for y in (rows.min(), rows.max())])
    places = crop.map_to_original(corners.astype(np.float64))
    left, top = np.maximum(np.floor(places.min(axis=0)).astype(int) - _MARGIN_PX, 0)
    right, bottom = np.minimum(np.ceil(places.max(axis=0)).astype(int) + _MARGIN_PX, (shape[1], shape[0]))
    if left >= right or top >= bottom:
        return measured
    to_window = crop.to_original.copy()
    to_window[:, 2] -= (left, top)
    measured[top:bottom, left:right] = warp(probability, to_window, bottom - top, right - left) >= 127.5
    return measured


def _compare(film: HeldOutFilm, skeleton: SkeletonMaps | None, overlaps: BoneOverlaps) -> None:
    shape = film.tissue.shape
    true = {bone.code: bone_mask(film, bone.code) for bone in BONES}
    region = np.sum(list(true.values()), axis=0) >= 2
    pixel_mm2 = film.mm_per_pixel**2
    for channel, bone in enumerate(BONES):
        truth = true[bone.code]
        if truth.sum() * pixel_mm2 < _LEAST_AREA_MM2:
            continue
        measured = np.zeros(shape, np.bool_)
        if skeleton is not None:
            measured = outline_on_film(skeleton.bones[channel], skeleton.crop, shape)
        overlaps.add(bone.code, truth, measured, region)
        if (truth & region).sum() * pixel_mm2 >= _LEAST_OVERLAP_MM2:
            overlaps.add_overlap(bone.code, truth & region, measured & region)


def run(workplace: Workplace) -> Outcome:
    """Compare landmarks and bones on held-out films, in true millimetres."""
    rows: list[Row] = []
    details: dict[str, Any] = {}
    seeds: list[int] = []
    for key, on, films in held_out_groups(workplace, _FILMS, _FINE_FILMS, "landmarks and bones, simulated"):
        errors, overlaps, lost = LandmarkErrors(), BoneOverlaps(), []
        for film in films:
            seeds.append(film.seed)
            if not _look(workplace.networks, film, errors, overlaps):
                lost.append(film.seed)
        landmark_rows, summary = rows_of(
            errors,
            LANDMARKS,
            key=f"{key}_landmarks",
            on=on,
            mean_target=Target("<=", 0.7, "mm"),
            within_target=None,
        )
        rows += [*landmark_rows, *_bone_rows(overlaps, key, on)]
        details[key] = {
            "landmarks": summary,
            "by_landmark": errors.table(),
            "dice_by_bone": _means(overlaps.whole),
            "overlap_dice_by_bone": _means(overlaps.overlap),
            "films_without_a_hand": lost,
        }
    notes = [
        "only what the film shows counts: visible landmarks, bones inside of the collimation",
        f"bones of at least {_LEAST_AREA_MM2:g} mm2; overlaps: pixels in which two or more true bones lie, all bones "
        "and films added up",
        f"first seed {FIRST_SEED}, of the fine gear {FIRST_FINE_SEED}",
    ]
    return Outcome(rows, details, [min(seeds), max(seeds)], notes)


def _look(networks: HandNetworks, film: HeldOutFilm, errors: LandmarkErrors, overlaps: BoneOverlaps) -> bool:
    """Take in one film; tell whether a hand was found on it."""
    radiograph = film.open()
    found = find_hands(radiograph, networks)
    skeleton = None
    if found:
        skeleton = networks.skeleton(radiograph, max(found, key=lambda hand: hand.confidence))
    for name, (x, y, visible) in zip(LANDMARKS, film.landmarks, strict=True):
        if visible > 0:
            measured = None if skeleton is None else skeleton.landmarks.get(name)
            errors.add(name, np.array([x, y]), measured, film.mm_per_pixel)
    _compare(film, skeleton, overlaps)
    return skeleton is not None


def _means(by_bone: dict[str, list[float]]) -> dict[str, float]:
    return {code: round(float(np.mean(values)), 4) for code, values in by_bone.items()}


def _bone_rows(overlaps: BoneOverlaps, key: str, on: str) -> list[Row]:
    whole = [value for values in overlaps.whole.values() for value in values]
    parts = [value for values in overlaps.overlap.values() for value in values]
    pooled = overlaps.common / overlaps.total if overlaps.total else None
    dice = float(np.mean(whole)) if whole else None
    return [
        Row(f"{key}_bones_dice", "bones, mean Dice", on, dice, "", len(whole), "bones", Target(">=", 0.95)),
        Row(
            f"{key}_bones_overlap_dice",
            "bones where they overlap, Dice of all overlaps",
            on,
            pooled,
            "",
            len(parts),
            "overlapping parts",
            Target(">=", 0.90),
        ),
    ]


MEASURE = Measure("simulated_anatomy", "Landmarks and bones, simulated", run)
