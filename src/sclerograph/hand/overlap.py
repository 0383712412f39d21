"""Digits that lie over each other on a film."""

from __future__ import annotations

from itertools import combinations

from sclerograph.anatomy.hand import BONES
from sclerograph.findings.records import Overlap
from sclerograph.hand.bone_windows import bone_window, shared_pixels
from sclerograph.hand.quality_settings import DEFAULT, QualitySettings
from sclerograph.hand.view import HandView

__all__ = ["measure_overlaps"]

_PHALANGES = tuple((b.code, b.digit) for b in BONES if b.code[:2] in ("PP", "MP", "DP") and b.digit is not None)
#: A phalanx with a smaller outline (nominal mm2) is not seen.
_LEAST_AREA_MM2 = 12.0


def measure_overlaps(view: HandView, settings: QualitySettings = DEFAULT) -> list[Overlap]:
    """Return the pairs of digits of which phalanges lie over each other, as their outlines show.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.
    """
    least = _LEAST_AREA_MM2 / view.skeleton.crop.nominal_mm**2
    windows = [(bone_window(view.bone_map(code)), digit) for code, digit in _PHALANGES]
    shares: dict[tuple[int, int], float] = {}
    for (first, one), (second, other) in combinations([w for w in windows if w[0].area >= least], 2):
        if one == other:
            continue
        share = shared_pixels(first, second) / min(first.area, second.area)
        pair = (min(one, other), max(one, other))
        shares[pair] = max(shares.get(pair, 0.0), share)
    return [
        Overlap(digits=pair, share=round(share, 4))
        for pair, share in sorted(shares.items())
        if share >= settings.overlap_share
    ]
