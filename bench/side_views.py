"""Hands that lie on their side, as on lateral films: found, landmarks, deposits, on simulated films."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.contours import deposit_labels
from bench.deposit_tally import DepositTally
from bench.held_out import HeldOutFilm, load_film, store_film
from bench.landmark_errors import LandmarkErrors, landmarks_of, rows_of
from bench.matching import group_calcium, match_deposits
from bench.measure import Measure, Outcome, Row, Workplace
from bench.provenance import simulator_sha256
from bench.share_rows import share_row
from bench.visibility import added_grey, visibilities
from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.errors import InputRejected
from sclerograph.hand.reading import read_films

__all__ = ["MEASURE", "side_films"]

_FILMS = 40
#: Training never draws from here on.
_FIRST_SEED = 10_900_000
_ON = "simulated, hands rolled by 45 to 115 degrees, wild looks of training"


def side_films(workplace: Workplace) -> Iterator[HeldOutFilm]:
    """Go through the held-out films; those that were not simulated before are simulated now."""
    from sclerograph.phantom.film import fast_film
    from sclerograph.training.side_view import draw_side_scene

    folder = workplace.cache / f"{simulator_sha256()[:12]}-side"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in workplace.each(range(_FIRST_SEED, _FIRST_SEED + workplace.count(_FILMS)), "hands on their side"):
        if not (folder / f"{seed}.npz").is_file():
            rng = np.random.default_rng(seed)
            store_film(folder, str(seed), fast_film(draw_side_scene(rng), rng))
        yield load_film(folder, str(seed), seed)


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
    from sclerograph.phantom.insertion import measure_film

    radiograph = film.open()
    labels, deposits = group_calcium(film.tissue & CALCIUM > 0, film.mm_per_pixel)
    visible = [float("inf")] * len(deposits)
    scale = measure_film(radiograph.pixels, film.landmarks, film.nominal_mm_per_pixel)
    if scale is not None:
        added = added_grey(film.calcium_mm, scale, film.nominal_mm_per_pixel)
        visible = visibilities(radiograph.pixels, added, labels, deposits, scale.noise, film.nominal_mm_per_pixel)
    try:
        reading = read_films([radiograph], workplace.networks, name=str(film.seed), side="L", view="lateral")
    except InputRejected:
        return
    found = [deposit for hand in reading.hands for deposit in hand.deposits]
    measured = deposit_labels(found, (labels.shape[0], labels.shape[1]))
    match = match_deposits(labels, deposits, measured, len(found), film.mm_per_pixel)
    tally.add(str(film.seed), deposits, match, visible)


MEASURE = Measure("side_views", "Hands on their side, simulated", run)
