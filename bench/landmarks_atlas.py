"""Landmarks against the very accurate annotation of the Digital Hand Atlas.

The annotated distance between the outer edges of the wrist (landmarks 0 and 4) is 50 mm by definition, as in the
publications that measured on this set (Payer et al. 2019, doi:10.1016/j.media.2019.03.007). The rows with a target
measure in the definition of the atlas: where its points lie by a constant offset beside ours, the offset is taken from
the other films (leave one out). The raw rows stand beside them.
"""

from __future__ import annotations

import numpy as np

from bench.landmark_errors import LandmarkErrors, landmarks_of, rows_of
from bench.measure import Measure, Outcome, Target, Workplace
from bench.real_films import atlas_films
from sclerograph.anatomy.hand import FINGER_CHAINS, LANDMARKS
from sclerograph.imaging import open_radiograph

__all__ = ["MEASURE"]

_WRIST_WIDTH_MM = 50.0
#: Fingers, thumb, metacarpal bases.
_DIGITS = tuple(name for chain in FINGER_CHAINS.values() for name in chain)


def run(workplace: Workplace) -> Outcome:
    """Compare all 37 landmarks on the atlas films."""
    films = list(workplace.some(atlas_films(workplace.real_films())))
    errors = LandmarkErrors()
    for film in workplace.each(films, "landmarks, Digital Hand Atlas"):
        mm_per_pixel = _WRIST_WIDTH_MM / float(np.hypot(*(film.points[4] - film.points[0])))
        measured = landmarks_of(open_radiograph(film.path), workplace.networks)
        for name, point in zip(LANDMARKS, film.points, strict=True):
            errors.add(name, point, measured.get(name), mm_per_pixel)
    digits, digit_summary = rows_of(
        errors,
        _DIGITS,
        key="landmarks_atlas_digits",
        on=f"{len(films)} Digital Hand Atlas films: fingers, thumb, metacarpal bases",
        mean_target=None,
        within_target=None,
    )
    every, summary = rows_of(
        errors,
        LANDMARKS,
        key="landmarks_atlas_all",
        on=f"{len(films)} Digital Hand Atlas films: all 37",
        mean_target=None,
        within_target=None,
    )
    defined, defined_summary = rows_of(
        errors.without_definition(),
        _DIGITS,
        key="landmarks_atlas_digits_definition",
        on=f"{len(films)} Digital Hand Atlas films: the same in the atlas's definition of each point",
        mean_target=Target("<=", 0.9, "mm"),
        within_target=Target(">=", 0.99, "%"),
    )
    return Outcome(
        defined + digits + every,
        {
            "digits": digit_summary,
            "digits_without_definition": defined_summary,
            "all": summary,
            "by_landmark": errors.table(),
        },
        notes=[
            "millimetres in which the wrist of each hand is 50 mm wide; the atlas's definition of a point is the "
            "constant offset of its points from ours, taken from the other films"
        ],
    )


MEASURE = Measure("landmarks_atlas", "Landmarks, Digital Hand Atlas", run)
