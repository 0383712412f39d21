"""Climbing to the maximum of a log-likelihood, in all directions or in some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["STEP_TOLERANCE", "Evaluation", "FloatArray", "LogLikelihood", "Maximum", "maximise"]

FloatArray = NDArray[np.float64]

#: The climb has ended when no parameter moves by more than this. Parameters are coefficients of columns of unit mean
#: square (see OrthonormalBasis). A stop on the step, and not on the gain, never mistakes a likelihood without maximum
#: for one that has been found: there the gain dies away while every step is about as long as the last.
STEP_TOLERANCE = 1e-9
#: A step is halved at most so often before the climb is given up.
_HALVINGS = 40


@dataclass(frozen=True)
class Evaluation:
    """A log-likelihood at one point.

    ``value`` is minus infinity, and the other two are not to be used, where the information is not positive definite.
    """

    value: float
    #: Gradient, shape (k,).
    score: FloatArray
    #: Fisher information of the likelihood without its penalty, shape (k, k).
    information: FloatArray


#: From parameters, shape (k,), to the log-likelihood there.
LogLikelihood = Callable[[FloatArray], Evaluation]


@dataclass(frozen=True)
class Maximum:
    """Where the climb ended."""

    parameters: FloatArray
    evaluation: Evaluation
    #: Whether the end is a maximum.
    converged: bool


def maximise(
    likelihood: LogLikelihood,
    start: FloatArray,
    directions: FloatArray | None = None,
    max_iterations: int = 200,
    tolerance: float = STEP_TOLERANCE,
) -> Maximum:
    """Maximise a log-likelihood.

    The steps are Newton's, with the information for the curvature. What a penalty adds to the curvature is learnt from
    the change of the score over the steps made (a structured quasi-Newton method; Dennis & Walker 1981,
    doi:10.1137/0718067): with two patients it is as large as the information itself, and Fisher scoring alone would
    swing to and fro for ever. A step that loses is halved.

    Parameters
    ----------
    likelihood
        What is maximised.
    start
        Where the climb begins, shape (k,).
    directions
        Orthonormal columns, shape (k, m): the maximum is sought in the plane that they span through ``start``. By
        default everywhere.
    max_iterations
        After so many steps the climb is given up.
    tolerance
        The climb has ended when no parameter moves by more than this.
    """
    plane = np.eye(len(start)) if directions is None else directions
    parameters = start
    here = likelihood(parameters)
    if not np.isfinite(here.value):
        return Maximum(parameters, here, converged=False)
    learnt = np.zeros((plane.shape[1], plane.shape[1]))
    for _ in range(max_iterations):
        curvature = plane.T @ here.information @ plane
        score = plane.T @ here.score
        step = _step(curvature + learnt, score)
        if step is None:
            learnt = np.zeros_like(learnt)
            step = _step(curvature, score)
        if step is None:
            return Maximum(parameters, here, converged=False)
        # Rounding in a sum of n terms must not look like a loss.
        slack = 1e-11 * (1.0 + abs(here.value))
        for _ in range(_HALVINGS):
            there = likelihood(parameters + plane @ step)
            if there.value >= here.value - slack:
                break
            step = step / 2.0
        else:
            return Maximum(parameters, here, converged=False)
        parameters = parameters + plane @ step
        fall = score - plane.T @ there.score
        learnt = _learn(plane.T @ there.information @ plane, learnt, step, fall)
        here = there
        if np.max(np.abs(step), initial=0.0) < tolerance:
            return Maximum(parameters, here, converged=True)
    return Maximum(parameters, here, converged=False)


def _step(curvature: FloatArray, score: FloatArray) -> FloatArray | None:
    """Return the step to the top of a parabola, or None where it has none."""
    try:
        root = np.linalg.cholesky(curvature)
        step = np.linalg.solve(root.T, np.linalg.solve(root, score))
    except np.linalg.LinAlgError:
        return None
    return step if np.all(np.isfinite(step)) else None


def _learn(information: FloatArray, learnt: FloatArray, step: FloatArray, fall: FloatArray) -> FloatArray:
    """Return what must be added to the information so that the step explains the fall of the score (BFGS)."""
    curvature = information + learnt
    along = curvature @ step
    expected, seen = float(step @ along), float(step @ fall)
    if not (expected > 0.0 and seen > 0.0):
        return np.zeros_like(learnt)
    return np.asarray(learnt - np.outer(along, along) / expected + np.outer(fall, fall) / seen, dtype=np.float64)
