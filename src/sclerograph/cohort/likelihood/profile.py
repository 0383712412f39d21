"""Profile likelihoods: a test and an interval for one coefficient, whatever the others are.

Intervals end where the profile has fallen by half the quantile of chi-square with one degree of freedom. With Firth's
penalty the penalty is that of the full model on both sides of the ratio (Heinze & Schemper 2002,
doi:10.1002/sim.1047; 2001, doi:10.1111/j.0006-341X.2001.00114.x).
"""

from __future__ import annotations

import math

import numpy as np

from sclerograph.cohort.interval import Interval
from sclerograph.cohort.likelihood.newton import FloatArray, LogLikelihood, Maximum, maximise

__all__ = ["likelihood_ratio", "profile_interval"]

#: How close the signed root of the ratio comes to the quantile of the normal distribution.
_ROOT_TOLERANCE = 1e-7
#: Where the climb to a restricted maximum ends: the height there is wrong by the square of this only.
_STEP_TOLERANCE = 1e-6
_MAX_TRIALS = 40
#: After so many trials at which nothing could be fitted the limit is given up.
_MAX_FAILURES = 5
_MAX_STEPS = 100
#: A trial goes at most so many times as far from the estimate as the one before.
_MAX_STRETCH = 3.0


def likelihood_ratio(likelihood: LogLikelihood, maximum: Maximum, contrasts: FloatArray) -> float | None:
    """Return twice the fall of the log-likelihood when linear combinations of the parameters are held at zero.

    Parameters
    ----------
    likelihood, maximum
        The model and where it is greatest.
    contrasts
        Shape (m, k): each row times the parameters is a quantity that is held at zero.

    Returns
    -------
    float or None
        ``None`` where the restricted maximum was not found.
    """
    orthonormal, _ = np.linalg.qr(contrasts.T, mode="complete")
    spread = np.linalg.solve(maximum.evaluation.information, contrasts.T)
    pull = spread @ np.linalg.solve(contrasts @ spread, contrasts @ maximum.parameters)
    starts = [maximum.parameters - pull, np.zeros_like(maximum.parameters)]
    restricted = _maximise_from(likelihood, starts, orthonormal[:, len(contrasts) :])
    if restricted is None:
        return None
    return max(0.0, 2.0 * (maximum.evaluation.value - restricted.evaluation.value))


def profile_interval(likelihood: LogLikelihood, maximum: Maximum, contrast: FloatArray, quantile: float) -> Interval:
    """Return the profile-likelihood interval of one linear combination of the parameters.

    Parameters
    ----------
    likelihood, maximum
        The model and where it is greatest.
    contrast
        Shape (k,): times the parameters it is the quantity.
    quantile
        Of the standard normal distribution: 1.96 for 95 %.
    """
    return Interval(
        low=_limit(likelihood, maximum, contrast, quantile, -1.0),
        high=_limit(likelihood, maximum, contrast, quantile, 1.0),
    )


def _limit(
    likelihood: LogLikelihood, maximum: Maximum, contrast: FloatArray, quantile: float, side: float
) -> float | None:
    """Return where the signed root of the likelihood ratio reaches the quantile on one side.

    The root is nearly a straight line in the quantity, and its slope is known: by the envelope theorem the profile
    falls as fast as the likelihood itself at the restricted maximum. So Newton's method takes few trials; it is kept
    between the farthest trial that fell short and the nearest that went too far.
    """
    orthonormal, _ = np.linalg.qr(contrast[:, np.newaxis], mode="complete")
    free = orthonormal[:, 1:]
    best = float(contrast @ maximum.parameters)
    variance = float(contrast @ np.linalg.solve(maximum.evaluation.information, contrast))
    last = maximum
    inner, outer, failures = 0.0, math.inf, 0
    distance = quantile * math.sqrt(variance)
    for _ in range(_MAX_TRIALS):
        aim = best + side * distance
        trial = _maximise_from(likelihood, _starts(last, maximum, contrast, aim), free)
        if trial is None:
            failures += 1
            if failures > _MAX_FAILURES:
                return None
            # Too far to stand on: come back halfway.
            outer, distance = distance, (inner + distance) / 2.0
            continue
        root = math.sqrt(max(0.0, 2.0 * (maximum.evaluation.value - trial.evaluation.value)))
        if abs(root - quantile) < _ROOT_TOLERANCE:
            return aim
        last = trial
        if root < quantile:
            inner = distance
        else:
            outer = distance
        fall = -side * float(trial.evaluation.score @ contrast) / float(contrast @ contrast)
        following = distance + (quantile - root) * root / fall if fall > 0.0 else math.inf
        following = min(following, _MAX_STRETCH * distance)
        if not inner < following < outer:
            following = (inner + outer) / 2.0
        if following == distance:
            return aim
        distance = following
    return None


def _starts(last: Maximum, maximum: Maximum, contrast: FloatArray, aim: float) -> list[FloatArray]:
    """Return points at which the quantity is as aimed at, near maxima already known."""
    starts = []
    for known in (last, maximum):
        along = np.linalg.solve(known.evaluation.information, contrast)
        gap = aim - float(contrast @ known.parameters)
        starts.append(known.parameters + along * (gap / float(contrast @ along)))
    # Moving in the direction of the quantity alone is less clever, and stays nearer.
    starts.append(last.parameters + contrast * ((aim - float(contrast @ last.parameters)) / float(contrast @ contrast)))
    return starts


def _maximise_from(likelihood: LogLikelihood, starts: list[FloatArray], free: FloatArray) -> Maximum | None:
    """Return the maximum reached from the first start that leads to one."""
    for start in starts:
        reached = maximise(likelihood, start, free, _MAX_STEPS, _STEP_TOLERANCE)
        if reached.converged:
            return reached
    return None
