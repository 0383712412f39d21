from __future__ import annotations

import pytest

from sclerograph.cohort.figures.among_published import NOTE, among_published
from sclerograph.cohort.figures.forest import forest_plot
from sclerograph.cohort.figures.style import Width
from sclerograph.cohort.proportion import wilson
from sclerograph.cohort.published import published_prevalence
from tests.cohort.figures.legibility import assert_legible, words


@pytest.mark.parametrize("width", ["page", "column"])
def test_a_cohort_stands_first_among_all_that_was_published(width: Width) -> None:
    groups = [
        among_published("Subluxation", wilson(15, 77), published_prevalence("hand_subluxation"), detail="radiograph"),
        among_published(
            "Acro-osteolysis", wilson(16, 77), published_prevalence("hand_acro_osteolysis", with_reviews=True)
        ),
    ]
    assert all(group.rows[0].own and not any(row.own for row in group.rows[1:]) for group in groups)
    figure = forest_plot(groups, width=width, note=NOTE)
    assert_legible(figure)
    said = words(figure)
    assert "Bauer 2016 †" in said
    assert "Badiee 2023 ‡" in said
    footnotes = " ".join(text for text in said)
    assert "15/77 = 19.5 % and 16/77 = 20.8 %. Drawn as printed." in footnotes or width == "column"
    assert "6.0–65.0" in said
