"""Suspicion of erosion at the joints of the digits and on the bones of the wrist: a prompt to look, not a finding.

For each margin a suspicion in 0 to 1 and the places it rests on. How often it is right is measured on simulated hands,
and stands in :mod:`.erosion_accuracy` for every report. On real wrists of rheumatoid arthritis, published networks that
were trained on them tell erosion from none hardly better than chance: see ``docs/measurements/erosion.md``.

Kinds: ``pressure`` where a deposit touches the place, ``central`` in the middle of the surface of a distal
interphalangeal joint, else ``marginal``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import JOINTS
from sclerograph.findings.records import EROSION_BONES, BoneErosion, Deposit, ErosionKind, ErosionPlace
from sclerograph.hand.erosion_margins import MARGINS, STEP_MM, Margin, MarginStrip, straighten
from sclerograph.hand.erosion_model import ErosionModel, erosion_model, group_of
from sclerograph.hand.erosion_settings import DEFAULT, ErosionSettings
from sclerograph.hand.erosion_signs import MarginSigns, margin_signs
from sclerograph.hand.growth_plates import shows_growth_plates
from sclerograph.hand.joint_margins import film_edges, joint_strip
from sclerograph.hand.joint_outline import joint_outline
from sclerograph.hand.joint_space_settings import JointSpaceSettings
from sclerograph.hand.view import HandView

__all__ = ["Erosions", "JointErosion", "looked_at", "measure", "not_judged"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_CENTRAL_JOINTS = ("DIP2", "DIP3", "DIP4", "DIP5")
_NOT_LOOKED_FOR = "erosion is looked for on the bones of this joint, not on the joint"


@dataclass(frozen=True)
class JointErosion:
    """The suspicion at one joint: that of its most suspicious place, or why there is none.

    ``kind`` is that of the most suspicious place where the suspicion reaches the operating point, else ``None``.
    """

    suspicion: float | None
    kind: ErosionKind | None
    places: list[ErosionPlace]
    reason: str | None = None


@dataclass(frozen=True)
class Erosions:
    """Suspicions of one hand: for every joint of the vocabulary, and for the bones of the wrist."""

    joints: dict[str, JointErosion]
    bones: list[BoneErosion]


@dataclass(frozen=True)
class _Judged:
    """One margin: the suspicion of each place (n,), where it is looked at, and the kind of each."""

    strip: MarginStrip
    suspicion: Floats
    looked: Mask
    kinds: list[ErosionKind]


def measure(
    view: HandView,
    deposits: Sequence[Deposit],
    settings: ErosionSettings = DEFAULT,
    model: ErosionModel | None = None,
) -> Erosions:
    """Return the suspicions of one hand.

    Parameters
    ----------
    view
        The hand.
    deposits
        Its calcium.
    settings
        The thresholds.
    model
        The fitted model; the one that ships with the package when ``None``.

    Returns
    -------
    Erosions
        What cannot be judged says why: silence never means health.
    """
    general = not_judged(view, settings)
    strips, reasons = ([], dict.fromkeys(MARGINS, general)) if general else straighten(view)
    model = erosion_model() if model is None else model
    rings = [np.asarray(ring, dtype=np.float64) for deposit in deposits for ring in deposit.contours]
    judged: dict[Margin, _Judged] = {}
    for signs in margin_signs(strips, model.usual):
        margin = signs.strip.margin
        looked = looked_at(signs.strip, settings)
        hidden = _hidden(signs.strip, looked, settings)
        if hidden is not None:
            reasons[margin] = hidden
            continue
        judged[margin] = _judge(view, signs, looked, rings, model, settings)
    joints = {joint.code: _joint(joint.code, judged, reasons, settings) for joint in JOINTS}
    return Erosions(joints, [_bone(code, judged, reasons, settings) for code in EROSION_BONES])


def not_judged(view: HandView, settings: ErosionSettings = DEFAULT) -> str | None:
    """Return why no margin of this film can be judged, ``None`` where they can.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.
    """
    if not_frontal := view.side_and_view.not_frontal("judged"):
        return not_frontal
    if view.scale_px < settings.least_pixels_per_mm:
        return f"too few pixels: {view.scale_px:.1f} for a nominal millimetre"
    if _growing(view, settings):
        return "growth plates are open: the margins of growing bones look as eroded ones do"
    return None


def _growing(view: HandView, settings: ErosionSettings) -> bool:
    """Tell whether the hand shows growth plates, by the votes of all joints of the digits."""
    found = [joint_outline(view, joint.code) for joint in JOINTS if joint.digit is not None and joint.code[:3] != "CMC"]
    outlines = [outline for outline in found if outline is not None]
    edges = film_edges([strip for strip in (joint_strip(view, outline) for outline in outlines) if strip is not None])
    # lines that look like plates make margins doubtful also where narrow joints say that the hand is grown
    plates = JointSpaceSettings(plate_votes=settings.plate_votes, plate_depth=settings.plate_depth, grown_below=0.0)
    return edges is not None and shows_growth_plates(view, outlines, edges.contrast, plates)


def looked_at(strip: MarginStrip, settings: ErosionSettings = DEFAULT) -> Mask:
    """Return the places of a margin that are judged: seen, and not in the middle of the surface of a hinge.

    Parameters
    ----------
    strip
        The margin.
    settings
        The thresholds.
    """
    return np.asarray(strip.seen & _wanted(strip, settings))


def _wanted(strip: MarginStrip, settings: ErosionSettings) -> Mask:
    """Return the places that would be judged if nothing hid them."""
    if strip.margin.end is None or strip.margin.joint in _CENTRAL_JOINTS or strip.margin.bone in ("RAD", "ULN"):
        return np.ones(len(strip.points), np.bool_)
    return ~_articular(strip, settings)


def _articular(strip: MarginStrip, settings: ErosionSettings) -> Mask:
    """Tell which places lie in the middle of a joint surface."""
    beside = _beside(strip)
    return np.asarray(np.abs(beside) < settings.articular_share)


def _beside(strip: MarginStrip) -> Floats:
    """Return how far each place lies beside the middle of a bone, -1 on the ulnar and 1 on the radial side."""
    across = strip.points[-1] - strip.points[0]
    across = across / max(float(np.hypot(*across)), 1e-9)
    if strip.margin.end is None:
        # all around: clockwise from the distal end, so the first quarter is the radial side
        quarter = len(strip.points) // 4
        across = strip.points[quarter] - strip.points[-quarter]
        across = across / max(float(np.hypot(*across)), 1e-9)
    beside = strip.points @ across
    low, high = float(beside.min()), float(beside.max())
    return np.asarray((beside - 0.5 * (low + high)) / max(0.5 * (high - low), 1e-9))


def _hidden(strip: MarginStrip, looked: Mask, settings: ErosionSettings) -> str | None:
    """Return why too little of a margin is seen."""
    wanted = _wanted(strip, settings)
    if group_of(strip.margin) == "wrist":
        enough = STEP_MM * looked.sum() >= settings.least_free_mm
    else:
        enough = looked.sum() >= settings.least_seen * wanted.sum()
    if enough:
        return None
    what = Counter(str(reason) for reason in strip.blocked[wanted] if reason).most_common(1)
    return f"too little of its margin is seen: {what[0][0]}" if what else "too little of its margin is seen"


def _judge(
    view: HandView,
    signs: MarginSigns,
    looked: Mask,
    rings: Sequence[Floats],
    model: ErosionModel,
    settings: ErosionSettings,
) -> _Judged:
    strip = signs.strip
    own = model.of(strip.margin)
    suspicion = np.where(looked, own.suspicion(own.logits(signs.values)), 0.0)
    touched = _near_rings(strip.points, rings, settings.beside_mm * view.lesion_mm_px)
    central = _articular(strip, settings) if strip.margin.joint in _CENTRAL_JOINTS else np.zeros(len(looked), np.bool_)
    kinds: list[ErosionKind] = [
        "pressure" if near else "central" if middle else "marginal"
        for near, middle in zip(touched, central, strict=True)
    ]
    return _Judged(strip, suspicion, looked, kinds)


def _near_rings(points: Floats, rings: Sequence[Floats], reach_px: float) -> Mask:
    """Tell which points lie in one of the rings or near to it."""
    near = np.zeros(len(points), np.bool_)
    for ring in rings:
        low, high = ring.min(axis=0) - reach_px, ring.max(axis=0) + reach_px
        close = np.flatnonzero(np.all((points >= low) & (points <= high), axis=1) & ~near)
        if close.size:
            distance = np.hypot(*(points[close, None] - ring[None]).transpose(2, 0, 1)).min(axis=1)
            near[close] = (distance <= reach_px) | _inside(points[close], ring)
    return near


def _inside(points: Floats, ring: Floats) -> Mask:
    """Tell which points lie within a closed ring (even-odd rule)."""
    x, y = points[:, :1], points[:, 1:]
    x0, y0 = ring[:-1].T
    x1, y1 = ring[1:].T
    crosses = (y0 > y) != (y1 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    return np.asarray(np.sum(crosses & (x < at), axis=1) % 2 == 1)


def _places(judged: _Judged, settings: ErosionSettings) -> list[ErosionPlace]:
    """Return the places of a margin that are suspicious, the most suspicious first."""
    strip, left = judged.strip, judged.suspicion.copy()
    beside = _beside(strip)
    found: list[ErosionPlace] = []
    while True:
        i = int(np.argmax(left))
        if left[i] < settings.place_from:
            return found
        middle = strip.margin.end is not None and abs(beside[i]) < settings.articular_share
        x, y = strip.points[i]
        found.append(
            ErosionPlace(
                bone=strip.margin.bone,
                margin="articular" if middle else "radial" if beside[i] > 0 else "ulnar",
                x=round(float(x), 1),
                y=round(float(y), 1),
                suspicion=round(float(left[i]), 3),
                kind=judged.kinds[i],
            )
        )
        apart = np.abs(strip.along_mm - strip.along_mm[i])
        if strip.margin.end is None:
            apart = np.minimum(apart, strip.along_mm[-1] - strip.along_mm[0] - apart)
        left[apart < settings.apart_mm] = 0.0


def _most(judged: Sequence[_Judged], settings: ErosionSettings) -> tuple[float, ErosionKind | None, list[ErosionPlace]]:
    """Return the greatest suspicion of some margins, its kind, and their places."""
    places = sorted((p for each in judged for p in _places(each, settings)), key=lambda place: -place.suspicion)
    suspicion = max(float(each.suspicion.max()) for each in judged)
    return round(suspicion, 3), places[0].kind if places else None, places


def _joint(
    code: str, judged: dict[Margin, _Judged], reasons: dict[Margin, str], settings: ErosionSettings
) -> JointErosion:
    margins = [margin for margin in MARGINS if margin.joint == code]
    if not margins:
        return JointErosion(None, None, [], _NOT_LOOKED_FOR)
    for margin in margins:
        if margin not in judged:
            return JointErosion(None, None, [], reasons[margin])
    return JointErosion(*_most([judged[margin] for margin in margins], settings))


def _bone(
    code: str, judged: dict[Margin, _Judged], reasons: dict[Margin, str], settings: ErosionSettings
) -> BoneErosion:
    margin = next(m for m in MARGINS if m.bone == code and (m.joint is None or m.joint == "CMC1"))
    if margin not in judged:
        return BoneErosion(bone=code, assessable=False, reason=reasons[margin])
    suspicion, kind, places = _most([judged[margin]], settings)
    return BoneErosion(bone=code, suspicion=suspicion, kind=kind, places=places, assessable=True)
