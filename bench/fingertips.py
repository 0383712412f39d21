"""Soft tissue of fingertips against exact truth: error, spread, smallest detectable difference, intervals, refusals.

Pulps of 1.2 to 5 mm and tapers from none to strong are drawn for every digit. Each hand is put down anew for a second
film, rolled and tilted by up to 15 degrees in all, with another look.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.held_out import load_film, store_film
from bench.measure import Measure, Outcome, Row, Workplace
from bench.posed_hands import PosedFilm, view_of
from bench.provenance import simulator_sha256
from bench.repeated import RepeatedErrors
from bench.share_rows import share_row
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import Fingertip
from sclerograph.hand import fingertips

__all__ = ["FIRST_SEED", "MEASURE"]

#: No other measure draws there.
FIRST_SEED = 20_500_000
_HANDS = 24
#: Every so many hands are filmed in the fine gear.
_FINE_EVERY = 4
_REPOSITIONED_DEG = 15.0
_PULP_MM, _MOST_TAPER = (1.2, 5.0), 0.45
_SEEN_BY = {True: "true outlines", False: "outlines of the networks"}


@dataclass
class _Tally:
    pulp: RepeatedErrors = field(default_factory=RepeatedErrors)
    ratio: RepeatedErrors = field(default_factory=RepeatedErrors)
    tapering: RepeatedErrors = field(default_factory=RepeatedErrors)
    covered: list[bool] = field(default_factory=list)
    refusals: dict[str, int] = field(default_factory=dict)


def run(workplace: Workplace) -> Outcome:
    """Measure every hand on both of its films, by true outlines and by those of the networks."""
    tallies = {seen: _Tally() for seen in _SEEN_BY}
    pairs = list(_pairs(workplace))
    for pair in pairs:
        for true_outlines, tally in tallies.items():
            found = [_measured(workplace, posed, true_outlines) for posed in pair]
            for digit in range(1, 6):
                _compare(pair, [tips.get(digit) for tips in found], digit, tally)
    rows, details = [], {}
    for true_outlines, tally in tallies.items():
        rows += _rows(tally, f"simulated, {_SEEN_BY[true_outlines]}", "true" if true_outlines else "networks")
        details[_SEEN_BY[true_outlines]] = {
            "pulp_mm": tally.pulp.as_json(),
            "pulp_ratio": tally.ratio.as_json(),
            "tapering_ratio": tally.tapering.as_json(),
            "refusals": dict(sorted(tally.refusals.items())),
        }
    notes = [
        "each hand on two films, repositioned by up to 15 degrees; truth is that of the film",
        f"every {_FINE_EVERY}th hand in the fine gear, the others in the fast one; no film is clipped on purpose",
    ]
    return Outcome(rows, details, [FIRST_SEED, FIRST_SEED + len(pairs) - 1], notes)


def _pairs(workplace: Workplace) -> Iterator[tuple[PosedFilm, PosedFilm]]:
    folder = workplace.cache / f"{simulator_sha256()[:12]}-fingertips"
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(FIRST_SEED, FIRST_SEED + workplace.count(_HANDS))
    for seed in workplace.each(seeds, "fingertips, simulated"):
        if not (folder / f"{seed}.json").is_file():
            _simulate(folder, seed)
        truths = json.loads((folder / f"{seed}.json").read_text(encoding="utf-8"))
        first, second = (
            PosedFilm(load_film(folder, f"{seed}-{number}", seed), truth, True)
            for number, truth in enumerate(truths, start=1)
        )
        yield first, second


def _simulate(folder: Path, seed: int) -> None:
    from sclerograph.phantom.film import fast_film
    from sclerograph.phantom.fine import FINENESS, simulate_fine_film
    from sclerograph.phantom.fingertips import true_fingertips
    from sclerograph.phantom.scene import ADULT, draw_scene, reposed
    from sclerograph.phantom.soft_tissue import FingertipShape

    rng = np.random.default_rng(seed)
    shapes = {
        digit: FingertipShape(float(rng.uniform(*_PULP_MM)), float(rng.uniform(0.0, _MOST_TAPER)))
        for digit in range(1, 6)
    }
    scene = replace(draw_scene(rng, ADULT), fingertips=shapes, _hands={})
    angle, direction = rng.uniform(0.0, _REPOSITIONED_DEG), rng.uniform(0.0, 2.0 * np.pi)
    turned = {
        "pronation_deg": scene.pronation_deg + float(angle * np.cos(direction)),
        "tilt_deg": scene.tilt_deg + float(angle * np.sin(direction)),
    }
    fine = (seed - FIRST_SEED) % _FINE_EVERY == 0
    rows, columns, pixel_mm = (1500, 1200, 0.165) if fine else (880, 680, 0.28)
    truths: list[dict[str, Any]] = []
    for number, visit in enumerate((reposed(scene, rng), reposed(scene, rng, **turned)), start=1):
        film = (
            simulate_fine_film(rng, visit, rows=rows, columns=columns, pixel_mm=pixel_mm)
            if fine
            else fast_film(visit, rng, rows=rows, columns=columns, pixel_mm=pixel_mm, plain=True)
        )
        store_film(folder, f"{seed}-{number}", film)
        true = true_fingertips(visit, visit.detector(rows, columns, pixel_mm), FINENESS if fine else 1.0)
        truths.append(
            {
                str(digit): {
                    "pulp_mm": tip.pulp_px * pixel_mm,
                    "pulp_ratio": tip.pulp_ratio,
                    "tapering_ratio": tip.tapering_ratio,
                }
                for digit, tip in true.items()
            }
        )
    # written last: an interrupted run leaves no films without their truth
    write_atomically(folder / f"{seed}.json", json.dumps(truths))


def _measured(workplace: Workplace, posed: PosedFilm, true_outlines: bool) -> dict[int, Fingertip]:
    view = view_of(workplace, posed, true_outlines=true_outlines)
    return {} if view is None else {tip.digit: tip for tip in fingertips.measure(view, [], [])}


def _compare(pair: tuple[PosedFilm, PosedFilm], tips: list[Fingertip | None], digit: int, tally: _Tally) -> None:
    truths = [posed.truth[str(digit)] for posed in pair]
    for errors, name, measured in (
        (tally.pulp, "pulp_mm", [None if tip is None else tip.pulp_thickness_mm for tip in tips]),
        (tally.ratio, "pulp_ratio", [None if tip is None else tip.pulp_ratio for tip in tips]),
        (tally.tapering, "tapering_ratio", [None if tip is None else tip.tapering_ratio for tip in tips]),
    ):
        true = [truth[name] for truth in truths]
        if None not in true:  # a digit that runs into its neighbour has no breadth
            errors.add((measured[0], measured[1]), (true[0], true[1]))
    for tip, truth in zip(tips, truths, strict=True):
        if tip is None or not tip.assessable:
            reason = "the hand was not found" if tip is None else str(tip.reason)
            tally.refusals[reason] = tally.refusals.get(reason, 0) + 1
        elif tip.pulp_thickness_mm_interval is not None:
            interval = tip.pulp_thickness_mm_interval
            tally.covered.append(interval.low <= truth["pulp_mm"] <= interval.high)


def _rows(tally: _Tally, on: str, key: str) -> list[Row]:
    rows = []
    for name, words, unit, errors in (
        ("pulp", "pulp", "mm", tally.pulp),
        ("pulp_ratio", "pulp ratio", "", tally.ratio),
        ("tapering", "tapering ratio", "", tally.tapering),
    ):
        record = errors.as_json()
        for what, said, n, n_of in (
            ("bias", "bias", record["n"], "fingertips"),
            ("sd", "standard deviation of the error", record["n"], "fingertips"),
            ("sdd", "smallest detectable difference, repositioned", record["repeat_pairs"], "pairs"),
        ):
            value = record[what]
            rows.append(
                Row(
                    f"fingertips_{name}_{what}_{key}",
                    f"{words}, {said}",
                    on,
                    None if value is None else float(value),
                    unit,
                    int(n or 0),
                    n_of,
                )
            )
    words, covered = "95 % intervals of the pulp that hold the truth", tally.covered
    rows.append(share_row(f"fingertips_covered_{key}", words, on, sum(covered), len(covered), "fingertips"))
    asked = tally.pulp.asked
    refused = tally.pulp.refused / asked if asked else None
    rows.append(Row(f"fingertips_refused_{key}", "fingertips not assessable", on, refused, "%", asked, "fingertips"))
    return rows


MEASURE = Measure("fingertips", "Soft tissue of the fingertips", run)
