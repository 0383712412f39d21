"""Fit the suspicion of erosion: write ``hand/erosion_model.json`` and ``hand/erosion_usual.npz``.

    python -m sclerograph.training.fit_erosion_model --real FOLDER

Each hand is healthy, ill without erosions, or eroded (:mod:`sclerograph.phantom.eroded_hand`), filmed by one of the
two gears, and seen twice: with true outlines, and through the shipped networks. Real hands of adolescents of the split
for training whose growth plates are taken for closed (``--real``) stand beside the healthy ones. Places on an erosion
are held against all others by a penalised logistic regression; then, as the suspicion of a joint is that of its most
suspicious place, only the most suspicious places of every margin are held against each other, and so again with the new
weights.

Two points fix the scale of a suspicion: 0.5, where the software begins to prompt, and
:data:`sclerograph.hand.erosion_settings.EVIDENCE_FROM`, from which scores count an erosion. Hands without erosions,
seen through the networks, exceed them as often as ``--prompts`` and ``--evidence`` say, the simulated and the real ones
apart: the kind that exceeds them more often decides. Everything comes from the seeds and the films: the same command
writes the same files. ``--films`` and ``--out`` make a smaller fit elsewhere, to see that it runs.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.hand.erosion import looked_at, not_judged
from sclerograph.hand.erosion_margins import Margin, MarginStrip, straighten
from sclerograph.hand.erosion_model import GROUPS, SCHEMA, Group, group_of
from sclerograph.hand.erosion_signs import SIGNS, UsualMargin, margin_signs, signs_around, usual_margin
from sclerograph.hand.erosion_usual import usual_bytes
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView, seen_hand
from sclerograph.imaging import open_radiograph
from sclerograph.imaging.calibration import Calibration
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import CalciumMaps, Crop, Landmark, SkeletonMaps
from sclerograph.networks.protocol import HandNetworks
from sclerograph.networks.runner import load_networks
from sclerograph.phantom.eroded_hand import Health, eroded_film
from sclerograph.phantom.erosion import TrueErosion
from sclerograph.phantom.film import CALCIUM, METAL, SOFT_TISSUE, SimulatedFilm

__all__ = ["Places", "SeenHand", "fit_group", "fitted_usual", "model_text", "places_of", "real_hands", "true_view"]

Floats = NDArray[np.float64]
SeenBy = Literal["truth", "networks"]

#: Seeds of the films; those of the bench lie elsewhere.
FIRST_SEED = 19_500_000
#: Erosions from this width on are learnt; places this near to the middle of one, as a share of its width, belong to it,
#: and places within the width and a margin (mm) neither to it nor to what is healthy.
_LEAST_MM = 2.0
_ON_SHARE = 0.35
_AROUND_MM = 1.5
#: Films, and how often hands without erosions exceed the two points of the scale: digits, wrist.
_FILMS, _PROMPTS, _EVIDENCE = 112, (0.35, 0.2), (0.15, 0.1)
#: What is usual for a margin is told by at least so many hands; real hands are grown from this bone age on.
_LEAST_HANDS = 8
_GROWN_MONTHS = 192
#: Ridge on the weights, and how often the most suspicious places are chosen anew.
_RIDGE = 10.0
_ROUNDS = 4
_FROM_EACH = 2
#: The two points of the scale are at least so far apart (logit).
_LEAST_APART = 0.05
#: What is a sign of erosion cannot speak against it: weights are not negative, except those of the deep layers and of
#: the wide ones, with which a small place is compared.
_LEAST_WEIGHTS: Floats = np.array(
    [-np.inf if name.startswith("deep") or ("wide" in name and "_and_" not in name) else 0.0 for name in SIGNS]
)


@dataclass(frozen=True)
class Places:
    """The places of one margin of one film.

    ``signs`` (n, signs); ``label`` (n,): 1 on an erosion, 0 on none, -1 between; ``eroded`` the greatest width (mm) of
    its erosions, 0 without; ``film`` the seed, ``unit`` the joint, or the bone of the wrist.
    """

    group: Group
    film: int
    health: Health
    seen_by: SeenBy
    unit: str
    eroded: float
    signs: Floats
    label: NDArray[np.int8]


def true_view(film: SimulatedFilm) -> HandView:
    """Return a simulated hand as networks without error would see it."""
    greys = film.image / np.float32(255.0) if film.image_12bit is None else film.image_12bit / np.float32(4095.0)
    rows, columns = greys.shape
    radiograph = Radiograph(
        pixels=np.asarray(greys, dtype=np.float32),
        valid=np.ones(greys.shape, np.bool_),
        calibration=Calibration("ruler", film.mm_per_pixel),
        source=Source("film.png", "0" * 64, rows, columns),
        visit="film",
    )
    crop = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), rows, columns, film.nominal_mm_per_pixel)
    landmarks = {
        name: Landmark(float(x), float(y), float(visible > 0))
        for name, (x, y, visible) in zip(LANDMARKS, film.landmarks, strict=True)
    }
    bones = np.stack([(film.bones >> np.uint32(i)) & np.uint32(1) for i in range(len(BONES))]).astype(np.uint8)
    soft_tissue = (film.tissue & SOFT_TISSUE > 0).astype(np.uint8) * np.uint8(255)
    calcium, metal = ((film.tissue & bit > 0).astype(np.float32) for bit in (CALCIUM, METAL))
    return HandView(
        radiograph,
        SkeletonMaps(crop, landmarks, bones * np.uint8(255), soft_tissue),
        CalciumMaps(crop, calcium, metal, np.zeros_like(metal)),
        SideAndView("L", "user", "PA", "user"),
    )


def _seen_through(networks: HandNetworks, radiograph: Radiograph) -> HandView | None:
    found = networks.locate(radiograph)
    if not found:
        return None
    skeleton = networks.skeleton(radiograph, max(found, key=lambda hand: hand.confidence))
    return seen_hand(radiograph, skeleton, networks, SideAndView("L", "user", "PA", "user"))


@dataclass(frozen=True)
class SeenHand:
    """The straightened margins of one hand on a film with its erosions: ``film`` is its seed."""

    strips: list[MarginStrip]
    true: list[TrueErosion]
    film: int
    health: Health
    seen_by: SeenBy
    mm_per_pixel: float


def fitted_usual(hands: Sequence[SeenHand]) -> dict[Margin, UsualMargin]:
    """Return what is usual for each margin in hands without erosions.

    Simulated and real hands count alike, however many there are; where they differ, the scatter is wider.
    """
    parts: dict[Margin, dict[bool, list[tuple[MarginStrip, Floats]]]] = {}
    for hand in hands:
        if hand.health == "eroded" or not hand.strips:
            continue
        around = signs_around(hand.strips)
        for strip in hand.strips:
            part = parts.setdefault(strip.margin, {})
            part.setdefault(hand.film < FIRST_SEED, []).append((strip, around[strip.margin]))
    usual = {}
    for margin, part in parts.items():
        found = [usual_margin(margins) for margins in part.values() if len(margins) >= _LEAST_HANDS]
        if found:
            level = np.mean([each.level for each in found], axis=0)
            apart = np.max([np.abs(each.level - level) for each in found], axis=0)
            usual[margin] = UsualMargin(level, np.max([each.scatter for each in found], axis=0) + apart)
    return usual


def places_of(hand: SeenHand, usual: Mapping[Margin, UsualMargin]) -> list[Places]:
    """Return the places of all margins of a hand with their labels.

    Parameters
    ----------
    hand
        The hand.
    usual
        What is usual for each margin.
    """
    found = []
    film, health, seen_by, true, mm_per_pixel = hand.film, hand.health, hand.seen_by, hand.true, hand.mm_per_pixel
    for signs in margin_signs(hand.strips, usual):
        strip, margin = signs.strip, signs.strip.margin
        label = np.zeros(len(strip.points), np.int8)
        eroded = 0.0
        for erosion in true:
            if erosion.erosion.bone != margin.bone or erosion.erosion.end != margin.end:
                continue
            width = erosion.erosion.width_mm
            distance = np.hypot(*(strip.points - [erosion.x, erosion.y]).T) * mm_per_pixel
            nearest = int(np.argmin(distance))
            if distance[nearest] > erosion.erosion.depth_mm + 1.0:
                continue  # this margin does not reach so far along the bone
            along = np.abs(strip.along_mm - strip.along_mm[nearest])
            label[along < width / 2 + _AROUND_MM] = -1
            if width >= _LEAST_MM:
                label[along < _ON_SHARE * width] = 1
            eroded = max(eroded, width)
        kept = looked_at(strip)
        unit = margin.joint or margin.bone
        found.append(Places(group_of(margin), film, health, seen_by, unit, eroded, signs.values[kept], label[kept]))
    return found


def _logistic(signs: Floats, target: Floats, weight: Floats, ridge: float, least: Floats) -> tuple[Floats, float]:
    """Return weights and intercept of a penalised logistic regression with weights of at least ``least``."""

    def loss(beta: Floats) -> tuple[float, Floats]:
        logit = signs @ beta[:-1] + beta[-1]
        value = float(np.sum(weight * (np.logaddexp(0.0, logit) - target * logit)))
        slope = weight * (expit(logit) - target)
        gradient = np.concatenate([signs.T @ slope + ridge * beta[:-1], [slope.sum()]])
        return value + 0.5 * ridge * float(beta[:-1] @ beta[:-1]), gradient

    bounds = [*((float(low), np.inf) for low in least), (-np.inf, np.inf)]
    start = np.zeros(len(bounds))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return found.x[:-1], float(found.x[-1])


def _examples(margins: Sequence[Places], logits: Sequence[Floats] | None) -> tuple[Floats, Floats, Floats]:
    """Return signs, targets and weights: all places at first, then the most suspicious ones of each margin."""
    signs, target, weight = [], [], []
    for i, places in enumerate(margins):
        for value in (0, 1):
            chosen = np.flatnonzero(places.label == value)
            if logits is not None and chosen.size:
                chosen = chosen[np.argsort(-logits[i][chosen])[:_FROM_EACH]]
            if chosen.size:
                signs.append(places.signs[chosen])
                target.append(np.full(chosen.size, float(value)))
                # every margin counts alike, however long
                weight.append(np.full(chosen.size, 1.0 / chosen.size))
    return np.concatenate(signs), np.concatenate(target), np.concatenate(weight)


def fit_group(margins: Sequence[Places], prompts: float, evidence: float) -> dict[str, Any]:
    """Fit one group of margins.

    Parameters
    ----------
    margins
        Its places.
    prompts, evidence
        How often a hand without erosions, seen through the networks, exceeds the suspicion of 0.5, and that from which
        scores count an erosion.

    Returns
    -------
    dict
        The fields of :class:`sclerograph.hand.erosion_model.GroupModel`, and how much they rest on.
    """
    logits: list[Floats] | None = None
    weights, intercept = np.zeros(len(SIGNS)), 0.0
    for _ in range(1 + _ROUNDS):
        signs, target, weight = _examples(margins, logits)
        weight = np.where(target > 0.5, weight / weight[target > 0.5].sum(), weight / weight[target < 0.5].sum())
        weights, intercept = _logistic(signs, target, weight * len(margins), _RIDGE, _LEAST_WEIGHTS)
        logits = [places.signs @ weights + intercept for places in margins]
    assert logits is not None
    best: dict[tuple[int, SeenBy, str], tuple[float, bool, Health]] = {}
    for places, values in zip(margins, logits, strict=True):
        if not len(values) or 0.0 < places.eroded < _LEAST_MM:
            continue
        key = (places.film, places.seen_by, places.unit)
        before = best.get(key, (-np.inf, False, places.health))
        best[key] = (max(before[0], float(values.max())), before[1] or places.eroded >= _LEAST_MM, places.health)
    clean = {key: most for key, (most, _, health) in best.items() if health != "eroded" and key[1] == "networks"}
    prompt_from, evidence_from = _exceeded_by(clean, prompts), _exceeded_by(clean, evidence)
    most = np.array([each[0] for each in best.values()])
    eroded = np.array([each[1] for each in best.values()], dtype=np.float64)
    share = np.where(eroded > 0.5, 0.5 / max(eroded.sum(), 1.0), 0.5 / max((1.0 - eroded).sum(), 1.0)) * len(most)
    slope, _ = _logistic(most[:, None], eroded, share, 1e-3, np.zeros(1))
    return {
        "weights": [round(float(w), 4) for w in weights],
        "intercept": round(intercept, 4),
        "prompt_from": round(prompt_from, 4),
        "evidence_from": round(max(evidence_from, prompt_from + _LEAST_APART), 4),
        "steepness": round(max(float(slope[0]), 0.05), 4),
        "joints_or_bones": len(most),
        "eroded": int(eroded.sum()),
        "hands_without": len({film for film, _, _ in clean}),
    }


def _exceeded_by(clean: Mapping[tuple[int, SeenBy, str], float], a_hand: float) -> float:
    """Return the logit that hands without erosions exceed so often, of simulated and real hands the greater one."""
    levels = []
    for real in (False, True):
        found = {key: most for key, most in clean.items() if (key[0] < FIRST_SEED) == real}
        if found:
            greatest = np.sort(list(found.values()))[::-1]
            hands = len({film for film, _, _ in found})
            levels.append(float(greatest[min(round(a_hand * hands), len(greatest) - 1)]))
    if not levels:
        raise ValueError("a scale of suspicion needs hands without erosions that the networks have seen")
    return max(levels)


def model_text(
    margins: Sequence[Places], source: dict[str, Any], prompts: dict[Group, float], evidence: dict[Group, float]
) -> str:
    """Return the text of the model file."""
    groups = {
        group: fit_group([places for places in margins if places.group == group], prompts[group], evidence[group])
        for group in GROUPS
    }
    document = {"schema": SCHEMA, "source": source, "signs": list(SIGNS), "groups": groups}
    return json.dumps(document, indent=1) + "\n"


def real_hands(folder: Path, networks: HandNetworks) -> Iterator[SeenHand]:
    """Go through the real hands of the split for training that are grown and taken for free of erosions.

    Every second one: the bench has the others.

    Parameters
    ----------
    folder
        The optional folder of real radiographs.
    networks
        To see them with.
    """
    entries = json.loads((folder / "hands.json").read_text(encoding="utf-8"))
    grown = [e for e in entries if e["split"] == "train" and e["bone_age_months"] >= _GROWN_MONTHS]
    for number, entry in enumerate(grown[::2]):
        view = _seen_through(networks, open_radiograph(folder / entry["file"]))
        if view is not None and not_judged(view) is None:
            yield SeenHand(straighten(view)[0], [], number, "healthy", "networks", 0.1)


def _hands(films: int, networks: HandNetworks) -> Iterator[SeenHand]:
    for seed in range(FIRST_SEED, FIRST_SEED + films):
        film, true, health = eroded_film(seed)
        view = true_view(film)
        yield SeenHand(straighten(view)[0], true, seed, health, "truth", film.mm_per_pixel)
        seen = _seen_through(networks, view.radiograph)
        if seen is not None:
            yield SeenHand(straighten(seen)[0], true, seed, health, "networks", film.mm_per_pixel)


def _points(arguments: argparse.Namespace) -> dict[str, tuple[float, float]]:
    """Return how often hands without erosions exceed the two points of the scale: digits, wrist."""
    return {"prompts": tuple(arguments.prompts), "evidence": tuple(arguments.evidence)}


def main() -> None:
    """Simulate, fit, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=_FILMS)
    for name, rates, words in (("--prompts", _PROMPTS, "prompts"), ("--evidence", _EVIDENCE, "erosions in scores")):
        parser.add_argument(name, type=float, nargs=2, default=rates, help=f"false {words} a hand: digits, wrist")
    parser.add_argument("--real", type=Path, help="the optional folder of real radiographs")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "hand")
    arguments = parser.parse_args()
    networks = load_networks()
    source: dict[str, Any] = {
        "command": f"python -m sclerograph.training.fit_erosion_model --films {arguments.films}"
        + "".join(f" --{name} {values[0]:g} {values[1]:g}" for name, values in _points(arguments).items())
        + ("" if arguments.real is None else " --real FOLDER"),
        "seeds": [FIRST_SEED, FIRST_SEED + arguments.films - 1],
        "models": [{"name": name, "sha256": digest} for name, digest in networks.models],
    }
    hands = list(_hands(arguments.films, networks))
    if arguments.real is not None:
        real = list(real_hands(arguments.real, networks))
        source["real_hands"] = len(real)
        hands += real
    usual = fitted_usual(hands)
    margins = [places for hand in hands for places in places_of(hand, usual)]
    points = {name: dict(zip(GROUPS, values, strict=True)) for name, values in _points(arguments).items()}
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_atomically(arguments.out / "erosion_model.json", model_text(margins, source, **points))
    write_atomically(arguments.out / "erosion_usual.npz", usual_bytes(usual))
    print(f"{len(margins)} margins of {arguments.films} films: {arguments.out}")


if __name__ == "__main__":
    main()
