"""The fast gear: a simulated film with its truth in a fraction of a second, for training and for measuring detection.

A film is a scene, its attenuation at one effective energy, and a look. Everything comes from one random generator, so a
seed repeats a film exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import Side
from sclerograph.findings.records import Morphology
from sclerograph.phantom import look, texture
from sclerograph.phantom.beam import Beam
from sclerograph.phantom.calcium import calcium_thickness
from sclerograph.phantom.deposits import VISIBLE_MINERAL_MM
from sclerograph.phantom.interior import bone_attenuation
from sclerograph.phantom.layers import (
    BONE_BITS,
    CALCIUM,
    LOOK_ALIKE,
    MARKER,
    METAL,
    SOFT_TISSUE,
    HandLayers,
    mirrored,
    side_by_side,
)
from sclerograph.phantom.objects import add_metal
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.resorption import Resorption
from sclerograph.phantom.scene import TRAINING, TRAINING_HEALTHY, HandScene, draw_scene
from sclerograph.phantom.soft_tissue import SoftTissue, soft_tissue

__all__ = [
    "CALCIUM",
    "LOOK_ALIKE",
    "MARKER",
    "METAL",
    "SOFT_TISSUE",
    "SimulatedFilm",
    "TwoHandFilm",
    "fast_film",
    "film_truth",
    "simulate_film",
    "simulate_two_hand_film",
]

Points = NDArray[np.float64]


@dataclass
class SimulatedFilm:
    """A film and what is on it, for one hand.

    ``image`` is (rows, columns) uint8; ``image_12bit`` the same film with 4096 greys where the fine gear made it.
    ``landmarks`` is (37, 3): x, y in pixels and 1 where visible; ``bones`` a bit field with bit i for ``BONES[i]``;
    ``tissue`` a bit field of :data:`CALCIUM` ... :data:`LOOK_ALIKE`; ``calcium_mm`` the thickness of mineral at
    1.2 g/cm3. ``resorption`` holds for each digit with acro-osteolysis the fraction of the distal phalanx that is gone
    and the grade; ``distal_length_mm`` and ``intact_distal_length_mm`` the lengths of all five, as they are and as they
    were.
    """

    image: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    bones: NDArray[np.uint32]
    tissue: NDArray[np.uint8]
    calcium_mm: NDArray[np.float16]
    mm_per_pixel: float
    nominal_mm_per_pixel: float
    resorption: dict[int, tuple[float, int]] = field(default_factory=dict)
    flexion_deg: dict[int, tuple[float, ...]] = field(default_factory=dict)
    deposit_kinds: list[Morphology] = field(default_factory=list)
    side: Side = "L"
    distal_length_mm: dict[int, float] = field(default_factory=dict)
    intact_distal_length_mm: dict[int, float] = field(default_factory=dict)
    magnification: float = 1.0
    image_12bit: NDArray[np.uint16] | None = None


@dataclass
class TwoHandFilm:
    """A film of both hands; the truth of each hand covers the whole film, and both share the image."""

    hands: tuple[SimulatedFilm, SimulatedFilm]

    @property
    def image(self) -> NDArray[np.uint8]:
        """The film, (rows, columns) uint8."""
        return self.hands[0].image


def simulate_film(
    rng: np.random.Generator,
    *,
    disease: bool = True,
    rows: int = 880,
    columns: int = 680,
    pixel_mm: float = 0.28,
    base: Points | None = None,
    healthy_look: bool = False,
) -> SimulatedFilm:
    """Draw one film of one upright hand, thumb to the right.

    Parameters
    ----------
    rng
        Source of all randomness.
    disease
        False leaves out deposits and acro-osteolysis.
    rows, columns, pixel_mm
        Size of the film and of its pixels in millimetres.
    base
        (37, 2) form in nominal millimetres to start from; drawn when ``None``.
    healthy_look
        True leaves out metal, letters and collimation as well: a plain film.
    """
    scene = draw_scene(rng, TRAINING if disease else TRAINING_HEALTHY, base=base)
    return fast_film(scene, rng, rows=rows, columns=columns, pixel_mm=pixel_mm, plain=healthy_look)


def fast_film(
    scene: HandScene,
    rng: np.random.Generator,
    *,
    rows: int = 880,
    columns: int = 680,
    pixel_mm: float = 0.28,
    plain: bool = False,
    side: Side = "L",
) -> SimulatedFilm:
    """Put one scene on a film.

    Parameters
    ----------
    scene
        The hand.
    rng
        Source of the beam, the textures and the look.
    rows, columns, pixel_mm
        Size of the film and of its pixels.
    plain
        True leaves out metal, letters and collimation.
    side
        ``"R"`` mirrors the hand.
    """
    beam = Beam.at(float(rng.uniform(29.0, 46.0)))
    hand = fast_layers(scene, scene.detector(rows, columns, pixel_mm), beam, rng, metal=not plain)
    return _expose([hand if side == "L" else mirrored(hand)], rng, plain=plain)[0]


def simulate_two_hand_film(
    rng: np.random.Generator,
    scenes: tuple[HandScene, HandScene],
    *,
    rows: int = 880,
    columns: int = 1300,
    pixel_mm: float = 0.28,
    plain: bool = False,
) -> TwoHandFilm:
    """Put two hands on a film side by side: the left hand on the left, both thumbs to the middle, as on a PA film.

    Parameters
    ----------
    rng
        Source of the beam, the textures and the look.
    scenes
        The left hand, and the right hand as its mirror image.
    rows, columns, pixel_mm
        Size of the film (an even number of columns) and of its pixels.
    plain
        True leaves out metal, letters and collimation.
    """
    beam = Beam.at(float(rng.uniform(29.0, 46.0)))
    half = columns // 2
    offset = half * pixel_mm / 2
    halves = [
        fast_layers(scene, scene.detector(rows, half, pixel_mm, source_offset_mm=offset), beam, rng, metal=not plain)
        for scene in scenes
    ]
    first, second = _expose(side_by_side(halves[0], mirrored(halves[1])), rng, plain=plain)
    return TwoHandFilm((first, second))


def film_truth(
    hand: HandLayers,
    image: NDArray[np.uint8],
    visible: NDArray[np.bool_],
    letters: NDArray[np.bool_],
    image_12bit: NDArray[np.uint16] | None = None,
) -> SimulatedFilm:
    """Join a film and the truth of one hand on it; nothing is true outside of what is ``visible``."""
    tissue = hand.tissue.copy()
    tissue[letters] |= MARKER
    tissue[~visible] &= MARKER
    bones = np.where(visible, hand.bones, np.uint32(0))
    scene, posed = hand.scene, hand.scene.hand()
    source = scene.source_mm[2]
    height = float(np.mean(posed.landmarks[:, 2]))
    return SimulatedFilm(
        image,
        _visible_landmarks(hand, visible),
        bones,
        tissue,
        np.where(tissue & CALCIUM, hand.calcium_mm, 0.0).astype(np.float16),
        hand.pixel_mm,
        hand.pixel_mm / scene.size,
        resorption=_stages(scene.resorptions),
        flexion_deg=dict(scene.form.flexion_deg),
        deposit_kinds=hand.kinds,
        side=hand.side,
        distal_length_mm=dict(posed.distal_length_mm),
        intact_distal_length_mm=dict(posed.intact_distal_length_mm),
        magnification=(source - scene.plane_mm) / (source - height),
        image_12bit=image_12bit,
    )


def _stages(resorptions: Mapping[int, Resorption]) -> dict[int, tuple[float, int]]:
    return {digit: (r.lost, r.grade) for digit, r in resorptions.items()}


def _visible_landmarks(hand: HandLayers, visible: NDArray[np.bool_]) -> NDArray[np.float32]:
    rows, columns = hand.shape
    out = np.zeros((len(hand.landmarks), 3), np.float32)
    out[:, :2] = hand.landmarks
    x, y = np.round(hand.landmarks).astype(int).T
    inside = (x >= 1) & (y >= 1) & (x < columns - 1) & (y < rows - 1)
    out[inside, 2] = visible[y[inside], x[inside]]
    return out


def fast_layers(
    scene: HandScene, detector: Detector, beam: Beam, rng: np.random.Generator, *, metal: bool
) -> HandLayers:
    """Attenuation of one posed hand and all that goes with it (one material: attenuation itself)."""
    shape = (detector.rows, detector.columns)
    attenuation = np.zeros(shape, np.float32)
    bones, tissue = np.zeros(shape, np.uint32), np.zeros(shape, np.uint8)
    hand = scene.hand()
    soft = soft_tissue(hand, detector, scene.stream("soft tissue"), fingertips=scene.fingertips)
    for code, bone in hand.bones.items():
        drawn = bone_attenuation(bone, detector, beam, rng, matter=scene.matter)
        if drawn is None:
            continue
        window, added, outline = drawn
        attenuation[window] += added
        if code in BONE_BITS:
            bones[window][outline] |= np.uint32(1 << BONE_BITS[code])
        else:
            tissue[window][outline] |= LOOK_ALIKE
    mineral, soft = calcium_thickness(scene, soft, detector)
    tissue[mineral > VISIBLE_MINERAL_MM] |= CALCIUM
    # hydroxyapatite at 1.2 g/cm3 attenuates 0.93 times as much as cortical bone between 30 and 45 keV (NISTIR 5632)
    attenuation += (beam.mineral * 0.93 - beam.soft * 0.4) * mineral
    inside = soft.total > 1.2
    tissue[inside] |= SOFT_TISSUE
    attenuation += _soft_attenuation(soft, beam, rng)
    if metal and rng.random() < 0.2:
        coverage = add_metal(rng, hand, detector)
        attenuation += coverage * float(rng.uniform(1.2, 4.0))
        covered = coverage > 0.5
        tissue[covered] = (tissue[covered] & ~np.uint8(CALCIUM)) | METAL
    return HandLayers(
        scene,
        "L",
        detector.pixel_mm,
        np.maximum(attenuation, 0.0)[None],
        inside,
        bones,
        tissue,
        mineral,
        detector.project(hand.landmarks),
    )


def _soft_attenuation(soft: SoftTissue, beam: Beam, rng: np.random.Generator) -> NDArray[np.float32]:
    shape = (soft.total.shape[0], soft.total.shape[1])
    mottle = 1.0 + 0.03 * texture.field(rng, shape, 0.008, 0.03) + 0.04 * texture.field(rng, shape, 0.001, 0.004)
    skin, fat = soft.total - soft.below_skin, soft.below_skin - soft.muscle
    return np.asarray((beam.soft * (skin + soft.muscle) + beam.fat * fat) * mottle, dtype=np.float32)


def _expose(hands: Sequence[HandLayers], rng: np.random.Generator, *, plain: bool) -> list[SimulatedFilm]:
    """Make the film of one or two hands, which share their materials."""
    attenuation, inside, pixel = hands[0].materials[0], hands[0].inside, hands[0].pixel_mm
    image = look.process(look.detect(attenuation, rng, pixel), inside, rng, pixel)
    visible, letters = np.ones(inside.shape, bool), np.zeros(inside.shape, bool)
    if not plain:
        image, visible = look.collimate(image, rng)
        image, letters = look.add_letters(image, inside, rng)
    greys = (image * 255.0 + 0.5).astype(np.uint8)
    if not plain and rng.random() < 0.5:
        greys = look.jpeg(greys, int(rng.integers(35, 96)))
    return [film_truth(hand, greys, visible, letters) for hand in hands]
