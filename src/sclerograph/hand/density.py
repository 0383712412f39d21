"""The density of a deposit against the patient's own cortical bone, in the greys of the film.

Greys of a processed film are no densities, so a deposit is compared with what the same film shows of the same hand:
its grey excess over its surroundings, divided by the excess of the cortices of the shafts over the soft tissue beside
them. Processing bends the scale between the two; the ratio orders deposits, and compares films of one machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from sclerograph.hand.calcinosis_settings import DEFAULT, CalcinosisSettings
from sclerograph.hand.view import HandView, crop_points, sample

__all__ = ["cortex_excess", "deposit_excess"]

#: The shafts whose cortices serve: long and seldom bent.
_SHAFTS = ("MC2", "MC3", "MC4", "MC5", "PP2", "PP3", "PP4", "PP5")

#: Where along the shaft, as shares of its length.
_LEVELS = (0.4, 0.45, 0.5, 0.55, 0.6)

#: The cortex is the upper part of the greys across a shaft.
_CORTEX_PERCENTILE = 90.0

#: Soft tissue beside a shaft, in nominal mm from the bone's edge.
_BESIDE_MM = (1.0, 4.0)

#: Calcium or metal from this probability spoils a point of the reference.
_SPOILT_FROM = 0.2


def _spoilt(view: HandView, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    at = view.calcium.crop.map_to_crop(points)
    maps = (view.calcium.calcium, view.calcium.metal, view.calcium.marker)
    return np.asarray(np.any([sample(m, at) >= _SPOILT_FROM for m in maps], axis=0) | ~view.valid_at(points))


def cortex_excess(view: HandView, settings: CalcinosisSettings = DEFAULT) -> float | None:
    """Return by how much the cortices of metacarpals and proximal phalanges are brighter than the tissue beside them.

    The median over five levels of up to eight shafts; ``None`` where fewer than three levels can be measured, the
    cortex is clipped, or there is too little contrast.
    """
    excesses, clipped = [], []
    for code in _SHAFTS:
        ends = (
            view.point(f"{'CMC' if code.startswith('MC') else 'MCP'}{code[-1]}"),
            view.point(f"{'MCP' if code.startswith('MC') else 'PIP'}{code[-1]}"),
        )
        if ends[0] is None or ends[1] is None:
            continue
        along = ends[1] - ends[0]
        length = float(np.hypot(*along))
        if length == 0:
            continue
        across = np.array([-along[1], along[0]]) / length
        reach = 12.0 * view.scale_px
        positions = np.arange(-reach, reach, max(0.15 * view.scale_px, 0.5))
        for level in _LEVELS:
            line = ends[0] + level * along + positions[:, None] * across
            bone = view.bone_at(code, line) >= 0.5
            usable = ~_spoilt(view, line)
            if (bone & usable).sum() < 5:
                continue
            edges = positions[bone]
            gap = np.maximum(edges.min() - positions, positions - edges.max()) / view.scale_px
            beside = (gap >= _BESIDE_MM[0]) & (gap <= _BESIDE_MM[1]) & usable & (view.any_bone_at(line) < 0.5)
            beside &= view.soft_tissue_at(line) >= 0.5
            if beside.sum() < 3:
                continue
            greys = view.grey_at(line)
            peak = float(np.percentile(greys[bone & usable], _CORTEX_PERCENTILE))
            excesses.append(peak - float(np.median(greys[beside])))
            clipped.append(peak >= settings.saturated_from)
    if len(excesses) < 3 or np.mean(clipped) > settings.saturated_share:
        return None
    excess = float(np.median(excesses))
    return excess if excess >= settings.least_cortex_excess else None


def deposit_excess(
    view: HandView, mask: NDArray[np.bool_], corner: tuple[int, int], settings: CalcinosisSettings = DEFAULT
) -> float | None:
    """Return by how much a deposit is brighter than its surroundings.

    Parameters
    ----------
    view
        The hand.
    mask
        (rows, columns) bool, the deposit on a part of the calcium crop's grid.
    corner
        (row, column) of the mask's first pixel on that grid.
    settings
        The thresholds.

    The surroundings are a ring that starts clear of the outline's blur, without other calcium, metal and what is no
    film, and on bone exactly when most of the deposit is on bone. ``None`` where the deposit is clipped or the ring too
    small.
    """
    crop = view.calcium.crop
    inside = crop_points(crop, mask, corner)
    greys = view.grey_at(inside)
    if float(np.mean(greys >= settings.saturated_from)) > settings.saturated_share:
        return None
    millimetre = view.lesion_mm_px / crop.original_pixels_per_pixel
    margin = int(np.ceil(settings.ring_to_mm * millimetre)) + 1
    distance = distance_transform_edt(~np.pad(mask, margin)) / millimetre
    around = (distance >= settings.ring_from_mm) & (distance <= settings.ring_to_mm)
    ring = crop_points(crop, around, (corner[0] - margin, corner[1] - margin))
    if len(ring) == 0:
        return None
    over_bone = float(np.mean(view.any_bone_at(inside) >= 0.5)) >= 0.5
    keep = ~_spoilt(view, ring) & ((view.any_bone_at(ring) >= 0.5) == over_bone)
    if not over_bone:
        keep &= view.soft_tissue_at(ring) >= 0.5
    if int(keep.sum()) < settings.least_ring_points:
        return None
    return float(greys.mean() - np.median(view.grey_at(ring[keep])))
