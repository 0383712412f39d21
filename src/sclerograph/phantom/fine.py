"""The fine gear: a film as a department makes it, for measuring and for the examples.

The same scene as in the fast gear, with finer surfaces and pixels, a spectrum instead of one energy, four materials,
scatter, the blur of focal spot and detector, quantum noise, nails and folds, trabeculae along the bones' own lines,
and the looks of several vendors in 4096 greys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.phantom.beam import tungsten_spectrum
from sclerograph.phantom.calcium import calcium_thickness
from sclerograph.phantom.deposits import VISIBLE_MINERAL_MM
from sclerograph.phantom.film import SimulatedFilm, TwoHandFilm, film_truth
from sclerograph.phantom.fine_bones import bone_shadow
from sclerograph.phantom.fine_soft import fold_relief, nail_plates, water_and_fat
from sclerograph.phantom.layers import (
    BONE_BITS,
    CALCIUM,
    LOOK_ALIKE,
    METAL,
    SOFT_TISSUE,
    HandLayers,
    mirrored,
    side_by_side,
)
from sclerograph.phantom.objects import add_metal
from sclerograph.phantom.projection import Detector, path_length
from sclerograph.phantom.scene import HandScene
from sclerograph.phantom.soft_tissue import SoftTissue, soft_tissue
from sclerograph.phantom.vendor import LOOKS, add_side_marker, expose, lead_edges, present

__all__ = ["FINENESS", "simulate_fine_film", "simulate_fine_two_hand_film"]

Image = NDArray[np.float32]
#: Factor of the rings of the bones' surfaces.
FINENESS = 2.6
#: Share of the volume of a deposit that its mineral displaces (hydroxyapatite: 3.16 g/cm3).
_MINERAL_SHARE = 1.2 / 3.16


def simulate_fine_film(
    rng: np.random.Generator,
    scene: HandScene,
    *,
    rows: int = 2000,
    columns: int = 1600,
    pixel_mm: float = 0.125,
    side: Literal["L", "R"] = "L",
    look: str | None = None,
    metal: bool = False,
) -> SimulatedFilm:
    """Put one hand on a fine film.

    Parameters
    ----------
    rng
        Source of beam, detector, noise and marker.
    scene
        The hand; drawn by :func:`sclerograph.phantom.scene.draw_scene`.
    rows, columns, pixel_mm
        Size of the film and of its pixels in millimetres.
    side
        ``"R"`` mirrors the hand.
    look
        One of :data:`sclerograph.phantom.vendor.LOOKS`; drawn when ``None``.
    metal
        True lays one to three metal objects on the film: rings, nails, plates, wires.
    """
    hand = fine_layers(scene, scene.detector(rows, columns, pixel_mm), metal=metal)
    return _finish([hand if side == "L" else mirrored(hand)], rng, look)[0]


def simulate_fine_two_hand_film(
    rng: np.random.Generator,
    scenes: tuple[HandScene, HandScene],
    *,
    rows: int = 2048,
    columns: int = 2500,
    pixel_mm: float = 0.14,
    look: str | None = None,
) -> TwoHandFilm:
    """Put both hands on one fine film: the left hand on the left, both thumbs to the middle, as on a PA film.

    Parameters
    ----------
    rng
        Source of beam, detector, noise and markers.
    scenes
        The left hand, and the right hand as its mirror image.
    rows, columns, pixel_mm
        Size of the film (an even number of columns) and of its pixels.
    look
        One of :data:`sclerograph.phantom.vendor.LOOKS`; drawn when ``None``.
    """
    half = columns // 2
    offset = half * pixel_mm / 2
    left, right = (
        fine_layers(scene, scene.detector(rows, half, pixel_mm, source_offset_mm=offset)) for scene in scenes
    )
    first, second = _finish(side_by_side(left, mirrored(right)), rng, look)
    return TwoHandFilm((first, second))


def fine_layers(scene: HandScene, detector: Detector, *, metal: bool = False) -> HandLayers:
    """Millimetres of bone, soft tissue, fat and mineral in every ray, and the attenuation of metal.

    Depends on the scene alone: exposure and look come later.
    """
    shape = (detector.rows, detector.columns)
    materials = np.zeros((5, *shape), np.float32)
    bones, tissue = np.zeros(shape, np.uint32), np.zeros(shape, np.uint8)
    hand = scene.hand(FINENESS)
    soft = soft_tissue(hand, detector, scene.stream("soft tissue"), step_mm=0.25, fingertips=scene.fingertips)
    mineral, soft = calcium_thickness(scene, soft, detector)
    total = soft.total
    thick = np.minimum(total / 4.0, 1.0)
    relief = fold_relief(hand, detector, scene.stream("folds")) * thick
    nails = nail_plates(hand, detector, scene.stream("nails"), total)
    # capsules around the bones may be thinner than the bones over them: where they are, soft tissue covers the bone
    displaced, covering = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    matter = scene.stream("bone interior")
    for code, bone in hand.bones.items():
        shadow = bone_shadow(bone, detector, matter, scene.matter)
        if shadow is None:
            continue
        materials[0][shadow.window] += shadow.bone
        materials[1][shadow.window] += shadow.soft
        materials[2][shadow.window] += shadow.fat
        displaced[shadow.window] += shadow.displaced
        if bone.intact is not None:
            # soft tissue fills an erosion and does not sink into it
            intact, window = path_length(bone.intact, bone.faces, detector)
            covering[window] += intact
        else:
            covering[shadow.window] += shadow.displaced
        if code in BONE_BITS:
            bones[shadow.window][shadow.outline] |= np.uint32(1 << BONE_BITS[code])
        else:
            tissue[shadow.window][shadow.outline] |= LOOK_ALIKE
    covered = np.where(covering > 0.0, np.maximum(total, covering + np.float32(3.0)), total)
    added = covered - total
    grown = SoftTissue(covered, soft.below_skin + added, soft.muscle + np.float32(0.6) * added)
    water, fat = water_and_fat(grown, hand, detector, scene.stream("fat"))
    # bone and mineral take the room of tissue around them
    water = water - 0.85 * displaced - _MINERAL_SHARE * mineral
    fat = np.maximum(fat - 0.15 * displaced, 0.0)
    materials[1] += np.maximum(water + relief + nails, 0.0)
    materials[2] += fat
    materials[3] = mineral
    tissue[mineral > VISIBLE_MINERAL_MM] |= CALCIUM
    if metal:
        objects = scene.stream("metal")
        coverage = add_metal(objects, hand, detector)
        materials[4] = coverage * float(objects.uniform(1.5, 4.0))
        hidden = coverage > 0.5
        tissue[hidden] = (tissue[hidden] & ~np.uint8(CALCIUM)) | METAL
    inside = total > 1.2
    tissue[inside] |= SOFT_TISSUE
    return HandLayers(
        scene, "L", detector.pixel_mm, materials, inside, bones, tissue, mineral, detector.project(hand.landmarks)
    )


def _finish(hands: Sequence[HandLayers], rng: np.random.Generator, name: str | None) -> list[SimulatedFilm]:
    """Expose and present the film of one or two hands, which share their materials."""
    look = LOOKS[name if name is not None else sorted(LOOKS)[int(rng.integers(len(LOOKS)))]]
    pixel, inside, materials = hands[0].pixel_mm, hands[0].inside, hands[0].materials
    spectrum = tungsten_spectrum(float(rng.integers(50, 56)), float(rng.choice([2.5, 2.8, 3.1])))
    signal = expose(materials, spectrum, look.response, rng, pixel)
    bony = np.zeros(inside.shape, bool)
    for hand in hands:
        bony |= (hand.bones > 0) & (hand.tissue & (CALCIUM | METAL) == 0)
    image = present(signal, inside, bony, look, rng, pixel)
    letters = np.zeros(inside.shape, bool)
    part = inside.shape[1] // len(hands)
    for number, hand in enumerate(hands):
        part_columns = slice(number * part, (number + 1) * part)
        letters |= add_side_marker(image, inside, hand.side, part_columns, rng, pixel)
    image, visible = lead_edges(image, rng, pixel)
    greys = (image * 4095.0 + 0.5).astype(np.uint16)
    coarse = (image * 255.0 + 0.5).astype(np.uint8)
    return [film_truth(hand, coarse, visible, letters & _own(hand, hands, part), greys) for hand in hands]


def _own(hand: HandLayers, hands: Sequence[HandLayers], part: int) -> NDArray[np.bool_]:
    """The columns of the film that belong to a hand."""
    own = np.zeros(hand.shape, bool)
    number = next(i for i, other in enumerate(hands) if other is hand)
    own[:, number * part : (number + 1) * part] = True
    return own
