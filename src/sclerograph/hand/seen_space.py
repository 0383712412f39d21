"""The space of a joint whose cleft is followed on the film: over the part that is seen from the side, corrected.

The margins that :mod:`.joint_cleft` finds are not the articular surfaces: a round head is steepest inside of its edge,
the line of a floor is brightest within its plate, and the horns of a saddle stand before its floor. What that makes was
fitted on simulated hands, whose surfaces are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.joint_frame import JointFrame
from sclerograph.hand.joint_cleft import Cleft, CleftPart, follow_cleft
from sclerograph.hand.joint_space_settings import JointSpaceSettings
from sclerograph.hand.view import HandView, sample

__all__ = ["CLEFT_JOINTS", "CleftNotSeen", "JointKind", "SeenSpace", "line_contrast", "seen_part", "space_of"]

Floats = NDArray[np.float64]

_ROUNDS = 3
_LEAST_LINES = 6
#: How far beside the floor found first it is looked for again (nominal mm).
_AGAIN_MM = 1.0


class CleftNotSeen(Exception):
    """The space of a joint is not seen from the side; the text says why."""


@dataclass(frozen=True)
class JointKind:
    """How the margins of a kind of joint look.

    ``cup`` is 1 where the cup is the distal bone and -1 where it is the proximal one; ``saddle`` joints have no floor
    to be seen. The floor (of a saddle: the cleft) lies within ``before_mm`` and ``behind_mm`` of the outline of the
    cup, towards the head and into the cup. ``depth`` is how much darker than the fainter margin the cleft must be, as a
    share of how much brighter the floor is: heads are faint beside the plate of the radius and under the rims of the
    thumb. ``foot_part`` of the foot of the head and ``line_mm`` are taken off the distance of the margins;
    ``error_mm`` is the standard error of what is left. All are nominal millimetres.
    """

    cup: float
    saddle: bool
    before_mm: float
    behind_mm: float
    depth: float
    foot_part: float
    line_mm: float
    error_mm: float


#: The joints that are measured so, and how they look: fitted on 43 simulated hands, each filmed twice.
CLEFT_JOINTS: Final[dict[str, JointKind]] = {
    "IP1": JointKind(1.0, False, 1.0, 2.0, 0.2, 0.6, 0.50, 0.22),
    "MCP1": JointKind(1.0, False, 1.0, 2.0, 0.12, 0.6, 0.26, 0.20),
    "CMC1": JointKind(1.0, True, 3.0, 1.0, 0.3, 0.0, -0.52, 0.30),
    "RC": JointKind(-1.0, False, 0.0, 4.0, 0.15, 0.6, 0.42, 0.35),
}


@dataclass(frozen=True)
class SeenSpace:
    """A space that was measured, in pixels: mean and least width, and the standard error of the mean.

    ``dark`` is how much darker it is than the fainter of its margins.
    """

    mean_px: float
    least_px: float
    error_px: float
    dark: float


def seen_part(view: HandView, kind: JointKind, frame: JointFrame, guess: Floats, settings: JointSpaceSettings) -> Cleft:
    """Follow a cleft over the central part, then over what of it is seen from the side.

    Parameters
    ----------
    view
        The hand.
    kind
        How the joint looks.
    frame
        Where it is.
    guess
        Coefficients (``numpy.polyval``) of where the outline of the cup ends, along the frame, at a place across.
    settings
        The thresholds.

    Raises
    ------
    CleftNotSeen
        The film ends, or too little of the joint is seen from the side.
    """
    unit = view.scale_px
    half = float(frame.central(3)[-1])
    ends, within = (-half, half), (kind.before_mm * unit, kind.behind_mm * unit)
    for _ in range(_ROUNDS - 1):
        cleft, seen = _followed(view, kind, frame, ends, guess, within, settings)
        middle = kind.cup * 0.5 * (cleft.head + cleft.floor)[seen]
        slope, offset = np.polyfit(cleft.across[seen], middle, 1)
        along = frame.along - slope * frame.across
        frame = replace(frame, origin=frame.origin + offset * frame.along, along=along / np.hypot(*along))
        to_floor = 0.0 if kind.saddle else 0.5 * float((cleft.floor - cleft.head)[seen].mean())
        ends, guess = (
            (float(cleft.across[seen][0]), float(cleft.across[seen][-1])),
            np.array([0.0, kind.cup * to_floor]),
        )
        within = (_AGAIN_MM * unit, _AGAIN_MM * unit)
    cleft, seen = _followed(view, kind, frame, ends, guess, within, settings)
    share = (ends[1] - ends[0]) / (2.0 * half) * (seen.stop - seen.start) / len(cleft.across)
    if share < settings.cleft_share:
        raise CleftNotSeen("seen obliquely: a dark space lies between its bones over less than most of the joint")
    points = frame.points(kind.cup * 0.5 * (cleft.head + cleft.floor), cleft.across)
    for probability, most, what in (
        (view.calcium.metal, settings.metal_share, "metal"),
        (view.calcium.calcium, settings.calcium_share, "calcium"),
    ):
        if float(np.mean(sample(probability, view.calcium.crop.map_to_crop(points)) >= 0.5)) >= most:
            raise CleftNotSeen(f"hidden by {what}")
    return cleft


def line_contrast(view: HandView, kind: JointKind, frame: JointFrame, guess: Floats) -> float:
    """Return how much brighter the floor of a cup is than the cleft, whether that is seen or not; 0 beyond the film.

    Parameters are those of :func:`seen_part`.
    """
    half, unit = float(frame.central(3)[-1]), view.scale_px
    within = (kind.before_mm * unit, kind.behind_mm * unit)
    cleft = follow_cleft(view, frame, np.array([-half, half]), guess, within, cup=kind.cup, saddle=kind.saddle)
    return 0.0 if cleft is None else cleft.contrast


def _followed(
    view: HandView,
    kind: JointKind,
    frame: JointFrame,
    ends: tuple[float, float],
    guess: Floats,
    within: tuple[float, float],
    settings: JointSpaceSettings,
) -> tuple[Cleft, slice]:
    """Return a cleft and which of its lines are seen from the side."""
    cleft = follow_cleft(view, frame, np.array(ends), guess, within, cup=kind.cup, saddle=kind.saddle)
    if cleft is None:
        raise CleftNotSeen("it lies at or beyond the edge of the film")
    if cleft.contrast < settings.least_contrast:
        raise CleftNotSeen("too little contrast between bone and joint space")
    first, beyond = cleft.seen(kind.depth * cleft.contrast)
    if beyond - first < _LEAST_LINES:
        raise CleftNotSeen("seen obliquely: no dark space lies between its bones")
    return cleft, slice(first, beyond)


def space_of(view: HandView, code: str, clefts: Sequence[Cleft], settings: JointSpaceSettings) -> SeenSpace:
    """Return the width of a space whose parts were seen.

    Raises
    ------
    CleftNotSeen
        The margins cannot be followed, or stand apart as no joint's do.
    """
    kind, unit = CLEFT_JOINTS[code], view.scale_px
    mean = float(np.mean([_corrected(cleft.whole, kind, unit) for cleft in clefts]))
    segments = [np.array([_corrected(part, kind, unit) for part in cleft.segments]) for cleft in clefts]
    noise = float(np.sqrt(np.sum([np.square(_noise(part)) for part in segments]))) / len(segments)
    if noise > settings.most_cleft_noise_mm * unit:
        raise CleftNotSeen("its margins cannot be followed")
    if mean > settings.most_cleft_mm[code] * unit:
        raise CleftNotSeen("its margins stand apart as no joint's do")
    least = max(float(min(part.min() for part in segments)), 0.0)
    dark = float(np.mean([cleft.whole.dark for cleft in clefts]))
    return SeenSpace(max(mean, 0.0), least, float(np.hypot(kind.error_mm * unit, noise)), dark)


def _corrected(part: CleftPart, kind: JointKind, unit: float) -> float:
    return part.apart - kind.foot_part * part.foot - kind.line_mm * unit


def _noise(segments: Floats) -> float:
    """Return the standard error of the mean that the scatter along the joint tells."""
    at = np.arange(len(segments))
    trend = np.polyval(np.polyfit(at, segments, 2), at)
    return float(np.sqrt(np.square(segments - trend).sum() / (len(segments) - 3)) / np.sqrt(len(segments)))
