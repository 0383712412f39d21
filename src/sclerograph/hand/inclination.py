"""How far the phalanges of each digit leave the plane of the film, from how short they look on it.

The metacarpals lie flat; a phalanx that rises from the film by an angle looks shorter by its cosine. What its length
should be, the patient's own other bones tell, through the joint distribution of one hand's segments
(:mod:`sclerograph.anatomy.norms`). Lengths scatter by 2 to 3 % around that, which is the cosine of 11 to 14 degrees: so
the answer is a distribution over angles and not a single arc cosine. Digits are held against each other again and
again, each time with the others' own foreshortening taken out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import DIGITS
from sclerograph.anatomy.norms import SEGMENTS, segment_norms
from sclerograph.hand.flexion_settings import DEFAULT, FlexionSettings
from sclerograph.hand.gaussian import conditional, landmark_noise

__all__ = ["Inclination", "inclinations"]

Floats = NDArray[np.float64]

_STEP_DEG = 2.0
#: A phalanx that points at the source shows nothing of its length.
_MOST_DEG = 84.0


@dataclass(frozen=True)
class Inclination:
    """Greatest angle (degrees) between the film and a digit's proximal or middle phalanx: mean and 95 % interval."""

    angle_deg: float
    low_deg: float
    high_deg: float


@dataclass(frozen=True)
class _Grid:
    """Angles (n,) of the first and (n,) of the last phalanx, and the logarithm (n,) of their probability beforehand."""

    first_deg: Floats
    last_deg: Floats
    before: Floats


@lru_cache(maxsize=4)
def _grid(settings: FlexionSettings) -> _Grid:
    steps = np.arange(0.0, _MOST_DEG + _STEP_DEG / 2, _STEP_DEG)
    first, bend = (axis.ravel() for axis in np.meshgrid(steps, steps, indexing="ij"))
    kept = first + bend <= _MOST_DEG
    first, bend = first[kept], bend[kept]

    def spread(angle: Floats, sd: float) -> Floats:
        density = np.exp(-0.5 * (angle / sd) ** 2)
        return np.asarray(density / density[np.unique(angle, return_index=True)[1]].sum())

    straight = spread(first, settings.straight_sd_deg) * spread(bend, settings.straight_sd_deg)
    flexed = spread(first, settings.flexed_first_sd_deg) * spread(bend, settings.flexed_next_sd_deg)
    before = settings.straight_before * straight + (1.0 - settings.straight_before) * flexed
    return _Grid(first, first + bend, np.log(before))


def inclinations(
    lengths_px: Mapping[str, float],
    foreshortened: Mapping[str, float],
    settings: FlexionSettings = DEFAULT,
) -> dict[int, Inclination]:
    """Return how far the digits leave the film.

    Parameters
    ----------
    lengths_px
        Lengths of segments in pixels, as far as they are known; distal phalanges are not looked at, for resorption
        shortens them as well.
    foreshortened
        Segments that are clearly foreshortened (:func:`sclerograph.hand.foreshortening.foreshortened`): at first they
        say nothing about the others.
    settings
        The thresholds.

    Returns
    -------
    dict
        By digit; without those whose phalanges are not known, or that have too few others to be held against.
    """
    known = [s for s in SEGMENTS if s in lengths_px and not s.startswith("DP")]
    shortening = dict.fromkeys(known, 0.0)
    doubt = {s: 1.0 if s in foreshortened else 0.0 for s in known}
    found: dict[int, Inclination] = {}
    for _ in range(settings.sweeps):
        for digit in (d.number for d in DIGITS):
            own = [s for s in (f"PP{digit}", f"MP{digit}") if s in known]
            others = [s for s in known if s not in own]
            last = "PP1" if digit == 1 else f"MP{digit}"
            if last not in own or len(others) < settings.least_segments:
                continue
            found[digit] = _sweep(own, others, lengths_px, shortening, doubt, settings)
    return found


def _sweep(
    own: list[str],
    others: list[str],
    lengths_px: Mapping[str, float],
    shortening: dict[str, float],
    doubt: dict[str, float],
    settings: FlexionSettings,
) -> Inclination:
    """Hold one digit against the others; its shortening, a logarithm, and the doubt of it are written down."""
    norms = segment_norms()
    noise = {s: landmark_noise(s, settings.landmark_error_mm) ** 2 for s in (*own, *others)}
    mean, covariance = conditional(
        norms.mean,
        norms.covariance,
        [SEGMENTS.index(s) for s in others],
        np.array([np.log(lengths_px[s]) - shortening[s] for s in others]),
        np.array([noise[s] + doubt[s] for s in others]),
        [SEGMENTS.index(s) for s in own],
    )
    off = np.array([np.log(lengths_px[s]) for s in own]) - mean
    precision = np.linalg.inv(covariance + np.diag([noise[s] + settings.population_sd**2 for s in own]))
    grid = _grid(settings)
    angles = [grid.first_deg if s.startswith("PP") else grid.last_deg for s in own]
    logs = np.log(np.cos(np.radians(np.stack(angles, axis=1))))
    rest = off - logs
    likelihood = grid.before - 0.5 * np.einsum("ni,ij,nj->n", rest, precision, rest)
    weight = np.exp(likelihood - likelihood.max())
    weight /= weight.sum()
    for segment, log in zip(own, logs.T, strict=True):
        shortening[segment] = float(weight @ log)
        doubt[segment] = float(weight @ (log - shortening[segment]) ** 2)
    return _summary(angles[-1], weight, settings.tilt_sd_deg)


def _summary(angle_deg: Floats, weight: Floats, tilt_sd_deg: float) -> Inclination:
    values, place = np.unique(angle_deg, return_inverse=True)
    share = np.bincount(place, weights=weight)
    # a hand that is tilted carries its fingers along: what they make with the film is not quite what they make with
    # the metacarpals; an angle is as uncertain as that, and reflected at 0
    apart = np.stack([values[:, None] - values, values[:, None] + values])
    spread = np.exp(-0.5 * (apart / tilt_sd_deg) ** 2).sum(axis=0)
    smeared = (spread / spread.sum(axis=0)) @ share
    # the middle of each step of the grid stands for the step
    low, high = np.interp([0.025, 0.975], np.cumsum(smeared) - 0.5 * smeared, values)
    return Inclination(float(values @ share), float(low), float(high))
