"""Soft tissue of the hand: skin, fat and muscle as the union of tapered capsules around the bones.

Thickness is worked out in the plane of the film. The union is smooth (a p-norm of the single thicknesses), so that the
outline has no kinks where capsules meet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.phantom.form import index_of
from sclerograph.phantom.pose import PosedHand
from sclerograph.phantom.projection import Detector

__all__ = ["FingertipShape", "SoftTissue", "skin_capsules", "soft_tissue"]

Image = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FingertipShape:
    """How the soft tissue of a fingertip stands over its bone.

    ``pulp_mm`` is how far it reaches beyond the end of the distal phalanx of a digit that lies flat (millimetres on the
    film), ``taper`` by which share its breadth falls towards the tip beyond what healthy fingers do (0 to 0.6).
    Sclerodactyly is a thin pulp and a strong taper.
    """

    pulp_mm: float
    taper: float = 0.07


#: Fingertips as they are drawn when nothing is said about them.
_AS_DRAWN: Mapping[int, FingertipShape] = MappingProxyType({})


#: Around a distal phalanx this much belongs to the fingertip (nominal mm).
_FINGERTIP_MARGIN_MM = 14.0


@dataclass(frozen=True)
class SoftTissue:
    """Thickness in millimetres of everything inside the skin, of what lies below the skin, and of muscle and tendon."""

    total: Image
    below_skin: Image
    muscle: Image


@numba.njit(cache=True, fastmath=True)
def _accumulate(capsules, step, power, skin, fat, total, below, muscle):  # type: ignore[no-untyped-def]  # pragma: no cover
    rows, columns = total.shape
    for k in range(capsules.shape[0]):
        x0, y0, x1, y1, ra, rb = capsules[k]
        reach = max(ra, rb)
        dx, dy = x1 - x0, y1 - y0
        q = dx * dx + dy * dy + 1e-9
        c0 = max(0, int((min(x0, x1) - reach) / step))
        c1 = min(columns - 1, int((max(x0, x1) + reach) / step) + 1)
        r0 = max(0, int((min(y0, y1) - reach) / step))
        r1 = min(rows - 1, int((max(y0, y1) + reach) / step) + 1)
        for r in range(r0, r1 + 1):
            for c in range(c0, c1 + 1):
                px, py = c * step - x0, r * step - y0
                h = min(1.0, max(0.0, (px * dx + py * dy) / q))
                d2 = (px - h * dx) ** 2 + (py - h * dy) ** 2
                radius = ra + (rb - ra) * h
                if d2 < radius * radius:
                    total[r, c] += (radius * radius - d2) ** (power / 2)
                    inner = radius - skin
                    if d2 < inner * inner:
                        below[r, c] += (inner * inner - d2) ** (power / 2)
                    core = inner - fat * radius
                    if core > 0 and d2 < core * core:
                        muscle[r, c] += (core * core - d2) ** (power / 2)


class _Capsules:
    def __init__(self, detector: Detector, size: float, fingertips: Mapping[int, FingertipShape] = _AS_DRAWN) -> None:
        self.detector = detector
        self.size = size
        self.fingertips = fingertips
        self.rows: list[tuple[float, float, float, float, float, float]] = []

    def point(self, world: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self.detector.project(world)[0] * self.detector.pixel_mm)

    def add(self, start: NDArray[np.float64], end: NDArray[np.float64], first: float, last: float) -> None:
        """Add a capsule between two film points in millimetres with radii in millimetres of a nominal hand."""
        self.rows.append((start[0], start[1], end[0], end[1], first * self.size, last * self.size))


def _finger(
    capsules: _Capsules, hand: PosedHand, digit: int, rng: np.random.Generator, girth: float, taper: float
) -> None:
    factor = {2: 0.95, 3: 0.98, 4: 0.92, 5: 0.80}[digit] * rng.uniform(0.95, 1.05) * girth
    pp, mp, dp = (hand.bones[f"{kind}{digit}"] for kind in ("PP", "MP", "DP"))
    mc = hand.bones[f"MC{digit}"]
    at = capsules.point
    pp0, pp1, mp0, mp1, dp0 = at(pp.base), at(pp.head), at(mp.base), at(mp.head), at(dp.base)
    tip = at(hand.landmarks[index_of[f"TIP{digit}"]])
    capsules.add(pp0, pp1, 9.6 * factor, 8.4 * factor)
    capsules.add(pp1, mp0, 9.0 * factor, 8.8 * factor)
    capsules.add(mp0, mp1, 8.7 * factor, 7.7 * factor)
    capsules.add(mp1, dp0, 8.0 * factor, 7.9 * factor)
    _pulp(capsules, dp0, tip, hand, digit, rng, 7.7 * factor, 6.9 * factor, taper)
    capsules.add(at(mc.base), at(mc.head), 12.0, 10.4 * factor)
    direction = (pp1 - pp0) / np.linalg.norm(pp1 - pp0)
    capsules.add(at(mc.head), pp0 + direction * 7.0 * hand.size, 10.9 * factor, 9.7 * factor)


def _pulp(
    capsules: _Capsules,
    base: NDArray[np.float64],
    tip: NDArray[np.float64],
    hand: PosedHand,
    digit: int,
    rng: np.random.Generator,
    first: float,
    last: float,
    taper: float,
) -> None:
    """The pulp follows the bone: over a resorbed tuft it retracts a little less than the bone does, and tapers."""
    intact, remaining = hand.intact_distal_length_mm[digit], hand.distal_length_mm[digit]
    lost = max(0.0, intact - remaining)
    along = tip - base
    length = float(np.linalg.norm(along))
    direction = along / length if length > 1e-6 else np.array([0.0, -1.0])
    full = base + direction * intact * (length / max(remaining, 1e-6) if remaining > 0.2 * intact else 1.0)
    keeps = rng.uniform(0.15, 0.7) if lost > 0.05 * intact else 1.0
    end = full - direction * lost * (1.0 - keeps)
    narrowing = 1.0 - taper - (0.25 * min(1.0, 2 * lost / intact) if lost > 0.05 * intact else 0.0)
    cover = rng.uniform(2.2, 4.4) * hand.size
    if (shape := capsules.fingertips.get(digit)) is not None:
        _shaped_pulp(capsules, base, tip, hand, digit, first, last, shape)
        return
    last = last * narrowing
    end = end + direction * (cover - last * hand.size)
    if float((end - base) @ direction) < 1.0:
        end = base + direction * 1.0
    capsules.add(base, end, first * (1.0 - 0.4 * taper), last)


def _shaped_pulp(
    capsules: _Capsules,
    base: Floats,
    tip: Floats,
    hand: PosedHand,
    digit: int,
    first: float,
    last: float,
    shape: FingertipShape,
) -> None:
    """The pulp as it was asked for; where the phalanx leaves the film, its round end comes back with the bone's."""
    bone = hand.bones[f"DP{digit}"]
    along = tip - base
    seen = float(np.linalg.norm(along))
    world = bone.head - bone.base
    flat = float(np.hypot(world[0], world[1])) / max(float(np.linalg.norm(world)), 1e-6)
    narrow = last * (1.0 - shape.taper)
    direction = along / max(seen, 1e-6)
    end = tip + direction * (shape.pulp_mm - narrow * hand.size) * flat
    if float((end - base) @ direction) < 1.0:
        end = base + direction * 1.0
    capsules.add(base, end, first * (1.0 - 0.4 * shape.taper), narrow)


def soft_tissue(
    hand: PosedHand,
    detector: Detector,
    rng: np.random.Generator,
    *,
    step_mm: float = 0.7,
    order: int = 1,
    fingertips: Mapping[int, FingertipShape] = _AS_DRAWN,
) -> SoftTissue:
    """Thickness maps of one hand on a film.

    Parameters
    ----------
    hand, detector, rng
        The bones, the film, and the source of randomness.
    step_mm
        Grid on which the union of the capsules is worked out.
    order
        Order of the splines that bring it to the film's pixels: 1 for speed, 3 for outlines without corners.
    fingertips
        Shapes of fingertips by digit; the others are drawn.
    """
    step_pixels = max(1, round(step_mm / detector.pixel_mm))
    capsules = _draw_capsules(hand, detector, rng, fingertips)
    rows, columns = -(-detector.rows // step_pixels) + 1, -(-detector.columns // step_pixels) + 1
    maps = [np.zeros((rows, columns)) for _ in range(3)]
    power = rng.uniform(6.0, 11.0)
    skin, fat = rng.uniform(1.0, 2.0) * hand.size, rng.uniform(0.08, 0.32)
    _accumulate(np.array(capsules.rows), step_pixels * detector.pixel_mm, power, skin, fat, *maps)
    flatness = rng.uniform(0.78, 1.0)
    roughness = rng.uniform(0.3, 0.9) / (step_pixels * detector.pixel_mm)
    out = []
    for values in maps:
        thickness = 2.0 * np.power(values, 1.0 / power)
        thickness = ndimage.gaussian_filter(thickness.astype(np.float32), roughness)
        thickness = thickness**flatness * 15.0 ** (1.0 - flatness)
        out.append(np.maximum(_enlarge(thickness, step_pixels, (detector.rows, detector.columns), order), 0.0))
    for digit in fingertips:
        _sharpen(out[0], hand, detector, digit, np.array(capsules.rows) / detector.pixel_mm, flatness)
    below = np.minimum(out[1], out[0])
    return SoftTissue(out[0], below, np.minimum(out[2], below))


def skin_capsules(
    hand: PosedHand,
    detector: Detector,
    rng: np.random.Generator,
    fingertips: Mapping[int, FingertipShape] = _AS_DRAWN,
) -> Floats:
    """Return the (n, 6) capsules whose union the skin encloses: both ends (x, y) and their radii, in pixels.

    With the same random numbers they are those of :func:`soft_tissue`.
    """
    return np.array(_draw_capsules(hand, detector, rng, fingertips).rows) / detector.pixel_mm


def _draw_capsules(
    hand: PosedHand, detector: Detector, rng: np.random.Generator, fingertips: Mapping[int, FingertipShape]
) -> _Capsules:
    capsules = _Capsules(detector, hand.size, fingertips)
    girth = rng.uniform(0.86, 1.2)
    taper = rng.uniform(0.0, 0.14) if rng.random() < 0.75 else rng.uniform(0.14, 0.38)
    at = capsules.point
    bones = hand.bones
    for digit in (2, 3, 4, 5):
        _finger(capsules, hand, digit, rng, girth, taper)
    for a, b in ((2, 3), (3, 4), (4, 5)):
        for t in np.linspace(0.0, 0.95, 9):
            first, second = (at(bones[f"MC{d}"].base) * (1 - t) + at(bones[f"MC{d}"].head) * t for d in (a, b))
            capsules.add(first, second, 11.6, 11.6)
        web = rng.uniform(7.0, 21.0) * hand.size
        for reach in np.linspace(0.0, web, 7):
            ends = []
            for d in (a, b):
                pp = bones[f"PP{d}"]
                start, stop = at(pp.base), at(pp.head)
                ends.append(start + (stop - start) / np.linalg.norm(stop - start) * reach)
            # the web thins out towards its edge
            radius = (9.0 - 6.0 * (reach / web) ** 1.5) * girth
            capsules.add(ends[0], ends[1], radius, radius)
    _thumb(capsules, hand, rng, girth, taper)
    _palm_and_wrist(capsules, hand, rng)
    return capsules


def _sharpen(total: Image, hand: PosedHand, detector: Detector, digit: int, capsules: Floats, flatness: float) -> None:
    """End the soft tissue of a fingertip exactly where its capsules end, in place: smoothing blurs that by a mm.

    ``capsules`` are in pixels.
    """
    bone = hand.bones[f"DP{digit}"]
    ends = detector.project(np.stack([bone.base, bone.head]))
    margin = _FINGERTIP_MARGIN_MM * hand.size / detector.pixel_mm
    low = np.clip(np.floor(ends.min(axis=0) - margin), 0, None).astype(int)
    high = np.clip(np.ceil(ends.max(axis=0) + margin), None, [detector.columns, detector.rows]).astype(int)
    if (high <= low).any():
        return
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    squared = np.zeros(x.shape, np.float32)
    for x0, y0, x1, y1, first, last in capsules:
        reach = max(first, last)
        if max(x0, x1) + reach < low[0] or min(x0, x1) - reach > high[0]:
            continue
        if max(y0, y1) + reach < low[1] or min(y0, y1) - reach > high[1]:
            continue
        dx, dy = x1 - x0, y1 - y0
        share = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy + 1e-9), 0.0, 1.0)
        radius = first + (last - first) * share
        apart = (x - x0 - share * dx) ** 2 + (y - y0 - share * dy) ** 2
        squared = np.maximum(squared, radius**2 - apart)
    exact = (2.0 * np.sqrt(squared) * detector.pixel_mm) ** flatness * 15.0 ** (1.0 - flatness)
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    total[window] = np.minimum(total[window], exact)


def _enlarge(image: Image, factor: int, shape: tuple[int, int], order: int) -> Image:
    if factor == 1:
        return np.ascontiguousarray(image[: shape[0], : shape[1]])
    big = ndimage.affine_transform(image, np.array([1.0 / factor] * 2), output_shape=shape, order=order, mode="nearest")
    return np.asarray(big, dtype=np.float32)


def _thumb(capsules: _Capsules, hand: PosedHand, rng: np.random.Generator, girth: float, taper: float) -> None:
    at, bones = capsules.point, hand.bones
    mc, pp, dp = bones["MC1"], bones["PP1"], bones["DP1"]
    capsules.add(at(mc.base), at(mc.head), 14.0, 11.6)
    capsules.add(at(mc.head), at(pp.head), 11.2 * girth, 9.4 * girth)
    capsules.add(at(pp.head), at(dp.base), 9.6 * girth, 9.5 * girth)
    _pulp(capsules, at(dp.base), at(hand.landmarks[index_of["TIP1"]]), hand, 1, rng, 9.3 * girth, 8.0 * girth, taper)
    index = bones["MC2"]
    i0, i1 = at(index.base), at(index.head)
    m0, m1 = at(mc.base), at(mc.head)
    fold = rng.uniform(0.6, 1.0)
    for t in np.linspace(0.0, 0.95, 8):
        capsules.add(m0 * (1 - t) + m1 * t, i0 * (1 - fold * t) + i1 * fold * t, 11.5 - 3.5 * t, 11.0 - 2.5 * t)


def _palm_and_wrist(capsules: _Capsules, hand: PosedHand, rng: np.random.Generator) -> None:
    at, bones, size = capsules.point, hand.bones, hand.size
    radius, ulna, little, index = bones["RAD"], bones["ULN"], bones["MC5"], bones["MC2"]
    r0, r1, u0, u1 = at(radius.base), at(radius.head), at(ulna.base), at(ulna.head)
    down = (r0 - r1) / np.linalg.norm(r0 - r1) * size
    across = at(little.base) - at(index.base)
    ulnar = across / np.linalg.norm(across) * size
    capsules.add(at(little.base) + ulnar * 3, at(little.head) + ulnar, 11.4, 10.2)
    triquetrum = at(bones["TRQ"].base)
    middle = (at(little.base) + at(little.head)) / 2
    capsules.add(triquetrum, middle, 11.5, 11.5)
    capsules.add(u1, triquetrum, 12.0, 11.5)
    wrist = rng.uniform(0.85, 1.18)
    for t in np.linspace(0.0, 1.0, 5):
        far, near = r0 * (1 - t) + u0 * t, r1 * (1 - t) + u1 * t
        capsules.add(far, near, 17.5 * wrist, 13.4 * wrist)
    lunate = at(bones["LUN"].base)
    capsules.add(r1 + down * 8, at(bones["MC1"].base), 14.0, 13.0)
    capsules.add(r1, u1, 14.0, 13.5)
    capsules.add(u1 + down * 5, at(little.base), 12.0, 11.5)
    capsules.add(lunate, at(index.base), 15.0, 13.0)
    capsules.add(lunate, at(little.base), 15.0, 13.0)
