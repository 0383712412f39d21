"""The same hand at a later visit: put down anew, filmed differently, and with changes that are known.

The bones are the same bones; the hand is turned out of the film's plane by up to 15 degrees, its fingers lie a little
otherwise, and film, exposure and look differ. Deposits go with the bone that they lie beside, at their own height above
it, so that they move against it as soft tissue does on real films. Each has grown, shrunk, stayed, or gone, and new
ones have come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import FINGER_CHAINS, SITES
from sclerograph.phantom.calcium import deposit_body
from sclerograph.phantom.deposits import VISIBLE_MINERAL_MM, draw_morphology
from sclerograph.phantom.film import CALCIUM, SimulatedFilm, fast_film
from sclerograph.phantom.form import HandForm, index_of, rotate_about
from sclerograph.phantom.pose import PosedBone, PosedHand
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.resorption import Resorption
from sclerograph.phantom.scene import DepositPlan, HandScene, draw_site, reposed, with_deposits

__all__ = [
    "Fate",
    "FilmPair",
    "FollowUp",
    "Progress",
    "carried_deposit",
    "draw_follow_up",
    "fates_of_labels",
    "film_pair",
    "true_links",
]

Points = NDArray[np.float64]
What = Literal["new", "grown", "stable", "shrunk", "gone"]

#: Height and width of a film, millimetres.
_FILM_MM = (246.0, 190.0)
#: The part of a tubular bone, from its base, that resorption never changes.
_BASE_SHARE = 0.4


@dataclass(frozen=True)
class Progress:
    """What may happen between two visits.

    ``repositioned_deg`` is the most that the hand is turned out of the plane; ``grown`` the range of the factor of the
    area of a deposit that grows, ``shrunk`` of one that shrinks; ``shares`` the chances of grown, stable, shrunk and
    gone; ``new`` the mean number of new deposits; ``lost`` the range of how much more of a distal phalanx goes that is
    resorbed already, as a share of its length; ``depth_mm`` the standard deviation of the height of a deposit above the
    middle of its bone.
    """

    repositioned_deg: float = 15.0
    grown: tuple[float, float] = (1.25, 2.0)
    shrunk: tuple[float, float] = (0.4, 0.75)
    shares: tuple[float, float, float, float] = (0.4, 0.4, 0.08, 0.12)
    new: float = 0.8
    lost: tuple[float, float] = (0.05, 0.3)
    depth_mm: float = 4.0


@dataclass(frozen=True)
class Fate:
    """What became of one deposit.

    ``first`` and ``second`` are the plans of the two visits, ``None`` where it is not there; ``area_factor`` the factor
    of its area in the hand, 1 where it is stable.
    """

    what: What
    first: DepositPlan | None
    second: DepositPlan | None
    area_factor: float = 1.0


@dataclass(frozen=True)
class FollowUp:
    """One hand at two visits and what happened in between.

    ``repositioned_deg`` is the angle between the two positions.
    """

    first: HandScene
    second: HandScene
    fates: tuple[Fate, ...]
    repositioned_deg: float


@dataclass(frozen=True)
class FilmPair:
    """A film of each visit with its truth, and the detectors that they were taken with."""

    follow_up: FollowUp
    first: SimulatedFilm
    second: SimulatedFilm
    detectors: tuple[Detector, Detector]


def draw_follow_up(scene: HandScene, rng: np.random.Generator, progress: Progress | None = None) -> FollowUp:
    """Draw what has become of a hand.

    Parameters
    ----------
    scene
        The hand at the first visit.
    rng
        Source of randomness.
    progress
        What may happen; everything that :class:`Progress` says when ``None``.
    """
    course = Progress() if progress is None else progress
    # turning a drawn deposit softens its edge by a part of a pixel: the films of both visits must do so alike
    turned = tuple(replace(plan, turn_deg=plan.turn_deg + float(rng.uniform(0.0, 360.0))) for plan in scene.deposits)
    scene = with_deposits(scene, turned)
    angle, direction = rng.uniform(0.0, course.repositioned_deg), rng.uniform(0.0, 2.0 * np.pi)
    later = reposed(
        scene,
        rng,
        form=_moved_form(scene.form, rng),
        resorptions=_worse(scene.resorptions, course.lost, rng),
        pronation_deg=scene.pronation_deg + float(angle * np.cos(direction)),
        tilt_deg=scene.tilt_deg + float(angle * np.sin(direction)),
        turn_deg=scene.turn_deg + float(rng.normal(0.0, 5.0)),
    )
    fates = [_fate(scene, later, plan, rng, course) for plan in scene.deposits]
    for _ in range(int(rng.poisson(course.new))):
        x, y = draw_site(later, rng, 0.45)
        plan = DepositPlan(draw_morphology(rng), x, y, int(rng.integers(2**62)), float(rng.uniform(1.0, 1.8)))
        fates.append(Fate("new", None, plan))
    there = tuple(fate.second for fate in fates if fate.second is not None)
    return FollowUp(scene, with_deposits(later, there), tuple(fates), float(angle))


def film_pair(follow_up: FollowUp, rng: np.random.Generator, pixels_mm: Sequence[float] = (0.25, 0.3)) -> FilmPair:
    """Take a film at each visit, with exposure and look of its own, and pixels of one of a few sizes."""
    films, detectors = [], []
    for scene in (follow_up.first, follow_up.second):
        pixel = float(rng.choice(pixels_mm))
        rows, columns = (round(side / pixel) for side in _FILM_MM)
        detectors.append(scene.detector(rows, columns, pixel))
        films.append(fast_film(scene, rng, rows=rows, columns=columns, pixel_mm=pixel, plain=True))
    return FilmPair(follow_up, films[0], films[1], (detectors[0], detectors[1]))


def true_links(
    pair: FilmPair, first: NDArray[np.int32], second: NDArray[np.int32], least_share: float = 0.2
) -> set[tuple[int, int]]:
    """Return which deposits of the two films consist of the same calcium.

    Parameters
    ----------
    pair
        The films.
    first, second
        Label images of their true deposits, 0 where there is none.
    least_share
        Of the smaller of two deposits so much must be common to both.

    Returns
    -------
    Pairs of labels. One deposit can have several partners, where deposits have grown together or come apart.
    """
    owners = [_owners(film, scene, detector) for film, scene, detector in _visits(pair)]
    sizes = np.bincount(first.ravel()), np.bincount(second.ravel())
    common: dict[tuple[int, int], int] = {}
    for fate in pair.follow_up.fates:
        if fate.first is None or fate.second is None:
            continue
        scenes = pair.follow_up.first, pair.follow_up.second
        places = scenes[0].deposits.index(fate.first), scenes[1].deposits.index(fate.second)
        own_first = np.where(owners[0] == places[0], first, 0)
        y, x = np.nonzero((owners[1] == places[1]) & (second > 0))
        back = _carried_back(np.stack([x, y], axis=1).astype(np.float64), fate, pair.detectors)
        column, row = np.rint(back).astype(int).T
        inside = (row >= 0) & (column >= 0) & (row < first.shape[0]) & (column < first.shape[1])
        met = own_first[row[inside], column[inside]]
        for one, other in zip(met.tolist(), second[y[inside], x[inside]].tolist(), strict=True):
            if one:
                common[one, other] = common.get((one, other), 0) + 1
    area = (pair.detectors[1].pixel_mm / pair.detectors[0].pixel_mm) ** 2
    return {
        (one, other)
        for (one, other), pixels in common.items()
        # pixels of the second film; a deposit of the first has as many of them as its area says, after growth at least
        if pixels >= least_share * min(float(sizes[0][one]) / area, float(sizes[1][other]))
    }


def fates_of_labels(pair: FilmPair, labels: NDArray[np.int32], visit: Literal[0, 1]) -> list[int]:
    """Return for each true deposit of a film, by its label from 1, which fate most of its calcium had.

    Parameters
    ----------
    pair
        The films.
    labels
        Label image of the true deposits of one of them.
    visit
        0 for the first film, 1 for the second.
    """
    film, scene, detector = _visits(pair)[visit]
    owners = _owners(film, scene, detector)
    plans = [fate.second if visit else fate.first for fate in pair.follow_up.fates]
    fates = []
    for label in range(1, int(labels.max(initial=0)) + 1):
        own = owners[(labels == label) & (owners >= 0)]
        fates.append(plans.index(scene.deposits[int(np.bincount(own).argmax())]) if len(own) else -1)
    return fates


def _visits(pair: FilmPair) -> tuple[tuple[SimulatedFilm, HandScene, Detector], ...]:
    scenes = pair.follow_up.first, pair.follow_up.second
    return tuple(zip((pair.first, pair.second), scenes, pair.detectors, strict=True))


def _middle(plan: DepositPlan, detector: Detector) -> Points:
    """Return the middle of a deposit in pixels."""
    return np.array([plan.x_mm - detector.left_mm, plan.y_mm + detector.top_mm]) / detector.pixel_mm


def _carried_back(points: Points, fate: Fate, detectors: tuple[Detector, Detector]) -> Points:
    """Return where the calcium at pixels of the second film was on the first one."""
    assert fate.first is not None
    assert fate.second is not None
    offset = (points - _middle(fate.second, detectors[1])) * detectors[1].pixel_mm
    angle = np.radians(fate.first.turn_deg - fate.second.turn_deg)
    # y runs down: this turns clockwise as it is seen, as the plan's angle does
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    shrunk = offset @ turn * (fate.first.growth / fate.second.growth)
    return np.asarray(_middle(fate.first, detectors[0]) + shrunk / detectors[0].pixel_mm)


def _owners(film: SimulatedFilm, scene: HandScene, detector: Detector) -> NDArray[np.int32]:
    """Return which deposit of the scene most of the calcium at each pixel belongs to, -1 where there is none."""
    shape = film.tissue.shape
    most = np.full(shape, VISIBLE_MINERAL_MM / 10.0, np.float32)
    owner = np.full(shape, -1, np.int32)
    for number, plan in enumerate(scene.deposits):
        body = deposit_body(plan, detector.pixel_mm)
        x, y = _middle(plan, detector)
        rows, columns = body.shape
        top, left = round(float(y - rows / 2)), round(float(x - columns / 2))
        a, b = max(0, -top), max(0, -left)
        # a deposit can lie beside the film: none of it is on the film then
        part = body[a : max(shape[0] - top, 0), b : max(shape[1] - left, 0)]
        window = (slice(top + a, top + a + part.shape[0]), slice(left + b, left + b + part.shape[1]))
        more = part > most[window]
        most[window][more] = part[more]
        owner[window][more] = number
    return np.where(film.tissue & CALCIUM > 0, owner, -1).astype(np.int32)


def _fate(first: HandScene, second: HandScene, plan: DepositPlan, rng: np.random.Generator, course: Progress) -> Fate:
    what: What = ("grown", "stable", "shrunk", "gone")[int(rng.choice(4, p=course.shares))]
    if what == "gone":
        return Fate(what, plan, None)
    factor = {"grown": course.grown, "shrunk": course.shrunk, "stable": (1.0, 1.0)}[what]
    area = float(rng.uniform(*factor))
    depth = float(rng.normal(0.0, course.depth_mm))
    return Fate(what, plan, carried_deposit(first, second, plan, area_factor=area, depth_mm=depth), area)


def carried_deposit(
    first: HandScene,
    second: HandScene,
    plan: DepositPlan,
    *,
    area_factor: float = 1.0,
    depth_mm: float = 0.0,
    bone: str | None = None,
) -> DepositPlan:
    """Return a deposit where its bone has taken it in another pose of the same hand.

    Parameters
    ----------
    first, second
        The hand in both poses.
    plan
        The deposit as the first one shows it.
    area_factor
        Factor of its area in between.
    depth_mm
        How high it lies above the middle of its bone in the first pose: positive towards the source, which is the back
        of a hand that lies on its palm.
    bone
        The bone that it goes with; the one that it lies nearest to on the first film when ``None``.
    """
    hands = first.hand(), second.hand()
    code = _nearest_bone(first, hands[0], plan) if bone is None else bone
    before, after = hands[0].bones[code], hands[1].bones[code]
    turn, shift = _motion(before, after)
    height = float((before.base[2] + before.head[2]) / 2.0) + depth_mm
    sx, sy, sz = first.source_mm
    enlarged = (sz - first.plane_mm) / (sz - height)
    body = np.array([sx + (plan.x_mm - sx) / enlarged, sy + (-plan.y_mm - sy) / enlarged, height])
    moved = turn @ body + shift
    film = Detector(1, 1, 1.0, 0.0, 0.0, second.plane_mm, second.source_mm)
    x, y = film.project(moved)[0]
    later = (second.source_mm[2] - second.plane_mm) / (second.source_mm[2] - float(moved[2]))
    # counter-clockwise in the world is counter-clockwise on the film, whose y runs down: a negative turn of the plan
    in_plane = np.degrees(np.arctan2(turn[1, 0] - turn[0, 1], turn[0, 0] + turn[1, 1]))
    return replace(
        plan,
        x_mm=float(x),
        y_mm=float(y),
        growth=plan.growth * float(np.sqrt(area_factor)) * later / enlarged,
        turn_deg=plan.turn_deg - float(in_plane),
    )


def _nearest_bone(scene: HandScene, hand: PosedHand, plan: DepositPlan) -> str:
    """Return the bone whose projection lies nearest to the middle of a deposit."""
    film = Detector(1, 1, 1.0, 0.0, 0.0, scene.plane_mm, scene.source_mm)
    place = np.array([plan.x_mm, plan.y_mm])
    return min(
        (code for code in hand.bones if code in SITES),
        key=lambda code: float(np.hypot(*(film.project(hand.bones[code].outer) - place).T).min()),
    )


def _motion(before: PosedBone, after: PosedBone) -> tuple[Points, Points]:
    """Return rotation and shift of a bone between two poses (Kabsch 1976, doi:10.1107/S0567739476001873).

    Only the base of a tubular bone is looked at: its end may be resorbed at one visit.
    """
    kept = np.ones(len(before.outer), bool)
    if before.tubular:
        axis = before.head - before.base
        along = (before.outer - before.base) @ axis / float(axis @ axis)
        kept = along < _BASE_SHARE
    source, target = before.outer[kept], after.outer[kept]
    middle, aim = source.mean(axis=0), target.mean(axis=0)
    u, _, vt = np.linalg.svd((source - middle).T @ (target - aim))
    turn = vt.T @ np.diag([1.0, 1.0, np.sign(np.linalg.det(vt.T @ u.T))]) @ u.T
    return turn, aim - turn @ middle


def _moved_form(form: HandForm, rng: np.random.Generator) -> HandForm:
    """Return a form whose fingers lie otherwise: spread, bent, the wrist deviated; bones keep their lengths."""
    points, flexion = form.points.copy(), dict(form.flexion_deg)
    for digit, names in FINGER_CHAINS.items():
        chain = [index_of[name] for name in names]
        first = 0 if digit == 1 else 1
        for j, spread in enumerate((4.0, 1.5, 1.0) if digit == 1 else (3.0, 1.0, 1.0)):
            start = first + j
            points[chain[start + 1 :]] = rotate_about(
                points[chain[start + 1 :]], points[chain[start]], rng.normal(0.0, spread)
            )
        before = flexion[digit]
        after = tuple(float(np.clip(angle + rng.normal(0.0, 3.0), 0.0, 75.0)) for angle in before)
        for j, (old, new) in enumerate(zip(before, after, strict=True)):
            bone = points[chain[j + 2]] - points[chain[j + 1]]
            ratio = np.cos(np.radians(new)) / np.cos(np.radians(old))
            points[chain[j + 2 :]] += bone * (ratio - 1.0)
        flexion[digit] = after
    forearm = list(range(6))
    points[forearm] = rotate_about(points[forearm], points[index_of["CAP"]].copy(), rng.normal(0.0, 3.0))
    return HandForm(points, flexion)


def _worse(
    before: Mapping[int, Resorption], lost: tuple[float, float], rng: np.random.Generator
) -> dict[int, Resorption]:
    """Return the acro-osteolysis of the second visit: half of the digits that had it have lost more.

    Digits without it stay without: resorbing one draws numbers, and the bones after it would be others.
    """
    return {
        digit: replace(old, lost=min(old.lost + float(rng.uniform(*lost)), 0.9)) if rng.random() < 0.5 else old
        for digit, old in before.items()
    }
