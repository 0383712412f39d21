"""What of a hand the edge of the film cuts off."""

from __future__ import annotations

import numpy as np

from sclerograph.anatomy.hand import BONES, DIGITS
from sclerograph.findings.records import CutOff
from sclerograph.hand.bone_windows import bone_window, edge_points
from sclerograph.hand.quality_settings import DEFAULT, QualitySettings
from sclerograph.hand.view import HandView

__all__ = ["measure_cut_off"]

#: Bones that every film of a hand cuts.
_ALWAYS_CUT = ("RAD", "ULN")


def measure_cut_off(view: HandView, settings: QualitySettings = DEFAULT) -> CutOff:
    """Return the bones that the edge of the film cuts, and the digits that are not whole for it.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.
    """
    crop, unit = view.skeleton.crop, view.scale_px
    cut: list[str] = []
    outlined = False
    for bone in BONES:
        window = bone_window(view.bone_map(bone.code))
        if window.area == 0:
            continue
        outlined = True
        points = crop.map_to_original(edge_points(window))
        outward = points - points.mean(axis=0)
        outward /= np.maximum(np.hypot(*outward.T), 1e-9)[:, None]
        beyond = ~view.valid_at(points + settings.cut_margin_mm * unit * outward)
        if bone.code not in _ALWAYS_CUT and float(beyond.mean()) >= settings.cut_share:
            cut.append(bone.code)
    if not outlined:
        return CutOff(assessable=False, reason="no bone is outlined")
    digits = sorted({int(code[-1]) for code in cut if code[-1].isdigit()} | _tips_beyond(view, settings))
    return CutOff(bones=cut, digits=digits, assessable=True)


def _tips_beyond(view: HandView, settings: QualitySettings) -> set[int]:
    """Return the digits whose tip lies at or beyond the edge of the film."""
    found = set()
    for digit in (d.number for d in DIGITS):
        tip = view.skeleton.landmarks.get(f"TIP{digit}")
        before = view.skeleton.landmarks.get(f"{'IP' if digit == 1 else 'DIP'}{digit}")
        if tip is None or before is None:
            continue
        end = np.array([tip.x, tip.y])
        along = end - [before.x, before.y]
        length = float(np.hypot(*along))
        if length == 0.0:
            continue
        beyond = end + along / length * settings.cut_margin_mm * view.scale_px
        if not view.valid_at(np.stack([end, beyond])).all():
            found.add(digit)
    return found
