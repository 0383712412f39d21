"""Norms of the lengths of the tubular bones of the hand: published ones, and the joint distribution of one hand.

Two kinds of length occur and must not be mixed:

* a *bone length*, from the base of the bone to its tip, as published tables give it;
* a *segment*, from joint centre to joint centre (for a distal phalanx: from joint centre to tip), as landmarks give it.
  A segment is longer than its bone by half a joint space at each end.

The phalanges of one hand predict each other far better than a table of means does. On 901 hands with 37 landmarks each
the length of a distal phalanx scatters by 5 to 7 % around what the other bones of the hand say, and by 3 to 5 % when
the other distal phalanges are known too; the rule ``L_DP + L_MP = L_PP`` of one finger alone (Miller 2021,
doi:10.4103/JNSM.JNSM_65_20) scatters by 13 to 18 % of the distal phalanx. So the software measures against the joint
distribution, and keeps the published means as a check.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES

__all__ = [
    "BURYANOV_2010",
    "NOMINAL_FINGER_MM",
    "SEGMENTS",
    "PublishedLength",
    "SegmentNorms",
    "estimate_segment_norms",
    "segment_ends",
    "segment_norms",
]

#: Length from MCP3 to TIP3 in nominal millimetres, for every hand (see :mod:`sclerograph.networks.maps`).
NOMINAL_FINGER_MM: Final = 90.0

#: The 19 tubular bones with a landmark at both ends, in the order of the norms: DP1-5, MP2-5, PP1-5, MC1-5.
SEGMENTS: Final[tuple[str, ...]] = tuple(b.code for b in BONES if b.proximal_landmark and b.distal_landmark)

_ENDS: Final[dict[str, tuple[str, str]]] = {
    b.code: (b.proximal_landmark, b.distal_landmark) for b in BONES if b.proximal_landmark and b.distal_landmark
}


@dataclass(frozen=True)
class PublishedLength:
    """Mean and standard deviation of one bone's length in millimetres, as a publication gives them.

    ``verified`` is False where the number was recalled and the paper itself was not at hand.
    """

    bone: str
    mean_mm: float
    sd_mm: float
    citation: str
    verified: bool


def _buryanov() -> dict[str, PublishedLength]:
    citation = "Buryanov A, Kotiuk V. Int J Morphol 2010;28:755-758, doi:10.4067/S0717-95022010000300015"
    rows: dict[str, tuple[int, tuple[tuple[float, float], ...]]] = {
        "DP": (1, ((21.67, 1.60), (15.82, 2.26), (17.40, 1.85), (17.30, 2.22), (15.96, 2.45))),
        "MP": (2, ((22.38, 2.51), (26.33, 3.00), (25.65, 3.29), (18.11, 2.54))),
        "PP": (1, ((31.57, 3.13), (39.78, 4.94), (44.63, 3.81), (41.37, 3.87), (32.74, 2.77))),
        "MC": (1, ((46.22, 3.94), (68.12, 6.27), (64.60, 5.38), (58.00, 5.06), (53.69, 4.36))),
    }
    return {
        f"{kind}{first + i}": PublishedLength(f"{kind}{first + i}", mean, sd, citation, verified=False)
        for kind, (first, values) in rows.items()
        for i, (mean, sd) in enumerate(values)
    }


#: Bone lengths of adults on radiographs. The values were recalled and not checked in the paper, so nothing is graded
#: with them: they serve as a check of :func:`segment_norms`.
BURYANOV_2010: Final = _buryanov()


@dataclass(frozen=True)
class SegmentNorms:
    """The joint distribution of the logarithms of the 19 segment lengths of one hand.

    Parameters
    ----------
    mean
        (19,) mean of the natural logarithm of the length in nominal millimetres, in the order of :data:`SEGMENTS`.
    covariance
        (19, 19) covariance of these logarithms.
    hands
        Number of hands behind them.
    source
        Where the lengths come from.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    hands: int
    source: str


def segment_ends(segment: str) -> tuple[str, str]:
    """Return the names of the proximal and the distal landmark of a segment; :class:`KeyError` if there is none."""
    return _ENDS[segment]


def estimate_segment_norms(lengths: NDArray[np.float64], source: str, *, trimmed: float = 0.01) -> SegmentNorms:
    """Estimate the norms from segment lengths of healthy hands.

    Parameters
    ----------
    lengths
        (hands, 19) lengths in any unit, one unit a hand, in the order of :data:`SEGMENTS`.
    source
        Where they come from, kept with the norms.
    trimmed
        Part of the hands to leave out, those farthest from the middle (Mahalanobis distance): flexed fingers and
        slips of annotation.

    Raises
    ------
    ValueError
        With fewer than 40 hands, or lengths that are not positive.
    """
    lengths = np.asarray(lengths, dtype=np.float64)
    if lengths.ndim != 2 or lengths.shape[1] != len(SEGMENTS) or len(lengths) < 2 * (len(SEGMENTS) + 1):
        raise ValueError(f"at least {2 * (len(SEGMENTS) + 1)} hands with {len(SEGMENTS)} lengths each are needed")
    if not np.all(lengths > 0):
        raise ValueError("lengths must be positive")
    middle_finger = [SEGMENTS.index(name) for name in ("PP3", "MP3", "DP3")]
    logs = np.log(lengths * (NOMINAL_FINGER_MM / lengths[:, middle_finger].sum(axis=1, keepdims=True)))
    centred = logs - np.median(logs, axis=0)
    # Three lengths with a fixed sum leave the covariance all but singular: the pseudo-inverse does not mind.
    inverse = np.linalg.pinv(np.cov(centred.T), rcond=1e-6, hermitian=True)
    distance = np.einsum("ij,jk,ik->i", centred, inverse, centred)
    kept = logs[distance <= np.quantile(distance, 1.0 - trimmed)]
    return SegmentNorms(kept.mean(axis=0), np.cov(kept.T), len(kept), source)


@lru_cache(maxsize=1)
def segment_norms() -> SegmentNorms:
    """Return the norms that ship with the package."""
    text = resources.files("sclerograph.anatomy").joinpath("segment_norms.json").read_text(encoding="utf-8")
    record = json.loads(text)
    if tuple(record["segments"]) != SEGMENTS:
        raise ValueError("segment_norms.json was made for another list of segments")
    mean = np.asarray(record["mean_log_nominal_mm"], dtype=np.float64)
    upper = np.zeros((len(SEGMENTS), len(SEGMENTS)))
    upper[np.triu_indices(len(SEGMENTS))] = record["covariance_upper_triangle"]
    covariance = upper + np.triu(upper, 1).T
    return SegmentNorms(mean, covariance, int(record["hands"]), str(record["source"]))
