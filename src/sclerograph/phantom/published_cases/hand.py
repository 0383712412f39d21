"""An adult hand to build a case on, and deposits laid beside its bones so that every view shows the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull
from scipy.spatial.distance import pdist

from sclerograph.anatomy.hand import BONES
from sclerograph.findings.records import Morphology
from sclerograph.phantom.alignment import Misalignment
from sclerograph.phantom.calcium import deposit_body
from sclerograph.phantom.deposits import VISIBLE_MINERAL_MM
from sclerograph.phantom.follow_up import carried_deposit
from sclerograph.phantom.form import sample_form
from sclerograph.phantom.joint_space import draw_joint_spaces
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.resorption import Resorption
from sclerograph.phantom.scene import DepositPlan, HandScene, Wish, draw_scene, reposed, with_deposits

__all__ = ["TUBULAR_BONES", "Calcification", "adult_hand", "calcified"]

#: The bones whose cortex a film shows as two walls.
TUBULAR_BONES: tuple[str, ...] = tuple(bone.code for bone in BONES if bone.code[:2] in ("MC", "PP", "MP", "DP"))
#: A size is measured on a grid of this pixel (mm), and met to this share.
_MEASURED_AT_MM, _SIZE_WITHIN = 0.15, 0.03


@dataclass(frozen=True)
class Calcification:
    """One calcification beside a bone.

    ``along`` runs from 0 at the base of the bone to 1 at its head and beyond both, and ``distal_mm`` is added to it;
    ``radial_mm`` is how far to the radial side of the bone's axis it lies, ``palmar_mm`` how far in front of it.
    ``longest_mm`` is the greatest diameter of its visible mineral in the hand, ``strength`` a factor of its mineral.
    """

    kind: Morphology
    bone: str
    along: float
    longest_mm: float
    radial_mm: float = 0.0
    palmar_mm: float = 3.0
    distal_mm: float = 0.0
    strength: float = 1.0
    seed: int = 0


def adult_hand(
    seed: int,
    *,
    size: float,
    resorptions: Mapping[int, Resorption] | None = None,
    misalignment: Misalignment | None = None,
) -> HandScene:
    """Return a straight adult left hand whose joint spaces are those of healthy people, without calcium.

    Parameters
    ----------
    seed
        Of the range that no network was trained on.
    size
        Millimetres for a nominal millimetre.
    resorptions
        Acro-osteolysis by digit.
    misalignment
        How its bones stand, as :mod:`sclerograph.phantom.alignment` has it.
    """
    rng = np.random.default_rng(seed)
    scene = draw_scene(rng, Wish(deposits=(), resorptions=resorptions or {}, adult=True, size=size))
    return replace(
        scene,
        form=sample_form(rng, flexion_probability=0.0),
        joint_spaces=draw_joint_spaces(rng, size=size),
        misalignment=misalignment,
        _hands={},
    )


def calcified(
    scene: HandScene,
    calcifications: Sequence[Calcification],
    rng: np.random.Generator,
    *,
    pronation_deg: float = 0.0,
    bulge: float = 6.0,
) -> HandScene:
    """Lay a hand on a film, rolled by an angle, with calcifications where its bones take them.

    Parameters
    ----------
    scene
        The hand.
    calcifications
        What to lay beside its bones.
    rng
        Source of where film and X-ray source stand.
    pronation_deg
        0 for a PA film, 180 for an AP one, 45 for an oblique one with the thumb raised, 90 for a lateral one.
    bulge
        How far soft tissue bulges over the calcifications.
    """
    # the hand as it lies flat says where the calcifications are; another film is another pose of it
    flat = reposed(scene, np.random.default_rng(scene.seed), pronation_deg=0.0, tilt_deg=0.0, turn_deg=0.0)
    laid = reposed(scene, rng, pronation_deg=pronation_deg, tilt_deg=0.0, turn_deg=0.0)
    plans = tuple(
        carried_deposit(flat, laid, _plan(flat, each), depth_mm=-each.palmar_mm, bone=each.bone)
        for each in calcifications
    )
    return replace(with_deposits(laid, plans), bulge=bulge if plans else 0.0)


def _plan(flat: HandScene, what: Calcification) -> DepositPlan:
    bone = flat.hand().bones[what.bone]
    base, head = bone.base, bone.head
    if not bone.tubular:  # carpal bones have no axis: that of the hand, through their middle
        middle = bone.outer.mean(axis=0)
        base, head = (middle + np.array([0.0, way, 0.0]) for way in (-5.0, 5.0))
    axis = (head - base)[:2] / np.hypot(*(head - base)[:2])
    # the thumb of a left hand lies to the right, where x grows
    radial = np.array([axis[1], -axis[0], 0.0])
    along = (head - base) / np.linalg.norm(head - base)
    place = base + what.along * (head - base) + what.distal_mm * along + what.radial_mm * radial
    place[2] = 0.5 * (bone.base[2] + bone.head[2]) - what.palmar_mm
    film = Detector(1, 1, 1.0, 0.0, 0.0, flat.plane_mm, flat.source_mm)
    x, y = film.project(place)[0]
    enlarged = (flat.source_mm[2] - flat.plane_mm) / (flat.source_mm[2] - float(place[2]))
    growth = _growth(what.kind, what.seed, what.strength, what.longest_mm) * enlarged
    return DepositPlan(what.kind, float(x), float(y), what.seed, what.strength, growth)


@lru_cache(maxsize=256)
def _growth(kind: Morphology, seed: int, strength: float, longest_mm: float) -> float:
    """Return the factor of lengths with which a drawn deposit has this greatest diameter."""
    growth = 1.0
    for _ in range(8):  # thicker mineral is visible farther out: a larger deposit is a little more than enlarged
        seen = _longest_mm(DepositPlan(kind, 0.0, 0.0, seed, strength, growth))
        if abs(seen / longest_mm - 1.0) < _SIZE_WITHIN:
            break
        growth *= longest_mm / seen
    return growth


def _longest_mm(plan: DepositPlan) -> float:
    """Return the greatest diameter of the largest connected part of a deposit."""
    labels, count = ndimage.label(deposit_body(plan, _MEASURED_AT_MM) > VISIBLE_MINERAL_MM, np.ones((3, 3), int))
    sizes = np.bincount(labels.ravel())[1 : count + 1]
    points = np.argwhere(labels == 1 + int(np.argmax(sizes))).astype(np.float64)
    return float(pdist(points[ConvexHull(points).vertices]).max() + 1.0) * _MEASURED_AT_MM
