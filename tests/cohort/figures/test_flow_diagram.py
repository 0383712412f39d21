from __future__ import annotations

from sclerograph.cohort.figures.flow_diagram import FlowBox, flow_diagram
from tests.cohort.figures.legibility import assert_legible, words

BOXES = (
    FlowBox("Patients in the registry of three centres, whose films were read before the end of the year", "n = 120"),
    FlowBox("ACR/EULAR 2013", "n = 100", ("Does not meet it: n = 15", "Not known, left out: n = 5")),
    FlowBox("CT within a year", "n = 77", ("Does not meet it, or it is not known when the scan was made: n = 23",)),
    FlowBox("Analysed", "n = 77"),
)


def test_every_number_is_there_and_readable():
    figure = flow_diagram(BOXES)
    text = " ".join(words(figure))
    for part in ("n = 120", "n = 100", "n = 77", "Does not meet it: n = 15", "Not known, left out: n = 5", "Analysed"):
        assert part in text
    assert_legible(figure)


def test_a_single_box_is_a_diagram_too():
    assert "n = 5" in words(flow_diagram([FlowBox("Analysed", "n = 5")]))
