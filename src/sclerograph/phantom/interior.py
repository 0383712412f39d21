"""What is inside a bone on a film: cortex, marrow, trabeculae, growth plates and their scars, islands, canals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.phantom.beam import Beam
from sclerograph.phantom.deposits import add_at, lobule
from sclerograph.phantom.pose import PosedBone
from sclerograph.phantom.projection import Detector, path_length
from sclerograph.phantom.scene import BoneMatter
from sclerograph.phantom.texture import field, strut_field

__all__ = ["BONE_ISLANDS", "bone_attenuation", "joint_share", "nested_path_lengths", "plate_position", "shaft_share"]

#: Share of the bones that hold a bone island: one hand in six, still more often than on real films, where an island
#: over the hand is a rare finding. With one in each hand, what looks like a round deposit over bone mostly was none.
BONE_ISLANDS = 0.006

Image = NDArray[np.float32]


def _along(bone: PosedBone, detector: Detector, window: tuple[slice, slice]) -> tuple[Image, float]:
    """Position along the bone of each pixel, 0 at the base and 1 at the head, and the bone's direction on the film."""
    start, end = detector.project(np.stack([bone.base, bone.head]))
    axis = end - start
    rows, columns = window
    y, x = np.mgrid[rows, columns].astype(np.float32)
    position = ((x - start[0]) * axis[0] + (y - start[1]) * axis[1]) / max(float(axis @ axis), 1e-6)
    return position, float(np.degrees(np.arctan2(axis[0], -axis[1])))


def nested_path_lengths(bone: PosedBone, detector: Detector) -> tuple[tuple[slice, slice], Image, Image] | None:
    """Window on the film, millimetres of each ray inside the bone, and inside its marrow; ``None`` beside the film."""
    outer, window = path_length(bone.outer, bone.faces, detector)
    if outer.size == 0:
        return None
    marrow = np.zeros_like(outer)
    inner, inner_window = path_length(bone.marrow, bone.faces, detector)
    if inner.size:
        r, c = inner_window[0].start - window[0].start, inner_window[1].start - window[1].start
        r0, c0 = max(r, 0), max(c, 0)
        r1, c1 = min(r + inner.shape[0], outer.shape[0]), min(c + inner.shape[1], outer.shape[1])
        marrow[r0:r1, c0:c1] = inner[r0 - r : r1 - r, c0 - c : c1 - c]
    return window, outer, np.minimum(marrow, outer)


def shaft_share(bone: PosedBone, position: Image) -> Image:
    """One in the middle of the shaft, where marrow holds hardly any spongiosa, 0 at the ends and in carpal bones."""
    if not bone.tubular:
        return np.zeros_like(position)
    if bone.code in ("RAD", "ULN"):
        return np.asarray(np.clip(((1.0 - position) * bone.length_mm - 14.0) / 22.0, 0.0, 1.0), dtype=np.float32)
    return np.asarray(np.exp(-((np.abs(position - 0.48) / 0.27) ** 4)), dtype=np.float32)


def joint_share(bone: PosedBone, position: Image) -> Image:
    """One at the joints, falling to a third over 8 mm towards the shaft; one all over in carpal bones."""
    if not bone.tubular:
        return np.ones_like(position)
    distal = np.clip(1.0 - position, 0.0, None)
    share = distal if bone.code in ("RAD", "ULN") else np.minimum(np.clip(position, 0.0, None), distal)
    return np.asarray(np.exp(-((share * bone.length_mm / 8.0) ** 2)), dtype=np.float32)


def bone_attenuation(
    bone: PosedBone,
    detector: Detector,
    beam: Beam,
    rng: np.random.Generator,
    matter: BoneMatter,
) -> tuple[tuple[slice, slice], Image, NDArray[np.bool_]] | None:
    """Attenuation that a bone adds to the soft tissue around it.

    Parameters
    ----------
    bone, detector
        Where it is.
    beam
        Attenuation coefficients.
    rng
        Source of randomness.
    matter
        How the bones of this hand are made.

    Returns
    -------
    window, attenuation, outline
        Where on the film, what is added there, and the projected outline; ``None`` beside the film.
    """
    nested = nested_path_lengths(bone, detector)
    if nested is None:
        return None
    window, outer, marrow = nested
    outline = outer > 0.2
    position, angle = _along(bone, detector, window)
    shaft = shaft_share(bone, position)
    pixel = detector.pixel_mm
    low, high = 0.55 * pixel, 1.3 * pixel
    struts = strut_field(rng, outer.shape, angle, low, min(high, 0.45))
    coarse = field(rng, outer.shape, 0.05 * pixel, 0.16 * pixel, tile=3)
    bone_fraction = matter.spongiosa * (1.0 - 0.8 * shaft) * (1.0 + 0.18 * coarse)
    bone_fraction *= 1.0 + matter.grain * np.clip(struts, -2.2, 2.6) * (1.0 - 0.65 * shaft)
    bone_fraction = np.clip(bone_fraction, 0.0, 0.9)
    if matter.periarticular_loss:
        bone_fraction *= 1.0 - matter.periarticular_loss * joint_share(bone, position)
    cortex = outer - marrow
    if matter.growing and bone.tubular:
        _growth_plate(bone, position, cortex, marrow, rng, pixel)
    elif bone.tubular and rng.random() < 0.6:
        _physeal_scar(bone, position, bone_fraction, rng)
    if bone.tubular and rng.random() < 0.35:
        _nutrient_canal(position, marrow, bone_fraction, rng)
    attenuation = (beam.mineral - beam.soft) * matter.mineral * (cortex + bone_fraction * marrow) - (
        beam.soft - beam.fat
    ) * 0.6 * marrow * (1.0 - bone_fraction)
    if rng.random() < BONE_ISLANDS:
        island = np.zeros_like(outer)
        body = ndimage.gaussian_filter(lobule(rng, rng.uniform(0.6, 1.9), pixel), 0.3 / pixel)
        add_at(island, rng.uniform(0.2, 0.8) * island.shape[1], rng.uniform(0.1, 0.9) * island.shape[0], body)
        attenuation += np.where(marrow > 1.0, island, 0.0) * beam.mineral * rng.uniform(0.25, 0.7)
    return window, attenuation.astype(np.float32), outline


def plate_position(bone: PosedBone, rng: np.random.Generator) -> float:
    """Where a growth plate lies: distal in the metacarpals 2 to 5 and the forearm, proximal elsewhere."""
    distal = bone.code in ("MC2", "MC3", "MC4", "MC5", "RAD", "ULN")
    distance = rng.uniform(6.0, 10.0) if bone.code in ("RAD", "ULN") else rng.uniform(4.0, 8.0)
    fraction = distance / max(bone.length_mm, 10.0)
    if bone.code.startswith("DP"):
        fraction *= 0.6
    return float(1.0 - fraction if distal else fraction)


def _growth_plate(
    bone: PosedBone, position: Image, cortex: Image, marrow: Image, rng: np.random.Generator, pixel: float
) -> None:
    """An open or closing growth plate: a lucent wavy gap with sclerotic rims; in place."""
    openness = rng.uniform(0.1, 0.95)
    wave = 0.5 * field(rng, position.shape, 0.02 * pixel, 0.08 * pixel, tile=4)
    distance = (position - plate_position(bone, rng)) * bone.length_mm + wave
    gap = np.exp(-((distance / rng.uniform(0.4, 1.1)) ** 2)) * openness
    rim = np.exp(-(((np.abs(distance) - 1.4) / 0.5) ** 2)) * openness
    cortex *= 1.0 - gap
    cortex += 0.25 * rim * marrow
    marrow *= (1.0 - gap) * (1.0 - 0.25 * rim)


def _physeal_scar(bone: PosedBone, position: Image, bone_fraction: Image, rng: np.random.Generator) -> None:
    """The thin dense line that a closed growth plate leaves; in place."""
    distance = (position - plate_position(bone, rng)) * bone.length_mm
    bone_fraction += rng.uniform(0.02, 0.16) * np.exp(-((distance / rng.uniform(0.25, 0.6)) ** 2))


def _nutrient_canal(position: Image, marrow: Image, bone_fraction: Image, rng: np.random.Generator) -> None:
    """A short oblique lucent channel in the shaft; in place."""
    rows, columns = position.shape
    y, x = np.mgrid[:rows, :columns]
    cx, cy, slope = rng.uniform(0.3, 0.7) * columns, rng.uniform(0.35, 0.65) * rows, rng.normal(0.0, 0.35)
    line = np.exp(-(((x - cx - slope * (y - cy)) / 0.9) ** 2)) * np.exp(-(((y - cy) / (0.06 * rows)) ** 4))
    bone_fraction *= 1.0 - 0.6 * line
    marrow *= 1.0 - 0.12 * line
