from __future__ import annotations

import subprocess
import sys

import pytest

from sclerograph.errors import UsageError
from sclerograph.findings.records import Reading
from sclerograph.scores.catalogue import CATALOGUE, NAMES, compute, compute_all, definition
from sclerograph.scores.definition import STATUSES
from sclerograph.scores.record import Score
from tests.scores.readings import both, column_of_bones, deposit, hand, joints, reading, unmeasured_hand

VISITS = {
    "healthy": both(),
    "nothing assessable": reading(unmeasured_hand("L"), unmeasured_hand("R")),
    "one hand": reading(hand("R", grades=(1, 0, 0, 0, 2))),
    "no hand": reading(),
    "sides unknown": reading(hand(None), hand(None)),
    "ill": both(
        hand(
            "L",
            grades=(4, 3, None, 2, 1),
            deposits=[deposit("DP1", 1, area_px=900.0), deposit("PP1", 1, compartment="periarticular")],
            joints=joints({"DIP2": {"narrowing_grade": 4, "erosion_grade": 3, "erosion_kind": "central"}}),
            **column_of_bones("DP1", "PP1"),
        )
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_definition_says_where_it_comes_from(name: str) -> None:
    entry = definition(name)
    assert entry.source
    assert entry.missing_rule
    assert entry.statements
    assert {statement.status for statement in entry.statements} <= set(STATUSES)
    if "own" not in entry.source:
        assert "published" in {statement.status for statement in entry.statements}


def test_names_are_unique_and_an_unknown_one_is_refused() -> None:
    assert len(set(NAMES)) == len(CATALOGUE)
    with pytest.raises(UsageError, match="no score is called 'sctc'"):
        compute("sctc", both())


@pytest.mark.parametrize("visit", VISITS.values(), ids=VISITS.keys())
@pytest.mark.parametrize("name", NAMES)
def test_every_score_of_every_visit_holds_together(name: str, visit: Reading) -> None:
    score = compute(name, visit)
    assert score.name == name
    assert score.assessable is (score.value is not None)
    assert (score.value is None) is (score.reason is not None)
    for part in score.parts:
        assert part.assessable is (part.value is not None)
        assert (part.value is None) is (part.reason is not None)
        if part.hand is not None:
            assert visit.hands[part.hand - 1].side == part.side
    number = score.value if isinstance(score.value, (int, float)) and not isinstance(score.value, bool) else None
    low, high = score.range.low, score.range.high
    for bound in (score.at_least, score.at_most, number):
        if bound is not None and low is not None:
            assert low <= bound
        if bound is not None and high is not None:
            assert bound <= high
    if number is not None and score.at_least is not None and score.at_most is not None:
        assert score.at_least <= number <= score.at_most
    assert Score.model_validate_json(score.model_dump_json()) == score


@pytest.mark.parametrize("name", NAMES)
def test_where_nothing_was_assessed_no_score_has_a_value(name: str) -> None:
    for visit in ("nothing assessable", "no hand"):
        score = compute(name, VISITS[visit])
        assert score.value is None
        assert score.missing


def test_scoring_is_pure() -> None:
    before = VISITS["ill"].model_dump_json()
    assert compute_all(VISITS["ill"]) == compute_all(VISITS["ill"])
    assert VISITS["ill"].model_dump_json() == before


def test_the_catalogue_costs_nothing() -> None:
    program = (
        "import sclerograph.scores.catalogue, sys\n"
        "print(sorted({'numpy', 'scipy', 'skimage', 'pydantic'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
