"""Fit the weights of the suspicion of erosion on simulated hands, and write ``hand/erosion_model.json``.

    python -m sclerograph.training.fit_erosion_model --films 160

Each hand is healthy, ill without erosions, or eroded (:mod:`sclerograph.phantom.eroded_hand`), filmed by one of the two
gears, and seen twice: with true outlines, and through the shipped networks. Places on an erosion are held against all
others by a penalised logistic regression; then, as the suspicion of a joint is that of its most suspicious place, only
the most suspicious places of every margin are held against each other, and so again with the new weights. The operating
point is the suspicion that healthy and ill hands without erosions, seen through the networks, exceed as often as
``--false`` says. Everything comes from the seeds: the same command writes the same file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.hand.erosion import looked_at
from sclerograph.hand.erosion_margins import straighten
from sclerograph.hand.erosion_model import GROUPS, SCHEMA, Group, group_of
from sclerograph.hand.erosion_signs import SIGNS, margin_signs
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import Calibration
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import CalciumMaps, Crop, Landmark, SkeletonMaps
from sclerograph.networks.protocol import HandNetworks
from sclerograph.networks.runner import load_networks
from sclerograph.phantom.eroded_hand import Health, draw_eroded_hand
from sclerograph.phantom.erosion import ErosionWish, TrueErosion, true_erosions
from sclerograph.phantom.film import CALCIUM, METAL, SOFT_TISSUE, SimulatedFilm, fast_film
from sclerograph.phantom.fine import simulate_fine_film

__all__ = ["Places", "fit_group", "places_of", "true_view"]

Floats = NDArray[np.float64]
SeenBy = Literal["truth", "networks"]

#: Seeds of the films; those of the bench lie elsewhere.
FIRST_SEED = 19_500_000
_FILM_MM = (246.0, 190.0)
_PIXELS_MM = {"fine": (0.14, 0.15, 0.17, 0.2), "fast": (0.15, 0.2, 0.24, 0.28)}
_WISH = ErosionWish(0.35, 0.5, 0.25, (1.5, 5.0))
_HEALTH: tuple[Health, ...] = ("healthy", "ill", "eroded", "eroded")
#: Erosions from this width on are learnt; places this near to the middle of one, as a share of its width, belong to it,
#: and places within the width and a margin (mm) neither to it nor to what is healthy.
_LEAST_MM = 2.0
_ON_SHARE = 0.35
_AROUND_MM = 1.5
#: Ridge on the weights, and how often the most suspicious places are chosen anew.
_RIDGE = 3.0
_ROUNDS = 4
_FROM_EACH = 2


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
    calcium = networks.calcium(radiograph, skeleton)
    return HandView(radiograph, skeleton, calcium, SideAndView("L", "user", "PA", "user"))


def simulated(seed: int) -> tuple[SimulatedFilm, list[TrueErosion], Health]:
    """Return one film, its erosions, and what the hand has: from the seed alone."""
    rng = np.random.default_rng(seed)
    health = _HEALTH[(seed // 2) % len(_HEALTH)]
    scene = draw_eroded_hand(rng, health, _WISH)
    fine = seed % 2 == 0
    pixel_mm = float(rng.choice(_PIXELS_MM["fine" if fine else "fast"]))
    rows, columns = (int(length / pixel_mm) for length in _FILM_MM)
    if fine:
        film = simulate_fine_film(rng, scene, rows=rows, columns=columns, pixel_mm=pixel_mm)
    else:
        film = fast_film(scene, rng, rows=rows, columns=columns, pixel_mm=pixel_mm, plain=True)
    true = true_erosions(scene.hand(), scene.erosions, scene.detector(rows, columns, pixel_mm))
    return film, true, health


def places_of(
    view: HandView, true: Sequence[TrueErosion], film: int, health: Health, seen_by: SeenBy, mm_per_pixel: float
) -> list[Places]:
    """Return the places of all margins of a hand with their labels.

    Parameters
    ----------
    view, true
        The hand, and its erosions on the film.
    film, health, seen_by
        Which film it is.
    mm_per_pixel
        Of the film.
    """
    found = []
    strips, _ = straighten(view)
    for signs in margin_signs(strips):
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


def _logistic(signs: Floats, target: Floats, weight: Floats, ridge: float) -> tuple[Floats, float]:
    """Return weights and intercept of a penalised logistic regression (Newton's method)."""
    design = np.concatenate([signs, np.ones((len(signs), 1))], axis=1)
    penalty = np.full(design.shape[1], ridge)
    penalty[-1] = 0.0
    beta = np.zeros(design.shape[1])
    for _ in range(30):
        p = expit(design @ beta)
        gradient = design.T @ (weight * (target - p)) - penalty * beta
        curvature = (design * (weight * np.maximum(p * (1.0 - p), 1e-6))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        beta = beta + step
        if float(np.abs(step).max()) < 1e-6:
            break
    return beta[:-1], float(beta[-1])


def _examples(margins: Sequence[Places], logit: Sequence[Floats] | None) -> tuple[Floats, Floats, Floats]:
    """Return signs, targets and weights: all places at first, then the most suspicious ones of each margin."""
    signs, target, weight = [], [], []
    for i, places in enumerate(margins):
        for value in (0, 1):
            chosen = np.flatnonzero(places.label == value)
            if logit is not None and chosen.size:
                chosen = chosen[np.argsort(-logit[i][chosen])[:_FROM_EACH]]
            if chosen.size:
                signs.append(places.signs[chosen])
                target.append(np.full(chosen.size, float(value)))
                # every margin counts alike, however long
                weight.append(np.full(chosen.size, 1.0 / chosen.size))
    return np.concatenate(signs), np.concatenate(target), np.concatenate(weight)


def fit_group(margins: Sequence[Places], false_a_hand: float) -> dict[str, Any]:
    """Fit one group of margins.

    Parameters
    ----------
    margins
        Its places.
    false_a_hand
        False prompts for a hand without erosions, seen through the networks, at the operating point.

    Returns
    -------
    dict
        ``weights``, ``intercept``, ``prompt_from`` and ``steepness`` of the model.
    """
    logit: list[Floats] | None = None
    weights, intercept = np.zeros(len(SIGNS)), 0.0
    for _ in range(1 + _ROUNDS):
        signs, target, weight = _examples(margins, logit)
        weight = np.where(target > 0.5, weight / weight[target > 0.5].sum(), weight / weight[target < 0.5].sum())
        weights, intercept = _logistic(signs, target, weight * len(margins), _RIDGE)
        logit = [places.signs @ weights + intercept for places in margins]
    assert logit is not None
    best: dict[tuple[int, SeenBy, str], tuple[float, bool, Health]] = {}
    for places, values in zip(margins, logit, strict=True):
        if not len(values) or 0.0 < places.eroded < _LEAST_MM:
            continue
        key = (places.film, places.seen_by, places.unit)
        before = best.get(key, (-np.inf, False, places.health))
        best[key] = (max(before[0], float(values.max())), before[1] or places.eroded >= _LEAST_MM, places.health)
    clean = [key for key, each in best.items() if each[2] != "eroded" and key[1] == "networks"]
    hands = len({film for film, _, _ in clean})
    greatest = np.sort([best[key][0] for key in clean])[::-1]
    allowed = min(round(false_a_hand * hands), len(greatest) - 1)
    prompt_from = float(greatest[allowed])
    most = np.array([each[0] for each in best.values()])
    eroded = np.array([each[1] for each in best.values()], dtype=np.float64)
    share = np.where(eroded > 0.5, 0.5 / max(eroded.sum(), 1.0), 0.5 / max((1.0 - eroded).sum(), 1.0)) * len(most)
    slope, _ = _logistic(most[:, None], eroded, share, 1e-3)
    return {
        "weights": [round(float(w), 4) for w in weights],
        "intercept": round(intercept, 4),
        "prompt_from": round(prompt_from, 4),
        "steepness": round(max(float(slope[0]), 0.05), 4),
        "joints_or_bones": len(most),
        "eroded": int(eroded.sum()),
        "hands_without": hands,
    }


def model_text(margins: Sequence[Places], source: dict[str, Any], false_a_hand: dict[Group, float]) -> str:
    """Return the text of the model file."""
    groups = {
        group: fit_group([places for places in margins if places.group == group], false_a_hand[group])
        for group in GROUPS
    }
    document = {"schema": SCHEMA, "source": source, "signs": list(SIGNS), "groups": groups}
    return json.dumps(document, indent=1) + "\n"


def _all_places(films: int, networks: HandNetworks) -> Iterator[Places]:
    for seed in range(FIRST_SEED, FIRST_SEED + films):
        film, true, health = simulated(seed)
        view = true_view(film)
        yield from places_of(view, true, seed, health, "truth", film.mm_per_pixel)
        seen = _seen_through(networks, view.radiograph)
        if seen is not None:
            yield from places_of(seen, true, seed, health, "networks", film.mm_per_pixel)


def main() -> None:
    """Simulate, fit, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=160)
    parser.add_argument("--false", type=float, nargs=2, default=(0.5, 0.5), help="false prompts a hand: digits, wrist")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "hand" / "erosion_model.json")
    arguments = parser.parse_args()
    networks = load_networks()
    source = {
        "command": f"python -m sclerograph.training.fit_erosion_model --films {arguments.films}"
        f" --false {arguments.false[0]:g} {arguments.false[1]:g}",
        "seeds": [FIRST_SEED, FIRST_SEED + arguments.films - 1],
        "models": [{"name": name, "sha256": digest} for name, digest in networks.models],
    }
    margins = list(_all_places(arguments.films, networks))
    false = dict(zip(GROUPS, arguments.false, strict=True))
    write_atomically(arguments.out, model_text(margins, source, false))
    print(f"{len(margins)} margins of {arguments.films} films: {arguments.out}")


if __name__ == "__main__":
    main()
