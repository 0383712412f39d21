from __future__ import annotations

from typing import Any

import pytest

from sclerograph.errors import UsageError
from sclerograph.scores.form import Form, read_form
from sclerograph.scores.form_score import form_score, form_score_of_levels
from tests.scores.readings import both, column_of_bones, deposit, hand, reading, unmeasured_hand
from tests.scores.test_form import EXAMPLE

SHAPE = column_of_bones("DP1", "PP1")


def form(**changed: Any) -> Form:
    """Two regions, each of one 100 × 100 square of the column of bones."""
    settings: dict[str, Any] = {
        "name": "test",
        "title": "A form of the tests",
        "source": "made up",
        "regions": [{"name": "tip", "sites": ["DP1"], "weight": 2.0}, {"name": "shaft", "sites": ["PP1"]}],
        "coverage_levels": [
            {"label": "none", "value": 0},
            {"label": "little", "value": 1, "above": 0.0},
            {"label": "much", "value": 3, "above": 0.2},
        ],
        "density_levels": [{"label": "faint", "value": 1}, {"label": "dense", "value": 2, "above": 0.5}],
    }
    return Form.model_validate({**settings, **changed})


def calcified(area_px: float, density: float, site: str = "DP1"):
    return both(hand("L", deposits=[deposit(site, 1, area_px=area_px, density=density)], **SHAPE))


@pytest.mark.parametrize(
    ("area_px", "density", "product", "total"),
    [
        (100.0, 0.2, 2 * 1 * 1, 2 * (1 + 1)),
        (100.0, 0.6, 2 * 1 * 2, 2 * (1 + 2)),
        (3000.0, 0.5, 2 * 3 * 1, 2 * (3 + 1)),
        (3000.0, 0.9, 2 * 3 * 2, 2 * (3 + 2)),
    ],
)
def test_measured_levels(area_px: float, density: float, product: float, total: float) -> None:
    assert form_score(calcified(area_px, density), form()).value == product
    assert form_score(calcified(area_px, density), form(points="sum")).value == total


def test_parts_name_the_levels_and_clean_regions_give_nothing() -> None:
    score = form_score(calcified(3000.0, 0.9), form(points="sum"))
    assert score.part("tip", hand=1).evidence == ["coverage: much", "density: dense"]
    assert score.part("shaft", hand=1).value == 0.0
    assert score.part("tip", hand=2).value == 0.0
    assert (score.range.low, score.range.high) == (0.0, 2 * (2 * 5 + 5))


def test_the_score_carries_the_forms_own_name_and_source() -> None:
    score = form_score(both(), form())
    assert (score.name, score.title, score.source) == ("form:test", "A form of the tests", "made up")
    assert score.value == 0.0
    assert [s.status for s in score.definition] == ["own"]


def test_a_joint_alone_has_half_of_both_sides_as_its_area() -> None:
    joint_form = form(regions=[{"name": "joint", "sites": ["IP1"]}])
    # Its area is 100 × 100: 2100 px are more than a fifth, 1900 are not.
    assert form_score(calcified(2100.0, 0.1, "IP1"), joint_form).value == 3.0
    assert form_score(calcified(1900.0, 0.1, "IP1"), joint_form).value == 1.0


def test_what_cannot_be_told() -> None:
    blind = both(hand("L", deposits=[deposit("DP1", 1, density=None)], **SHAPE))
    score = form_score(blind, form())
    assert score.value is None
    assert score.reason == "L tip: the density of its deposits is not known"
    no_outline = form_score(both(hand("L", deposits=[deposit("DP1", 1)])), form())
    assert no_outline.value is None
    assert no_outline.missing[0].what == ["left hand"]
    not_outlined = both(hand("L", deposits=[deposit("DP1", 1)], **column_of_bones("PP1")))
    assert form_score(not_outlined, form()).part("tip", hand=1).reason == "its area is not known"
    assert form_score(not_outlined, form()).part("shaft", hand=1).value == 0.0


def test_one_hand_and_none() -> None:
    one = form_score(reading(calcified(3000.0, 0.9).hands[0]), form())
    assert (one.value, one.at_least, one.at_most) == (None, 12.0, one.range.high)
    none = form_score(reading(unmeasured_hand("L"), unmeasured_hand("R")), form())
    assert (none.value, none.at_least) == (None, None)


def test_a_readers_levels() -> None:
    score = form_score_of_levels(
        form(),
        {
            "L": {"tip": ("much", "dense"), "shaft": ("none", "faint")},
            "R": {"tip": ("little", "faint"), "shaft": ("little", "dense")},
        },
    )
    assert score.value == 2 * 3 * 2 + 0 + 2 * 1 * 1 + 1 * 2
    assert score.part("shaft", hand=2).value == 2.0


def test_a_region_that_the_reader_left_out_is_missing() -> None:
    score = form_score_of_levels(form(), {"L": {"tip": ("much", "dense"), "shaft": None}, "R": {}})
    assert (score.value, score.at_least) == (None, 12.0)
    assert score.missing[0].what == ["L shaft", "R tip", "R shaft"]
    one = form_score_of_levels(form(), {"L": {"tip": ("none", "faint"), "shaft": ("none", "faint")}})
    assert one.reason == "hand R: it was not scored"


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [
        ({"elbow": ("none", "faint")}, "no region 'elbow'"),
        ({"tip": ("some", "faint")}, "no level 'some'"),
        ({"tip": ("none", "pale")}, "no level 'pale'"),
    ],
)
def test_names_that_the_form_does_not_know(levels: dict[str, tuple[str, str]], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        form_score_of_levels(form(), {"L": levels})


def test_a_form_for_readers_alone_is_not_measured() -> None:
    by_eye = form(density_levels=[{"label": "faint", "value": 1}, {"label": "dense", "value": 2}])
    with pytest.raises(UsageError, match="only a reader"):
        form_score(both(), by_eye)
    assert form_score_of_levels(by_eye, {"L": {"tip": ("much", "dense")}}).at_least == 12.0


def test_the_worked_example_of_the_documentation() -> None:
    levels = {region.name: ("none", "faint") for region in read_form(EXAMPLE).regions}
    score = form_score_of_levels(
        read_form(EXAMPLE),
        {"L": {**levels, "thumb tip": ("much", "like bone"), "fingers": ("a little", "faint")}, "R": levels},
    )
    assert score.value == 9.0
    page = (EXAMPLE.parent / "scores.md").read_text(encoding="utf-8")
    assert "2 × 2 × 2 + 1 × 1 × 1 = 9" in page
