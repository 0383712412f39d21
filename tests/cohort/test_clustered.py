from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from sclerograph.cohort.clustered import ClusteredResult, fit_clustered
from sclerograph.errors import UsageError


def _hands(patients: int = 80, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    patient = np.repeat([f"P{number:03d}" for number in range(patients)], 2)
    frame = pd.DataFrame(
        {
            "patient": patient,
            "dominant": np.tile([1, 0], patients),
            "duration_years": np.repeat(rng.gamma(2.0, 4.0, patients), 2),
        }
    )
    latent = 0.1 * frame["duration_years"] + 0.5 * frame["dominant"] - 1.5 + np.repeat(rng.normal(size=patients), 2)
    frame["area_mm2"] = latent + rng.normal(size=2 * patients)
    frame["calcinosis"] = latent + rng.logistic(size=2 * patients) > 0
    return frame.sample(frac=1.0, random_state=seed)


def _fit(frame: pd.DataFrame, outcome: str = "calcinosis", **options: object) -> ClusteredResult:
    covariates = frame[["dominant", "duration_years"]]
    return fit_clustered(frame[outcome], covariates, frame["patient"], **options)  # type: ignore[arg-type]


def test_rows_in_any_order_give_the_estimates_of_statsmodels() -> None:
    import statsmodels.api as sm
    from statsmodels.genmod.cov_struct import Exchangeable

    frame = _hands()
    result = _fit(frame)
    columns = sm.add_constant(frame[["dominant", "duration_years"]].astype(float))
    model = sm.GEE(
        frame["calcinosis"].astype(float), columns, groups=frame["patient"], family=sm.families.Binomial(),
        cov_struct=Exchangeable(),
    )  # fmt: skip
    expected = model.fit(cov_type="bias_reduced", maxiter=200, ctol=1e-10)
    lines = [result.intercept, *result.terms]
    assert [line.estimate for line in lines] == pytest.approx(list(expected.params), abs=1e-6)
    assert [line.standard_error for line in lines] == pytest.approx(list(expected.bse), abs=1e-6)
    assert result.correlation == pytest.approx(float(model.cov_struct.dep_params), abs=1e-6)
    assert (result.n, result.clusters, result.largest_cluster, result.left_out) == (160, 80, 2, 0)


def test_tests_count_patients_and_not_hands() -> None:
    result = _fit(_hands(), "area_mm2", family="linear")
    term = result.terms[1]
    assert term.ratio is None
    assert term.estimate is not None
    assert term.standard_error is not None
    assert term.test.note == "77 degrees of freedom"
    assert term.p == pytest.approx(2.0 * student.sf(term.estimate / term.standard_error, 77))
    assert term.high == pytest.approx(term.estimate + student.ppf(0.975, 77) * term.standard_error)


def test_doubling_every_hand_does_not_make_a_finding_surer() -> None:
    frame = _hands()
    once = _fit(frame, "area_mm2", family="linear", correlation="independence")
    twice = _fit(pd.concat([frame, frame]), "area_mm2", family="linear", correlation="independence")
    assert twice.terms[1].standard_error == pytest.approx(once.terms[1].standard_error, rel=1e-6)
    assert once.correlation is None


def test_separation_names_the_covariate_and_gives_no_number() -> None:
    frame = _hands()
    frame["calcinosis"] = frame["calcinosis"] & (frame["dominant"] == 1)
    result = _fit(frame)
    assert not result.converged
    assert [term.p for term in result.terms] == [None, None]
    assert any("with dominant = 1" in warning and "Firth" in warning for warning in result.warnings)


def test_rows_without_patient_are_left_out_and_counted() -> None:
    frame = _hands()
    whole = _fit(frame[5:])
    frame.iloc[:5, frame.columns.get_loc("patient")] = None
    result = _fit(frame)
    assert (result.n, result.left_out) == (155, 5)
    assert result.terms[1].estimate == pytest.approx(whole.terms[1].estimate, rel=1e-9)
    assert "the cluster in 5" in result.warnings[0]


def test_a_constant_column_is_left_out_with_its_reason() -> None:
    frame = _hands()
    result = fit_clustered(frame["calcinosis"], frame[["dominant"]].assign(site=1), frame["patient"])
    assert result.terms[1].test.note == "site has the same value in every patient"
    assert result.terms[0].p is not None


@pytest.mark.parametrize(
    ("rows", "said"), [(4, "2 clusters are too few for 3 coefficients"), (0, "0 clusters are too few")]
)
def test_too_few_patients_are_not_fitted(rows: int, said: str) -> None:
    result = _fit(_hands().sort_values("patient")[:rows])
    assert not result.converged
    assert said in str(result.terms[0].test.note)


def test_few_patients_are_said() -> None:
    result = _fit(_hands().sort_values("patient")[:30], "area_mm2", family="linear")
    assert result.converged
    assert "only 15 clusters: intervals may be too short" in result.warnings


def test_an_outcome_that_all_share_explains_nothing() -> None:
    frame = _hands()
    result = fit_clustered(np.ones(len(frame)), frame[["dominant"]], frame["patient"])
    assert "the same in all rows" in str(result.intercept.test.note)


def test_what_is_no_model_or_no_row_is_refused() -> None:
    frame = _hands()
    with pytest.raises(UsageError, match="no model for clusters"):
        _fit(frame, family="probit")
    with pytest.raises(UsageError, match="align them"):
        fit_clustered(frame["calcinosis"], frame[["dominant"]], ["a", "b"])


@pytest.mark.slow
def test_both_hands_of_thirty_thousand_patients_take_seconds() -> None:
    import time

    frame = _hands(30_000)
    began = time.process_time()
    assert _fit(frame).converged
    assert time.process_time() - began < 5.0
