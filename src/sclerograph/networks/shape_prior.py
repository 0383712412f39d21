"""Which landmarks the shape of a hand makes implausible.

Each landmark is predicted from all others by the Gaussian model of :mod:`sclerograph.networks.hand_shape`; one that
lies too far from its prediction is set aside, the worst first, and no longer speaks for the others. Nothing is ever
moved: an implausible landmark is said to be one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import fit_pose
from sclerograph.networks.hand_shape import hand_shape

__all__ = ["plausible_landmarks", "surprise"]

#: Disease bends and shortens fingers beyond what the hands of the atlas do: their spread is widened by this factor.
_WIDENING = 2.0
#: Error of a landmark that is well placed, and of one that is guessed, in nominal millimetres.
_SURE_MM, _GUESSED_MM = 1.5, 12.0
#: Squared surprise beyond which a landmark is implausible (chi-squared with 2 degrees of freedom, one in 10,000).
_LIMIT = 18.4
#: Landmarks with less confidence never speak for others.
_LEAST_CONFIDENCE = 0.15


def _model(confidence: NDArray[np.float64]) -> NDArray[np.float64]:
    noise = _SURE_MM + (_GUESSED_MM - _SURE_MM) * np.square(1.0 - np.clip(confidence, 0.0, 1.0))
    return np.asarray(hand_shape().covariance_mm2 * _WIDENING**2 + np.diag(np.repeat(np.square(noise), 2)))


def surprise(residual_mm: NDArray[np.float64], covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared Mahalanobis distance of each landmark from what the others predict.

    Uses the block form of leave-one-out prediction: with precision P, the residual of block i given the others is
    P_ii^-1 (P r)_i, with covariance P_ii^-1 (Rasmussen and Williams, Gaussian Processes for Machine Learning, 5.4.2).

    Parameters
    ----------
    residual_mm
        (landmarks, 2).
    covariance
        (2 landmarks, 2 landmarks).
    """
    precision = np.linalg.inv(covariance)
    pull = (precision @ residual_mm.ravel()).reshape(-1, 2)
    count = len(residual_mm)
    blocks = precision.reshape(count, 2, count, 2)[np.arange(count), :, np.arange(count), :]
    return np.asarray(np.einsum("ni,nij,nj->n", pull, np.linalg.inv(blocks), pull))


def plausible_landmarks(
    points: NDArray[np.float64], confidence: NDArray[np.float64], *, mirrored: bool
) -> NDArray[np.bool_]:
    """Say for each of the 37 landmarks whether the others allow it.

    Parameters
    ----------
    points
        (37, 2) film (x, y).
    confidence
        (37,) 0 to 1.
    mirrored
        Whether the thumb lies to the left when the fingers point up.

    Returns
    -------
    (37,) bool. All ``False`` when fewer than three landmarks are confident: nothing then speaks for any of them.
    """
    speaks = confidence >= _LEAST_CONFIDENCE
    plausible = np.ones(len(points), dtype=np.bool_)
    if speaks.sum() < 3:
        return ~plausible
    covariance = _model(confidence)
    mean = hand_shape().mean_mm
    while True:
        pose = fit_pose(points, np.where(speaks, confidence, 0.0), mirrored=mirrored)
        residual = pose.map_to_nominal(points) - mean
        members = np.flatnonzero(speaks)
        both = (2 * members[:, None] + np.arange(2)).ravel()
        among = surprise(residual[members], covariance[np.ix_(both, both)])
        worst = int(among.argmax())
        if among[worst] <= _LIMIT or len(members) <= 3:
            break
        speaks[members[worst]] = False
    # The silent ones are judged by those that still speak.
    joint = covariance[np.ix_(both, both)]
    weights = np.linalg.solve(joint, residual[members].ravel())
    for index in np.flatnonzero(~speaks):
        own = np.array([2 * index, 2 * index + 1])
        cross = hand_shape().covariance_mm2[np.ix_(own, both)] * _WIDENING**2
        left = residual[index] - cross @ weights
        spread = covariance[np.ix_(own, own)] - cross @ np.linalg.solve(joint, cross.T)
        plausible[index] = left @ np.linalg.solve(spread, left) <= _LIMIT
    return plausible
