from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2

from sclerograph.cohort.logistic import LogisticResult, fit_logistic
from sclerograph.cohort.term import Term
from sclerograph.errors import UsageError

#: 79 women of Heinze & Schemper 2002 (doi:10.1002/sim.1047): neovasculisation, pulsatility index of the uterine artery,
#: endometrium height, and histology grade. All 13 with neovasculisation have high grade.
ENDOMETRIAL = Path(__file__).with_name("endometrial.csv")


@pytest.fixture
def endometrial() -> pd.DataFrame:
    return pd.read_csv(ENDOMETRIAL)


def _cohort(n: int = 400, seed: int = 1) -> tuple[pd.Series, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    design = pd.DataFrame(
        {
            "duration_years": rng.gamma(2.0, 4.0, n),
            "diffuse": rng.random(n) < 0.29,
            "birth_year": rng.integers(1930, 1990, n),
        }
    )
    share = 1.0 / (1.0 + np.exp(1.0 - 0.08 * design["duration_years"] - 0.5 * design["diffuse"]))
    return pd.Series((rng.random(n) < share).astype(int)), design


def _two_by_two(a: int, b: int, c: int, d: int) -> tuple[np.ndarray, pd.DataFrame]:
    """With the finding a patients with and b without the outcome, without the finding c and d."""
    outcome = np.repeat([1, 0, 1, 0], [a, b, c, d])
    return outcome, pd.DataFrame({"finding": np.repeat([1, 1, 0, 0], [a, b, c, d])})


def _number(value: float | None) -> float:
    assert value is not None
    return value


def _lines(result: LogisticResult) -> list[Term]:
    return [result.intercept, *result.terms]


def test_without_penalty_it_is_the_logit_of_statsmodels() -> None:
    import statsmodels.api as sm

    outcome, design = _cohort()
    result = fit_logistic(outcome, design, "none")
    expected = sm.Logit(outcome, sm.add_constant(design.astype(float))).fit(disp=0, tol=1e-12)
    lines = _lines(result)
    assert [line.estimate for line in lines] == pytest.approx(list(expected.params), rel=1e-7)
    assert [line.standard_error for line in lines] == pytest.approx(list(expected.bse), rel=1e-7)
    assert [line.p for line in lines] == pytest.approx(list(expected.pvalues), rel=1e-6)
    limits = np.exp(expected.conf_int().to_numpy())
    assert [line.low for line in lines] == pytest.approx(list(limits[:, 0]), rel=1e-7)
    assert [line.high for line in lines] == pytest.approx(list(limits[:, 1]), rel=1e-7)
    assert result.log_likelihood == pytest.approx(expected.llf, abs=1e-8)
    assert result.overall.statistic == pytest.approx(expected.llr, abs=1e-7)
    assert result.overall.p == pytest.approx(expected.llr_pvalue, rel=1e-6)
    assert (result.penalty, result.converged, result.n, result.events) == ("none", True, 400, int(outcome.sum()))
    assert {line.test.name for line in lines} == {"Wald test (z)"}


def test_the_endometrial_cancer_study_gives_the_figures_of_logistf(endometrial: pd.DataFrame) -> None:
    """Estimates and limits printed by the R package logistf of the method's authors, standard errors by brglm2."""
    result = fit_logistic(endometrial["HG"], endometrial[["NV", "PI", "EH"]])
    lines = _lines(result)
    assert [line.estimate for line in lines] == pytest.approx(
        [3.77455951, 2.92927330, -0.03475175, -2.60416387], abs=1e-6
    )
    assert [round(_number(line.standard_error), 3) for line in lines] == [1.489, 1.551, 0.040, 0.776]
    limits = [(math.log(_number(line.low)), math.log(_number(line.high))) for line in lines]
    printed = [(1.0825371, 7.20928050), (0.6097244, 7.85463171), (-0.1244587, 0.04045547), (-4.3651832, -1.23272106)]
    assert np.array(limits) == pytest.approx(np.array(printed), abs=1e-5)
    assert result.penalty == "firth"
    assert any("all 13 with NV = 1 have the event" in warning for warning in result.warnings)


@pytest.mark.parametrize("counts", [(5, 4, 0, 68), (12, 7, 9, 30), (3, 0, 0, 6), (7, 0, 11, 4)])
def test_in_a_fourfold_table_the_penalty_adds_a_half_to_each_cell(counts: tuple[int, int, int, int]) -> None:
    a, b, c, d = (count + 0.5 for count in counts)
    result = fit_logistic(*_two_by_two(*counts), penalty="firth")
    assert result.terms[0].ratio == pytest.approx(a * d / (b * c), rel=1e-8)
    assert result.intercept.ratio == pytest.approx(c / d, rel=1e-8)
    # The information, though, is that of the patients there are.
    share_with, share_without = a / (a + b), c / (c + d)
    variance = 1.0 / (sum(counts[:2]) * share_with * (1 - share_with)) + 1.0 / (
        sum(counts[2:]) * share_without * (1 - share_without)
    )
    assert result.terms[0].standard_error == pytest.approx(math.sqrt(variance), rel=1e-8)


def test_deaths_among_nine_of_77_have_a_finite_ratio_and_a_test_that_sees_them() -> None:
    outcome, design = _two_by_two(5, 4, 0, 68)
    result = fit_logistic(outcome, design.rename(columns={"finding": "foraminal"}))
    (term,) = result.terms
    assert result.penalty == "firth"
    assert result.converged
    assert any("foraminal" in warning and "separation" in warning for warning in result.warnings)
    assert 0.0 < _number(term.low) < _number(term.ratio) < _number(term.high) < math.inf
    assert _number(term.standard_error) < 10.0
    # The penalised likelihood in closed form: a saturated table, so that the fit is a/(a+b) and c/(c+d).
    table = np.array([[5.0, 4.0], [0.0, 68.0]]) + 0.5
    together = table.sum(axis=0) / table.sum()
    apart = table / table.sum(axis=1, keepdims=True)
    # Under a common share the determinant of the information weighs both groups with it.
    ratio = 2.0 * float(np.sum(table * np.log(apart)) - np.sum(table * np.log(together)))
    assert term.test.statistic == pytest.approx(ratio, abs=1e-6)
    assert term.p == pytest.approx(float(chi2.sf(ratio, 1)), rel=1e-5)
    assert _number(term.p) < 0.001


def test_without_penalty_a_separated_outcome_is_not_estimated() -> None:
    result = fit_logistic(*_two_by_two(5, 4, 0, 68), penalty="none")
    (term,) = result.terms
    assert not result.converged
    assert (term.estimate, term.ratio, term.low, term.high, term.p) == (None, None, None, None, None)
    assert "no finite estimate" in str(term.test.note)
    assert any("finding" in warning and "Firth's penalty would give one" in warning for warning in result.warnings)


def test_with_the_penalty_brute_force_finds_the_same_maximum() -> None:
    outcome, design = _cohort(30, seed=7)
    result = fit_logistic(outcome, design, "firth")
    columns = np.column_stack([np.ones(30), design.to_numpy(dtype=float)])
    centre = np.array([0.0, *columns[:, 1:].mean(axis=0)])
    spread = np.array([1.0, *columns[:, 1:].std(axis=0)])
    scaled = (columns - centre) / spread

    def penalised(beta: np.ndarray) -> float:
        share = 1.0 / (1.0 + np.exp(-scaled @ beta))
        plain = np.sum(np.log(np.where(outcome == 1, share, 1.0 - share)))
        return float(plain + 0.5 * np.linalg.slogdet(scaled.T @ np.diag(share * (1.0 - share)) @ scaled)[1])

    best = minimize(
        lambda beta: -penalised(beta),
        np.zeros(4),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 5000},
    )
    assert [term.estimate for term in result.terms] == pytest.approx(list(best.x[1:] / spread[1:]), rel=1e-5)


def test_units_and_order_of_the_columns_do_not_matter() -> None:
    outcome, design = _cohort(60, seed=3)
    first = fit_logistic(outcome, design, "firth")
    other = design.assign(birth_year=(design["birth_year"] - 1960) / 1e4)[["birth_year", "diffuse", "duration_years"]]
    second = fit_logistic(outcome, other, "firth")
    for term in first.terms[:2]:
        twin = next(line for line in second.terms if line.name == term.name)
        assert twin.estimate == pytest.approx(term.estimate, rel=1e-7)
        assert twin.p == pytest.approx(term.p, rel=1e-6)
        assert twin.low == pytest.approx(term.low, rel=1e-6)
    assert _number(second.terms[0].estimate) / 1e4 == pytest.approx(first.terms[2].estimate, rel=1e-6)


def test_many_events_are_fitted_without_penalty_and_few_with_it() -> None:
    outcome, design = _cohort()
    assert fit_logistic(outcome, design).penalty == "none"
    few = fit_logistic(outcome[:40], design[:40])
    assert few.penalty == "firth"
    assert any("fewer than 10 each" in warning for warning in few.warnings)


def test_the_rarer_outcome_counts() -> None:
    outcome, design = _cohort()
    rare = fit_logistic(outcome[:40], design[:40])
    common = fit_logistic(1 - outcome[:40], design[:40])
    assert common.penalty == "firth"
    assert [term.estimate for term in common.terms] == pytest.approx(
        [-_number(t.estimate) for t in rare.terms], rel=1e-6
    )


def test_rows_with_missing_values_are_left_out_and_counted() -> None:
    outcome, design = _cohort()
    holes = design.astype({"diffuse": "boolean"})
    holes.loc[:4, "diffuse"] = pd.NA
    holes.loc[3:9, "duration_years"] = np.nan
    result = fit_logistic(outcome, holes)
    whole = fit_logistic(outcome[10:], design[10:])
    assert (result.n, result.left_out) == (390, 10)
    assert result.terms == whole.terms
    assert "duration_years in 7, diffuse in 5" in result.warnings[0]


def test_a_column_that_says_nothing_new_is_left_out_with_its_reason() -> None:
    outcome, design = _cohort()
    result = fit_logistic(outcome, design.assign(age=2020 - design["birth_year"], hospital=1.0))
    assert [term.name for term in result.terms] == ["duration_years", "diffuse", "birth_year", "age", "hospital"]
    assert result.terms[:3] == fit_logistic(outcome, design).terms
    assert result.terms[3].estimate is None
    assert result.terms[3].test.note == "age is a combination of the columns before it"
    assert result.terms[4].test.note == "hospital has the same value in every patient"
    assert any(warning.startswith("hospital") for warning in result.warnings)


def test_a_combination_that_separates_is_named() -> None:
    _, design = _cohort(80, seed=5)
    scaled = design["duration_years"] - 0.2 * (design["birth_year"] - 1960)
    result = fit_logistic((scaled > 8).astype(int), design)
    assert result.penalty == "firth"
    assert result.converged
    assert any("a combination of duration_years and birth_year separates" in warning for warning in result.warnings)


@pytest.mark.parametrize(("value", "said"), [(0, "no patient has the outcome"), (1, "every patient has the outcome")])
def test_an_outcome_that_all_share_explains_nothing(value: int, said: str) -> None:
    _, design = _cohort(30)
    result = fit_logistic(np.full(30, value), design)
    assert not result.converged
    assert [term.p for term in result.terms] == [None, None, None]
    assert any(said in warning for warning in result.warnings)


def test_a_model_without_covariates_gives_the_odds() -> None:
    outcome, design = _cohort()
    result = fit_logistic(outcome, design[[]])
    assert result.terms == ()
    assert result.intercept.ratio == pytest.approx(outcome.mean() / (1.0 - outcome.mean()))
    assert result.overall.p is None


def test_an_outcome_with_other_values_is_refused() -> None:
    _, design = _cohort(30)
    with pytest.raises(UsageError, match="other than 0 and 1"):
        fit_logistic(np.full(30, 2), design)


def test_an_unknown_penalty_is_refused() -> None:
    outcome, design = _cohort(30)
    with pytest.raises(UsageError, match="no penalty"):
        fit_logistic(outcome, design, "ridge")  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_hundred_thousand_patients_take_seconds() -> None:
    import time

    outcome, design = _cohort(100_000)
    began = time.process_time()
    result = fit_logistic(outcome, design)
    assert result.converged
    assert time.process_time() - began < 10.0
