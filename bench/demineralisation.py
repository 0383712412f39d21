"""Greys near joints against the mineral that simulated hands have lost there, and how far they repeat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata, spearmanr

from bench.hand_views import SeenBy, view_of
from bench.measure import Measure, Outcome, Row, Workplace
from bench.repeat_variation import coefficient_of_variation
from bench.share_rows import share_row
from bench.thinned_hands import FIRST_SEED, ThinnedFilm, thinned_pairs
from sclerograph.findings.records import Demineralisation, unmeasured_demineralisation
from sclerograph.hand import demineralisation

if TYPE_CHECKING:
    from sclerograph.training.lesion_films import Gear

__all__ = ["MEASURE"]

_HANDS = 60
_SEEN_BY: tuple[SeenBy, ...] = ("truth", "networks")
_KINDS: dict[tuple[Gear, SeenBy], str] = {
    ("fine", "truth"): "simulated, vendors' looks, true outlines",
    ("fine", "networks"): "simulated, vendors' looks, networks",
    ("fast", "truth"): "simulated, wild looks of training, true outlines",
    ("fast", "networks"): "simulated, wild looks of training, networks",
}
#: A hand counts as demineralised from this share on; below it, unless it is whole, it is left out of the curve.
_CLEAR_LOSS = 0.3
_RATIOS = ("grey_ratio", "texture_ratio")
Pair = tuple[float, float]


@dataclass
class _Tally:
    """What was found on the films of one gear with one kind of outlines."""

    loss: list[float] = field(default_factory=list)
    hands: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in _RATIOS})
    repeats: dict[str, list[Pair]] = field(default_factory=lambda: {name: [] for name in _RATIOS})
    hand_repeats: dict[str, list[Pair]] = field(default_factory=lambda: {name: [] for name in _RATIOS})
    reasons: Counter[str] = field(default_factory=Counter)
    asked: int = 0

    def add(self, pair: tuple[ThinnedFilm, ThinnedFilm], found: list[list[Demineralisation]]) -> None:
        for film, joints in zip(pair, found, strict=True):
            self.asked += len(joints)
            self.reasons.update(joint.reason or "no reason" for joint in joints if not joint.assessable)
            if any(joint.assessable for joint in joints):
                self.loss.append(film.periarticular_loss)
                for name in _RATIOS:
                    self.hands[name].append(float(np.mean(_values(joints, name))))
        both = [(first, second) for first, second in zip(*found, strict=True) if first.assessable and second.assessable]
        if both:
            for name in _RATIOS:
                pairs = [(float(getattr(first, name)), float(getattr(second, name))) for first, second in both]
                self.repeats[name] += pairs
                first, second = np.mean(pairs, axis=0)
                self.hand_repeats[name].append((float(first), float(second)))


def _values(joints: list[Demineralisation], name: str) -> list[float]:
    return [float(getattr(joint, name)) for joint in joints if joint.assessable]


def _read(workplace: Workplace, film: ThinnedFilm, seen_by: SeenBy) -> list[Demineralisation]:
    view = view_of(workplace, film.film, seen_by)
    return unmeasured_demineralisation("no hand was found") if view is None else demineralisation.measure(view)


def run(workplace: Workplace) -> Outcome:
    """Measure both films of every hand, with true outlines and through the networks."""
    tallies = {kind: _Tally() for kind in _KINDS}
    seeds = []
    for pair in thinned_pairs(workplace, _HANDS):
        seeds.append(pair[0].film.seed)
        for seen_by in _SEEN_BY:
            tallies[pair[0].gear, seen_by].add(pair, [_read(workplace, film, seen_by) for film in pair])
    used = {kind: tally for kind, tally in tallies.items() if tally.asked}
    rows = [row for kind, tally in used.items() for row in _rows(kind, tally)]
    details = {" ".join(kind): _details(tally) for kind, tally in used.items()}
    notes = [
        f"first seed {FIRST_SEED}; half of the hands have lost up to 80 % of the spongiosa at their joints, and most "
        "of them, as of the others, a part of their cortices",
        f"the curve tells hands with a loss of {100 * _CLEAR_LOSS:g} % or more from hands with none, by the mean ratio "
        "of all joints of the hand",
        "each hand on two films, repositioned by up to 15 degrees with another exposure and look",
    ]
    return Outcome(rows, details, [seeds[0], seeds[-1]], notes)


def _area_under_curve(values: list[float], loss: list[float]) -> tuple[float | None, int]:
    """Return how often a demineralised hand has the smaller ratio, and how many hands that rests on."""
    lost = np.asarray(loss)
    counted = (lost == 0.0) | (lost >= _CLEAR_LOSS)
    positive = lost[counted] > 0.0
    n, hits = len(positive), int(positive.sum())
    if hits in (0, n):
        return None, n
    ranks = rankdata(-np.asarray(values)[counted])
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * (n - hits))), n


def _rows(kind: tuple[Gear, SeenBy], tally: _Tally) -> list[Row]:
    on, key = _KINDS[kind], "_".join(kind)
    rows = []
    for name in _RATIOS:
        words = name.replace("_", " ")
        area, n = _area_under_curve(tally.hands[name], tally.loss)
        rows += [
            Row(
                f"demineralisation_auc_{name}_{key}",
                f"{words}, mean of a hand: area under the curve for a loss of 30 % or more",
                on,
                area,
                "",
                n,
                "films",
            ),
            Row(
                f"demineralisation_cv_{name}_{key}",
                f"{words}, one joint: coefficient of variation of repeats",
                on,
                coefficient_of_variation(tally.repeats[name]),
                "%",
                len(tally.repeats[name]),
                "pairs",
            ),
        ]
    refused = tally.reasons.total()
    rows.append(
        share_row(
            f"demineralisation_not_assessable_{key}",
            "joints whose mineral was called not assessable",
            on,
            refused,
            tally.asked,
            "joints",
        )
    )
    return rows


def _details(tally: _Tally) -> dict[str, Any]:
    details: dict[str, Any] = {}
    for name in _RATIOS:
        values, loss = np.asarray(tally.hands[name]), np.asarray(tally.loss)
        whole = values[loss == 0.0]
        variation = coefficient_of_variation(tally.hand_repeats[name])
        details[name] = {
            "rank correlation with the loss": round(float(spearmanr(values, loss).statistic), 3)
            if len(set(tally.loss)) > 1
            else None,
            "hands without loss, mean and SD": [round(float(whole.mean()), 4), round(float(whole.std()), 4)]
            if len(whole)
            else None,
            "coefficient of variation of a hand's mean": None if variation is None else round(variation, 4),
        }
    details["not assessable"] = dict(tally.reasons.most_common())
    return details


MEASURE = Measure("demineralisation", "Mineral near joints, simulated", run)
