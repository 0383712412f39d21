from __future__ import annotations

import numpy as np
import pytest

from sclerograph.cohort.likelihood.orthonormal_basis import OrthonormalBasis


def test_years_beside_shares_are_made_alike_and_brought_back() -> None:
    rng = np.random.default_rng(3)
    columns = np.column_stack([np.ones(50), rng.integers(1930, 2000, 50), rng.random(50) * 1e-4])
    basis = OrthonormalBasis(columns)
    assert basis.columns.T @ basis.columns / 50 == pytest.approx(np.eye(3), abs=1e-12)
    beta = np.array([0.5, -0.01, 300.0])
    parameters = np.linalg.solve(basis.to_coefficients, beta)
    assert basis.columns @ parameters == pytest.approx(columns @ beta, abs=1e-9)
    assert basis.coefficients(parameters) == pytest.approx(beta, rel=1e-9)


def test_the_covariance_is_that_of_the_columns_given() -> None:
    rng = np.random.default_rng(4)
    columns = rng.normal(size=(40, 2))
    weight = rng.random(40)
    basis = OrthonormalBasis(columns)
    information = basis.columns.T @ (weight[:, np.newaxis] * basis.columns)
    expected = np.linalg.inv(columns.T @ (weight[:, np.newaxis] * columns))
    assert basis.covariance(information) == pytest.approx(expected, rel=1e-9)
