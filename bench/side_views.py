"""Hands that lie on their side, as on lateral films: found, landmarks, deposits, on simulated films."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bench.contours import deposit_labels
from bench.deposit_tally import DepositTally
from bench.held_out import HeldOutFilm, kept_films
from bench.landmark_errors import LandmarkErrors, landmarks_of, rows_of
from bench.matching import group_calcium, match_deposits
from bench.measure import Measure, Outcome, Row, Workplace
from bench.share_rows import share_row
from bench.visibility import visible_on
from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.errors import InputRejected
from sclerograph.hand.reading import read_films

if TYPE_CHECKING:
    from sclerograph.phantom.film import SimulatedFilm

__all__ = ["MEASURE", "side_films"]

_FILMS = 40
#: Training never draws from here on.
_FIRST_SEED = 10_900_000
_ON = "simulated, hands rolled by 45 to 115 degrees, wild looks of training"


def side_films(workplace: Workplace) -> Iterator[HeldOutFilm]:
    """Go through the held-out films of hands on their side."""
    seeds = range(_FIRST_SEED, _FIRST_SEED + workplace.count(_FILMS))
    return kept_films(workplace, "side", seeds, _film, "hands on their side")


def _film(seed: int) -> SimulatedFilm:
    from sclerograph.phantom.film import fast_film
    from sclerograph.training.side_view import draw_side_scene

    rng = np.random.default_rng(seed)
    return fast_film(draw_side_scene(rng), rng)


def run(workplace: Workplace) -> Outcome:
    """Find hands on their side, and compare landmarks and deposits with the truth."""
    errors, tally = LandmarkErrors(), DepositTally()
    seeds, lost = [], []
    for film in side_films(workplace):
        seeds.append(film.seed)
        marks = landmarks_of(film.open(), workplace.networks)
        if not marks:
            lost.append(film.seed)
            continue
        for name, (x, y, visible) in zip(LANDMARKS, film.landmarks, strict=True):
            if visible > 0:
                errors.add(name, np.array([x, y]), marks.get(name), film.mm_per_pixel)
        _add_deposits(workplace, film, tally)
    rows: list[Row] = [share_row("side_found", "hands found", _ON, len(seeds) - len(lost), len(seeds), "hands")]
    on = f"{_ON}, hands that were found"
    landmark_rows, summary = rows_of(
        errors, LANDMARKS, key="side_landmarks", on=on, mean_target=None, within_target=None
    )
    rows += [
        *landmark_rows,
        tally.recall_row(">= 2 mm", "side_recall_2mm", on, None),
        tally.false_row("side_false", on, None),
    ]
    details = {"landmarks": summary, "deposits": tally.table(), "films_without_a_hand": lost}
    notes = [
        f"first seed {_FIRST_SEED}; bones lie over each other there, so much of a deposit is hidden on one view",
        "films are read as lateral ones of a left hand",
    ]
    return Outcome(rows, details, [seeds[0], seeds[-1]], notes)


def _add_deposits(workplace: Workplace, film: HeldOutFilm, tally: DepositTally) -> None:
    from sclerograph.phantom.film import CALCIUM

    radiograph = film.open()
    labels, deposits = group_calcium(film.tissue & CALCIUM > 0, film.mm_per_pixel)
    visible = visible_on(film, radiograph.pixels, labels, deposits)
    try:
        reading = read_films([radiograph], workplace.networks, name=str(film.seed), side="L", view="lateral")
    except InputRejected:
        return
    found = [deposit for hand in reading.hands for deposit in hand.deposits]
    measured = deposit_labels(found, (labels.shape[0], labels.shape[1]))
    match = match_deposits(labels, deposits, measured, len(found), film.mm_per_pixel)
    tally.add(str(film.seed), deposits, match, visible)


MEASURE = Measure("side_views", "Hands on their side, simulated", run)
