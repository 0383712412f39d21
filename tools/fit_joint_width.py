"""Makes ``hand/joint_width_model.json`` from simulated hands whose joint spaces are known.

python tools/fit_joint_width.py simulate FOLDER FIRST HANDS    films, two of each hand (seeds from 17,500,000)
python tools/fit_joint_width.py fit FOLDER ...                 weights from all of them

Joints are looked at with true outlines and with those of the shipped networks: run it again after a change of the
skeleton network. Films are those of :mod:`bench.joint_space_films`, whose own seeds are left out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sclerograph.hand import joint_width_model
from sclerograph.hand.joint_margins import FilmEdges, JointStrip, film_edges
from sclerograph.hand.joint_width import (
    FLOOR_SIGNS,
    WIDTH_SIGNS,
    floor_signs,
    hand_factor,
    space_width,
    width_signs,
    with_floors,
)
from sclerograph.hand.joint_width_model import JointWidthModel, LinearSum

Floats = NDArray[np.float64]

_FIRST_SEED = 17_500_000
_BENCH_SEEDS = range(17_000_000, 17_500_000)
#: The brightest point of a floor lies this far beyond the space (nominal mm): where the search for it starts.
_USUAL_BEYOND_MM = 0.36
#: Strength of the pull of weights to 0, of widths and of floors; error from which a joint hardly counts (nominal mm).
_PULL, _FLOOR_PULL, _ERROR_MM = 1e-3, 0.3, 0.08
#: A line this near to the truth is the floor (nominal mm).
_NEAR_MM = 0.3
_FOLDS, _STEPS, _ROUNDS = 8, 12, 3


@dataclass(frozen=True)
class Film:
    """The straightened joints of one film and their true widths (nominal mm); ``hand`` is the seed."""

    hand: str
    strips: Mapping[str, JointStrip]
    edges: FilmEdges
    widths: Mapping[str, float]


def film_of(hand: str, strips: Mapping[str, JointStrip], true_px: Mapping[str, float]) -> Film | None:
    """Return what a film tells; ``None`` where too few joints are open.

    ``true_px`` are the widths of the joints that are not fused, in pixels.
    """
    edges = film_edges(list(strips.values()))
    if edges is None:
        return None
    known = {c: strip for c, strip in strips.items() if c in true_px}
    return Film(hand, known, edges, {code: true_px[code] / strip.unit_px for code, strip in known.items()})


def _line(signs: tuple[str, ...], values: Floats, weights: Floats, offset: float) -> LinearSum:
    return LinearSum(signs, values.mean(axis=0), values.std(axis=0) + 1e-9, weights, offset)


def _width(values: Floats, true: Floats) -> LinearSum:
    """Fit widths; joints that stray far hardly count."""
    scaled = (values - values.mean(axis=0)) / (values.std(axis=0) + 1e-9)
    terms = np.concatenate([np.ones((len(true), 1)), scaled], axis=1)
    pull = _PULL * len(true) * np.diag([0.0] + [1.0] * values.shape[1])
    weight, found = np.ones(len(true)), np.zeros(terms.shape[1])
    for _ in range(_STEPS):
        weighted = terms * weight[:, None]
        found = np.linalg.solve(weighted.T @ terms + pull, weighted.T @ true)
        weight = 1.0 / (1.0 + ((true - terms @ found) / _ERROR_MM) ** 2)
    return _line(WIDTH_SIGNS, values, found[1:], float(found[0]))


def _floor(joints: Sequence[Floats], chosen: Sequence[int]) -> LinearSum:
    """Fit how well lines look like the floor: the probability of the true ones is the greatest."""
    values = np.concatenate(joints)
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled = [(one - mean) / deviation for one in joints]

    def cost(weights: Floats) -> tuple[float, Floats]:
        value, slope = 0.5 * _FLOOR_PULL * float(weights @ weights), _FLOOR_PULL * weights
        for one, line in zip(scaled, chosen, strict=True):
            score = one @ weights
            share = np.exp(score - score.max())
            share /= share.sum()
            value -= float(np.log(share[line] + 1e-12))
            slope = slope + one.T @ share - one[line]
        return value, slope

    weights = minimize(cost, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B").x
    return _line(FLOOR_SIGNS, values, weights, 0.0)


def fit(films: Sequence[Film]) -> JointWidthModel:
    """Return the weights; the standard errors are those on the same films."""
    joints = [(film, code) for film in films for code in film.strips]
    signs = [width_signs(film.strips[code], film.edges) for film, code in joints]
    true = np.array([film.widths[code] for film, code in joints])
    beyond = [np.abs(s[:, 0] - t - _USUAL_BEYOND_MM) for s, t in zip(signs, true, strict=True)]
    chosen = [int(np.argmin(off)) for off in beyond]
    usable = np.array([off.min() < 0.7 for off in beyond])
    width = _width(np.array([s[c] for s, c in zip(signs, chosen, strict=True)])[usable], true[usable])
    for _ in range(_ROUNDS - 1):
        chosen = [int(np.argmin(np.abs(width(s) - t))) for s, t in zip(signs, true, strict=True)]
        width = _width(np.array([s[c] for s, c in zip(signs, chosen, strict=True)])[usable], true[usable])
    widths = [width(s) for s in signs]
    chosen = [int(np.argmin(np.abs(w - t))) for w, t in zip(widths, true, strict=True)]
    found: dict[int, dict[str, float]] = {}
    for (film, code), w, c in zip(joints, widths, chosen, strict=True):
        found.setdefault(id(film), {})[code] = float(w[c])
    lines, floors = [], []
    for (film, code), w, c, t in zip(joints, widths, chosen, true, strict=True):
        if len(w) > 1 and abs(w[c] - t) < _NEAR_MM:
            lines.append(floor_signs(film.strips[code], film.edges, w, hand_factor(found[id(film)])))
            floors.append(c)
    return JointWidthModel(width, _floor(lines, floors), {}, len({film.hand for film in films}), len(joints))


def errors(films: Sequence[Film], model: JointWidthModel, least_sure: float = 0.0) -> dict[str, dict[str, list[float]]]:
    """Return the errors of widths (nominal mm) of joints whose floor is sure, by hand and kind."""
    found: dict[str, dict[str, list[float]]] = {}
    for film in films:
        for code, strip in with_floors(film.strips, film.edges, model).items():
            if strip.sure >= least_sure:
                width = space_width(strip, film.edges, model).mean_px / strip.unit_px
                kinds = found.setdefault(film.hand, {})
                kinds.setdefault(code.rstrip("12345"), []).append(width - film.widths[code])
    return found


def cross_validated(films: Sequence[Film], least_sure: float = 0.0) -> dict[str, float]:
    """Return the robust standard error of each kind of joint on hands that the weights do not rest on."""
    hands = sorted({film.hand for film in films})
    folds = {hand: i % _FOLDS for i, hand in enumerate(np.random.default_rng(0).permutation(hands))}
    kinds: dict[str, list[float]] = {}
    for fold in range(_FOLDS):
        model = fit([film for film in films if folds[film.hand] != fold])
        for by_kind in errors([film for film in films if folds[film.hand] == fold], model, least_sure).values():
            for kind, some in by_kind.items():
                kinds.setdefault(kind, []).extend(some)
    return {kind: float(1.4826 * np.median(np.abs(some))) for kind, some in kinds.items()}


def write(model: JointWidthModel, path: Path) -> None:
    """Keep the weights as the package reads them."""

    def record(line: LinearSum) -> dict[str, object]:
        arrays = {name: np.round(getattr(line, name), 6).tolist() for name in ("mean", "deviation", "weights")}
        return {"signs": list(line.signs), **arrays, "offset": round(line.offset, 6)}

    content = {
        "width": record(model.width),
        "floor": record(model.floor),
        "error_mm": {kind: round(error, 4) for kind, error in sorted(model.error_mm.items())},
        "hands": model.hands,
        "joints": model.joints,
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _films(folders: Sequence[Path]) -> list[Film]:
    from bench.hand_views import view_of
    from bench.joint_space_films import _load
    from bench.measure import Workplace
    from sclerograph.hand.joint_space_settings import DEFAULT
    from sclerograph.hand.joint_strips import joint_strips
    from sclerograph.networks.runner import load_networks

    workplace, films = Workplace(None, Path(), lambda: load_networks(None)), []
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            if int(path.stem) in _BENCH_SEEDS:
                raise SystemExit(f"{path.stem} is a seed of the bench")
            for film in _load(folder, int(path.stem)):
                for seen_by in ("truth", "networks"):
                    view = view_of(workplace, film.film, seen_by)
                    if view is None or film.gear != "fine":
                        continue
                    mm = film.film.mm_per_pixel
                    true = {code: space.mean_mm / mm for code, space in film.spaces.items() if not space.fused}
                    kept = film_of(path.stem, joint_strips(view, DEFAULT).strips, true)
                    films += [] if kept is None else [kept]
    return films


def main(arguments: Sequence[str]) -> None:
    """Simulate films, or fit."""
    if arguments[:1] == ["simulate"]:
        from bench.joint_space_films import _simulate

        folder, first, hands = Path(arguments[1]), int(arguments[2]), int(arguments[3])
        if first < _FIRST_SEED:
            raise SystemExit(f"seeds begin at {_FIRST_SEED}")
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(first, first + hands):
            _simulate(folder, seed)
        return
    films = _films([Path(name) for name in arguments[1:]])
    fitted = fit(films)
    model = JointWidthModel(fitted.width, fitted.floor, cross_validated(films), fitted.hands, fitted.joints)
    write(model, Path(str(joint_width_model.__file__)).with_suffix(".json"))
    print(model.error_mm, model.hands, model.joints)


if __name__ == "__main__":
    main(sys.argv[1:])
