"""Whether a hand is still growing: lucent lines across the ends of its tubular bones.

A growth plate lies near the base of the phalanges and near the head of the metacarpals of the fingers, some millimetres
from the joint. On a film it is a second dark line beside the joint space, between two bright ones. The joints of a
growing hand are wide as well: where the joint network has looked, narrow joints speak against growth, and wide ones for
it with fewer such lines.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.hand.joint_outline import JointOutline
from sclerograph.hand.joint_space_settings import DEFAULT, JointSpaceSettings
from sclerograph.hand.view import HandView

__all__ = ["plate_depths", "shows_growth_plates", "usual_width"]

#: Where plates lie, from the middle of the joint, and how wide their dark line is at most (nominal mm).
_FROM_MM, _TO_MM = 3.0, 9.5
_BESIDE_MM = 1.6
_STEP_MM = 0.2
_LINES = 15


def shows_growth_plates(
    view: HandView, outlines: Sequence[JointOutline], contrast: float, settings: JointSpaceSettings = DEFAULT
) -> bool:
    """Tell whether a hand is growing: enough of its bones show a lucent line where growth plates lie.

    Parameters
    ----------
    view, outlines
        The hand and its joints.
    contrast
        Step of grey from the joint spaces of the hand to the bright lines beside them.
    settings
        The thresholds.
    """
    votes = sum(depth >= settings.plate_depth * contrast for depth in plate_depths(view, outlines))
    width = usual_width(view)
    if width is None:
        return votes >= settings.plate_votes
    wanted = settings.plate_votes_wide if width >= settings.growing_wide_from else settings.plate_votes
    return votes >= wanted and width >= settings.grown_below


def usual_width(view: HandView) -> float | None:
    """Return the median width of the joints of the fingers as a share of the norms of adults, all in nominal mm.

    ``None`` where the joint network has not looked.

    Parameters
    ----------
    view
        The hand.
    """
    norms = joint_space_norms()
    shares = [
        look.mean_px / view.scale_px / norms[code].mean_mm
        for code, look in view.joint_looks.items()
        if code[-1] in "2345"
    ]
    return float(np.median(shares)) if shares else None


def plate_depths(view: HandView, outlines: Sequence[JointOutline]) -> list[float]:
    """Return for each bone end with a plate in growing hands how deep (grey) its darkest line across is."""
    depths = []
    for outline in outlines:
        if outline.code in ("CMC1", "RC"):
            continue
        depths.append(_depth(view, outline, 1.0))
        if outline.code in ("MCP2", "MCP3", "MCP4", "MCP5"):
            depths.append(_depth(view, outline, -1.0))
    return depths


def _depth(view: HandView, outline: JointOutline, end: float) -> float:
    frame, unit = outline.frame, view.scale_px
    across = 0.8 * frame.central(_LINES)
    along = np.arange(_FROM_MM - _BESIDE_MM, _TO_MM + _BESIDE_MM, _STEP_MM)
    # a plate runs straight across the bone, whatever the curve of the joint
    points = frame.points(end * along[None, :] * unit, across[:, None])
    grey = view.grey_at(points.reshape(-1, 2)).reshape(points.shape[:-1])
    profile: NDArray[np.float64] = np.median(grey, axis=0)
    # a line has brighter bone on both sides within a short way; the marrow of the shaft, dark for long, has not
    width = round(_BESIDE_MM / _STEP_MM)
    windows = np.lib.stride_tricks.sliding_window_view(profile, width)
    inside = profile[width:-width]
    before, after = windows[: len(inside)].max(axis=1), windows[width + 1 :].max(axis=1)
    return float(np.max(np.minimum(before, after[: len(inside)]) - inside))
