"""Films that show no hand are refused with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sclerograph.anatomy.hand import FINGER_CHAINS, LANDMARKS
from sclerograph.anatomy.norms import SEGMENTS, segment_norms
from sclerograph.errors import NotAHandRadiograph
from sclerograph.hand.gaussian import conditional, landmark_noise
from sclerograph.hand.scale import segment_lengths_px
from sclerograph.networks.maps import HandLocation, SkeletonMaps

__all__ = ["DEFAULT", "HandGate", "check_skeleton", "hands_on"]

_BECAUSE = "only hands are read"
_REMEDY = "give a PA or AP radiograph of a hand; a hand in a cast or cut off at the metacarpals cannot be read either"


@dataclass(frozen=True)
class HandGate:
    """Thresholds between a hand and anything else.

    Parameters
    ----------
    least_location_confidence
        Of the finder. A first experiment told 30 hands from 30 other films without an error by confidence alone.
    least_mean_confidence
        Mean over all 37 landmarks.
    least_plausible_share
        Share of the landmarks that the shape of a hand allows.
    least_fingers
        Digits of which every landmark from metacarpal to the last joint must be believed.
    most_shape_z
        Root mean square of the deviations of the segments from the norms, in standard deviations; flexed and resorbed
        hands stay below because each segment's deviation is clipped.
    clip_z
        The clip.
    """

    least_location_confidence: float = 0.5
    least_mean_confidence: float = 0.35
    least_plausible_share: float = 0.5
    least_fingers: int = 2
    most_shape_z: float = 4.0
    clip_z: float = 6.0


#: The thresholds in use.
DEFAULT = HandGate()


def hands_on(locations: Sequence[HandLocation], gate: HandGate = DEFAULT) -> list[HandLocation]:
    """Return the found hands that are sure enough, from left to right on the film.

    Raises
    ------
    NotAHandRadiograph
        When there is none.
    """
    sure = [where for where in locations if where.confidence >= gate.least_location_confidence]
    if not sure:
        best = max((where.confidence for where in locations), default=0.0)
        raise NotAHandRadiograph(f"no hand was found (highest confidence {best:.2f})", _BECAUSE, _REMEDY)
    return sorted(sure, key=lambda where: where.centre[0])


def check_skeleton(skeleton: SkeletonMaps, gate: HandGate = DEFAULT) -> None:
    """Refuse a skeleton that is not one of a hand.

    Raises
    ------
    NotAHandRadiograph
        When the landmarks are not sure, not plausible, or their lengths are not those of a hand.
    """
    marks = [skeleton.landmarks.get(name) for name in LANDMARKS]
    confidence = float(np.mean([0.0 if mark is None else mark.confidence for mark in marks]))
    if confidence < gate.least_mean_confidence:
        raise NotAHandRadiograph(
            f"the landmarks of a hand are not seen (mean confidence {confidence:.2f})", _BECAUSE, _REMEDY
        )
    plausible = float(np.mean([mark is not None and mark.plausible for mark in marks]))
    if plausible < gate.least_plausible_share:
        raise NotAHandRadiograph(
            f"the landmarks do not lie as in a hand ({100 * plausible:.0f} % plausible)", _BECAUSE, _REMEDY
        )
    lengths = {s: v for s, v in segment_lengths_px(skeleton.landmarks).items() if not s.startswith("DP")}
    needed = {digit: (f"MC{digit}", f"PP{digit}") + ((f"MP{digit}",) if digit > 1 else ()) for digit in FINGER_CHAINS}
    fingers = sum(all(segment in lengths for segment in segments) for segments in needed.values())
    if fingers < gate.least_fingers:
        raise NotAHandRadiograph(f"{fingers} whole digits are seen", _BECAUSE, _REMEDY)
    z = shape_z(lengths, gate)
    if z > gate.most_shape_z:
        raise NotAHandRadiograph(f"the bones do not have the proportions of a hand (z = {z:.1f})", _BECAUSE, _REMEDY)


def shape_z(lengths_px: dict[str, float], gate: HandGate = DEFAULT) -> float:
    """Return how far the proportions of segments are from those of hands: root mean square z, each clipped."""
    norms = segment_norms()
    names = list(lengths_px)
    deviations = []
    for name in names:
        others = [n for n in names if n != name]
        values = np.log([lengths_px[n] for n in others])
        noise = np.square([landmark_noise(n, 1.0) for n in others])
        given, wanted = [SEGMENTS.index(n) for n in others], [SEGMENTS.index(name)]
        mean, covariance = conditional(norms.mean, norms.covariance, given, values, noise, wanted)
        spread = np.sqrt(covariance[0, 0] + landmark_noise(name, 1.0) ** 2)
        deviations.append(min(abs(float(np.log(lengths_px[name]) - mean[0])) / spread, gate.clip_z))
    return float(np.sqrt(np.mean(np.square(deviations))))
