"""Calcinosis of one hand: from the calcium map to measured deposits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, find_objects
from scipy.spatial import KDTree

from sclerograph.findings.records import Deposit, Interval
from sclerograph.hand.calcinosis_settings import DEFAULT, CalcinosisSettings
from sclerograph.hand.compartment import compartment_of
from sclerograph.hand.density import cortex_excess, deposit_excess
from sclerograph.hand.look_alikes import Candidate, rejection
from sclerograph.hand.morphology import morphology_of, shape_of
from sclerograph.hand.outlines import area, as_contours, outline
from sclerograph.hand.site import Anatomy
from sclerograph.hand.view import HandView, crop_points, sample
from sclerograph.networks.maps import CalciumMaps
from sclerograph.networks.marks import find_marks

__all__ = ["Calcinosis", "candidates", "examine", "measure", "not_assessable_because"]

#: Contours are drawn to within this part of a pixel of the calcium map.
_DRAWN_WITHIN = 0.1


def not_assessable_because(view: HandView, settings: CalcinosisSettings = DEFAULT) -> str | None:
    """Return why calcinosis cannot be assessed on this hand, or ``None`` when it can."""
    if view.scale_px < settings.least_pixels_per_mm:
        return (
            f"the film has {view.scale_px:.1f} pixels to the nominal millimetre of this hand; "
            f"{settings.least_pixels_per_mm} are needed to see a deposit"
        )
    return None


@dataclass(frozen=True)
class Calcinosis:
    """The deposits of a hand, the largest first, and how many marks were taken for what else."""

    deposits: list[Deposit]
    rejected: dict[str, int]


def candidates(view: HandView, anatomy: Anatomy, settings: CalcinosisSettings = DEFAULT) -> list[Candidate]:
    """Return every connected mark of the calcium map, look-alikes included, the largest first.

    A mark is what :mod:`sclerograph.networks.marks` says. Marks of less than half of the least area are left out: there
    are many and none can be reported.
    """
    marks = find_marks(view.calcium.calcium)
    if len(marks.numbers) == 0:
        return []
    labels = marks.labels
    reach = settings.interval_reach_mm * view.lesion_mm_px / view.calcium.crop.original_pixels_per_pixel
    off_skin = distance_transform_edt(view.skeleton.soft_tissue < 128) * view.skeleton.crop.original_pixels_per_pixel
    cortex = cortex_excess(view, settings)
    least = 0.5 * settings.least_area_mm2 * view.lesion_mm_px**2
    boxes = find_objects(labels)
    found = []
    for number in marks.numbers:
        window = _Window.around(boxes[number - 1], labels, int(number), max(reach, 1.5))
        if area(window.outline(view, settings.outline_level)) >= least:
            found.append(_candidate(view, anatomy, cortex, window, off_skin, settings))
    return sorted(found, key=lambda candidate: -candidate.shape.area)


@dataclass(frozen=True)
class _Window:
    """One mark in the part of the calcium map around it.

    ``mask`` is the mark, ``owned`` the pixels within reach that are nearer to it than to any other mark: outlines at
    lower levels stay within, so neighbours do not merge.
    """

    part: tuple[slice, slice]
    mask: NDArray[np.bool_]
    owned: NDArray[np.bool_]

    @classmethod
    def around(cls, found: tuple[slice, slice], labels: NDArray[np.int32], number: int, reach: float) -> _Window:
        margin = int(np.ceil(reach)) + 1
        part = tuple(slice(max(side.start - margin, 0), side.stop + margin) for side in found)
        here = labels[part]
        distance, (rows, columns) = distance_transform_edt(here == 0, return_indices=True)
        owned = (here[rows, columns] == number) & (distance <= reach)
        return cls((part[0], part[1]), here == number, owned)

    @property
    def corner(self) -> tuple[int, int]:
        return (self.part[0].start, self.part[1].start)

    def outline(self, view: HandView, level: float) -> list[NDArray[np.float64]]:
        mine = np.where(self.owned, view.calcium.calcium[self.part], 0.0)
        return outline(mine, view.calcium.crop, level, self.corner)


def _candidate(
    view: HandView,
    anatomy: Anatomy,
    cortex: float | None,
    window: _Window,
    off_skin: NDArray[np.float64],
    settings: CalcinosisSettings,
) -> Candidate:
    maps, mask = view.calcium, window.mask
    points = crop_points(maps.crop, mask, window.corner)
    rings = window.outline(view, settings.outline_level)
    excess = None if cortex is None else deposit_excess(view, mask, window.corner, settings)
    # how far its centre, and each of its pixels, lies outside of the soft tissue; beyond the crop as at its rim
    here = view.skeleton.crop.map_to_crop(np.vstack([points.mean(axis=0, keepdims=True), points]))
    of_centre, *of_pixels = sample(off_skin, np.clip(here, 0.0, np.array(off_skin.shape)[::-1] - 1.0))
    return Candidate(
        points=points,
        rings=rings,
        shape=shape_of(rings),
        place=anatomy.place(points),
        confidence=_confidence(maps, window),
        probability=_probability(maps, window),
        metal_share=float((maps.metal[window.part][mask] >= settings.other_level).mean()),
        marker_share=float((maps.marker[window.part][mask] >= settings.other_level).mean()),
        off_skin_mm=float(of_centre) / view.lesion_mm_px,
        edge_off_skin_mm=float(min(of_pixels)) / view.lesion_mm_px,
        relative_density=None if cortex is None or excess is None else max(excess / cortex, 0.0),
        area_interval_px=(
            area(window.outline(view, settings.outline_level + settings.interval_shift)),
            area(window.outline(view, settings.outline_level - settings.interval_shift)),
        ),
    )


def _confidence(maps: CalciumMaps, window: _Window) -> float:
    """Return what the second look says of a mark; without one the mean of the upper half of its probabilities."""
    if maps.second_look is not None:
        return min(float(maps.second_look[window.part][window.mask].max()), 1.0)
    return _probability(maps, window)


def _probability(maps: CalciumMaps, window: _Window) -> float:
    """Return the mean of the upper half of the calcium network's probabilities of a mark."""
    values = maps.calcium[window.part][window.mask]
    return min(float(values[values >= np.median(values)].mean()), 1.0)


def examine(view: HandView, settings: CalcinosisSettings = DEFAULT) -> Calcinosis:
    """Return the calcium deposits of one hand, numbered from d1, and the marks that were taken for something else."""
    anatomy = Anatomy(view, settings)
    found = candidates(view, anatomy, settings)
    needed = _beside_sure(found, anatomy, settings)
    kept, rejected = [], Counter[str]()
    for candidate in found:
        answer = rejection(candidate, anatomy, needed)
        if answer is None:
            if candidate.confidence < needed.least_confidence:  # kept because it stands out by itself
                candidate = replace(candidate, confidence=candidate.probability)
            kept.append(candidate)
        elif answer not in ("faint", "small"):
            rejected[answer] += 1
    neighbours = _neighbours(kept, settings.cluster_within_mm * view.lesion_mm_px)
    deposits = [
        _deposit(view, candidate, f"d{i + 1}", others, settings)
        for i, (candidate, others) in enumerate(zip(kept, neighbours, strict=True))
    ]
    return Calcinosis(deposits, dict(rejected))


def _beside_sure(found: list[Candidate], anatomy: Anatomy, settings: CalcinosisSettings) -> CalcinosisSettings:
    """Return settings that need less of a mark where the hand has calcium for sure: deposits seldom come alone.

    On films from the side they do not count for each other: bones lie over each other there, and sesamoids stand clear
    of them.
    """
    if not anatomy.view.side_and_view.frontal:
        return replace(
            settings,
            least_confidence=settings.least_confidence_from_side,
            sesamoid_least_confidence=settings.sesamoid_least_confidence_from_side,
        )
    least_px = settings.sure_area_mm2 * anatomy.view.lesion_mm_px**2
    sure = (candidate.shape.area >= least_px and rejection(candidate, anatomy, settings) is None for candidate in found)
    return replace(settings, least_confidence=settings.least_confidence_beside_sure) if any(sure) else settings


def measure(view: HandView, settings: CalcinosisSettings = DEFAULT) -> list[Deposit]:
    """Return the calcium deposits of one hand, the largest first, numbered from d1."""
    return examine(view, settings).deposits


def _neighbours(kept: list[Candidate], reach_px: float) -> list[int]:
    """Return for each mark how many others come nearer than ``reach_px``, from pixel to pixel."""
    trees = [KDTree(candidate.points) for candidate in kept]
    counts = [0] * len(kept)
    for i, tree in enumerate(trees):
        for j in range(i):
            nearest, _ = trees[j].query(tree.data, distance_upper_bound=reach_px)
            if np.isfinite(nearest).any():
                counts[i] += 1
                counts[j] += 1
    return counts


def _deposit(view: HandView, candidate: Candidate, name: str, neighbours: int, settings: CalcinosisSettings) -> Deposit:
    mm = view.calibration.mm_per_pixel
    shape, (low, high) = candidate.shape, candidate.area_interval_px
    density = candidate.relative_density
    return Deposit(
        id=name,
        site=candidate.place.site,
        digit=candidate.place.digit,
        compartment=compartment_of(candidate.place, settings),
        morphology=morphology_of(shape, view.lesion_mm_px, neighbours, settings),
        contours=as_contours(candidate.rings, _DRAWN_WITHIN * view.calcium.crop.original_pixels_per_pixel),
        area_px=round(shape.area, 2),
        area_px_interval=Interval(low=round(min(low, shape.area), 2), high=round(max(high, shape.area), 2)),
        area_mm2=None if mm is None else round(shape.area * mm**2, 3),
        area_mm2_interval=(
            None
            if mm is None
            else Interval(low=round(min(low, shape.area) * mm**2, 3), high=round(max(high, shape.area) * mm**2, 3))
        ),
        longest_diameter_px=round(shape.longest, 2),
        longest_diameter_mm=None if mm is None else round(shape.longest * mm, 3),
        relative_density=None if density is None else round(density, 3),
        confidence=round(candidate.confidence, 4),
    )
