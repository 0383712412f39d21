from __future__ import annotations

import numpy as np
import pytest

from sclerograph.cohort.likelihood.separation import cox_separation, logistic_separation


def _foraminal() -> tuple[np.ndarray, np.ndarray]:
    foraminal = np.repeat([1.0, 0.0], [9, 68])
    return foraminal, (np.arange(77) < 5).astype(float)


def test_deaths_among_nine_of_77_name_the_covariate() -> None:
    foraminal, death = _foraminal()
    age = np.random.default_rng(2).normal(57.0, 12.0, 77)
    found = logistic_separation(np.column_stack([age, foraminal]), death, ("age", "foraminal"), combinations=False)
    assert found is not None
    assert found.covariates == ("foraminal",)
    assert found.message == "all 5 events are among the 9 with foraminal = 1"


@pytest.mark.parametrize(
    ("column", "outcome", "message"),
    [
        ([1, 1, 0, 0, 0], [1, 1, 1, 0, 0], "all 2 with x = 1 have the event"),
        ([1, 1, 0, 0, 0], [0, 0, 1, 0, 0], "the only event is among the 3 with x = 0"),
        ([1, 1, 0, 0, 0], [1, 0, 1, 1, 1], "all 3 with x = 0 have the event"),
        (
            [1, 2, 3, 4, 5],
            [0, 0, 0, 1, 1],
            "x is at or above 4 in all with the event and at or below 3 in all without it",
        ),
        (
            [1, 2, 3, 3, 5],
            [1, 1, 1, 0, 0],
            "x is at or below 3 in all with the event and at or above 3 in all without it",
        ),
    ],
)
def test_each_way_to_separate_is_put_into_words(column: list[int], outcome: list[int], message: str) -> None:
    found = logistic_separation(
        np.array([column], dtype=float).T, np.array(outcome, dtype=float), ("x",), combinations=False
    )
    assert found is not None
    assert found.message == message


def test_a_combination_that_separates_is_found_and_bystanders_are_not_named() -> None:
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(60, 3)) * [1.0, 100.0, 1.0]
    outcome = (matrix[:, 0] - matrix[:, 2] > 0.3).astype(float)
    names = ("ulcers", "age", "duration")
    assert logistic_separation(matrix, outcome, names, combinations=False) is None
    found = logistic_separation(matrix, outcome, names, combinations=True)
    assert found is not None
    assert found.covariates == ("ulcers", "duration")
    assert found.message == "a combination of ulcers and duration separates the outcome"


def test_an_outcome_that_overlaps_is_not_separated() -> None:
    rng = np.random.default_rng(6)
    matrix = rng.normal(size=(60, 3))
    outcome = (rng.random(60) < 0.4).astype(float)
    assert logistic_separation(matrix, outcome, ("a", "b", "c"), combinations=True) is None


def test_a_covariate_that_is_greatest_at_every_event_makes_the_partial_likelihood_monotone() -> None:
    time = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    event = np.array([True, True, True, False, False])
    matrix = np.array([[9.0, 1.0], [5.0, 4.0], [3.0, 2.0], [1.0, 5.0], [2.0, 3.0]])
    found = cox_separation(matrix, time, event, ("severity", "age"), combinations=False)
    assert found is not None
    assert found.covariates == ("severity",)
    falling = cox_separation(-matrix, time, event, ("severity", "age"), combinations=False)
    assert falling is not None
    assert "severity" in falling.message


def test_the_order_of_events_alone_is_put_into_words() -> None:
    time = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    event = np.array([True, True, False, True, False])
    matrix = np.array([[9.0], [5.0], [4.0], [3.0], [2.0]])
    found = cox_separation(matrix, time, event, ("severity",), combinations=False)
    assert found is not None
    assert found.message == "at every event the patient has the greatest severity of all who are still at risk"


def test_a_monotone_combination_is_found_and_bystanders_are_not_named() -> None:
    rng = np.random.default_rng(8)
    matrix = rng.normal(size=(40, 3)) * [1.0, 50.0, 1.0]
    time = -(matrix[:, 0] + 0.7 * matrix[:, 2])
    event = rng.random(40) < 0.6
    names = ("ulcers", "age", "duration")
    assert cox_separation(matrix, time, event, names, combinations=False) is None
    found = cox_separation(matrix, time, event, names, combinations=True)
    assert found is not None
    assert found.covariates == ("ulcers", "duration")


def test_tied_events_belong_to_one_moment() -> None:
    """Two tied events differ in the covariate, so that neither is the greatest: nothing is monotone."""
    time = np.array([1.0, 1.0, 2.0, 3.0])
    event = np.array([True, True, False, False])
    matrix = np.array([[2.0], [1.0], [0.0], [0.0]])
    assert cox_separation(matrix, time, event, ("x",), combinations=True) is None


def test_times_without_relation_to_the_covariates_are_not_monotone() -> None:
    rng = np.random.default_rng(9)
    found = cox_separation(
        rng.normal(size=(50, 3)),
        np.ceil(rng.exponential(size=50) * 4),
        rng.random(50) < 0.5,
        ("a", "b", "c"),
        combinations=True,
    )
    assert found is None
