"""Radiogrammetry: how thick the walls of the second to fourth metacarpals are against the width of the bones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.findings.records import (
    RADIOGRAMMETRY_BONES,
    CortexFinding,
    CortexMean,
    Interval,
    unmeasured_cortex,
)
from sclerograph.hand.agreed_cortex import agreed_index
from sclerograph.hand.cortex_settings import DEFAULT, CortexSettings
from sclerograph.hand.shaft import Shaft, ShaftUnseen, sample_shaft
from sclerograph.hand.tube_profile import Edges, fit_edges
from sclerograph.hand.view import HandView

__all__ = ["Cortex", "measure"]

Floats = NDArray[np.float64]

_Z = 1.959963984540054


@dataclass(frozen=True)
class Cortex:
    """The cortex of each metacarpal of :data:`RADIOGRAMMETRY_BONES`, and their mean."""

    bones: list[CortexFinding]
    mean: CortexMean


def measure(view: HandView, settings: CortexSettings = DEFAULT) -> Cortex:
    """Return the cortical index of MC2, MC3 and MC4 and their mean.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.

    A bone that cannot be measured is not assessable with its reason, and then the mean is not either: with fewer bones
    it would be another number.
    """
    if not_frontal := view.side_and_view.not_frontal():
        return Cortex(unmeasured_cortex(not_frontal), CortexMean(assessable=False, reason=not_frontal))
    shafts: dict[str, Shaft] = {}
    reasons: dict[str, str] = {}
    for code in RADIOGRAMMETRY_BONES:
        try:
            shafts[code] = _shaft(view, code, settings)
        except ShaftUnseen as reason:
            reasons[code] = str(reason)
    edges = _edges(view, shafts)
    bones = [
        CortexFinding(bone=code, assessable=False, reason=reasons[code])
        if code in reasons
        else _finding(view, code, shafts[code], edges[code], settings)
        for code in RADIOGRAMMETRY_BONES
    ]
    return Cortex(bones, _mean(bones, settings))


def _shaft(view: HandView, code: str, settings: CortexSettings) -> Shaft:
    """Sample a shaft; raise with the reason where it cannot be measured whatever its greys are."""
    step = settings.step_mm * view.scale_px
    shaft = sample_shaft(view, code, settings.shaft, blocks=settings.blocks, margin_mm=settings.beside_mm, step_px=step)
    width = 2.0 * float(np.median(shaft.half_width_px))
    if width < settings.least_width_px:
        raise ShaftUnseen(f"too few pixels: the shaft is {width:.0f} pixels wide")
    inside = np.abs(shaft.across_px) < shaft.half_width_px[:, None]
    if float(np.mean(shaft.greys[inside] >= settings.saturated_from)) > settings.most_saturated:
        raise ShaftUnseen("overexposed: its walls are white")
    return shaft


def _edges(view: HandView, shafts: dict[str, Shaft]) -> dict[str, Edges]:
    """Fit all profiles of the hand together: they share the film."""
    if not shafts:
        return {}
    samples = max(len(shaft.across_px) for shaft in shafts.values())
    longest = next(shaft.across_px for shaft in shafts.values() if len(shaft.across_px) == samples)
    greys, clean = [], []
    for shaft in shafts.values():
        beside = (samples - len(shaft.across_px)) // 2
        greys.append(np.pad(shaft.greys, ((0, 0), (beside, beside)), mode="edge"))
        clean.append(np.pad(shaft.clean, ((0, 0), (beside, beside))))
    fitted = fit_edges(
        longest / view.scale_px,
        np.concatenate(greys),
        np.where(np.concatenate(clean) > 0.5, 1.0, 0.0),
        np.concatenate([shaft.half_width_px for shaft in shafts.values()]) / view.scale_px,
        np.repeat(np.arange(len(shafts)), [len(shaft.levels) for shaft in shafts.values()]),
    )
    names = ("outer_left", "inner_left", "inner_right", "outer_right", "contrast", "misfit")
    split = {name: np.split(getattr(fitted, name), len(shafts)) for name in names}
    return {code: Edges(**{name: split[name][i] for name in names}) for i, code in enumerate(shafts)}


def _finding(view: HandView, code: str, shaft: Shaft, edges: Edges, settings: CortexSettings) -> CortexFinding:
    wide = np.abs(shaft.across_px) < shaft.half_width_px[:, None] + view.scale_px
    clean = (shaft.clean * wide).sum(axis=1) / wide.sum(axis=1) >= settings.least_clean_share
    bright = edges.contrast >= settings.least_contrast
    good = clean & bright & (edges.misfit <= settings.most_misfit)
    middle = np.zeros(len(good), dtype=np.bool_)
    middle[slice(*settings.middle)] = True
    counted = good & middle
    if np.count_nonzero(counted) < settings.least_blocks:
        reason = (
            "calcium, metal or another bone lies over its shaft"
            if np.count_nonzero(clean & middle) < settings.least_blocks
            else "its shaft hardly stands out from the soft tissue"
            if np.count_nonzero(bright & middle) < settings.least_blocks
            else "its shaft does not look like a tube"
        )
        return CortexFinding(bone=code, assessable=False, reason=reason)
    outer, inner = edges.outer_width * view.scale_px, edges.inner_width * view.scale_px
    wall = 0.5 * (outer - inner)
    if float(np.median(wall[counted])) < settings.least_wall_px:
        pixels = float(np.median(wall[counted]))
        return CortexFinding(
            bone=code, assessable=False, reason=f"too few pixels: its wall is {pixels:.1f} pixels thick"
        )
    look = view.shaft_looks.get(code)
    fitted = _robust_mean((1.0 - inner / outer)[counted])
    index = agreed_index(fitted, None if look is None else look.index, settings.fit_error_sd, settings)
    mm = view.calibration.mm_per_pixel
    # the outer edges are the sure ones: the index says how much between them is marrow
    width = _robust_mean(outer[counted])
    widths = {
        "outer_width": width,
        "medullary_width": width * (1.0 - index),
        "cortical_thickness": 0.5 * width * index,
    }
    lengths = {f"{name}_px": round(value, 2) for name, value in widths.items()}
    if mm is not None:
        lengths |= {f"{name}_mm": round(value * mm, 3) for name, value in widths.items()}
    narrowest = _isthmus(shaft.levels[good], outer[good], inner[good])
    isthmus = agreed_index(narrowest, None if look is None else look.isthmus, settings.isthmus_fit_error_sd, settings)
    misfit = float(np.median(edges.misfit[counted]))
    return CortexFinding(
        bone=code,
        cortical_index=round(index, 4),
        assessable=True,
        cortical_index_interval=_interval(index, settings.error_sd),
        isthmus_index=round(isthmus, 4),
        isthmus_index_interval=_interval(isthmus, settings.isthmus_error_sd),
        confidence=round(float(np.mean(counted[middle])) * (1.0 - 0.5 * misfit / settings.most_misfit), 4),
        **lengths,
    )


def _robust_mean(values: Floats) -> float:
    """Return the median of the means of all pairs (Hodges and Lehmann 1963, doi:10.1214/aoms/1177704172).

    As robust as needed, one block in four may be wrong, and nearly as exact as the mean: a median of few blocks is not.
    """
    first, second = np.triu_indices(len(values))
    return float(np.median(0.5 * (values[first] + values[second])))


def _isthmus(levels: Floats, outer: Floats, inner: Floats) -> float:
    """Return the index where the shaft is narrowest, from both widths as smooth functions of the level."""
    degree = 2 if len(levels) >= 4 else 1
    widths = [np.polynomial.Polynomial.fit(levels, values, degree) for values in (outer, inner)]
    fine = np.linspace(levels[0], levels[-1], 101)
    narrowest = float(fine[int(np.argmin(widths[0](fine)))])
    return float(np.clip(1.0 - widths[1](narrowest) / widths[0](narrowest), 0.0, 1.0))


def _interval(value: float, deviation: float) -> Interval:
    return Interval(
        low=round(max(value - _Z * deviation, 0.0), 4),
        high=round(min(value + _Z * deviation, 1.0), 4),
    )


def _mean(bones: list[CortexFinding], settings: CortexSettings) -> CortexMean:
    missing = [bone.bone for bone in bones if not bone.assessable]
    if missing:
        return CortexMean(assessable=False, reason=f"{' and '.join(missing)} not assessable")
    index = float(np.mean([bone.cortical_index or 0.0 for bone in bones]))
    isthmus = float(np.mean([bone.isthmus_index or 0.0 for bone in bones]))
    return CortexMean(
        cortical_index=round(index, 4),
        cortical_index_interval=_interval(index, settings.mean_error_sd),
        isthmus_index=round(isthmus, 4),
        isthmus_index_interval=_interval(isthmus, settings.mean_isthmus_error_sd),
        assessable=True,
    )
