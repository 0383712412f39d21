"""Flexion from foreshortening against exact truth, by true landmarks and by those of the networks."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.measure import Measure, Outcome, Row, Target, Workplace
from bench.posed_hands import FLEXED_SEEDS, PosedFilm, posed_pairs, view_of
from bench.repeated import RepeatedErrors
from bench.share_rows import share_row
from sclerograph.findings.records import Flexion
from sclerograph.hand import flexion

__all__ = ["MEASURE"]

_HANDS = 80
_SEEN_BY = {True: "true landmarks", False: "landmarks of the networks"}
#: Fingers flexed less than this are straight, more than the second must be flagged (degrees).
_STRAIGHT, _FLEXED, _CLEAR = 12.0, 15.0, 35.0


@dataclass
class _Tally:
    flexed: RepeatedErrors = field(default_factory=RepeatedErrors)
    straight: RepeatedErrors = field(default_factory=RepeatedErrors)
    thumb: RepeatedErrors = field(default_factory=RepeatedErrors)
    covered: list[bool] = field(default_factory=list)
    false_flags: list[bool] = field(default_factory=list)
    found_flags: list[bool] = field(default_factory=list)


def run(workplace: Workplace) -> Outcome:
    """Measure every hand on both of its films."""
    tallies = {seen: _Tally() for seen in _SEEN_BY}
    pairs = list(posed_pairs(workplace, FLEXED_SEEDS, _HANDS, "flexion, simulated"))
    for pair in pairs:
        for true_landmarks, tally in tallies.items():
            found = [_measured(workplace, posed, true_landmarks) for posed in pair]
            for digit in range(1, 6):
                _compare(pair, [f.get(digit) for f in found], digit, tally)
    rows, details = [], {}
    for true_landmarks, tally in tallies.items():
        rows += _rows(tally, f"simulated, {_SEEN_BY[true_landmarks]}", "true" if true_landmarks else "networks")
        details[_SEEN_BY[true_landmarks]] = {
            "fingers flexed 15-60 degrees": tally.flexed.as_json(),
            "straight fingers": tally.straight.as_json(),
            "thumbs": tally.thumb.as_json(),
        }
    notes = [
        "each hand on two films, repositioned by up to 15 degrees; half of the hands are left as they are",
        f"straight: below {_STRAIGHT:g} degrees; flexion of a finger: the greater angle of its two phalanges",
    ]
    return Outcome(rows, details, [FLEXED_SEEDS, FLEXED_SEEDS + len(pairs) - 1], notes)


def _measured(workplace: Workplace, posed: PosedFilm, true_landmarks: bool) -> dict[int, Flexion]:
    view = view_of(workplace, posed, true_outlines=true_landmarks)
    return {} if view is None else {f.digit: f for f in flexion.measure(view)}


def _compare(pair: tuple[PosedFilm, PosedFilm], found: list[Flexion | None], digit: int, tally: _Tally) -> None:
    true = [float(posed.truth["flexion_deg"][str(digit)]) for posed in pair]
    angles = [None if f is None else f.angle_deg for f in found]
    if digit == 1:
        tally.thumb.add((angles[0], angles[1]), (true[0], true[1]))
        return
    if true[0] >= _FLEXED:
        tally.flexed.add((angles[0], angles[1]), (true[0], true[1]))
    elif true[0] < _STRAIGHT:
        tally.straight.add((angles[0], angles[1]), (true[0], true[1]))
    for f, angle in zip(found, true, strict=True):
        if f is None or f.angle_interval is None or f.flagged is None:
            continue
        if angle >= _FLEXED:
            tally.covered.append(f.angle_interval.low <= angle <= f.angle_interval.high)
        if angle >= _CLEAR:
            tally.found_flags.append(f.flagged)
        if angle < _STRAIGHT:
            tally.false_flags.append(f.flagged)


def _rows(tally: _Tally, on: str, key: str) -> list[Row]:
    rows = [
        Row(
            f"flexion_error_{key}",
            "fingers flexed 15-60 degrees, mean absolute error",
            on,
            tally.flexed.mean_absolute,
            "degrees",
            len(tally.flexed.errors),
            "fingers",
            Target("<=", 8.0, "degrees"),
        )
    ]
    for name, words, calls in (
        ("covered", "95 % intervals of flexed fingers that hold the truth", tally.covered),
        ("false_flags", "straight fingers flagged", tally.false_flags),
        ("flags", "fingers flexed by 35 degrees or more flagged", tally.found_flags),
    ):
        rows.append(share_row(f"flexion_{name}_{key}", words, on, sum(calls), len(calls), "fingers"))
    return rows


MEASURE = Measure("flexion", "Flexion", run)
