"""Acro-osteolysis put on a distal phalanx: from a lost tuft to a stump.

Grades follow the definition that the measurement uses (own, with the published ends: 0 normal, 4 complete resorption;
Johnstone 2012 and Hughes 2025 as cited in ``hand/acro_osteolysis.py``): by the fraction of the length that is gone, and
by the loss of the tuft's flare.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sclerograph.phantom.bones import Surface

__all__ = ["Resorption", "draw_resorption", "resorb"]

#: Fraction of length lost at the lower border of grades 2, 3 and 4 (grade 1: flare lost, up to 10 %).
GRADE_BORDERS = (0.10, 0.25, 0.50)


@dataclass(frozen=True)
class Resorption:
    """How much of a distal phalanx is gone.

    ``lost`` is the fraction of its length, ``pencil`` 0 (blunt) to 1 (tapered to a point), ``ragged`` the depth of the
    bites in its edge as a fraction of its length.
    """

    lost: float
    pencil: float
    ragged: float

    @property
    def grade(self) -> int:
        """Grade 1 to 4 by the fraction lost."""
        return 1 + sum(self.lost >= border for border in GRADE_BORDERS)


def draw_resorption(rng: np.random.Generator) -> Resorption:
    """Draw a stage, every grade about equally often."""
    grade = rng.integers(1, 5)
    low, high = ((0.03, 0.10), (0.10, 0.25), (0.25, 0.50), (0.50, 0.85))[grade - 1]
    return Resorption(float(rng.uniform(low, high)), float(rng.uniform(0.0, 1.0)), float(rng.uniform(0.0, 0.07)))


def resorb(surface: Surface, length_mm: float, resorption: Resorption, rng: np.random.Generator) -> Surface:
    """Cut and taper a distal phalanx in its local frame (origin at the base, y along the bone).

    The remaining length is exactly ``(1 - lost) * length_mm``: the raggedness only bites below that.
    """
    vertices = surface.vertices.copy()
    edge = (1.0 - resorption.lost) * length_mm
    angle = np.arctan2(vertices[:, 2], vertices[:, 0])
    bites = np.zeros(len(vertices))
    for k in range(2, 6):
        bites += rng.uniform(0.0, 1.0) * (1.0 + np.sin(k * angle + rng.uniform(0.0, 2 * np.pi))) / 2.0
    bites = bites / max(float(bites.max()), 1e-9) * resorption.ragged * length_mm
    limit = edge - bites * (bites.max() > 0)
    limit = np.where(bites <= np.quantile(bites, 0.15), edge, limit)
    cut = vertices[:, 1] > limit
    # a lost tuft no longer flares, and a pencilled shaft narrows towards its end
    along = np.clip(vertices[:, 1] / edge, 0.0, 1.0)
    narrowing = 1.0 - (0.25 + 0.5 * resorption.pencil) * np.clip((along - 0.45) / 0.55, 0.0, 1.0)
    vertices[:, 0] *= narrowing
    vertices[:, 2] *= narrowing
    beyond = np.clip((vertices[:, 1] - limit) / max(length_mm - edge, 1e-6), 0.0, 1.0)
    vertices[cut, 0] *= 1.0 - 0.9 * beyond[cut]
    vertices[cut, 2] *= 1.0 - 0.9 * beyond[cut]
    vertices[cut, 1] = limit[cut]
    thinner = surface.cortex_mm * np.where(cut, 0.6, 1.0)
    return replace(surface, vertices=vertices, cortex_mm=thinner)
