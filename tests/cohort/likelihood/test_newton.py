from __future__ import annotations

import numpy as np
import pytest

from sclerograph.cohort.likelihood.newton import Evaluation, maximise


def _parabola(parameters: np.ndarray) -> Evaluation:
    curvature = np.array([[2.0, 0.5], [0.5, 1.0]])
    away = parameters - np.array([1.0, -2.0])
    return Evaluation(float(-0.5 * away @ curvature @ away), -curvature @ away, curvature)


def test_the_top_of_a_parabola_is_found() -> None:
    top = maximise(_parabola, np.zeros(2))
    assert top.converged
    assert top.parameters == pytest.approx([1.0, -2.0], abs=1e-9)


def test_a_climb_in_one_direction_stays_in_it() -> None:
    direction = np.array([[0.6], [0.8]])
    start = np.array([0.3, 0.1])
    top = maximise(_parabola, start, direction)
    assert top.converged
    moved = top.parameters - start
    assert moved[0] * 0.8 == pytest.approx(moved[1] * 0.6, abs=1e-12)
    assert float(direction[:, 0] @ top.evaluation.score) == pytest.approx(0.0, abs=1e-9)


def test_a_climb_without_freedom_ends_where_it_began() -> None:
    top = maximise(_parabola, np.array([0.3, 0.1]), np.zeros((2, 0)))
    assert top.converged
    assert list(top.parameters) == [0.3, 0.1]


def test_an_information_that_is_half_the_curvature_does_not_swing_for_ever() -> None:
    """As in the two-patient example of Heinze & Schemper 2001, where Fisher scoring jumps twice too far."""

    def likelihood(parameters: np.ndarray) -> Evaluation:
        away = parameters - 0.7
        return Evaluation(float(-np.sum(away**2)), -2.0 * away, np.eye(1))

    top = maximise(likelihood, np.zeros(1))
    assert top.converged
    assert top.parameters == pytest.approx([0.7], abs=1e-9)


def test_a_likelihood_that_rises_for_ever_is_not_maximised() -> None:
    def likelihood(parameters: np.ndarray) -> Evaluation:
        fading = float(np.exp(-parameters[0]))
        return Evaluation(-fading, np.array([fading]), np.array([[fading]]))

    assert not maximise(likelihood, np.zeros(1), max_iterations=50).converged


def test_a_start_outside_the_parameters_is_reported() -> None:
    def nowhere(parameters: np.ndarray) -> Evaluation:
        return Evaluation(-np.inf, np.zeros(1), np.zeros((1, 1)))

    assert not maximise(nowhere, np.zeros(1)).converged


def test_a_singular_information_is_reported() -> None:
    def flat(parameters: np.ndarray) -> Evaluation:
        return Evaluation(0.0, np.ones(1), np.zeros((1, 1)))

    assert not maximise(flat, np.zeros(1)).converged
