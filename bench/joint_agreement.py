"""Two ways of measuring a joint space, held against each other on real hands, whose spaces nobody knows.

The joint network learned from simulated films alone, the margins are looked for without it. On the hands of nearly
grown people, free of rheumatic disease as far as is known, both should say the same, and no joint should be fused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from bench.hand_views import seen_by_networks
from bench.measure import Measure, Outcome, Row, Workplace
from bench.share_rows import share_row
from sclerograph.hand import joint_space
from sclerograph.hand.joint_margins import film_edges
from sclerograph.hand.joint_space_settings import DEFAULT
from sclerograph.hand.joint_strips import NotAssessable, joint_strips
from sclerograph.hand.joint_width import with_floors
from sclerograph.hand.margin_space import margin_space
from sclerograph.hand.view import HandView
from sclerograph.imaging import open_radiograph

__all__ = ["GROWN_MONTHS", "MEASURE", "ON"]

GROWN_MONTHS = 16 * 12
#: The joint network has seen no real film at all, so those on which other networks were trained judge it as well.
ON = "real films of bone age >= 16 years"
_FILMS = 40
_KINDS = ("DIP", "PIP", "MCP")


def _margins(view: HandView) -> Iterator[tuple[str, float]]:
    """Go through the joints of the fingers whose margins can be followed, with their widths in pixels."""
    strips = joint_strips(view, DEFAULT).strips
    edges = film_edges(list(strips.values()))
    if edges is None:
        return
    for code, strip in with_floors(strips, edges).items():
        try:
            yield code, margin_space(view, strip, edges, DEFAULT).mean_px
        except NotAssessable:
            continue


def run(workplace: Workplace) -> Outcome:
    """Look at every joint of nearly grown hands in both ways."""
    data = workplace.real_films()
    entries = json.loads((data / "hands.json").read_text())
    films = [data / entry["file"] for entry in entries if entry["bone_age_months"] >= GROWN_MONTHS][:_FILMS]
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in _KINDS}
    fused: list[str] = []
    joints = hands = 0
    for film in workplace.each(workplace.some(films), "joint spaces of real hands"):
        view = seen_by_networks(workplace, open_radiograph(film))
        if view is None:
            continue
        assessed = [finding for finding in joint_space.measure(view) if finding.assessable]
        hands += bool(assessed)
        joints += len(assessed)
        fused += [f"{film.stem} {finding.joint}" for finding in assessed if finding.ankylosed]
        for code, width in _margins(view):
            if code in view.joint_looks:
                pair = width / view.scale_px, view.joint_looks[code].mean_px / view.scale_px
                found[code.rstrip("2345")].append(pair)
    rows = [row for kind, both in found.items() for row in _rows(kind, both)]
    rows.append(
        share_row(
            "joint_agreement_fused", "joints of healthy hands that are called fused", ON, len(fused), joints, "joints"
        )
    )
    notes = [
        "lengths are nominal millimetres: the films are not calibrated",
        "the radiographs are of adolescents; nobody has looked at their joints, which are taken for healthy",
    ]
    return Outcome(rows, {"fused": fused, "hands_with_measured_joints": hands}, [], notes)


def _rows(kind: str, both: list[tuple[float, float]]) -> list[Row]:
    margins, network = np.asarray(both, dtype=np.float64).reshape(-1, 2).T
    n, key, off = len(both), f"joint_agreement_{kind.lower()}", network - margins
    what = f"{kind} space by the joint network less that by its margins"
    return [
        Row(f"{key}_mean", f"{what}: mean", ON, float(off.mean()) if n else None, "mm", n, "joints"),
        Row(
            f"{key}_median",
            f"{what}: median without its sign",
            ON,
            float(np.median(np.abs(off))) if n else None,
            "mm",
            n,
            "joints",
        ),
        Row(
            f"{key}_correlation",
            f"{kind} spaces by both ways: correlation",
            ON,
            float(np.corrcoef(margins, network)[0, 1]) if n > 2 else None,
            "",
            n,
            "joints",
        ),
    ]


MEASURE = Measure("joint_agreement", "Joint spaces of real hands by two ways", run)
