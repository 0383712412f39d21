from __future__ import annotations

import numpy as np
import pytest

from sclerograph.cohort.likelihood.estimating_equations import Family, fit_gee


def _joints(patients: int = 60, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Joints of patients, of whom each has between one and six, alike beyond their covariates."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), rng.integers(1, 7, patients))
    columns = np.column_stack(
        [np.ones(len(patient)), rng.normal(size=patients)[patient], rng.integers(0, 2, len(patient))]
    )
    latent = columns @ [-0.5, 0.6, 0.4] + rng.normal(size=patients)[patient]
    starts = np.flatnonzero(np.diff(patient, prepend=-1))
    return columns, latent, patient, starts


@pytest.mark.parametrize("exchangeable", [False, True])
@pytest.mark.parametrize("family", ["logistic", "linear"])
def test_estimates_and_robust_errors_are_those_of_statsmodels(family: Family, exchangeable: bool) -> None:
    import statsmodels.api as sm
    from statsmodels.genmod.cov_struct import Exchangeable, Independence

    columns, latent, patient, starts = _joints()
    rng = np.random.default_rng(1)
    if family == "logistic":
        outcome, kind = (latent + rng.logistic(size=len(latent)) > 0).astype(float), sm.families.Binomial()
    else:
        outcome, kind = latent + rng.normal(size=len(latent)), sm.families.Gaussian()
    fit = fit_gee(columns, outcome, starts, family, exchangeable=exchangeable, start=np.zeros(3))
    structure = Exchangeable() if exchangeable else Independence()
    model = sm.GEE(outcome, columns, groups=patient, family=kind, cov_struct=structure)
    # The figures printed have four digits after the decimal point; the two searches end a little apart.
    expected = model.fit(cov_type="bias_reduced", maxiter=200, ctol=1e-10)
    assert fit.converged
    assert fit.covariance is not None
    assert fit.parameters == pytest.approx(np.asarray(expected.params), abs=1e-6)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(np.asarray(expected.bse), abs=1e-6)
    if exchangeable:
        assert fit.correlation == pytest.approx(float(structure.dep_params), abs=1e-6)


def test_one_row_a_cluster_is_ordinary_regression_with_a_robust_error() -> None:
    columns, latent, _, _ = _joints()
    outcome = latent + np.random.default_rng(2).normal(size=len(latent))
    fit = fit_gee(columns, outcome, np.arange(len(outcome)), "linear", exchangeable=True, start=np.zeros(3))
    expected = np.linalg.lstsq(columns, outcome)[0]
    assert fit.parameters == pytest.approx(expected, abs=1e-9)
    assert fit.correlation == 0.0
    # HC3, as Mancl & DeRouen's correction is called where every cluster has one row.
    bread = np.linalg.inv(columns.T @ columns)
    leverage = np.einsum("ij,jk,ik->i", columns, bread, columns)
    weighted = columns * ((outcome - columns @ expected) / (1.0 - leverage))[:, np.newaxis]
    assert fit.covariance == pytest.approx(bread @ weighted.T @ weighted @ bread, rel=1e-7)


def test_rows_that_are_copies_of_each_other_count_once() -> None:
    columns, latent, _, _ = _joints()
    outcome = latent + np.random.default_rng(2).normal(size=len(latent))
    n = len(outcome)
    once = fit_gee(columns, outcome, np.arange(n), "linear", exchangeable=False, start=np.zeros(3))
    thrice = fit_gee(
        np.repeat(columns, 3, axis=0), np.repeat(outcome, 3), np.arange(n) * 3, "linear", exchangeable=False,
        start=np.zeros(3),
    )  # fmt: skip
    assert once.covariance is not None
    assert thrice.covariance == pytest.approx(once.covariance, rel=1e-8)


def test_a_coefficient_that_one_cluster_decides_has_no_standard_error() -> None:
    rng = np.random.default_rng(4)
    columns = np.column_stack([np.ones(20), np.r_[1.0, 1.0, np.zeros(18)]])
    fit = fit_gee(columns, rng.normal(size=20), np.arange(10) * 2, "linear", exchangeable=True, start=np.zeros(2))
    assert fit.converged
    assert fit.covariance is None


def test_a_separated_outcome_is_not_solved() -> None:
    columns = np.column_stack([np.ones(20), np.repeat([0.0, 1.0], 10)])
    fit = fit_gee(columns, columns[:, 1], np.arange(10) * 2, "logistic", exchangeable=True, start=np.zeros(2))
    assert not fit.converged
