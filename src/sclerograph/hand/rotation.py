"""How far a hand is turned out of the plane of the film about its long axis.

The bones of the carpus and the metacarpus lie at different heights, so they shift over each other when the hand turns.
A regression (:mod:`.rotation_weights`) on those shifts gives the angle. Features that the film does not show are filled
by what the others let expect, and widen the interval.
"""

from __future__ import annotations

import numpy as np

from sclerograph.findings.records import Interval, Rotation
from sclerograph.hand.gaussian import REACH_OF_95_PERCENT
from sclerograph.hand.quality_settings import DEFAULT, QualitySettings
from sclerograph.hand.rotation_features import rotation_features
from sclerograph.hand.rotation_weights import rotation_weights
from sclerograph.hand.view import HandView

__all__ = ["measure_rotation"]

#: Beyond the range of the fit the polynomial must not be followed.
_MOST_DEG = 45.0


def measure_rotation(view: HandView, settings: QualitySettings = DEFAULT) -> Rotation:
    """Return the rotation of a hand out of the plane of the film.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.
    """
    seen_from = view.side_and_view.view
    if not view.side_and_view.frontal:
        return Rotation(assessable=False, reason=f"told on PA and AP films only, this one is {seen_from}")
    weights = rotation_weights()
    found = rotation_features(view.skeleton, weights.frame)
    if found is None:
        return Rotation(assessable=False, reason="metacarpals or distal carpal bones are not all outlined")
    values, seen = found
    if float(seen.mean()) < settings.rotation_least_features:
        return Rotation(assessable=False, reason="too few bones of carpus and metacarpus are outlined")
    standard = (values - weights.mean) / weights.deviation
    slopes = weights.components.T @ (weights.slopes / weights.spread)
    extra = 0.0
    if not seen.all():
        covariance = weights.components.T @ (weights.spread[:, None] ** 2 * weights.components)
        known, missing = np.flatnonzero(seen), np.flatnonzero(~seen)
        gain = np.linalg.solve(
            covariance[np.ix_(known, known)] + 1e-6 * np.eye(len(known)), covariance[np.ix_(known, missing)]
        )
        standard[missing] = standard[known] @ gain
        left = covariance[np.ix_(missing, missing)] - covariance[np.ix_(missing, known)] @ gain
        extra = float(slopes[missing] @ left @ slopes[missing])
    scores = weights.components @ standard / weights.spread
    distance = float(np.sqrt(np.mean(scores**2)))
    if distance > settings.rotation_distance:
        return Rotation(assessable=False, reason="the bones project unlike those that the estimate was made from")
    angle = float(np.clip(np.polyval(weights.bend, scores @ weights.slopes), -_MOST_DEG, _MOST_DEG))
    # the farther from what the regression has seen, the less it is to be believed
    error = REACH_OF_95_PERCENT * float(np.hypot(weights.error_deg * max(1.0, distance), np.sqrt(max(extra, 0.0))))
    if seen_from == "AP":
        angle = -angle  # the other side of the hand lies on the film
    low, high = angle - error, angle + error
    within = low <= 0.0 <= high
    return Rotation(
        angle_deg=round(abs(angle), 1),
        angle_interval=Interval(
            low=0.0 if within else round(min(abs(low), abs(high)), 1), high=round(max(abs(low), abs(high)), 1)
        ),
        pronation_deg=round(angle, 1),
        pronation_interval=Interval(low=round(low, 1), high=round(high, 1)),
        assessable=True,
    )
