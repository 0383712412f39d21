"""Two ways of measuring cortical indices, held against each other on real hands, whose indices nobody knows.

The shaft network learned from simulated films alone, the tube is fitted without it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bench.hand_views import seen_by_networks
from bench.joint_agreement import GROWN_MONTHS, ON
from bench.measure import Measure, Outcome, Row, Workplace
from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.hand import cortex
from sclerograph.imaging import open_radiograph
from sclerograph.networks.maps import ShaftLook

__all__ = ["MEASURE"]

_FILMS = 40


def run(workplace: Workplace) -> Outcome:
    """Measure the metacarpals of nearly grown hands in both ways."""
    data = workplace.real_films()
    entries = json.loads((data / "hands.json").read_text())
    films = [data / entry["file"] for entry in entries if entry["bone_age_months"] >= GROWN_MONTHS][:_FILMS]
    bones: list[tuple[float, float]] = []
    means: list[tuple[float, float]] = []
    for film in workplace.each(workplace.some(films), "cortices of real hands"):
        view = seen_by_networks(workplace, open_radiograph(film))
        if view is None:
            continue
        fitted = cortex.measure(replace(view, shaft_looks={}))
        looks: Mapping[str, ShaftLook] = view.shaft_looks
        pairs = [
            (bone.cortical_index, looks[bone.bone].index.mean)
            for bone in fitted.bones
            if bone.cortical_index is not None and bone.bone in looks
        ]
        bones += pairs
        if len(pairs) == len(RADIOGRAMMETRY_BONES):
            means.append((float(np.mean([fit for fit, _ in pairs])), float(np.mean([look for _, look in pairs]))))
    return Outcome(
        [
            *_rows("bone", "cortical index of one metacarpal", bones),
            *_rows("mean", "cortical index, mean of MC2-4", means),
        ],
        {"mean": [[round(fit, 4), round(look, 4)] for fit, look in means]},
        [],
        ["the radiographs are of adolescents; nobody has measured their metacarpals"],
    )


def _rows(key: str, what: str, both: list[tuple[float, float]]) -> list[Row]:
    fit, look = np.asarray(both, dtype=np.float64).reshape(-1, 2).T
    n, n_of = len(both), "metacarpals" if key == "bone" else "hands"
    key = f"cortex_agreement_{key}"
    return [
        Row(f"{key}_fit", f"{what}, by the fitted tube: mean", ON, float(fit.mean()) if n else None, "", n, n_of),
        Row(f"{key}_network", f"{what}, by the network: mean", ON, float(look.mean()) if n else None, "", n, n_of),
        Row(
            f"{key}_median",
            f"{what}, difference of both: median without its sign",
            ON,
            float(np.median(np.abs(look - fit))) if n else None,
            "",
            n,
            n_of,
        ),
        Row(
            f"{key}_correlation",
            f"{what}, by both ways: correlation",
            ON,
            float(np.corrcoef(fit, look)[0, 1]) if n > 2 else None,
            "",
            n,
            n_of,
        ),
    ]


MEASURE = Measure("cortex_agreement", "Cortices of real hands by two ways", run)
