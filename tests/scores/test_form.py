from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from sclerograph.errors import UnreadableFile
from sclerograph.scores.form import Form, read_form

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-form.json"


def test_the_example_of_the_documentation_is_a_form_and_says_that_it_is_none_of_the_published() -> None:
    form = read_form(EXAMPLE)
    assert form.measurable
    for text in (form.title, form.source):
        assert "not" in text
        assert "publ" in text
    # Two hands, every region at most 3 × 2 points, weights 2 + 1.5 + 1 + 1 + 1.
    assert form.highest == 2 * 3 * 2 * 6.5


def _changed(path: list[Any], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(json.loads(EXAMPLE.read_text(encoding="utf-8")))
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (["source"], None, "source"),
        (["source"], "  ", "blank"),
        (["name"], "../up", "name"),
        (["points"], "maximum", "points"),
        (["regions"], [], "regions"),
        (["regions", 0, "sites"], ["DP9"], "not a site"),
        (["regions", 1, "sites"], ["DP1"], "two regions"),
        (["regions", 1, "name"], "thumb tip", "same name"),
        (["regions", 0, "weight"], -1.0, "weight"),
        (["coverage_levels", 0, "above"], 0.0, "leave out its 'above'"),
        (["coverage_levels", 1, "label"], "none", "same label"),
        (["coverage_levels", 2, "above"], None, "either every level"),
        (["coverage_levels", 2, "above"], 0.7, "lowest to the highest"),
        (["coverage_levels", 3, "value"], 1, "lowest to the highest"),
        (["density_levels", 0, "value"], -1, "not negative"),
        (["colour"], "red", "colour"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(tmp_path: Path, path: list[Any], value: Any, complaint: str) -> None:
    file = tmp_path / "form.json"
    file.write_text(json.dumps(_changed(path, value)), encoding="utf-8")
    with pytest.raises(UnreadableFile, match=complaint):
        read_form(file)


@pytest.mark.parametrize(
    "content", ["", "[1]", "{}", '{"schema": "sclerograph.reading/1"}', "[" * 100_000], ids=lambda c: c[:12] or "empty"
)
def test_what_is_no_form_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "form.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile):
        read_form(file)


def test_levels_of_a_reader_need_no_borders() -> None:
    document = _changed(["density_levels", 1, "above"], None)
    assert not Form.model_validate(document).measurable
