"""What a bone adds to a fine film: cortex with its canals, spongiosa that follows the bone's own lines, scars, islands.

Trabeculae are drawn in coordinates of the bone, millimetres along it and across it, where the distance across is
measured in shares of the width at that height: struts fan out towards the ends and run together in the shaft, as the
principal directions of stress do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.phantom.deposits import add_at, lobule
from sclerograph.phantom.interior import BONE_ISLANDS, joint_share, nested_path_lengths, plate_position, shaft_share
from sclerograph.phantom.pose import PosedBone
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.scene import BoneMatter
from sclerograph.phantom.texture import texture_tile

__all__ = ["BoneShadow", "bone_shadow"]

Image = NDArray[np.float32]

#: Samples of the texture tiles are this far apart, in millimetres of an adult bone.
_SAMPLE_MM = 0.1
#: Share of the marrow space between the trabeculae that is fat.
_FAT_SHARE = 0.65


@dataclass(frozen=True)
class BoneShadow:
    """What one bone puts into a ray (mm): cortical bone, fat and water of the marrow; and what it displaces."""

    window: tuple[slice, slice]
    bone: Image
    fat: Image
    soft: Image
    displaced: Image
    outline: NDArray[np.bool_]


@dataclass(frozen=True)
class _Frame:
    """Coordinates of each pixel in a bone: share of the length (0 base, 1 head), and millimetres along and across."""

    share: Image
    along_mm: Image
    across_mm: Image
    length_mm: float


def bone_shadow(bone: PosedBone, detector: Detector, rng: np.random.Generator, matter: BoneMatter) -> BoneShadow | None:
    """Draw one bone; ``None`` where it lies beside the film."""
    nested = nested_path_lengths(bone, detector)
    if nested is None:
        return None
    window, outer, marrow = nested
    frame = _frame(bone, detector, window, outer)
    phase = rng.uniform(0.0, 100.0, 8)
    struts = _sample("struts", frame, phase[0:2])
    cross = _sample("cross", frame, phase[2:4])
    grain = _sample("grain", frame, phase[4:6])
    patches = _sample("patches", frame, phase[6:8])
    shaft = shaft_share(bone, frame.share)
    # the inner face of the cortex is not smooth: it dissolves into struts
    cortex = np.maximum(outer - marrow, 0.0) * (1.0 + 0.05 * struts + 0.03 * grain)
    # struts that lie behind each other average out
    depth = np.sqrt(5.0 / (np.maximum(marrow, 1.0) + 2.0))
    contrast = (1.9 if bone.tubular else 1.3) * matter.grain * depth * (1.0 - 0.55 * shaft)
    texture = np.clip(0.7 * struts + 0.4 * cross + 0.65 * grain, -2.0, 3.2)
    near_end = _near_end(bone, frame)
    fraction = matter.spongiosa * (1.0 - 0.8 * shaft) * (1.0 + 0.10 * patches + 0.5 * near_end)
    fraction = np.clip(fraction * (1.0 + contrast * texture), 0.0, 0.9)
    if matter.periarticular_loss:
        fraction *= 1.0 - matter.periarticular_loss * joint_share(bone, frame.share)
    if bone.tubular:
        fraction += _scar(bone, frame, rng, patches)
        marrow = marrow * (1.0 - _canals(frame, rng, detector.pixel_mm, outer.shape))
    if bone.code.startswith("DP"):
        # the tuft is lace: holes between a few struts, without a closed cortex
        lace = np.clip((frame.share - 0.7) / 0.12, 0.0, 1.0)
        fraction *= np.clip(1.0 + 0.8 * lace * (grain + 0.5 * patches), 0.2, 2.2)
        cortex *= np.clip(1.0 - 0.25 * lace * (1.0 + grain), 0.3, 1.0)
    fraction = np.clip(fraction, 0.0, 0.95)
    solid = cortex + fraction * marrow
    solid += _island(rng, marrow, detector.pixel_mm)
    solid = np.minimum(solid, outer)
    hollow = outer - solid
    return BoneShadow(
        window,
        (matter.mineral * solid).astype(np.float32),
        (_FAT_SHARE * hollow).astype(np.float32),
        ((1.0 - _FAT_SHARE) * hollow).astype(np.float32),
        outer,
        outer > 0.2,
    )


def _frame(bone: PosedBone, detector: Detector, window: tuple[slice, slice], outer: Image) -> _Frame:
    start, end = detector.project(np.stack([bone.base, bone.head]))
    axis = end - start
    pixels = float(np.hypot(*axis))
    rows, columns = window
    y, x = np.mgrid[rows, columns].astype(np.float32)
    if not bone.tubular or pixels < 1.0:
        # carpal bones: their lines run along the hand
        centre = detector.project(bone.outer.mean(axis=0))[0]
        return _Frame(
            np.full(outer.shape, 0.5, np.float32),
            (centre[1] - y) * detector.pixel_mm,
            (x - centre[0]) * detector.pixel_mm,
            bone.length_mm,
        )
    unit = axis / pixels
    share = ((x - start[0]) * unit[0] + (y - start[1]) * unit[1]) / pixels
    across = ((x - start[0]) * -unit[1] + (y - start[1]) * unit[0]) * detector.pixel_mm
    if bone.code not in ("RAD", "ULN"):
        # of the forearm only the end is on the film, whose struts run straight
        middle, half = _profile(share, across, outer > 0.2)
        width = np.interp(share, _HEIGHTS, half)
        across = (across - np.interp(share, _HEIGHTS, middle)) / width * float(np.median(half)) * 1.25
    length = pixels * detector.pixel_mm
    return _Frame(share, (share * length).astype(np.float32), across.astype(np.float32), length)


_HEIGHTS = np.linspace(-0.1, 1.1, 49)


def _profile(share: Image, across: Image, inside: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middle and half width of the outline at each of :data:`_HEIGHTS`, smoothed."""
    index = np.clip(np.round((share[inside] + 0.1) / 0.025).astype(int), 0, 48)
    low, high = np.full(49, np.inf), np.full(49, -np.inf)
    np.minimum.at(low, index, across[inside])
    np.maximum.at(high, index, across[inside])
    seen = np.isfinite(low)
    if not seen.any():
        return np.zeros(49), np.ones(49)
    low, high = (np.interp(_HEIGHTS, _HEIGHTS[seen], values[seen]) for values in (low, high))
    middle = ndimage.gaussian_filter1d((low + high) / 2.0, 2.0, mode="nearest")
    half = ndimage.gaussian_filter1d((high - low) / 2.0, 2.0, mode="nearest")
    return middle, np.maximum(half, 1.0)


def _sample(kind: str, frame: _Frame, phase: NDArray[np.float64]) -> Image:
    """Look a texture up in the coordinates of the bone."""
    # cycles a sample: struts 0.7 to 1.6 a millimetre and long, cross struts rarer and shorter, fine grain, slow patches
    low, high, stretch, angle, seed = {
        "struts": (0.07, 0.16, 3.6, 0.0, 11),
        "cross": (0.06, 0.14, 2.2, 90.0, 12),
        "grain": (0.12, 0.26, 1.0, 0.0, 13),
        "patches": (0.01, 0.035, 1.0, 0.0, 14),
    }[kind]
    tile = texture_tile(low, high, stretch=stretch, angle_deg=angle, seed=seed)
    at = np.stack([frame.along_mm + phase[0], frame.across_mm + phase[1]]) / _SAMPLE_MM
    return np.asarray(ndimage.map_coordinates(tile, at, order=1, mode="grid-wrap"), dtype=np.float32)


def _near_end(bone: PosedBone, frame: _Frame) -> Image:
    """One at the articular ends of a tubular bone, where the spongiosa is dense, falling over some millimetres."""
    if not bone.tubular:
        return np.zeros_like(frame.share)
    distal = np.clip(1.0 - frame.share, 0.0, None)
    distance = distal if bone.code in ("RAD", "ULN") else np.minimum(np.clip(frame.share, 0.0, None), distal)
    return np.asarray(np.exp(-distance * frame.length_mm / 2.6), dtype=np.float32)


def _scar(bone: PosedBone, frame: _Frame, rng: np.random.Generator, patches: Image) -> Image:
    """The thin wavy dense line, here and there broken, that a closed growth plate leaves in many bones."""
    strength = rng.uniform(0.03, 0.14) if rng.random() < 0.55 else 0.0
    distance = (frame.share - plate_position(bone, rng)) * frame.length_mm + 0.5 * patches
    line = np.exp(-((distance / rng.uniform(0.2, 0.4)) ** 2)) * np.clip(0.8 + 0.5 * patches, 0.0, 1.5)
    return np.asarray(strength * line, dtype=np.float32)


def _canals(frame: _Frame, rng: np.random.Generator, pixel_mm: float, shape: tuple[int, ...]) -> Image:
    """Share of the marrow that vascular channels take away: an oblique canal in the shaft, pits at the ends."""
    lost = np.zeros(shape, np.float32)
    if rng.random() < 0.5:
        at, side, slope = rng.uniform(0.4, 0.62), rng.uniform(-1.5, 1.5), rng.normal(0.0, 0.25)
        along = frame.along_mm - at * frame.length_mm
        lost += 0.35 * np.exp(-(((frame.across_mm - side - slope * along) / 0.32) ** 2) - (along / 3.2) ** 4)
    for _ in range(int(rng.integers(0, 4))):
        at = rng.uniform(0.06, 0.2) if rng.random() < 0.5 else rng.uniform(0.8, 0.94)
        along = frame.along_mm - at * frame.length_mm
        radius = rng.uniform(0.25, 0.5)
        lost += 0.3 * np.exp(-(along**2 + (frame.across_mm - rng.uniform(-4.0, 4.0)) ** 2) / radius**2)
    return np.minimum(lost, 0.5)


def _island(rng: np.random.Generator, marrow: Image, pixel_mm: float) -> Image:
    """A bone island (enostosis) in a few bones: compact bone within the marrow."""
    island = np.zeros_like(marrow)
    if rng.random() < BONE_ISLANDS:
        body = ndimage.gaussian_filter(lobule(rng, rng.uniform(0.6, 1.7), pixel_mm), 0.2 / pixel_mm)
        add_at(island, rng.uniform(0.25, 0.75) * island.shape[1], rng.uniform(0.1, 0.9) * island.shape[0], body)
    return np.where(marrow > 1.5, np.minimum(island * 0.6, marrow), 0.0).astype(np.float32)
