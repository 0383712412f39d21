"""Two visits compared, against the truth of what happened: deposits matched, growth told from none, classes of change.

Once on the true contours, where only the matching can err, and once on readings by the networks.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.comparison_repeatability import measured_errors
from bench.contours import deposit_labels
from bench.follow_up_pairs import CHANGED_SEEDS, SEEN_BY, WORDS, FollowUpPair, Visit, follow_up_pairs, readings
from bench.hand_views import SeenBy
from bench.matching import match_deposits
from bench.measure import Measure, Outcome, Row, Target, Workplace
from bench.share_rows import share_row
from sclerograph.comparison.change_class import change_class
from sclerograph.comparison.compare import compare
from sclerograph.comparison.records import Comparison, DepositChange
from sclerograph.comparison.settings import DEFAULT
from sclerograph.findings.records import Deposit, Reading

__all__ = ["MEASURE"]

_PAIRS = 60
#: Deposits of this longest diameter are asked for: smaller ones are dots.
_LEAST_MM = 1.0
#: Growth is asked of deposits of this longest diameter, which the targets of detection are set for.
_GROWTH_LEAST_MM = 2.0
#: A found deposit lies on a true one where that covers this share of it: calcium that is one mass on one film may be
#: found as several deposits.
_LIES_WITHIN = 0.5


@dataclass
class _Found:
    """Counts over pairs, for one way of seeing the films."""

    matched: list[bool] = field(default_factory=list)
    found_at_both: int = 0
    asked: int = 0
    true_groups: list[bool] = field(default_factory=list)
    gone: list[bool] = field(default_factory=list)
    new: list[bool] = field(default_factory=list)
    growth: dict[str, list[bool]] = field(default_factory=dict)
    called: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    distances_mm: list[float] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


def run(workplace: Workplace) -> Outcome:
    """Compare pairs of films of hands with known changes."""
    totals: dict[SeenBy, _Found] = {seen_by: _Found() for seen_by in SEEN_BY}
    errors = {seen_by: measured_errors(workplace, seen_by) for seen_by in SEEN_BY}
    seeds = []
    for pair in follow_up_pairs(workplace, CHANGED_SEEDS, _PAIRS, "comparison, changed hands"):
        seeds.append(pair.seed)
        for seen_by, total in totals.items():
            both = readings(workplace, pair, seen_by)
            if both is None:
                total.unread.append(pair.seed)
            else:
                _examine(pair, both, compare(*both, repeatability=errors[seen_by]), total)
    return Outcome(
        [row for seen_by, total in totals.items() for row in _rows(seen_by, total)],
        {seen_by: _as_json(total) for seen_by, total in totals.items()},
        [seeds[0], seeds[-1]],
        [
            "a deposit of 1 mm or more that is on both films and was found at both visits is matched when one entry of "
            "the comparison holds it and a deposit that consists of the same calcium",
            "growth: deposits of 2 mm or more that were matched and whose calcium all grew by a factor of 1.25 to 2 in "
            "area, which must be called grown, or did not change, which must be called stable",
            "the smallest detectable change is that of unchanged hands seen in the same way, measured on other seeds",
            "half of the pairs are calibrated at both visits, a quarter at one, a quarter at none",
        ],
    )


@dataclass(frozen=True)
class _Seen:
    """One visit as it was read: for each true deposit (by label from 1) the identifiers of those found for it.

    The first is the deposit that covers most of it; the others lie on it as well.
    """

    visit: Visit
    found: dict[int, list[str]]
    true_of: dict[str, set[int]]

    def all_found(self, labels: list[int]) -> set[str]:
        """Return what was found of several true deposits."""
        return {name for label in labels for name in self.found.get(label, ())}


def _seen(visit: Visit, reading: Reading) -> _Seen:
    deposits: list[Deposit] = [deposit for hand in reading.hands for deposit in hand.deposits]
    measured = deposit_labels(deposits, (visit.labels.shape[0], visit.labels.shape[1]))
    match = match_deposits(visit.labels, visit.deposits, measured, len(deposits), visit.film.mm_per_pixel)
    found: dict[int, list[str]] = {}
    true_of: dict[str, set[int]] = {}
    for true, is_found, partner in zip(visit.deposits, match.found, match.partner, strict=True):
        if not is_found or not partner:
            continue
        on_it = np.bincount(measured[visit.labels == true.number], minlength=len(deposits) + 1)[1:]
        within = on_it >= _LIES_WITHIN * np.maximum(np.bincount(measured.ravel(), minlength=len(deposits) + 1)[1:], 1)
        numbers = dict.fromkeys([partner, *(int(number) + 1 for number in np.flatnonzero(within))])
        found[true.number] = [deposits[number - 1].id for number in numbers]
        for name in found[true.number]:
            true_of.setdefault(name, set()).add(true.number)
    return _Seen(visit, found, true_of)


def _examine(pair: FollowUpPair, both: tuple[Reading, Reading], comparison: Comparison, total: _Found) -> None:
    first, second = _seen(pair.first, both[0]), _seen(pair.second, both[1])
    changes = [change for hand in comparison.hands for change in hand.deposits]
    of_first = {name: change for change in changes for name in change.first}
    of_second = {name: change for change in changes for name in change.second}
    for true in pair.first.deposits:
        partners = [other for one, other in pair.links if one == true.number]
        if true.longest_diameter_mm < _LEAST_MM:
            continue
        its = [of_first[name] for name in first.found.get(true.number, ())]
        if not partners:
            if its and _fate(pair, pair.first, true.number) == "gone":
                total.gone.append(not its[0].second)
            continue
        total.asked += 1
        seen = second.all_found(partners)
        if its and seen:
            total.found_at_both += 1
            total.matched.append(not seen.isdisjoint(its[0].second))
    for true in pair.second.deposits:
        if true.longest_diameter_mm >= _LEAST_MM and _fate(pair, pair.second, true.number) == "new":
            its = [of_second[name] for name in second.found.get(true.number, ())]
            if its:
                total.new.append(not its[0].first)
    for change in changes:
        _group(pair, change, first, second, total)
    _hand_class(pair, comparison, total)


def _fate(pair: FollowUpPair, visit: Visit, label: int) -> str:
    fate = visit.fates[label - 1]
    return pair.fates[fate].what if fate >= 0 else "unknown"


def _group(pair: FollowUpPair, change: DepositChange, first: _Seen, second: _Seen, total: _Found) -> None:
    """Ask whether a matched entry holds the same calcium, and whether its growth was told."""
    if not change.first or not change.second:
        return
    before = set().union(*(first.true_of.get(name, set()) for name in change.first))
    after = set().union(*(second.true_of.get(name, set()) for name in change.second))
    if not before or not after:
        return
    same = any((one, other) in pair.links for one in before for other in after)
    total.true_groups.append(same)
    if not same:
        return
    if change.distance_mm is not None:
        total.distances_mm.append(change.distance_mm)
    fates = {pair.first.fates[one - 1] for one in before} | {pair.second.fates[other - 1] for other in after}
    names = {pair.fates[fate].what if fate >= 0 else "unknown" for fate in fates}
    longest = max(deposit.longest_diameter_mm for deposit in pair.first.deposits if deposit.number in before)
    if longest < _GROWTH_LEAST_MM or len(names) != 1 or not names <= {"grown", "stable"}:
        return
    (truth,) = names
    total.growth.setdefault(truth, []).append(change.status == truth)
    total.called[f"{truth} called {change.status}"] += 1


def _hand_class(pair: FollowUpPair, comparison: Comparison, total: _Found) -> None:
    """Compare the class of the hand's area with that of its true area."""
    if len(comparison.hands) != 1 or comparison.hands[0].calcinosis is None:
        return
    areas = [sum(deposit.area_mm2 for deposit in visit.deposits) for visit in (pair.first, pair.second)]
    truth, _ = change_class(areas[0], areas[1], None, DEFAULT.change_percent)
    total.classes[f"{truth} called {comparison.hands[0].calcinosis.change_class}"] += 1


def _share_of(key: str, measure: str, on: str, flags: list[bool], n_of: str, target: Target | None) -> Row:
    return share_row(key, measure, on, sum(flags), len(flags), n_of, target)


def _rows(seen_by: SeenBy, total: _Found) -> list[Row]:
    on = f"simulated pairs, {WORDS[seen_by]}"
    key = f"comparison_{seen_by}"
    growth = [flag for flags in total.growth.values() for flag in flags]
    right = [
        called == truth
        for name, count in total.classes.items()
        for truth, _, called in [name.partition(" called ")]
        for _ in range(count)
    ]
    return [
        _share_of(
            f"{key}_matched",
            "deposits >= 1 mm found at both visits and matched",
            on,
            total.matched,
            "deposits",
            Target(">=", 0.95, "%"),
        ),
        _share_of(f"{key}_true", "matches that hold the same calcium", on, total.true_groups, "matches", None),
        _share_of(f"{key}_gone", "vanished deposits called gone", on, total.gone, "deposits", None),
        _share_of(f"{key}_new", "deposits that have come called new", on, total.new, "deposits", None),
        _share_of(
            f"{key}_growth",
            "deposits >= 2 mm: growth by 25 % or more told from none",
            on,
            growth,
            "deposits",
            Target(">=", 0.9, "%"),
        ),
        _share_of(
            f"{key}_class",
            "class of the change of a hand's calcified area (25 %) right",
            on,
            right,
            "hands",
            Target(">=", 0.9, "%"),
        ),
    ]


def _as_json(total: _Found) -> dict[str, Any]:
    distances = total.distances_mm
    return {
        "deposits_on_both_films": total.asked,
        "of_these_found_at_both": total.found_at_both,
        "growth": {
            truth: {"n": len(flags), "right": round(float(np.mean(flags)), 4)} for truth, flags in total.growth.items()
        },
        "called": dict(sorted(total.called.items())),
        "hand_classes": dict(sorted(total.classes.items())),
        "distance_of_centres_mm": None
        if not distances
        else {"median": round(float(np.median(distances)), 3), "p95": round(float(np.quantile(distances, 0.95)), 3)},
        "pairs_without_a_hand": total.unread,
    }


MEASURE = Measure("comparison_matching", "Two visits compared, simulated", run)
