"""What stands before the X-ray source: one hand, its pose, its disease. Both gears draw the same scene.

A scene is a description: every part of it has its own stream of random numbers under the scene's seed, so that a
coarse and a fine film of one scene show the same bones and the same deposits. Scenes are always left hands, thumb to
the right; a right hand is the mirror image of what the ray crosses (:mod:`sclerograph.phantom.layers`).

Coordinates on the film are millimetres in its plane, x to the right and y down, (0, 0) below the origin of the world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sclerograph.findings.records import Morphology
from sclerograph.phantom.alignment import Misalignment, misalign
from sclerograph.phantom.cortex import thin_cortex
from sclerograph.phantom.deposits import draw_morphology
from sclerograph.phantom.erosion import Erosion, erode
from sclerograph.phantom.form import HandForm, index_of, sample_form
from sclerograph.phantom.joint_space import JointSpace, set_joint_spaces
from sclerograph.phantom.pose import PosedHand, pose_hand, rotation_about, tilted
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.resorption import Resorption, draw_resorption
from sclerograph.phantom.soft_tissue import FingertipShape

__all__ = [
    "ADULT",
    "TRAINING",
    "TRAINING_HEALTHY",
    "BoneMatter",
    "DepositPlan",
    "HandScene",
    "Wish",
    "draw_scene",
    "draw_site",
    "reposed",
    "with_deposits",
]

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Wish:
    """What a scene should show; what is ``None`` is drawn with the frequencies that training uses.

    ``deposits`` are the morphologies to place, ``fingertips`` the chance that one lies at a fingertip, ``strength`` the
    range of factors of their mineral; ``resorptions`` the acro-osteolysis by digit; ``adult`` closes the growth plates
    and keeps the pose that a radiographer asks for: flat, straight, in the middle of the film. ``size`` is millimetres
    for a nominal millimetre.
    """

    deposits: tuple[Morphology, ...] | None = None
    resorptions: Mapping[int, Resorption] | None = None
    adult: bool = False
    fingertips: float = 0.34
    strength: tuple[float, float] = (1.0, 1.0)
    size: float | None = None


#: The wide distribution of the fast gear.
TRAINING = Wish()
#: The same without disease.
TRAINING_HEALTHY = Wish(deposits=(), resorptions={})
#: A healthy adult.
ADULT = Wish(deposits=(), resorptions={}, adult=True)


@dataclass(frozen=True)
class BoneMatter:
    """How the bones of one hand are made.

    ``mineral`` is the mineral of the cortex relative to normal, ``spongiosa`` the fraction of the marrow space that is
    bone at the ends, ``grain`` the contrast of the trabeculae, ``growing`` whether growth plates are open.
    ``periarticular_loss`` is the share of the spongiosa that is gone at the joints, less and less towards the shafts.
    """

    mineral: float
    spongiosa: float
    grain: float
    growing: bool
    periarticular_loss: float = 0.0


@dataclass(frozen=True)
class DepositPlan:
    """One deposit to place: its kind, the middle of it on the film, the seed of its shape, a factor of its mineral.

    ``growth`` is the factor of its lengths and ``turn_deg`` how far it is turned on the film, clockwise as it is seen:
    with both the same body is there again at a later visit.
    """

    kind: Morphology
    x_mm: float
    y_mm: float
    seed: int
    strength: float = 1.0
    growth: float = 1.0
    turn_deg: float = 0.0


@dataclass(frozen=True, eq=False)
class HandScene:
    """One hand with its disease, and the geometry of source and film.

    ``deposits`` is empty where there is no calcium; ``bulge`` says how far soft tissue bulges over deposits (0: not).
    ``joint_spaces`` are set where they are given; otherwise the spaces are as the pose leaves them.
    ``misalignment`` says which bones do not stand as they should. ``cortex_loss`` is the share of its thickness that
    the cortex of a bone has lost from inside, by the code of the bone. ``fingertips`` are shapes of the soft tissue of
    digits; what is not given is drawn. ``erosions`` are bitten out of the bones as they stand in the flat hand.
    """

    seed: int
    form: HandForm
    size: float
    resorptions: Mapping[int, Resorption]
    pronation_deg: float
    tilt_deg: float
    turn_deg: float
    matter: BoneMatter
    centre_mm: tuple[float, float]
    plane_mm: float
    source_mm: tuple[float, float, float]
    deposits: tuple[DepositPlan, ...] = ()
    bulge: float = 0.0
    adult: bool = False
    joint_spaces: Mapping[str, JointSpace] = field(default_factory=dict)
    misalignment: Misalignment | None = None
    cortex_loss: Mapping[str, float] = field(default_factory=dict)
    fingertips: Mapping[int, FingertipShape] = field(default_factory=dict)
    erosions: tuple[Erosion, ...] = ()
    _hands: dict[float, PosedHand] = field(default_factory=dict, repr=False)

    def stream(self, part: str) -> np.random.Generator:
        """Return the random numbers of one part of the scene: the same on every call."""
        return _stream(self.seed, part)

    def hand(self, fineness: float = 1.0) -> PosedHand:
        """Return the bones in world coordinates; ``fineness`` multiplies the rings of their surfaces."""
        if fineness not in self._hands:
            self._hands[fineness] = _posed(self, fineness)
        return self._hands[fineness]

    def detector(self, rows: int, columns: int, pixel_mm: float, *, source_offset_mm: float | None = None) -> Detector:
        """Put a film around the hand.

        Parameters
        ----------
        rows, columns, pixel_mm
            Size of the film and of its pixels.
        source_offset_mm
            Where the source stands, to the right of the middle of the film; as drawn for the scene when ``None``.
        """
        x, y = self.centre_mm
        source = self.source_mm
        if source_offset_mm is not None:
            source = (x + source_offset_mm, source[1], source[2])
        return Detector(
            rows, columns, pixel_mm, x - columns * pixel_mm / 2, rows * pixel_mm / 2 - y, self.plane_mm, source
        )

    @cached_property
    def landmarks_mm(self) -> Points:
        """The landmarks (37, 2) on the film."""
        return self._on_film(self.hand().landmarks)

    def _on_film(self, points: Points) -> Points:
        return Detector(1, 1, 1.0, 0.0, 0.0, self.plane_mm, self.source_mm).project(points)


def _stream(seed: int, part: str) -> np.random.Generator:
    return np.random.default_rng([seed, *part.encode()])


def _posed(scene: HandScene, fineness: float) -> PosedHand:
    # bones are set, displaced and eroded while the hand lies flat
    flat_first = bool(scene.joint_spaces or scene.erosions) or scene.misalignment is not None
    hand = pose_hand(
        scene.form,
        scene.stream("pose"),
        size=scene.size,
        resorptions=dict(scene.resorptions),
        pronation_deg=0.0 if flat_first else scene.pronation_deg,
        tilt_deg=0.0 if flat_first else scene.tilt_deg,
        fineness=fineness,
    )
    thin_cortex(hand, scene.cortex_loss)
    if scene.joint_spaces:
        set_joint_spaces(hand, scene.joint_spaces)
    if scene.misalignment is not None:
        misalign(hand, scene.misalignment)
    if scene.erosions:
        erode(hand, scene.erosions, scene.stream("erosions"))
    if flat_first:
        tilted(hand, scene.pronation_deg, scene.tilt_deg)
    # the centre must not depend on the fineness of the surfaces, as the landmarks at the tips do
    centre = np.array([*scene.form.points.mean(axis=0) * scene.size, 0.0])
    hand.transform(rotation_about(np.array([0.0, 0.0, 1.0]), scene.turn_deg), centre)
    return hand


def draw_scene(rng: np.random.Generator, wish: Wish = TRAINING, *, base: Points | None = None) -> HandScene:
    """Draw one scene.

    Parameters
    ----------
    rng
        Source of randomness; one number of it becomes the seed of the scene.
    wish
        What the scene should show.
    base
        (37, 2) form in nominal millimetres to start from; drawn when ``None``.
    """
    seed = int(rng.integers(2**62))
    draw = _stream(seed, "scene")
    form = sample_form(draw, base=base, flexion_probability=0.1 if wish.adult else 0.25)
    resorptions = _draw_resorptions(draw) if wish.resorptions is None else wish.resorptions
    wide = not wish.adult and draw.random() < 0.1
    calm = 0.5 if wish.adult else 1.0
    pronation = float(draw.uniform(-40, 40) if wide else draw.normal(0.0, 6.0 * calm))
    turn = draw.normal(0.0, 8.0 * calm) if wish.adult or draw.random() < 0.85 else draw.uniform(-30, 30)
    size = float(draw.uniform(0.9, 1.06) if wish.adult else draw.uniform(0.8, 1.08))
    bare = HandScene(
        seed,
        form,
        size if wish.size is None else wish.size,
        dict(resorptions),
        pronation,
        float(draw.normal(0.0, 4.0 * calm)),
        float(turn),
        _draw_matter(draw, adult=wish.adult),
        (0.0, 0.0),
        0.0,
        (0.0, 0.0, 1000.0),
        adult=wish.adult,
    )
    placed = _place(bare, draw)
    kinds = _draw_kinds(draw) if wish.deposits is None else wish.deposits
    if not kinds:
        return placed
    plans = []
    for kind in kinds:
        x, y = draw_site(placed, draw, wish.fingertips)
        plans.append(DepositPlan(kind, x, y, int(draw.integers(2**62)), float(draw.uniform(*wish.strength))))
    # small deposits may lie in tissue that is there; a tumoral mass always pushes the skin outward
    bulges = draw.random() < 0.6 or (wish.adult and "tumoral" in kinds)
    bulge = float(draw.uniform(6.0 if wish.adult else 2.0, 9.0)) if bulges else 0.0
    return _changed(placed, deposits=tuple(plans), bulge=bulge)


def reposed(scene: HandScene, rng: np.random.Generator, **changes: object) -> HandScene:
    """Return the same bones in another pose, with film and source put around them anew.

    Parameters
    ----------
    scene
        The hand.
    rng
        Source of where film and source stand.
    changes
        New values of ``form``, ``resorptions``, ``pronation_deg``, ``tilt_deg``, ``turn_deg``, ``joint_spaces``,
        ``misalignment``, ``erosions``. Deposits are left out: they would have to move with the bones.
    """
    return _place(_changed(scene, **changes, deposits=(), _hands={}), rng)


def with_deposits(scene: HandScene, deposits: tuple[DepositPlan, ...]) -> HandScene:
    """Return the same hand in the same pose with other deposits."""
    return _changed(scene, deposits=deposits)


def _changed(scene: HandScene, **changes: object) -> HandScene:
    """Return a scene with other values that leave the pose of the bones as it is."""
    values = {name: getattr(scene, name) for name in scene.__dataclass_fields__} | changes
    return HandScene(**values)


def _draw_resorptions(rng: np.random.Generator) -> dict[int, Resorption]:
    if rng.random() >= 0.45:
        return {}
    chance = rng.uniform(0.1, 0.9)
    return {d: draw_resorption(rng) for d in range(1, 6) if rng.random() < chance}


def _draw_matter(rng: np.random.Generator, *, adult: bool) -> BoneMatter:
    if adult:
        return BoneMatter(
            float(rng.uniform(0.85, 1.1)), float(rng.uniform(0.14, 0.24)), float(rng.uniform(0.12, 0.2)), growing=False
        )
    return BoneMatter(
        float(rng.uniform(0.55, 1.15)),
        float(rng.uniform(0.10, 0.34)),
        float(rng.uniform(0.03, 0.22)),
        growing=bool(rng.random() < 0.4),
    )


def _place(scene: HandScene, rng: np.random.Generator) -> HandScene:
    """Put film and source around the hand."""
    hand = scene.hand()
    marks = hand.landmarks[:, :2]
    low, high = marks.min(axis=0), marks.max(axis=0)
    centre = (low + high) / 2 + rng.normal(0.0, 1.5 if scene.adult else 5.0, 2)
    centre[1] -= rng.uniform(4.0, 10.0) if scene.adult else rng.uniform(0.0, 14.0)
    plane = min(float(b.outer[:, 2].min()) for b in hand.bones.values()) - rng.uniform(6.0, 12.0)
    source = (centre[0] + rng.normal(0, 25), centre[1] + rng.normal(0, 25), plane + rng.uniform(900, 1150))
    return _changed(
        scene,
        centre_mm=(float(centre[0]), float(-centre[1])),
        plane_mm=float(plane),
        source_mm=(float(source[0]), float(source[1]), float(source[2])),
    )


def _draw_kinds(rng: np.random.Generator) -> tuple[Morphology, ...]:
    if rng.random() >= 0.8:
        return ()
    count = 1 + int(rng.poisson(rng.uniform(0.5, 9.0)))
    only = draw_morphology(rng) if rng.random() < 0.25 else None
    kinds: list[Morphology] = []
    for _ in range(count):
        kind = only or draw_morphology(rng)
        kinds.append("clustered" if kind == "tumoral" and rng.random() < 0.5 else kind)
    return tuple(kinds)


def draw_site(scene: HandScene, rng: np.random.Generator, fingertips: float) -> tuple[float, float]:
    """Draw a place for a deposit on the film: fingertips, joints, shafts, the wrist, anywhere."""
    marks, hand = scene.landmarks_mm, scene.hand()
    choice = rng.random()
    # the four other kinds of places share what the fingertips leave, always in the same proportion
    elsewhere = (choice - fingertips) / max(1.0 - fingertips, 1e-9)
    if choice < fingertips:
        digit = int(rng.choice([1, 2, 3, 4, 5], p=[0.28, 0.24, 0.2, 0.16, 0.12]))
        start = scene._on_film(hand.bones[f"DP{digit}"].base)[0]
        end = marks[index_of[f"TIP{digit}"]]
        place = start + (end - start) * rng.uniform(0.3, 1.15) + rng.normal(0.0, 2.6, 2)
    elif elsewhere < 0.45:
        names = [n for n in index_of if n[:2] in ("DI", "PI", "MC", "IP") or n == "CMC1"]
        place = marks[index_of[names[int(rng.integers(len(names)))]]] + rng.normal(0.0, 4.5, 2)
    elif elsewhere < 0.67:
        codes = list(hand.bones)
        bone = hand.bones[codes[int(rng.integers(len(codes)))]]
        start, end = scene._on_film(np.stack([bone.base, bone.head]))
        place = start + (end - start) * rng.uniform(0.0, 1.0) + rng.normal(0.0, 5.0, 2)
    elif elsewhere < 0.85:
        names = ["ULNAR_STYLOID", "TRQ", "LUN", "SCA", "TZM", "RADIAL_STYLOID", "CAP"]
        place = marks[index_of[names[int(rng.integers(len(names)))]]] + rng.normal(0.0, 8.0, 2)
    else:
        place = marks[int(rng.integers(len(marks)))] + rng.normal(0.0, 12.0, 2)
    return float(place[0]), float(place[1])
