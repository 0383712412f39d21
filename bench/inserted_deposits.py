"""Deposits put into real films that no network was trained on: the bridge between simulation and patients.

Where a film has key points they say where the hand is; else the landmarks of the software's own reading of the
untouched film do. Millimetres are nominal: the middle finger from MCP to tip is 90.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.contours import deposit_labels
from bench.deposit_tally import DepositTally
from bench.landmark_errors import landmarks_of
from bench.matching import group_calcium, match_deposits
from bench.measure import Measure, Outcome, Target, Workplace
from bench.real_films import ValidationFilm, validation_films
from bench.visibility import visibilities
from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.errors import InputRejected
from sclerograph.findings.records import Deposit
from sclerograph.hand.reading import read_films
from sclerograph.imaging import open_radiograph
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.protocol import HandNetworks

__all__ = ["MEASURE", "known_landmarks", "nominal_mm_of"]

_FINGER_MM = 90.0
#: The deposits of a film are drawn with this plus the number of the film.
_FIRST_SEED = 20_000_000
#: Landmarks of the software's own reading that are less sure are not used.
_LEAST_CONFIDENCE = 0.5


def known_landmarks(film: ValidationFilm, radiograph: Radiograph, networks: HandNetworks) -> NDArray[np.float64]:
    """Return (37, 3) x, y and 1 where known; all 0 where the software finds no hand and there are no key points."""
    known = np.zeros((len(LANDMARKS), 3))
    points = film.points or {
        name: (mark.x, mark.y)
        for name, mark in landmarks_of(radiograph, networks).items()
        if mark.plausible and mark.confidence >= _LEAST_CONFIDENCE
    }
    for name, (x, y) in points.items():
        known[LANDMARKS.index(name)] = x, y, 1.0
    return known


def nominal_mm_of(landmarks: NDArray[np.float64]) -> float | None:
    """Return the nominal millimetres of a pixel, ``None`` without the middle finger's two ends."""
    ends = landmarks[[LANDMARKS.index("MCP3"), LANDMARKS.index("TIP3")]]
    if (ends[:, 2] <= 0).any():
        return None
    return _FINGER_MM / float(np.hypot(*(ends[1, :2] - ends[0, :2])))


def run(workplace: Workplace) -> Outcome:
    """Put deposits into every validation film, read it, and see what becomes of them."""
    from sclerograph.phantom.insertion import insert_deposits, measure_film

    films = list(workplace.some(validation_films(workplace.real_films())))
    tally = DepositTally()
    left_out: list[str] = []
    details: dict[str, Any] = {"landmarks_from_key_points": sum(bool(film.points) for film in films)}
    for film in workplace.each(films, "deposits put into validation films"):
        radiograph = open_radiograph(film.path)
        landmarks = known_landmarks(film, radiograph, workplace.networks)
        nominal_mm = nominal_mm_of(landmarks)
        rng = np.random.default_rng(_FIRST_SEED + int(film.name))
        scale = None if nominal_mm is None else measure_film(radiograph.pixels, landmarks, nominal_mm)
        if nominal_mm is None or scale is None:
            left_out.append(film.name)
            continue
        inserted = insert_deposits(radiograph.pixels, landmarks, nominal_mm, rng, scale=scale)
        if inserted is None:
            left_out.append(film.name)
            continue
        found = _deposits(replace(radiograph, pixels=inserted.image), workplace.networks)
        labels, deposits = group_calcium(inserted.truth | inserted.unseen, nominal_mm)
        shown = inserted.image / inserted.gain
        visible = visibilities(shown, shown - radiograph.pixels, labels, deposits, scale.noise, nominal_mm)
        measured = deposit_labels(found, inserted.truth.shape)
        match = match_deposits(labels, deposits, measured, len(found), nominal_mm)
        tally.add(film.name, deposits, match, visible)
    on = "deposits put into validation films"
    rows = [
        tally.recall_row(">= 2 mm", "inserted_recall_2mm", on, Target(">=", 0.90, "%")),
        tally.recall_row("1-2 mm", "inserted_recall_1mm", on, None),
        tally.recall_row(">= 2 mm", "inserted_recall_2mm_clear", on, None, of="clear"),
        tally.recall_row(">= 2 mm", "inserted_recall_2mm_faint", on, None, of="faint"),
        tally.false_row("inserted_false", on, Target("<=", 0.3, "per hand")),
    ]
    details |= {"films_left_out": left_out, **tally.table()}
    notes = [
        "millimetres in which the middle finger of each hand is 90 mm long from MCP to tip",
        "too faint to be seen: less grey was added, at its densest, than 2.5 standard deviations of grain and "
        "0.7 of the texture around it; what is clear adds four times that",
        "where to put deposits: key points where a film has them, else the software's reading of the untouched film",
    ]
    seeds = sorted(_FIRST_SEED + int(film.name) for film in films)
    return Outcome(rows, details, [seeds[0], seeds[-1]], notes)


def _deposits(film: Radiograph, networks: HandNetworks) -> list[Deposit]:
    try:
        reading = read_films([film], networks, name="inserted")
    except InputRejected:
        return []
    return [deposit for hand in reading.hands for deposit in hand.deposits]


MEASURE = Measure("inserted_deposits", "Deposits put into real films", run)
