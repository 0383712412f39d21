from __future__ import annotations

import importlib.util
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sclerograph.phantom.cohort import big_cohort, digits_of, levels_of, published_cohort, two_by_two_p, visits_of
from sclerograph.phantom.published_margins import ASSOCIATIONS, MEAN_AGE_YEARS, PATIENTS, PREVALENCES

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "cohort"
LESIONS = ["hand_calcinosis", "hand_acro_osteolysis", "hand_periarticular_calcification"]


def with_flags(table: pd.DataFrame) -> pd.DataFrame:
    flags = {
        "female": (table["sex"] == "female").astype(int),
        "diffuse": (table["leroy_subset"] == "diffuse").astype(int),
        "limited": (table["leroy_subset"] == "limited").astype(int),
    }
    return table.assign(**flags)


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    return with_flags(published_cohort())


@given(st.integers(2, 60), st.data())
def test_p_values_are_those_of_an_independent_implementation(n, data):
    first, second = data.draw(st.integers(1, n - 1)), data.draw(st.integers(1, n - 1))
    both = data.draw(st.integers(max(0, first + second - n), min(first, second)))
    table = np.array([[both, first - both], [second - both, n - first - second + both]])
    expected = np.outer(table.sum(1), table.sum(0)) / n
    if expected.min() < 5:
        assert two_by_two_p(n, first, second, both) == pytest.approx(stats.fisher_exact(table)[1], rel=1e-6)
    else:
        p = stats.chi2_contingency(table, correction=False)[1]
        assert two_by_two_p(n, first, second, both) == pytest.approx(p, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("printed", PREVALENCES, ids=lambda printed: printed.variable)
def test_every_printed_count_is_met(cohort, printed):
    assert len(cohort) == PATIENTS
    assert cohort[printed.variable].sum() == printed.count


@pytest.mark.parametrize("printed", PREVALENCES, ids=lambda printed: printed.variable)
def test_counts_round_to_the_printed_percentages_but_for_the_impossible_one(printed):
    if printed.printed:
        digits = printed.printed.rstrip("%")
        decimals = len(digits.partition(".")[2])
        agrees = f"{100 * printed.count / PATIENTS:.{decimals}f}" == digits
        assert agrees == (printed.variable != "hand_subluxation")


def test_the_mean_age_is_the_printed_one(cohort):
    assert round(cohort["age_years"].mean(), 1) == MEAN_AGE_YEARS


@pytest.mark.parametrize("printed", ASSOCIATIONS, ids=lambda a: f"{a.exposure}-{a.outcome}")
def test_every_printed_p_value_is_met_in_magnitude_and_side(cohort, printed):
    exposed = cohort[printed.exposure] == 1
    if printed.outcome == "disease_duration_years":
        values = cohort[printed.outcome]
        assert values[exposed].median() > values[~exposed].median()
        p = stats.mannwhitneyu(values[exposed], values[~exposed]).pvalue
    else:
        outcome = cohort[printed.outcome] == 1
        both = int((exposed & outcome).sum())
        assert both * PATIENTS > exposed.sum() * outcome.sum()
        p = two_by_two_p(PATIENTS, int(exposed.sum()), int(outcome.sum()), both)
    if printed.below:
        assert p < printed.p
    else:
        assert (p < 0.05) == (printed.p < 0.05)
        assert abs(np.log10(p / printed.p)) < 0.5


def test_all_who_died_have_foraminal_calcification_and_nothing_else_tells_of_death(cohort):
    assert cohort.loc[cohort["death"] == 1, "spine_foraminal_calcification"].all()
    others = [*LESIONS, "spine_anterior_calcification", "spine_posterior_calcification", "ild", "pah", "female"]
    for name in [*others, "diffuse", "restrictive_syndrome", "digital_ulcers_ever"]:
        both = int((cohort[name] * cohort["death"]).sum())
        assert two_by_two_p(PATIENTS, int(cohort[name].sum()), int(cohort["death"].sum()), both) > 0.05


def test_associations_that_were_not_reported_are_not_there(cohort):
    reported = {(printed.exposure, printed.outcome) for printed in ASSOCIATIONS}
    spine = ["spine_anterior_calcification", "spine_canal_calcification", "spine_posterior_calcification"]
    for pair in product([*LESIONS, *spine], ["ild", "pah"]):
        if pair not in reported:
            first, second = (cohort[name] for name in pair)
            p = two_by_two_p(PATIENTS, int(first.sum()), int(second.sum()), int((first * second).sum()))
            assert p > 0.05, pair


def test_parts_of_the_spine_fit_together(cohort):
    canal, foraminal = cohort["spine_canal_calcification"], cohort["spine_foraminal_calcification"]
    assert (foraminal <= canal).all()
    segments = cohort[["spine_anterior_calcification", "spine_canal_calcification", "spine_posterior_calcification"]]
    assert (segments.max(axis=1) == cohort["spine_any_calcification"]).all()


def test_the_same_seed_gives_the_same_patients_and_another_one_others(cohort):
    pd.testing.assert_frame_equal(with_flags(published_cohort()), cohort)
    other = published_cohort(8)
    assert not with_flags(other).equals(cohort)
    # another seed has the same margins: they are built, not found by luck
    assert other["hand_calcinosis"].sum() == 20


def test_digits_tell_the_same_as_their_patients(cohort):
    digits = digits_of(cohort)
    assert len(digits) == 10 * len(cohort)
    by_patient = digits.groupby("pseudonym")
    lesions = cohort.set_index("pseudonym")
    assert (by_patient["deposit"].max() == lesions["hand_calcinosis"]).all()
    assert ((by_patient["tuft_grade"].max() > 0) == (lesions["hand_acro_osteolysis"] == 1)).all()
    assert digits["tuft_grade"].between(0, 4).all()
    assert set(digits["digit"]) == {1, 2, 3, 4, 5}


def test_levels_of_the_spine_tell_the_same_as_their_patients(cohort):
    levels = levels_of(cohort)
    assert len(levels) == 36 * len(cohort)
    worst = levels.groupby(["segment", "pseudonym"])["calcification"].max()
    for segment in ("anterior", "canal", "posterior"):
        expected = cohort.set_index("pseudonym")[f"spine_{segment}_calcification"]
        assert (worst[segment] == expected).all()


def test_visits_begin_with_the_area_of_the_cohort_and_some_grow(cohort):
    visits = visits_of(cohort)
    first = visits[visits["years"] == 0].set_index("pseudonym")["calcified_area_mm2"]
    affected = cohort[cohort["hand_calcinosis"] == 1].set_index("pseudonym")["calcified_area_mm2"]
    pd.testing.assert_series_equal(first, affected)
    last = visits[visits["years"] == 2].set_index("pseudonym")["calcified_area_mm2"]
    assert (last > 1.25 * first).any()
    assert (last > 0).all()


def test_a_big_cohort_has_the_columns_of_the_example_and_its_relations():
    big = big_cohort(20_000, seed=3)
    assert list(big.columns) == list(published_cohort().columns)
    assert big["pseudonym"].is_unique
    dead = big.groupby("spine_foraminal_calcification")["death"].mean()
    assert 1.5 < dead[1] / dead[0] < 5.0
    longer = big.groupby("hand_acro_osteolysis")["disease_duration_years"].median()
    assert longer[1] > longer[0]


def test_the_committed_tables_are_those_that_the_script_makes(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("make_cohort", EXAMPLE / "make_cohort.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr("sys.argv", ["make_cohort.py", "--out", str(tmp_path)])
    script.main()
    for name in ("cohort.csv", "digits.csv", "levels.csv", "visits.csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes()
