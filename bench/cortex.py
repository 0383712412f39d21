"""Radiogrammetry against exact truth, and how far it repeats, by true outlines and by those of the networks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.hand_views import SeenBy, view_of
from bench.measure import Measure, Outcome, Row, Target, Workplace
from bench.repeat_variation import coefficient_of_variation
from bench.repeated import RepeatedErrors
from bench.share_rows import share_row
from bench.thinned_hands import FIRST_SEED, ThinnedFilm, thinned_pairs
from sclerograph.findings.records import RADIOGRAMMETRY_BONES, unmeasured_cortex, unmeasured_cortex_mean
from sclerograph.hand import cortex
from sclerograph.hand.cortex_settings import DEFAULT

if TYPE_CHECKING:
    from sclerograph.training.lesion_films import Gear

__all__ = ["MEASURE"]

_HANDS = 60
_SEEN_BY: tuple[SeenBy, ...] = ("truth", "networks")
_KINDS: dict[tuple[Gear, SeenBy], str] = {
    ("fine", "truth"): "simulated, 0.15 mm pixels, vendors' looks, true outlines",
    ("fine", "networks"): "simulated, 0.15 mm pixels, vendors' looks, networks",
    ("fast", "truth"): "simulated, 0.15 mm pixels, wild looks of training, true outlines",
    ("fast", "networks"): "simulated, 0.15 mm pixels, wild looks of training, networks",
}
#: Repeats are also told apart by how far the hand was turned (degrees).
_TURNS = ((0.0, 5.0), (5.0, 10.0), (10.0, 15.0))
Pair = tuple[float, float]


@dataclass
class _Repeats:
    """One number on the two films of each hand where both were measured."""

    measured: list[Pair] = field(default_factory=list)
    true: list[Pair] = field(default_factory=list)
    turned_deg: list[float] = field(default_factory=list)

    def add(self, measured: Pair, true: Pair, turned_deg: float) -> None:
        self.measured.append(measured)
        self.true.append(true)
        self.turned_deg.append(turned_deg)

    @property
    def without_true_change(self) -> list[Pair]:
        """The second film with the true change of the projection taken off."""
        return [(m[0], m[1] - (t[1] - t[0])) for m, t in zip(self.measured, self.true, strict=True)]

    def within(self, low: float, high: float) -> list[Pair]:
        """The pairs that were turned by so much."""
        return [m for m, turned in zip(self.measured, self.turned_deg, strict=True) if low <= turned < high]


@dataclass
class _Tally:
    """What was found on the films of one gear with one kind of outlines, by bone and ``mean``."""

    errors: dict[str, RepeatedErrors] = field(default_factory=dict)
    isthmus: dict[str, RepeatedErrors] = field(default_factory=dict)
    repeats: dict[str, _Repeats] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    covered: list[bool] = field(default_factory=list)

    def add(self, pair: tuple[ThinnedFilm, ThinnedFilm], found: list[cortex.Cortex]) -> None:
        for place in (*RADIOGRAMMETRY_BONES, "mean"):
            true = tuple(_true(film, place)[0] for film in pair)
            true_isthmus = tuple(_true(film, place)[1] for film in pair)
            measured = [_measured(one, place) for one in found]
            index, narrowest = ([m[part] for m in measured] for part in (0, 1))
            self.errors.setdefault(place, RepeatedErrors()).add((index[0], index[1]), (true[0], true[1]))
            self.isthmus.setdefault(place, RepeatedErrors()).add(
                (narrowest[0], narrowest[1]), (true_isthmus[0], true_isthmus[1])
            )
            if index[0] is not None and index[1] is not None:
                repeats = self.repeats.setdefault(place, _Repeats())
                repeats.add((index[0], index[1]), (true[0], true[1]), pair[0].repositioned_deg)
        for film, one in zip(pair, found, strict=True):
            self.reasons.update(bone.reason or "no reason" for bone in one.bones if not bone.assessable)
            interval = one.mean.cortical_index_interval
            if interval is not None:
                self.covered.append(interval.low <= _true(film, "mean")[0] <= interval.high)


def _true(film: ThinnedFilm, place: str) -> Pair:
    """Return the true index over the middle of the shaft and at its narrowest part."""
    bones = RADIOGRAMMETRY_BONES if place == "mean" else (place,)
    return (
        float(np.mean([film.index(code, *DEFAULT.middle_levels) for code in bones])),
        float(np.mean([film.narrowest_index(code, *DEFAULT.isthmus_levels) for code in bones])),
    )


def _measured(found: cortex.Cortex, place: str) -> tuple[float | None, float | None]:
    one = found.mean if place == "mean" else next(bone for bone in found.bones if bone.bone == place)
    return one.cortical_index, one.isthmus_index


def _read(workplace: Workplace, film: ThinnedFilm, seen_by: SeenBy) -> cortex.Cortex:
    view = view_of(workplace, film.film, seen_by)
    reason = "no hand was found"
    return (
        cortex.Cortex(unmeasured_cortex(reason), unmeasured_cortex_mean(reason))
        if view is None
        else cortex.measure(view)
    )


def run(workplace: Workplace) -> Outcome:
    """Measure both films of every hand, with true outlines and through the networks."""
    tallies = {kind: _Tally() for kind in _KINDS}
    seeds = []
    for pair in thinned_pairs(workplace, _HANDS):
        seeds.append(pair[0].film.seed)
        for seen_by in _SEEN_BY:
            kind = (pair[0].gear, seen_by)
            tallies[kind].add(pair, [_read(workplace, film, seen_by) for film in pair])
    used = {kind: tally for kind, tally in tallies.items() if tally.errors}
    rows = [row for kind, tally in used.items() for row in _rows(kind, tally)]
    details = {" ".join(kind): _details(tally) for kind, tally in used.items()}
    notes = [
        f"first seed {FIRST_SEED}; a third of the hands are whole, of the others the cortex has lost up to a half of "
        "its thickness",
        "true indices are those of the two surfaces that the film was drawn from, as projected, over the same levels",
        "each hand on two films, repositioned by up to 15 degrees with another exposure and look; coefficients of "
        "variation are root mean squares over the pairs",
    ]
    return Outcome(rows, details, [seeds[0], seeds[-1]], notes)


def _rows(kind: tuple[Gear, SeenBy], tally: _Tally) -> list[Row]:
    on, key = _KINDS[kind], "_".join(kind)
    mean = tally.errors["mean"]
    repeats = tally.repeats.get("mean", _Repeats())
    n, pairs, covered = len(mean.errors), len(repeats.measured), len(tally.covered)
    aim = Target("<=", 0.007, "%") if kind[0] == "fine" else None
    bias = float(np.mean(mean.errors)) if n else None
    spread = float(np.std(mean.errors, ddof=1)) if n > 1 else None
    small = repeats.within(*_TURNS[0])
    return [
        Row(f"cortex_bias_{key}", "cortical index, mean of MC2-4, bias", on, bias, "", n, "hands"),
        Row(f"cortex_sd_{key}", "cortical index, mean of MC2-4, SD of the error", on, spread, "", n, "hands"),
        Row(
            f"cortex_cv_{key}",
            "cortical index, mean of MC2-4, coefficient of variation of repeats, turned by up to 15 degrees",
            on,
            coefficient_of_variation(repeats.measured),
            "%",
            pairs,
            "pairs",
            aim,
        ),
        Row(
            f"cortex_cv_5_{key}",
            "the same, turned by up to 5 degrees",
            on,
            coefficient_of_variation(small),
            "%",
            len(small),
            "pairs",
        ),
        Row(
            f"cortex_cv_true_{key}",
            "the same, of the true index: what turning alone does, up to 15 degrees",
            on,
            coefficient_of_variation(repeats.true),
            "%",
            pairs,
            "pairs",
        ),
        Row(
            f"cortex_cv_error_{key}",
            "the same, the true change taken off, up to 15 degrees",
            on,
            coefficient_of_variation(repeats.without_true_change),
            "%",
            pairs,
            "pairs",
        ),
        share_row(
            f"cortex_covered_{key}",
            "95 % intervals of the mean index that hold the truth",
            on,
            sum(tally.covered),
            covered,
            "hands",
        ),
        share_row(f"cortex_not_assessable_{key}", "hands without a mean index", on, mean.refused, mean.asked, "hands"),
    ]


def _details(tally: _Tally) -> dict[str, Any]:
    return {
        "index": {place: errors.as_json() for place, errors in tally.errors.items()},
        "isthmus index": {place: errors.as_json() for place, errors in tally.isthmus.items()},
        "coefficient of variation": {
            place: {
                "measured": _per_cent(repeats.measured),
                "true": _per_cent(repeats.true),
                "measured, true change taken off": _per_cent(repeats.without_true_change),
                "measured, by degrees turned": {
                    f"{low:g}-{high:g}": _per_cent(repeats.within(low, high)) for low, high in _TURNS
                },
            }
            for place, repeats in tally.repeats.items()
        },
        "not assessable": dict(tally.reasons.most_common()),
    }


def _per_cent(pairs: list[Pair]) -> str | None:
    value = coefficient_of_variation(pairs)
    return None if value is None else f"{100.0 * value:.2f} % of {len(pairs)} pairs"


MEASURE = Measure("cortex", "Radiogrammetry, simulated", run)
