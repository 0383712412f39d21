from __future__ import annotations

from dataclasses import replace

from sclerograph.cohort.data import FlowStep
from sclerograph.cohort.strobe import checklist, flow_boxes, methods
from tests.cohort.example import example_analysis


def test_the_flow_goes_from_the_table_to_those_analysed():
    boxes = flow_boxes(example_analysis())
    assert [box.count for box in boxes] == ["n = 77"] * 4
    assert boxes[1].aside == ("Nobody left out",)
    assert boxes[-1].title == "Analysed"


def test_those_left_out_stand_beside_the_criterion():
    analysis = example_analysis()
    cohort = replace(analysis.cohort, flow=(FlowStep("Adults", 70, 5, 2),), available=77)
    _, adults, _ = flow_boxes(replace(analysis, cohort=cohort))
    assert adults.aside == ("Does not meet it: n = 5", "Not known, left out: n = 2")
    assert adults.count == "n = 70"


def test_the_checklist_has_the_22_items_and_leaves_to_the_authors_what_they_alone_know():
    items = checklist(example_analysis())
    assert [item.number for item in items] == [str(number) for number in range(1, 23)]
    status = {item.topic: item.status for item in items}
    assert status["Statistical methods"] == "filled"
    assert status["Funding"] == "plan"
    assert status["Limitations"] == "open"
    assert all(bool(item.text) == (item.status != "open") for item in items)


def test_only_methods_that_were_used_are_described():
    analysis = example_analysis()
    everything = " ".join(methods(analysis))
    for word in ("Wilson", "Fisher", "Mann-Whitney", "Firth", "Benjamini", "Kaplan", "Rubin", "Mancl"):
        assert word in everything
    bare = replace(
        analysis,
        table_one=None,
        frequencies=None,
        associations=(),
        comparisons=(),
        correlations=(),
        models=(),
        survival=(),
    )
    assert methods(bare) == ()


def test_sentences_end_once_and_numbers_fit_their_nouns():
    text = {item.topic: item.text for item in checklist(example_analysis())}
    assert ".;" not in text["Variables"]
    assert ".." not in text["Variables"]
    assert text["Other analyses"] == (
        "1 division of prevalence; 1 family of correlations; 1 model repeated with imputed values."
    )
