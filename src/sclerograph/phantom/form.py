"""The form of a hand on a film: where the 37 landmarks lie, drawn from a real distribution and re-posed.

A form is (37, 2) in nominal millimetres (MCP3 to TIP3 near 90), x towards the thumb, y towards the fingertips, in the
order of :data:`sclerograph.anatomy.hand.LANDMARKS`. The principal components were fitted by
``sclerograph.training.fit_hand_form`` on landmark sets of the Digital Hand Atlas as annotated by Payer et al. 2019
(doi:10.1016/j.media.2019.03.007).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import FINGER_CHAINS, LANDMARKS

__all__ = ["HandForm", "index_of", "rotate_about", "sample_form"]

Points = NDArray[np.float64]
index_of: dict[str, int] = {name: i for i, name in enumerate(LANDMARKS)}


@dataclass(frozen=True)
class HandForm:
    """Landmarks of one hand in its plane, with the flexion of each phalanx that shortens it on the film.

    ``flexion_deg[digit]`` holds the angles of proximal, middle (none for the thumb) and distal phalanx to the film.
    """

    points: Points
    flexion_deg: dict[int, tuple[float, ...]]


@lru_cache(maxsize=1)
def _model() -> tuple[Points, Points, Points]:
    with (files("sclerograph.phantom") / "hand_form.npz").open("rb") as stream:
        data = np.load(stream)
        return (
            data["mean"].astype(np.float64),
            data["components"].astype(np.float64),
            data["deviation"].astype(np.float64),
        )


def rotate_about(points: Points, centre: Points, angle_deg: float) -> Points:
    """Turn (n, 2) points counter-clockwise about a centre."""
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray((points - centre) @ turn + centre)


def mean_form() -> Points:
    """Return the mean form, (37, 2) nominal millimetres."""
    return _model()[0].reshape(-1, 2).copy()


def sample_form(
    rng: np.random.Generator,
    *,
    flexion_probability: float = 0.25,
    base: Points | None = None,
) -> HandForm:
    """Draw one hand.

    Parameters
    ----------
    rng
        Source of randomness.
    flexion_probability
        Chance that one or more fingers are flexed by 15 to 60 degrees.
    base
        (37, 2) form to start from instead of a draw of the principal components, for instance a held-out real one.
    """
    mean, components, deviation = _model()
    if base is None:
        amplitude = np.clip(rng.normal(0.0, 1.0, len(deviation)), -2.6, 2.6) * deviation
        points = (mean + amplitude @ components).reshape(-1, 2)
    else:
        points = base.copy()
    _repose_fingers(points, rng)
    flexion = _flexion(rng, flexion_probability)
    _foreshorten(points, flexion)
    return HandForm(points, flexion)


def _chain(digit: int) -> list[int]:
    return [index_of[name] for name in FINGER_CHAINS[digit]]


def _repose_fingers(points: Points, rng: np.random.Generator) -> None:
    """Spread or close the fingers, move the thumb, bend joints sideways, deviate the wrist, vary lengths; in place."""
    spread = rng.normal(0.0, 2.5) if rng.random() < 0.8 else rng.uniform(-9.0, 3.0)
    for digit in (2, 3, 4, 5):
        base, *rest = _chain(digit)[1:]
        turn = rng.normal(0.0, 2.5) + spread * (digit - 3.3)
        points[rest] = rotate_about(points[rest], points[base], turn)
        stretch = rng.normal(1.0, 0.03)
        points[rest] = points[base] + (points[rest] - points[base]) * stretch
        for j in (0, 1):
            points[rest[j + 1 :]] = rotate_about(points[rest[j + 1 :]], points[rest[j]], rng.normal(0.0, 2.0))
        # lateral bending of a contracted or arthritic finger
        if rng.random() < 0.03:
            points[rest[1:]] = rotate_about(points[rest[1:]], points[rest[0]], rng.normal(0.0, 12.0))
        for j in range(len(rest)):
            vector = points[rest[j]] - points[[base, *rest][j]]
            points[rest[j:]] += vector * rng.normal(0.0, 0.025)
    thumb = _chain(1)
    points[thumb[1:]] = rotate_about(points[thumb[1:]], points[thumb[0]], rng.normal(0.0, 8.0))
    points[thumb[2:]] = rotate_about(points[thumb[2:]], points[thumb[1]], rng.normal(0.0, 6.0))
    points[thumb[3:]] = rotate_about(points[thumb[3:]], points[thumb[2]], rng.normal(0.0, 6.0))
    # wrist deviation: the hand turns about the head of the capitate, the proximal row follows by half
    deviation = rng.normal(0.0, 5.0)
    centre = points[index_of["CAP"]].copy()
    forearm = list(range(6))
    points[forearm] = rotate_about(points[forearm], centre, deviation)
    row = [index_of[n] for n in ("TRQ", "LUN", "SCA")]
    points[row] = rotate_about(points[row], centre, deviation * 0.5)


def _flexion(rng: np.random.Generator, probability: float) -> dict[int, tuple[float, ...]]:
    flexion: dict[int, tuple[float, ...]] = {}
    flexed = rng.random() < probability
    for digit in range(1, 6):
        count = 2 if digit == 1 else 3
        angles = np.abs(rng.normal(0.0, 5.0, count))
        if flexed and rng.random() < 0.45:
            angles[1:] += rng.uniform(10.0, 55.0, count - 1) * rng.random(count - 1)
        flexion[digit] = tuple(float(a) for a in np.minimum(np.cumsum(angles * 0.6), 75.0))
    return flexion


def _foreshorten(points: Points, flexion: dict[int, tuple[float, ...]]) -> None:
    """Shorten the phalanges on the film by the cosine of their angle to it; in place."""
    for digit, angles in flexion.items():
        chain = _chain(digit)[1:]
        for j, angle in enumerate(angles):
            vector = points[chain[j + 1]] - points[chain[j]]
            points[chain[j + 1 :]] += vector * (np.cos(np.radians(angle)) - 1.0)
