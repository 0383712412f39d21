from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sclerograph.cohort.imputation import ImputedVariable, impute, plan_imputation
from sclerograph.errors import UsageError


def _whole(n: int = 600, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    duration = rng.gamma(2.0, 4.0, n)
    ulcers = rng.random(n) < 1.0 / (1.0 + np.exp(2.0 - 0.25 * duration))
    antibody = np.where(duration + rng.normal(0.0, 3.0, n) > 9.0, "centromere", "topoisomerase")
    return pd.DataFrame(
        {
            "duration_years": duration,
            "skin_score": 5.0 + 0.8 * duration + rng.normal(0.0, 2.0, n),
            "ulcers": pd.array(ulcers, dtype="boolean"),
            "antibody": np.where(rng.random(n) < 0.15, "none", antibody),
        }
    )


def _with_holes(n: int = 600) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values are missing the more often the longer the disease lasts: those that are left mislead."""
    whole = _whole(n)
    rng = np.random.default_rng(3)
    late = 1.0 / (1.0 + np.exp(-0.4 * (whole["duration_years"] - 9.0)))
    holes = whole.copy()
    for name in ("skin_score", "ulcers", "antibody"):
        holes[name] = holes[name].mask(rng.random(n) < 0.8 * late)
    return whole, holes


def test_means_that_missing_values_bias_are_put_right() -> None:
    whole, holes = _with_holes()
    tables = list(impute(holes, 5, 5))
    for name, value in (("skin_score", None), ("ulcers", True), ("antibody", "centromere")):
        of = (
            (lambda frame, n=name: frame[n])
            if value is None
            else (lambda frame, n=name, v=value: frame[n].dropna() == v)
        )
        true, left = float(of(whole).mean()), float(of(holes).mean())
        imputed = float(np.mean([of(table).mean() for table in tables]))
        assert abs(left - true) > 0.05, name
        assert abs(imputed - true) < 0.4 * abs(left - true), name


def test_the_relation_to_other_variables_is_kept_and_the_spread_is_not_narrowed() -> None:
    whole, holes = _with_holes()
    for table in impute(holes, 3, 5):
        assert table["skin_score"].corr(table["duration_years"]) == pytest.approx(
            whole["skin_score"].corr(whole["duration_years"]), abs=0.06
        )
        assert table["skin_score"].std() == pytest.approx(whole["skin_score"].std(), rel=0.12)


def test_values_that_were_there_stay_and_those_drawn_occur_elsewhere() -> None:
    _, holes = _with_holes()
    (table,) = impute(holes, 1, 2)
    assert not table.isna().to_numpy().any()
    assert list(table.dtypes) == list(holes.dtypes)
    for name in holes.columns:
        there = holes[name].notna()
        assert table.loc[there, name].equals(holes.loc[there, name])
        assert set(table[name]) <= set(holes.loc[there, name])


def test_tables_differ_and_a_seed_repeats_them() -> None:
    _, holes = _with_holes(100)
    first, second = impute(holes, 2, 2, seed=7)
    assert not first.equals(second)
    again, _ = impute(holes, 2, 2, seed=7)
    assert first.equals(again)
    other, _ = impute(holes, 2, 2, seed=8)
    assert not first.equals(other)


def test_the_given_table_is_not_changed() -> None:
    _, holes = _with_holes(100)
    before = holes.copy()
    list(impute(holes, 2, 2))
    assert holes.equals(before)


def test_a_variable_that_another_separates_is_still_drawn() -> None:
    rng = np.random.default_rng(4)
    foraminal = np.repeat([1.0, 0.0], [9, 68])
    death = (np.arange(77) < 5).astype(float)
    death[[3, 20, 40, 60]] = np.nan
    frame = pd.DataFrame({"foraminal": foraminal, "death": death, "age": rng.normal(57.0, 12.0, 77)})
    tables = list(impute(frame, 20, 2))
    drawn = np.array([table["death"][[20, 40, 60]] for table in tables])
    assert set(np.unique(drawn)) <= {0.0, 1.0}
    assert drawn.mean() < 0.2


def test_few_observed_values_and_many_variables_are_no_obstacle() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(30, 25)), columns=[f"v{number}" for number in range(25)])
    frame["v3_again"] = frame["v3"]
    frame.loc[8:, "v0"] = np.nan
    frame.loc[:5, "v1"] = np.nan
    (table,) = impute(frame, 1, 3)
    assert not table.isna().to_numpy().any()


def test_a_declared_category_keeps_its_levels() -> None:
    _, holes = _with_holes(200)
    holes["antibody"] = pd.Categorical(holes["antibody"], categories=["topoisomerase", "centromere", "none", "rare"])
    (table,) = impute(holes, 1, 1)
    assert table["antibody"].dtype == holes["antibody"].dtype
    assert not table["antibody"].isna().any()
    assert "rare" not in set(table["antibody"])


def test_one_incomplete_variable_alone_is_drawn_from_its_own_values() -> None:
    frame = pd.DataFrame({"age": [50.0, 60.0, 70.0, np.nan, np.nan]})
    (table,) = impute(frame, 1, 1)
    assert set(table["age"]) <= {50.0, 60.0, 70.0}


def test_many_patients_with_one_prediction_do_not_share_five_donors() -> None:
    """With a single binary predictor all patients of a group have the same prediction."""
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"diffuse": np.repeat([0.0, 1.0], 500), "skin_score": rng.normal(size=1000)})
    frame.loc[::2, "skin_score"] = np.nan
    (table,) = impute(frame, 1, 1)
    drawn = table.loc[frame["skin_score"].isna() & (frame["diffuse"] == 1.0), "skin_score"]
    assert drawn.nunique() > 100


def test_the_plan_names_methods_and_what_cannot_be_imputed() -> None:
    frame = pd.DataFrame(
        {
            "age": [50.0, None, None, 70.0],
            "ulcers": [1.0, 0.0, None, 1.0],
            "subset": ["limited", "diffuse", None, None],
            "empty": [None, None, None, None],
            "hospital": ["A", "A", None, "A"],
        }
    )
    plan = plan_imputation(frame)
    assert plan.variables == (
        ImputedVariable("ulcers", 1, "logistic regression"),
        ImputedVariable("age", 2, "predictive mean matching"),
        ImputedVariable("subset", 2, "predictive mean matching"),
    )
    assert plan.warnings == (
        "empty has no value at all: it cannot be imputed",
        "hospital has a single value: it was not imputed",
    )
    (table,) = impute(frame, 1, 1)
    assert table["empty"].isna().all()
    assert table["hospital"].isna().sum() == 1


def test_labels_of_patients_are_left_alone() -> None:
    frame = pd.DataFrame({"pseudonym": [f"P{number}" for number in range(80)], "age": [np.nan, *range(79)]})
    assert plan_imputation(frame).warnings == ("pseudonym has 80 categories: it was taken for a label and left alone",)
    (table,) = impute(frame, 1, 1)
    assert list(table["pseudonym"]) == list(frame["pseudonym"])


def test_what_cannot_be_imputed_is_refused() -> None:
    with pytest.raises(UsageError, match="one name"):
        plan_imputation(pd.DataFrame([[1.0, 2.0]], columns=["age", "age"]))
    with pytest.raises(UsageError, match="0 tables"):
        impute(pd.DataFrame({"age": [1.0, None]}), 0)
