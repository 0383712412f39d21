"""Signs of erosion along straightened margins: edge notched, bright line broken, bone behind it lucent, calcium on it.

Each sign is compared with the same margin a few millimetres away, with the margins of its kind at the other digits of
the hand, and with what is usual at this place in other hands. The differences are counted in units of how much the
margins of this hand scatter, and of how much hands differ there. So a coarse, soft or demineralised film raises the bar
by itself, and neither what all digits show nor what all people have, such as the notch between the head and the styloid
of the ulna, is a sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, percentile_filter

from sclerograph.hand.erosion_margins import DEPTHS_MM, STEP_MM, Margin, MarginStrip

__all__ = [
    "RAW_SIGNS",
    "RELATIVE",
    "SIGNS",
    "MarginSigns",
    "UsualMargin",
    "margin_signs",
    "signs_around",
    "usual_margin",
]

Floats = NDArray[np.float64]

#: Depths (nominal mm) over which the grey is averaged: of the bright line, of the bone just behind it, and deeper; and
#: how far each is smoothed along the margin.
_LAYERS: dict[str, tuple[float, float, float]] = {
    "line": (0.1, 0.9, 0.5),
    "near": (0.0, 1.4, 0.6),
    "mid": (0.9, 2.2, 0.6),
    "deep": (2.4, 3.9, 0.8),
    "near_wide": (0.0, 1.4, 1.3),
    "mid_wide": (0.9, 2.2, 1.3),
}
_NOTCHES: dict[str, float] = {"notch": 0.45, "notch_wide": 1.3}
#: What is missing: how far the grey stays below this share of the step from soft tissue to bone, added up over these
#: depths (nominal mm), in two widths along the margin.
_VOID_BELOW, _VOID_MM = 0.65, (0.0, 2.4)
_VOIDS: dict[str, float] = {"void": 0.5, "void_wide": 1.3}
#: Calcium that lies across the margin, as far outside as inside of it (nominal mm).
_CONTACTS: dict[str, float] = {"contact": 0.6}
_CONTACT_OUT_MM, _CONTACT_IN_MM = (-1.3, -0.1), (0.1, 1.3)
#: The names of the raw signs, before they are compared.
RAW_SIGNS = (*_NOTCHES, *_LAYERS, *_VOIDS, *_CONTACTS)
#: Signs of which the weaker one counts beside them: an erosion shows both.
_TOGETHER = (
    ("notch_digits", "near_digits"),
    ("notch_around", "line_around"),
    ("near_around", "mid_around"),
    ("near_wide_digits", "mid_wide_digits"),
    ("void_digits", "notch_digits"),
    ("notch_usual", "near_usual"),
    ("void_usual", "line_usual"),
)
#: The names of the signs, in the order of the columns: differences to the surroundings, to the other digits and to what
#: is usual, and what two of them have in common.
SIGNS: tuple[str, ...] = (
    *(f"{name}_around" for name in RAW_SIGNS),
    *(f"{name}_digits" for name in RAW_SIGNS),
    *(f"{name}_usual" for name in RAW_SIGNS),
    *(f"{a}_and_{b}" for a, b in _TOGETHER),
)

#: The surroundings reach so far (nominal mm).
_AROUND_MM = 5.0
#: Scatter is at least this: millimetres for notches, shares of the bone's contrast for greys, of depth for calcium.
_LEAST_NOTCH_MM, _LEAST_GREY, _LEAST_CONTACT = 0.05, 0.025, 0.1
#: Signs count at most so many units, and less than they are the nearer they come to it.
_MOST = 4.0
#: Contrast of one margin is at least this share of that of the hand.
_LEAST_CONTRAST_SHARE = 0.4
_LEAST_PEERS = 2
#: Places along a margin, from its ulnar to its radial end, at which margins are compared.
RELATIVE: Floats = np.linspace(-1.0, 1.0, 41)


@dataclass(frozen=True)
class MarginSigns:
    """The signs at the places of one margin: ``values`` (n, signs), positive towards erosion."""

    strip: MarginStrip
    values: Floats


@dataclass(frozen=True)
class UsualMargin:
    """What a margin shows in hands without erosions.

    ``level`` and ``scatter`` (places, raw signs) at :data:`RELATIVE` places along the margin: the median of what stands
    out of the surroundings there, and how much it varies.
    """

    level: Floats
    scatter: Floats


def margin_signs(strips: Sequence[MarginStrip], usual: Mapping[Margin, UsualMargin] | None = None) -> list[MarginSigns]:
    """Return the signs of erosion on all margins of one hand.

    Parameters
    ----------
    strips
        The straightened margins.
    usual
        What margins show in other hands; nothing is known to be usual when ``None``.
    """
    if not strips:
        return []
    around = signs_around(strips)
    digits = _beside_digits(strips, around)
    units = [_units([each[strip.margin][strip.seen] for strip in strips]) for each in (around, digits)]
    found = []
    for strip in strips:
        own, scale = around[strip.margin], units[0]
        known = None if usual is None else usual.get(strip.margin)
        if known is not None:
            own, scale = own - _at_places(known.level, strip), np.hypot(scale, _at_places(known.scatter, strip))
        parts = around[strip.margin] / units[0], digits[strip.margin] / units[1], own / scale
        values = _MOST * np.tanh(np.concatenate(parts, axis=1) / _MOST)
        both = [np.minimum(values[:, SIGNS.index(a)], values[:, SIGNS.index(b)]) for a, b in _TOGETHER]
        found.append(MarginSigns(strip, np.concatenate([values, np.stack(both, axis=1)], axis=1)))
    return found


def signs_around(strips: Sequence[MarginStrip]) -> dict[Margin, Floats]:
    """Return for each margin of a hand what stands out of its surroundings, (n, raw signs)."""
    step = _step(strips)
    return {strip.margin: _around(strip, _raw(strip, step)) for strip in strips}


def usual_margin(margins: Sequence[tuple[MarginStrip, Floats]]) -> UsualMargin:
    """Return what is usual for one margin.

    Parameters
    ----------
    margins
        This margin of hands without erosions, with what stands out of its surroundings (:func:`signs_around`).
    """
    values = np.stack([_relative(strip, around) for strip, around in margins], axis=-1)
    level = _nan_median(values)
    scatter = 1.4826 * _nan_median(np.abs(values - level[..., None]))
    return UsualMargin(np.nan_to_num(level), np.nan_to_num(scatter))


def _units(values: Sequence[Floats]) -> Floats:
    """Return the scatter of each sign over a hand."""
    every = np.concatenate(values) if values else np.zeros((0, len(RAW_SIGNS)))
    least = np.array(
        [_LEAST_NOTCH_MM] * len(_NOTCHES)
        + [_LEAST_GREY] * (len(_LAYERS) + len(_VOIDS))
        + [_LEAST_CONTACT] * len(_CONTACTS)
    )
    if not len(every):
        return least
    return np.asarray(np.maximum(1.4826 * np.median(np.abs(every - np.median(every, axis=0)), axis=0), least))


def _depths(low: float, high: float) -> NDArray[np.bool_]:
    """Tell which of the sampled depths lie between two (nominal mm)."""
    return np.asarray((low <= DEPTHS_MM) & (high >= DEPTHS_MM))


def _step(strips: Sequence[MarginStrip]) -> float:
    """Return the usual step of grey from soft tissue to bone on a hand."""
    levels = [_levels(strip) for strip in strips]
    return float(np.median(np.concatenate([bone - soft for soft, bone in levels])))


def _levels(strip: MarginStrip) -> tuple[Floats, Floats]:
    """Return the greys of the soft tissue outside and of the bone inside along a margin, each a little smoothed."""
    size = 2 * round(_AROUND_MM / STEP_MM) + 1
    mode = "wrap" if strip.margin.end is None else "nearest"
    outside, inside = DEPTHS_MM <= -0.9, _depths(1.5, 3.5)
    # other bones lie outside of a joint's surfaces: soft tissue is what is darker there
    soft = percentile_filter(strip.grey[:, outside].mean(axis=1), 30, size=size, mode=mode)
    bone = percentile_filter(strip.grey[:, inside].mean(axis=1), 50, size=size, mode=mode)
    return np.asarray(soft), np.asarray(bone)


def _raw(strip: MarginStrip, step: float) -> Floats:
    """Return the raw signs (n, signs), positive towards erosion; greys as shares of the local step to the bone."""
    mode = "wrap" if strip.margin.end is None else "nearest"
    columns = [gaussian_filter1d(strip.edge_mm, sd / STEP_MM, mode=mode) for sd in _NOTCHES.values()]
    soft, bone = _levels(strip)
    grey = (strip.grey - soft[:, None]) / np.maximum(bone - soft, max(_LEAST_CONTRAST_SHARE * step, 1e-3))[:, None]
    for low, high, sd in _LAYERS.values():
        part = _depths(low, high)
        columns.append(-gaussian_filter1d(_bone_grey(grey[:, part], strip.calcium[:, part]), sd / STEP_MM, mode=mode))
    part = _depths(*_VOID_MM)
    lacking = np.clip(_VOID_BELOW - gaussian_filter1d(grey[:, part], 0.45 / STEP_MM, axis=0, mode=mode), 0.0, 1.0)
    void = np.where(strip.calcium[:, part], 0.0, lacking).mean(axis=1)
    columns += [gaussian_filter1d(void, sd / STEP_MM, mode=mode) for sd in _VOIDS.values()]
    outside, inside = (strip.calcium[:, _depths(*reach)].mean(axis=1) for reach in (_CONTACT_OUT_MM, _CONTACT_IN_MM))
    columns += [gaussian_filter1d(np.minimum(outside, inside), sd / STEP_MM, mode=mode) for sd in _CONTACTS.values()]
    return np.stack(columns, axis=1)


def _bone_grey(grey: Floats, calcium: NDArray[np.bool_]) -> Floats:
    """Return the mean grey of each place beside calcium; where calcium hides all of it, that of its neighbours."""
    if not calcium.any():
        return np.asarray(grey.mean(axis=1))
    count = np.sum(~calcium, axis=1)
    known = count >= max(grey.shape[1] // 3, 1)
    if not known.any():
        return np.asarray(grey.mean(axis=1))
    mean = np.sum(np.where(calcium, 0.0, grey), axis=1) / np.maximum(count, 1)
    at = np.arange(len(grey))
    return np.asarray(np.interp(at, at[known], mean[known]))


def _around(strip: MarginStrip, raw: Floats) -> Floats:
    """Return what stands out of the surroundings along the margin."""
    reach = round(_AROUND_MM / STEP_MM)
    values = np.where(strip.seen[:, None], raw, np.nan)
    padded = (
        np.concatenate([values[-reach:], values, values[:reach]])
        if strip.margin.end is None and len(values) > reach
        else np.pad(values, ((reach, reach), (0, 0)), constant_values=np.nan)
    )
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    with np.errstate(invalid="ignore"):
        level = _nan_median(windows)
    return np.asarray(raw - np.where(np.isfinite(level), level, raw))


def _nan_median(windows: Floats) -> Floats:
    """Return the median along the last axis of what is known; nan where nothing is."""
    ordered = np.sort(windows, axis=-1)  # not-a-number comes last
    known = np.sum(np.isfinite(windows), axis=-1)
    low, high = np.maximum((known - 1) // 2, 0), known // 2
    high = np.minimum(high, windows.shape[-1] - 1)
    pick = [np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (low, high)]
    return np.where(known > 0, 0.5 * (pick[0] + pick[1]), np.nan)


def _beside_digits(strips: Sequence[MarginStrip], around: Mapping[Margin, Floats]) -> dict[Margin, Floats]:
    """Return what stands out of the margins of the same kind at the other digits; where there are none, as it is."""
    kinds: dict[str, dict[Margin, Floats]] = {}
    for strip in strips:
        kinds.setdefault(strip.margin.kind, {})[strip.margin] = _relative(strip, around[strip.margin])
    found = {}
    for strip in strips:
        margin, own = strip.margin, around[strip.margin]
        others = [values for other, values in kinds[margin.kind].items() if other != margin]
        if len(others) >= _LEAST_PEERS:
            own = own - _at_places(np.nan_to_num(_nan_median(np.stack(others, axis=-1))), strip)
        found[margin] = own
    return found


def _relative(strip: MarginStrip, values: Floats) -> Floats:
    """Return values along a margin at :data:`RELATIVE` places; not-a-number where it is not seen."""
    at = strip.along_mm / max(float(strip.along_mm[-1]), 1e-9)
    seen = np.where(strip.seen[:, None], values, np.nan)
    return np.stack([np.interp(RELATIVE, at, column) for column in seen.T], axis=1)


def _at_places(values: Floats, strip: MarginStrip) -> Floats:
    """Return what stands at :data:`RELATIVE` places at the places of a margin."""
    at = strip.along_mm / max(float(strip.along_mm[-1]), 1e-9)
    return np.stack([np.interp(at, RELATIVE, column) for column in values.T], axis=1)
