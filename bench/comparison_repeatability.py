"""How well every number of a reading repeats when an unchanged hand is filmed twice: from this comes what is called
change, and what stands beside the numbers in the reports.

The errors that the package ships, ``src/sclerograph/comparison/repeatability.json``, are made from these results by
``python tools/comparison_repeatability.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import minimize

from bench.follow_up_pairs import SEEN_BY, UNCHANGED_SEEDS, WORDS, follow_up_pairs, readings
from bench.hand_views import SeenBy
from bench.measure import Measure, Outcome, Row, Workplace
from bench.repeatability_table import RATIO_SCALE, repeatability_of_pairs
from sclerograph.anatomy.norms import NOMINAL_FINGER_MM
from sclerograph.comparison.area_change import half_interval_share
from sclerograph.comparison.compare import compare
from sclerograph.comparison.equal_scale import landmarks_of
from sclerograph.comparison.records import AreaChange, Comparison
from sclerograph.comparison.repeatability import AREAS_AND_LENGTHS, Repeatability, measure_key
from sclerograph.findings.records import Hand, Reading
from sclerograph.hand.measures import measures
from sclerograph.hand.scale import nominal_mm_of_landmarks

__all__ = ["MEASURE", "fitted_area_error", "fitted_error", "measured_errors"]

_PAIRS = 40
#: With fewer pairs hardly one lies beyond the 95 % that the smallest detectable change is scaled to.
_LEAST_PAIRS = 21
_Z = 1.959963984540054
_ON = "simulated, unchanged hands filmed twice, 0-15 degrees apart"


@dataclass
class _Found:
    """Values of both visits by the name of the measure."""

    values: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    half_intervals: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)

    @property
    def errors(self) -> dict[str, Repeatability]:
        """The errors of what was measured often enough."""
        return {name: self._error(name) for name, pairs in self.values.items() if len(pairs) >= _LEAST_PAIRS}

    def _error(self, name: str) -> Repeatability:
        pairs = self.values[name]
        if name in self.half_intervals:
            return fitted_area_error(pairs, self.half_intervals[name])
        return Repeatability(*fitted_error(pairs, proportional=name.split(", ")[0] in RATIO_SCALE), len(pairs))

    def add(self, name: str, first: float, second: float) -> None:
        self.values.setdefault(name, []).append((first, second))

    def add_area(
        self, name: str, area: AreaChange, calibrated: bool, shares: tuple[float | None, float | None]
    ) -> None:
        """Add the area at both visits; ``shares`` are the halves of its intervals as shares of it."""
        if shares[0] is None or shares[1] is None:
            return
        first, second = _areas(area, calibrated)
        self.add(name, first, second)
        self.half_intervals.setdefault(name, []).append((shares[0] * first, shares[1] * second))


def fitted_error(pairs: Sequence[tuple[float, float]], *, proportional: bool = True) -> tuple[float, float]:
    """Return floor and share of the standard error of one measurement, from pairs of an unchanged value.

    The error of a value x is ``sqrt(floor^2 + (share x)^2)``; both are found by maximum likelihood of normal errors,
    and then enlarged or reduced together until 5 % of the pairs differ by more than the smallest detectable change.
    Where ``proportional`` is False the error is the same for every value (``share`` 0): that of angles, offsets, grades
    and of what is clipped at zero does not grow with the value.
    """
    values = np.asarray(pairs, dtype=np.float64)
    difference2, middle2 = np.square(values[:, 1] - values[:, 0]), np.square(values.mean(axis=1))

    def cost(logs: np.ndarray[Any, np.dtype[np.float64]]) -> float:
        variance = 2.0 * (np.exp(2.0 * logs[0]) + np.exp(2.0 * logs[1]) * middle2)
        return float((np.log(variance) + difference2 / variance).sum())

    spread = float(np.sqrt(difference2.mean() / 2.0)) + 1e-9
    start = np.log([0.5 * spread, 0.5 * spread / (float(np.sqrt(middle2.mean())) + 1e-9)])
    floor, share = spread, 0.0
    if proportional:
        floor, share = np.exp(minimize(cost, start, method="Nelder-Mead", options={"maxiter": 2000}).x)
    least = _Z * np.sqrt(2.0 * (floor**2 + share**2 * middle2))
    factor = float(np.quantile(np.sqrt(difference2) / least, 0.95))
    return float(floor * factor), float(share * factor)


def fitted_area_error(
    pairs: Sequence[tuple[float, float]], half_intervals: Sequence[tuple[float, float]]
) -> Repeatability:
    """Return the error of areas that have an interval of their own, from pairs of an unchanged area.

    The error of an area x with half of an interval w is ``sqrt(floor^2 + (share x)^2 + (interval w)^2)``. The three are
    found by maximum likelihood of errors that follow Student's t with three degrees of freedom, for some deposits are
    found in part only, and then enlarged or reduced together until 5 % of the pairs differ by more than the smallest
    detectable change.

    Parameters
    ----------
    pairs
        Areas at both visits.
    half_intervals
        Halves of their 95 % intervals.
    """
    values, halves = np.asarray(pairs, dtype=np.float64), np.asarray(half_intervals, dtype=np.float64)
    difference2 = np.square(values[:, 1] - values[:, 0])
    terms = np.stack([np.full(len(values), 2.0), np.square(values).sum(axis=1), np.square(halves).sum(axis=1)], axis=1)

    def cost(logs: np.ndarray[Any, np.dtype[np.float64]]) -> float:
        variance = terms @ np.exp(2.0 * logs)
        return float((0.5 * np.log(variance) + 2.0 * np.log1p(difference2 / (3.0 * variance))).sum())

    start = np.log([0.2, 0.1, 0.3])
    found = np.exp(minimize(cost, start, method="Nelder-Mead", options={"maxiter": 4000}).x)
    least = _Z * np.sqrt(terms @ np.square(found))
    floor, share, interval = (float(part) for part in found * np.quantile(np.sqrt(difference2) / least, 0.95))
    usual = float(np.median(halves[values > 0.0] / values[values > 0.0])) if (values > 0.0).any() else 0.0
    return Repeatability(floor, share, len(pairs), interval, usual)


def measured_errors(workplace: Workplace, seen_by: SeenBy) -> dict[str, Repeatability]:
    """Return the errors of measurement on unchanged hands, measured once for all measures of this run."""
    return _look(workplace, seen_by).errors


def _look(workplace: Workplace, seen_by: SeenBy) -> _Found:
    """Read pairs of films of unchanged hands and compare the readings."""
    key = ("unchanged hands", seen_by)
    if key not in workplace.memory:
        total = _Found()
        for pair in follow_up_pairs(workplace, UNCHANGED_SEEDS, _PAIRS, f"comparison, unchanged hands, {seen_by}"):
            total.seeds.append(pair.seed)
            both = readings(workplace, pair, seen_by)
            if both is None:
                total.unread.append(pair.seed)
            else:
                # no error is known yet: areas are what is asked for, not what is called change
                _add(both, compare(*both, repeatability={}), total)
        workplace.memory[key] = total
    found: _Found = workplace.memory[key]
    return found


def run(workplace: Workplace) -> Outcome:
    """Measure the errors of readings by the networks, and of true contours: what pose and pixels alone make of them."""
    looked = {seen_by: _look(workplace, seen_by) for seen_by in SEEN_BY}
    total = looked["networks"]
    return Outcome(
        [row for seen_by, found in looked.items() for row in _rows(seen_by, found)],
        {
            "errors": _as_json(total.errors),
            "errors_of_true_contours": _as_json(looked["truth"].errors),
            "repeatability": _table(total),
            "repeatability_of_true_outlines": _table(looked["truth"]),
            "films_without_a_hand": total.unread,
        },
        [total.seeds[0], total.seeds[-1]],
        [
            "areas are those of one scale, mm2 on calibrated films and nominal mm2 otherwise; deposits found at both "
            "visits and matched one to one or as a group",
            "joints and bones of one kind, and the four fingers, count together; lengths once in mm, where both films "
            "are calibrated, and once as ratios to the hand's own bones",
            "the standard error of a value x is sqrt(floor^2 + (share x)^2), of an area with half of an interval w "
            "sqrt(floor^2 + (share x)^2 + (interval w)^2), scaled so that 5 % of the pairs differ by "
            "more than the smallest detectable change",
        ],
    )


def _add(both: tuple[Reading, Reading], comparison: Comparison, total: _Found) -> None:
    deposits = [{deposit.id: deposit for hand in reading.hands for deposit in hand.deposits} for reading in both]
    for hand in comparison.hands:
        calibrated = hand.scale.first_mm_per_pixel is not None
        for change in hand.deposits:
            if change.first and change.second:
                parts = [
                    [known[name] for name in names]
                    for known, names in zip(deposits, (change.first, change.second), strict=True)
                ]
                shares = half_interval_share(parts[0]), half_interval_share(parts[1])
                total.add_area("deposit_area", change.area, calibrated, shares)
        hands = both[0].hands[hand.first_hand], both[1].hands[hand.second_hand]
        if hand.calcinosis is not None:
            shares = half_interval_share(hands[0].deposits), half_interval_share(hands[1].deposits)
            total.add_area("hand_area", hand.calcinosis, calibrated, shares)
        _add_measures(hands, [False, True] if hand.scale.source == "calibration" else [False], total)
        tufts = [{tuft.digit: tuft.length_deficit for tuft in each.tufts if tuft.assessable} for each in hands]
        for tuft in hand.tufts:
            before, after = (each.get(tuft.digit) for each in tufts)
            if before is not None and after is not None:
                total.add("length_deficit", before, after)
            if tuft.length_lost is not None:
                length = _distal_length(hands[0], tuft.digit)
                total.add("distal_length", length, length * (1.0 - tuft.length_lost))


def _add_measures(hands: tuple[Hand, Hand], scales: Sequence[bool], total: _Found) -> None:
    """Add every number that both films have; one that has the same unit on every scale is added once."""
    known: set[tuple[str, str]] = set()
    for calibrated in scales:
        for one, other in zip(*(measures(hand, calibrated=calibrated) for hand in hands), strict=True):
            key = measure_key(one)
            if (key, one.place) in known or one.value is None or other.value is None:
                continue
            known.add((key, one.place))
            total.add(key, float(one.value), float(other.value))


def _distal_length(hand: Hand, digit: int) -> float:
    """Return the length of a distal phalanx in nominal millimetres."""
    pixels = next(entry.distal_px for entry in hand.digit_lengths if entry.digit == digit)
    size = nominal_mm_of_landmarks(landmarks_of(hand))
    assert pixels is not None
    assert size is not None  # or no length would have been compared
    return pixels / size


def _areas(area: AreaChange, calibrated: bool) -> tuple[float, float]:
    values = (
        (area.first_area_mm2, area.second_area_mm2) if calibrated else (area.first_area_ratio, area.second_area_ratio)
    )
    first, second = ((value or 0.0) * (1.0 if calibrated else NOMINAL_FINGER_MM**2) for value in values)
    return first, second


def _as_json(errors: dict[str, Repeatability]) -> dict[str, Any]:
    return {name: asdict(error) for name, error in errors.items()}


def _table(total: _Found) -> dict[str, Any]:
    return {
        name: repeatability_of_pairs(name, total.values[name], error) for name, error in sorted(total.errors.items())
    }


def _rows(seen_by: SeenBy, total: _Found) -> list[Row]:
    rows, errors = [], total.errors
    on = f"{_ON}; {WORDS[seen_by]}"
    for name, what, value, unit in (
        ("deposit_area", "area of a deposit of 10 mm2, smallest detectable change", 10.0, "mm2"),
        ("hand_area", "calcified area of a hand of 50 mm2, smallest detectable change", 50.0, "mm2"),
        ("length_deficit", "length deficit of a distal phalanx, smallest detectable change", 0.1, ""),
        ("distal_length", "length of a distal phalanx of 20 mm, smallest detectable change", 20.0, "mm"),
    ):
        pairs = total.values.get(name, [])
        change = errors[name].smallest_detectable_change(value, value) if name in errors else None
        n_of = {"deposit_area": "deposits", "hand_area": "hands"}.get(name, "digits")
        rows.append(Row(f"comparison_repeat_{seen_by}_{name}", what, on, change, unit, len(pairs), n_of))
    for name in sorted(set(total.values) - set(AREAS_AND_LENGTHS)):
        rows += _rows_of(seen_by, name, total.values[name], errors.get(name), on)
    return rows


def _rows_of(
    seen_by: SeenBy, name: str, pairs: list[tuple[float, float]], error: Repeatability | None, on: str
) -> list[Row]:
    """Return the lines of one measure: coefficient of variation, smallest detectable difference and change."""
    words = ", ".join(name.split(", ")[:-1])
    unit = name.split(", ")[-1]
    found = {} if error is None else repeatability_of_pairs(name, pairs, error)
    at = "" if not found else f" at {found['median']:.3g}"
    wanted = [
        ("sdd", f"{words}: smallest detectable difference", unit),
        ("sdc", f"{words}: smallest detectable change{at}", unit),
    ]
    if name.split(", ")[0] in RATIO_SCALE:
        wanted.insert(0, ("cv", f"{words}: coefficient of variation", "%"))
    if unit == "grade":
        wanted.append(("same", f"{words}: the same grade on both films", "%"))
    stem = f"comparison_repeat_{seen_by}_{name.replace(', ', '_').replace(' ', '_')}"
    return [
        Row(f"{stem}_{kind}", what, on, found.get(kind), "" if kind_unit == "ratio" else kind_unit, len(pairs), "pairs")
        for kind, what, kind_unit in wanted
    ]


MEASURE = Measure("comparison_repeatability", "Repeatability of two visits, simulated", run)
