"""Alignment against exact truth: thumb base, joints of the digits, ulnar variance; what is called resorbed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bench.measure import Measure, Outcome, Row, Target, Workplace
from bench.posed_hands import MISALIGNED_SEEDS, PosedFilm, posed_pairs, view_of
from bench.repeated import RepeatedErrors
from sclerograph.findings.records import Alignment
from sclerograph.hand import alignment

__all__ = ["MEASURE"]

_HANDS = 60
_SEEN_BY = {True: "true outlines", False: "outlines of the networks"}
#: Losses of the trapezium's height from which resorption is to be seen.
_CLEAR_LOSS = 0.3
_KINDS = ("MCP", "PIP", "DIP", "IP")


@dataclass
class _Tally:
    numbers: dict[str, RepeatedErrors] = field(default_factory=dict)
    smaller: dict[str, list[bool]] = field(default_factory=dict)
    subluxated: list[tuple[bool, bool]] = field(default_factory=list)

    def add(self, name: str, measured: tuple[float | None, float | None], true: tuple[float, float]) -> None:
        self.numbers.setdefault(name, RepeatedErrors()).add(measured, true)


def run(workplace: Workplace) -> Outcome:
    """Measure every hand on both of its films, by true outlines and by those of the networks."""
    tallies = {seen: _Tally() for seen in _SEEN_BY}
    pairs = list(posed_pairs(workplace, MISALIGNED_SEEDS, _HANDS, "alignment, simulated"))
    for pair in pairs:
        for true_outlines, tally in tallies.items():
            found = [_measured(workplace, posed, true_outlines) for posed in pair]
            _compare(pair, found, tally)
    rows, details = [], {}
    for true_outlines, tally in tallies.items():
        on = f"simulated, {_SEEN_BY[true_outlines]}"
        rows += _rows(tally, on, "true" if true_outlines else "networks")
        details[_SEEN_BY[true_outlines]] = {name: errors.as_json() for name, errors in sorted(tally.numbers.items())}
    notes = [
        "each hand on two films, repositioned by up to 15 degrees; half of the hands are left as they are",
        "truth is that of the film: what the projected bones show, not what was set in the flat hand",
    ]
    return Outcome(rows, details, [MISALIGNED_SEEDS, MISALIGNED_SEEDS + len(pairs) - 1], notes)


def _measured(workplace: Workplace, posed: PosedFilm, true_outlines: bool) -> Alignment | None:
    view = view_of(workplace, posed, true_outlines=true_outlines)
    return None if view is None else alignment.measure(view, [])


def _compare(pair: tuple[PosedFilm, PosedFilm], found: list[Alignment | None], tally: _Tally) -> None:
    truths: list[dict[str, Any]] = [posed.truth for posed in pair]

    def both(name: str, values: list[float | None], true: list[float]) -> None:
        tally.add(name, (values[0], values[1]), (true[0], true[1]))

    for name, key in (("cmc1_subluxation_ratio", "cmc1_ratio"), ("cmc1_migration_ratio", "cmc1_migration")):
        both(name, [None if f is None else getattr(f, name) for f in found], [t[key] for t in truths])
    if all(t["ulnar_variance_mm"] is not None for t in truths):
        both(
            "ulnar_variance_mm",
            [None if f is None else f.ulnar_variance_mm for f in found],
            [t["ulnar_variance_mm"] for t in truths],
        )
    by_joint = [{} if f is None else {j.joint: j for j in f.joints} for f in found]
    for code in set(truths[0]["joints"]) & set(truths[1]["joints"]):
        kind = code.rstrip("12345")
        joints = [known.get(code) for known in by_joint]
        for what, i in (("offset_ratio", 0), ("angle_deg", 1)):
            both(
                f"{kind} {what}",
                [None if j is None else getattr(j, what) for j in joints],
                [t["joints"][code][i] for t in truths],
            )
        for j, t in zip(joints, truths, strict=True):
            if j is not None and j.subluxated is not None:
                tally.subluxated.append((abs(t["joints"][code][0]) >= 0.3, j.subluxated))
    for f, t in zip(found, truths, strict=True):
        for size in [] if f is None else f.base_of_thumb:
            lost = t["trapezium_lost" if size.bone == "TZM" else "metacarpal_base_lost"]
            kind = "whole" if lost == 0.0 else "clear" if size.bone == "TZM" and lost >= _CLEAR_LOSS else "some"
            if size.smaller is not None:
                tally.smaller.setdefault(f"{size.bone} {kind}", []).append(size.smaller)


def _rows(tally: _Tally, on: str, key: str) -> list[Row]:
    rows = []
    for name, words, unit, target in (
        ("cmc1_subluxation_ratio", "CMC1 subluxation ratio, mean absolute error", "", Target("<=", 0.05)),
        ("cmc1_migration_ratio", "CMC1 proximal migration ratio, mean absolute error", "", None),
        ("ulnar_variance_mm", "ulnar variance, mean absolute error", "mm", None),
        *((f"{k} offset_ratio", f"{k} offset ratio, mean absolute error", "", None) for k in _KINDS),
        *((f"{k} angle_deg", f"{k} angle, mean absolute error", "degrees", None) for k in _KINDS),
    ):
        errors = tally.numbers.get(name, RepeatedErrors())
        rows.append(
            Row(
                f"alignment_{name.lower().replace(' ', '_')}_{key}",
                words,
                on,
                errors.mean_absolute,
                unit,
                len(errors.errors),
                "films" if name.startswith(("cmc1", "ulnar")) else "joints",
                target,
            )
        )
    for kind, words in (
        ("TZM whole", "whole trapezia called smaller than expected"),
        ("TZM clear", "trapezia that lost 30 % or more of their height called smaller"),
        ("MC1 whole", "whole first metacarpals called smaller than expected"),
    ):
        calls = tally.smaller.get(kind, [])
        share = sum(calls) / len(calls) if calls else None
        rows.append(
            Row(f"alignment_{kind.lower().replace(' ', '_')}_{key}", words, on, share, "%", len(calls), "bones")
        )
    for true, words in ((True, "joints displaced by 0.3 or more called subluxated"), (False, "other joints called so")):
        calls = [called for truth, called in tally.subluxated if truth is true]
        share = sum(calls) / len(calls) if calls else None
        rows.append(Row(f"alignment_subluxated_{true}_{key}".lower(), words, on, share, "%", len(calls), "joints"))
    return rows


MEASURE = Measure("alignment", "Alignment", run)
