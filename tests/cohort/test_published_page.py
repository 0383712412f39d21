from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from sclerograph.cohort.published import Measure, published_figures
from sclerograph.cohort.published_page import PAGE, published_page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_in_the_documentation_is_the_one_the_table_gives() -> None:
    assert (DOCS / PAGE).read_text(encoding="utf-8") == published_page(), (
        "run: python -m sclerograph.cohort.published_page docs"
    )


def test_every_figure_has_its_line_and_every_impossible_one_its_reason() -> None:
    lines = published_page().splitlines()
    body = [line for line in lines if line.startswith("| ") and not line.startswith("| study")]
    assert len(body) == len(published_figures())
    assert all(line.replace("\\|", "").count("|") == 9 for line in body)
    daggers = [line for line in body if "†" in line]
    reasons = [line for line in lines if line.startswith("- **") and " is no count among " in line]
    assert len(daggers) == len(reasons) > 0


@pytest.mark.parametrize(
    "shown", ["| 62 / 77 (80.5 %) |", "| 19.9 % of 77 † |", "| 6–65 % |", "| 11 / 41 \\* |", "| 28.3 % (25.6–31.2) |"]
)
def test_figures_stand_as_printed(shown: str) -> None:
    assert shown in published_page()


def test_every_kind_of_figure_has_a_heading() -> None:
    headings = [line for line in published_page().splitlines() if line.startswith("## ")]
    assert len(headings) == len(get_args(Measure)) + 1
