from __future__ import annotations

import math

import pandas as pd
import pytest

from sclerograph.cohort.clustered import ClusteredResult
from sclerograph.cohort.cox import CoxResult
from sclerograph.cohort.logistic import LogisticResult
from sclerograph.cohort.plan import SiteMap, read_plan
from sclerograph.errors import UsageError
from tests.cohort.example import EXAMPLE, analysis_of, example_analysis

TABLE = pd.read_csv(EXAMPLE / "cohort.csv")


def small_plan(**more):
    empty = {
        "models": (),
        "survival": (),
        "maps": (),
        "courses": (),
        "printed": None,
        "associations": (),
        "comparisons": (),
    }
    return read_plan(EXAMPLE / "plan.toml").model_copy(update={**empty, "correlations": (), **more})


def test_table_one_counts_what_the_table_holds():
    one = example_analysis().table_one
    assert [(group.label, group.n) for group in one.groups] == [("limited", 55), ("diffuse", 22)]
    rows = {row.variable.name: row for row in one.rows}
    age = rows["age_years"]
    limited = TABLE.loc[TABLE["leroy_subset"] == "limited", "age_years"]
    assert age.overall.mean == pytest.approx(TABLE["age_years"].mean())
    assert age.by_group[0].mean == pytest.approx(limited.mean())
    assert rows["death"].overall.levels[1].count == 3
    assert rows["vitamin_d_nmol_per_l"].overall.missing == TABLE["vitamin_d_nmol_per_l"].isna().sum()
    assert rows["mrss"].difference > 2.0
    assert rows["follow_up_years"].difference < 0.3


def test_prevalence_by_subset_adds_up():
    frequencies = example_analysis().frequencies
    assert [group.label for group in frequencies.groups] == ["limited", "diffuse"]
    for row in frequencies.rows:
        assert sum(part.successes for part in row.by_group) == row.overall.successes
        assert sum(part.n for part in row.by_group) == 77
        assert row.overall.low < row.overall.share < row.overall.high
    assert frequencies.rows[0].published


def test_each_family_has_its_pairs_with_raw_and_adjusted_p():
    analysis = example_analysis()
    prognosis = analysis.associations[3]
    assert prognosis.title == "Prognosis"
    assert len(prognosis.pairs) == 21
    for family in (*analysis.associations, *analysis.comparisons, *analysis.correlations):
        for pair in family.pairs:
            assert pair.test.name
            assert pair.adjusted_p >= pair.test.p - 1e-12
    foraminal = next(p for p in prognosis.pairs if (p.first.name[:9], p.second.name) == ("spine_for", "death"))
    assert foraminal.result.counts == (3, 6, 0, 68)
    assert foraminal.result.separated
    assert foraminal.test.name == "Fisher's exact test"
    assert foraminal.test.p == pytest.approx(math.comb(9, 3) / math.comb(77, 3))


def test_pairs_with_missing_values_say_how_many():
    pairs = {p.second.name: p for p in example_analysis().correlations[0].pairs if p.first.name == "age_years"}
    assert pairs["dlco_percent"].missing == TABLE["dlco_percent"].isna().sum()
    assert pairs["fvc_percent"].missing == 0


def test_deaths_only_among_the_foraminal_ones_get_firth_s_penalty_and_finite_answers():
    logistic, cox = example_analysis().models[:2]
    assert isinstance(logistic.fit, LogisticResult)
    assert isinstance(cox.fit, CoxResult)
    for regression in (logistic, cox):
        assert regression.fit.penalty == "firth"
        assert any("separation" in warning for warning in regression.fit.warnings)
        term = regression.fit.terms[0]
        assert math.isfinite(term.ratio)
        assert 1.0 < term.low < term.ratio < term.high < math.inf
        assert term.p < 0.01


def test_a_model_with_missing_values_is_repeated_with_imputed_ones():
    model = example_analysis().models[2]
    assert model.fit.n == 77 - TABLE["dlco_percent"].isna().sum()
    assert model.pooled.n == 77
    assert model.labels["leroy_subset: diffuse"] == "Cutaneous subset: diffuse against limited"
    assert model.labels["disease_duration_years"] == "Disease duration, per year"


def test_digits_are_analysed_within_their_patients():
    model = example_analysis().models[3]
    assert isinstance(model.fit, ClusteredResult)
    assert (model.fit.n, model.fit.clusters, model.fit.largest_cluster) == (770, 77, 10)
    assert model.labels["digit: 3"] == "Digit: 3 against 1"


def test_survival_by_foraminal_calcification():
    (survival,) = example_analysis().survival
    assert [(curve.group, curve.n, curve.events) for curve in survival.result.curves] == [("no", 68, 0), ("yes", 9, 3)]
    assert survival.result.log_rank.test.p < 0.001


def test_a_hand_map_counts_digits():
    deposits, _, _ = example_analysis().maps
    digits = pd.read_csv(EXAMPLE / "digits.csv")
    thumb = digits[(digits["side"] == "L") & (digits["digit"] == 1)]
    (found,) = (each for each in deposits.sites if (each.side, each.site) == ("L", "DP1"))
    assert (found.successes, found.n) == (thumb["deposit"].sum(), 77)
    assert len(deposits.sites) == 10


def test_every_printed_figure_is_met_but_for_the_impossible_one():
    printed = example_analysis().printed
    assert printed.disagreements == 0
    assert [share.variable.name for share in printed.impossible] == ["hand_subluxation"]
    assert [share.agrees for share in printed.impossible] == [None]
    assert "15/77 = 19.5 %" in printed.impossible[0].impossible.message
    assert len(printed.p_values) == 13
    assert all(each.agrees for each in printed.p_values)


def test_without_wishes_only_what_is_missing_is_told():
    analysis = analysis_of(small_plan(table_one=None, prevalence=None))
    assert analysis.table_one is None
    assert analysis.frequencies is None
    assert analysis.missing.n == analysis.n == 77


def test_a_column_that_a_long_table_lacks_is_named():
    wanted = SiteMap(title="H", kind="hand", table="digits", site="digit", finding="calcium")
    with pytest.raises(UsageError, match="digits has no column 'calcium'"):
        analysis_of(small_plan(maps=(wanted,)))
    plan = read_plan(EXAMPLE / "plan.toml")
    wrong = plan.models[3].model_copy(update={"terms": ("thumb",)})
    with pytest.raises(UsageError, match="asks for 'thumb'"):
        analysis_of(small_plan(models=(wrong,)))
