from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sclerograph.cohort.design import check_binary, indicator_columns, read_design
from sclerograph.errors import UsageError


def test_complete_rows_are_kept_with_their_responses() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan, 3.0, 4.0], "b": pd.array([True, False, None, True], dtype="boolean")})
    read = read_design(frame, {"outcome": [0, 1, 0, 1]})
    assert read.matrix.tolist() == [[1.0, 1.0], [4.0, 1.0]]
    assert read.responses["outcome"].tolist() == [0.0, 1.0]
    assert read.complete.tolist() == [True, False, False, True]
    assert read.warnings[0].startswith("2 of 4 rows were left out for missing values (a in 1, b in 1)")


def test_columns_that_depend_on_others_are_named_after_those_they_depend_on() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"a": rng.normal(size=20), "b": rng.normal(size=20)})
    frame["c"] = 2.0 * frame["a"] - frame["b"] + 7.0
    frame["d"] = rng.normal(size=20)
    frame["e"] = 5.0
    assert read_design(frame, {}).dependent_columns() == {
        "c": "c is a combination of the columns before it",
        "e": "e has the same value in every patient",
    }


def test_a_year_of_birth_is_not_taken_for_a_constant() -> None:
    frame = pd.DataFrame({"birth_year": [1960.0, 1960.0, 1960.0, 1961.0], "tiny": [1e-9, 2e-9, 0.0, 3e-9]})
    assert read_design(frame, {}).dependent_columns() == {}


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame([[1.0, 2.0]], columns=["a", "a"]), "names a twice"),
        (pd.DataFrame({"subset": ["limited"]}), "subset holds object values"),
        (pd.DataFrame({"a": [np.inf]}), "a holds an infinite value"),
    ],
)
def test_what_no_model_can_take_is_refused(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_design(frame, {"outcome": [1]})


def test_responses_of_other_rows_are_refused() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    with pytest.raises(UsageError, match="different row labels"):
        read_design(frame, {"outcome": pd.Series([0, 1], index=[1, 0])})
    with pytest.raises(UsageError, match="2 rows"):
        read_design(frame, {"outcome": [0, 1, 1]})


def test_a_response_other_than_0_and_1_is_refused() -> None:
    check_binary(np.array([0.0, 1.0]), "death")
    with pytest.raises(UsageError, match="death holds values other"):
        check_binary(np.array([0.0, 2.0]), "death")


def test_categories_become_columns_beside_their_reference() -> None:
    frame = pd.DataFrame({"age": [50, 60, 70, 80], "subset": ["limited", "diffuse", None, "limited"]})
    made = indicator_columns(frame, ["subset"])
    assert list(made.columns) == ["age", "subset: diffuse"]
    assert made["subset: diffuse"].tolist()[:2] == [0.0, 1.0]
    assert np.isnan(made["subset: diffuse"][2])
    turned = indicator_columns(frame, ["subset"], {"subset": "diffuse"})
    assert turned["subset: limited"].tolist()[:2] == [1.0, 0.0]


def test_the_first_level_of_a_declared_category_is_its_reference_and_empty_levels_are_dropped() -> None:
    grades = pd.Categorical(["mild", "none", "severe"], categories=["none", "mild", "moderate", "severe"])
    made = indicator_columns(pd.DataFrame({"grade": grades}), ["grade"])
    assert list(made.columns) == ["grade: mild", "grade: severe"]
    assert made.to_numpy().tolist() == [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]


def test_a_reference_that_does_not_occur_is_refused() -> None:
    with pytest.raises(UsageError, match="no level of subset: it has diffuse, limited"):
        indicator_columns(pd.DataFrame({"subset": ["limited", "diffuse"]}), ["subset"], {"subset": "sine"})
