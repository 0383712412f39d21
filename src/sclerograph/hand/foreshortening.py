"""Phalanges that look short because the finger is flexed.

A bone that leaves the plane of the film by an angle appears shorter by its cosine. In one hand the phalanges predict
each other to 2 or 3 % (5 to 7 % for the middle phalanx of the little finger), so 13 % are told apart from build.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sclerograph.anatomy.norms import SEGMENTS, segment_norms
from sclerograph.hand.acro_osteolysis_settings import DEFAULT, AcroOsteolysisSettings
from sclerograph.hand.gaussian import conditional, landmark_noise

__all__ = ["foreshortened"]


def foreshortened(lengths_px: Mapping[str, float], settings: AcroOsteolysisSettings = DEFAULT) -> dict[str, float]:
    """Return the foreshortened proximal and middle phalanges with their length as a share of what was to be expected.

    Parameters
    ----------
    lengths_px
        Lengths of segments in pixels, as far as they are known.

    First the fingers together are held against the metacarpals, which lie flat: a hand with all fingers flexed looks
    consistent in itself. Then the most foreshortened phalanx is taken out again and again and the others are held
    against the rest of the hand.
    """
    phalanges = [s for s in lengths_px if s[:2] in ("PP", "MP")]
    metacarpals = [s for s in lengths_px if s.startswith("MC")]
    flagged: dict[str, float] = {}
    if len(metacarpals) >= 2:
        against = {s: _ratio(s, metacarpals, lengths_px, settings)[0] for s in phalanges if s[-1] != "1"}
        if against and float(np.median(list(against.values()))) < settings.all_foreshortened_ratio:
            flagged.update({s: r for s, r in against.items() if r < _border(s, settings)})
    while True:
        worst: tuple[float, str] | None = None
        for segment in phalanges:
            if segment in flagged:
                continue
            others = [s for s in (*phalanges, *metacarpals) if s not in flagged and s[-1] != segment[-1]]
            others += [s for s in metacarpals if s[-1] == segment[-1]]
            if len(others) < settings.least_reference_segments - 1:
                continue
            ratio, z = _ratio(segment, others, lengths_px, settings)
            if (
                ratio < _border(segment, settings)
                and z < -settings.foreshortened_z
                and (worst is None or ratio < worst[0])
            ):
                worst = (ratio, segment)
        if worst is None:
            return flagged
        flagged[worst[1]] = worst[0]


def _border(segment: str, settings: AcroOsteolysisSettings) -> float:
    return settings.little_finger_ratio if segment == "MP5" else settings.foreshortened_ratio


def _ratio(
    segment: str, others: list[str], lengths_px: Mapping[str, float], settings: AcroOsteolysisSettings
) -> tuple[float, float]:
    """Return the length as a share of its expectation from other segments, and how many deviations off it is."""
    norms = segment_norms()
    i, given = SEGMENTS.index(segment), [SEGMENTS.index(s) for s in others]
    values = np.log([lengths_px[s] for s in others])
    noise = [landmark_noise(s, settings.landmark_error_mm) for s in others]
    mean, covariance = conditional(norms.mean, norms.covariance, given, values, np.square(noise), [i])
    off = float(np.log(lengths_px[segment]) - mean[0])
    own = landmark_noise(segment, settings.landmark_error_mm)
    return float(np.exp(off)), off / float(np.sqrt(covariance[0, 0] + own**2))
