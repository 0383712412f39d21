"""Landmarks against the key points of validation films; the middle finger from MCP to tip is 90 mm by definition."""

from __future__ import annotations

import numpy as np

from bench.landmark_errors import LandmarkErrors, landmarks_of, rows_of
from bench.measure import Measure, Outcome, Target, Workplace
from bench.real_films import KEYPOINT_NAMES, validation_films
from sclerograph.imaging import open_radiograph

__all__ = ["MEASURE"]

_FINGER_MM = 90.0


def run(workplace: Workplace) -> Outcome:
    """Compare the 20 key points that have a counterpart; the wrist has none."""
    films = list(workplace.some([film for film in validation_films(workplace.real_films()) if film.points]))
    errors = LandmarkErrors()
    by_film: dict[str, float] = {}
    for film in workplace.each(films, "landmarks, validation key points"):
        finger_px = float(np.hypot(*np.subtract(film.points["TIP3"], film.points["MCP3"])))
        measured = landmarks_of(open_radiograph(film.path), workplace.networks)
        own = LandmarkErrors()
        for name, point in film.points.items():
            for each in (errors, own):
                each.add(name, np.asarray(point), measured.get(name), _FINGER_MM / finger_px)
        found = own.of(KEYPOINT_NAMES.values())
        if found:
            by_film[film.name] = round(float(np.mean(found)), 3)
    rows, summary = rows_of(
        errors,
        tuple(KEYPOINT_NAMES.values()),
        key="landmarks_validation",
        on=f"{len(films)} validation films with key points",
        mean_target=Target("<=", 1.2, "mm"),
        within_target=Target(">=", 0.99, "%"),
    )
    defined, defined_summary = rows_of(
        errors.without_definition(),
        tuple(KEYPOINT_NAMES.values()),
        key="landmarks_validation_definition",
        on="the same, one constant offset a point taken from the other films",
        mean_target=None,
        within_target=None,
    )
    return Outcome(
        rows + defined,
        {
            "all": summary,
            "without_definition": defined_summary,
            "by_landmark": errors.table(),
            "mean_mm_by_film": by_film,
        },
        notes=[
            "millimetres in which the middle finger of each hand is 90 mm long from MCP to tip",
            "the hand of film 1405 is in a cast",
        ],
    )


MEASURE = Measure("landmarks_validation", "Landmarks, validation films", run)
