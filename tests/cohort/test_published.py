from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sclerograph.cohort.proportion import wilson
from sclerograph.cohort.published import PublishedFigure, published_figures, published_prevalence
from sclerograph.errors import UsageError

FIGURES = published_figures()
MODEL = PublishedFigure(
    "Study", 2020, "10.1000/182", 77, "SSc", "subluxation", "hand", "radiograph",
    "prevalence", None, 77, "19.9", None, False, "abstract", "",
)  # fmt: skip


def find(study: str, variable: str, modality: str = "radiograph") -> PublishedFigure:
    found = [f for f in FIGURES if (f.study, f.variable, f.modality) == (study, variable, modality)]
    assert len(found) == 1
    return found[0]


def test_the_model_abstract_stands_there_as_printed() -> None:
    printed = {f.variable: (f.count, f.percent) for f in FIGURES if f.study == "Bauer 2016"}
    assert printed["hand_calcinosis"] == (None, "26")
    assert printed["hand_subluxation"] == (None, "19.9")
    assert printed["spine_anterior_calcification"] == (62, "80.5")
    assert printed["spine_foraminal_calcification"] == (9, None)
    assert {f.denominator for f in FIGURES if f.study == "Bauer 2016"} == {77}


def test_exactly_the_impossible_figures_are_flagged() -> None:
    flagged = {(f.study, f.variable): f.impossible.message for f in FIGURES if f.impossible is not None}
    # Each of these was worked out by hand: no k gives the percentage, whichever way halves are rounded.
    assert set(flagged) == {
        ("Bauer 2016", "hand_subluxation"),
        ("Baron 1982", "hand_erosion"),
        ("Erre 2008", "hand_calcinosis"),
        ("Sakchaikul 2021", "patient_anti_topoisomerase_1"),
        ("Badiee 2023", "hand_acro_osteolysis"),
        ("Ultrasound 2009", "hand_osteophyte"),
        ("Elhai 2012", "hand_calcinosis"),
    }
    assert "15/77 = 19.5 % and 16/77 = 20.8 %" in flagged["Bauer 2016", "hand_subluxation"]


def test_printed_counts_and_percentages_agree_unless_flagged() -> None:
    both = [f for f in FIGURES if f.count is not None and f.percent is not None and f.denominator]
    assert len(both) > 20
    for figure in both:
        assert figure.count is not None
        assert figure.denominator is not None
        decimals = len(str(figure.percent).partition(".")[2])
        distance = abs(100.0 * figure.count / figure.denominator - float(str(figure.percent)))
        assert distance <= 0.5 * 10.0**-decimals + 1e-9 or figure.impossible is not None, figure


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f"{f.study}-{f.variable}-{f.modality}-{f.measure}")
def test_every_line_is_whole(figure: PublishedFigure) -> None:
    assert figure.count is not None or figure.percent is not None
    assert figure.year is None or 1980 <= figure.year <= 2026
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", figure.variable)
    assert figure.study
    assert figure.reference
    assert figure.population
    if figure.count is not None:
        assert figure.denominator is not None
        assert 0 <= figure.count <= figure.denominator
    if figure.derived:
        assert figure.note
    estimate = figure.estimate
    for value in (estimate.share, estimate.low, estimate.high):
        assert value is None or 0.0 <= value <= 1.0
    if estimate.share is not None and estimate.low is not None:
        assert estimate.high is not None
        assert estimate.low <= estimate.share <= estimate.high


def test_no_line_stands_there_twice() -> None:
    keys = [(f.study, f.variable, f.modality, f.measure, f.population, f.denominator, f.note) for f in FIGURES]
    assert len(keys) == len(set(keys))


def test_the_interval_is_that_of_the_nearest_count() -> None:
    figure = find("Avouac 2006", "hand_erosion")
    expected = wilson(25, 120)
    assert (figure.percent, figure.denominator) == ("21", 120)
    assert (figure.estimate.share, figure.estimate.low, figure.estimate.high) == (
        expected.share, expected.low, expected.high,
    )  # fmt: skip


def test_an_impossible_figure_keeps_its_share_and_covers_both_neighbours() -> None:
    estimate = MODEL.estimate
    assert estimate.share == pytest.approx(0.199)
    assert (estimate.low, estimate.high) == (wilson(15, 77).low, wilson(16, 77).high)


def test_what_has_no_denominator_has_no_interval() -> None:
    assert replace(MODEL, denominator=None).estimate.low is None
    assert replace(MODEL, denominator=None).impossible is None
    span = replace(MODEL, percent="6-65", denominator=None).estimate
    assert (span.share, span.low, span.high) == (None, 0.06, 0.65)
    assert replace(MODEL, percent=None).estimate.share is None


def test_a_pooled_figure_has_the_interval_that_was_printed() -> None:
    pooled = next(f for f in FIGURES if f.study == "Izquierdo 2018" and f.lesion == "acro_osteolysis")
    assert (pooled.estimate.share, pooled.estimate.low, pooled.estimate.high) == pytest.approx((0.283, 0.256, 0.312))


def test_links() -> None:
    assert MODEL.link == "https://doi.org/10.1000/182"
    assert replace(MODEL, reference="PMID 33427611").link == "https://pubmed.ncbi.nlm.nih.gov/33427611/"
    assert replace(MODEL, reference="PMC6534908").link == "https://pmc.ncbi.nlm.nih.gov/articles/PMC6534908/"
    assert replace(MODEL, reference="EULAR abstract FRI0276").link is None


def test_prevalences_come_oldest_first_and_reviews_last_where_asked_for() -> None:
    found = published_prevalence("hand_acro_osteolysis", with_reviews=True)
    assert [f.measure for f in found[-2:]] == ["range", "pooled"]
    alone = published_prevalence("hand_acro_osteolysis")
    assert [f.year for f in alone] == sorted(f.year or 9999 for f in alone)
    assert {f.measure for f in alone} == {"prevalence"}
    assert {f.modality for f in published_prevalence("hand_acro_osteolysis", modalities=["HR-pQCT"])} == {"HR-pQCT"}


def test_an_unknown_variable_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match=r"'knee_erosion'.*hand_calcinosis"):
        published_prevalence("knee_erosion")
