from __future__ import annotations

import pytest

from sclerograph.cohort.likelihood.separation import Separation
from sclerograph.cohort.penalty import choose_penalty

_SEPARATED = Separation(("foraminal",), "all 5 events are among the 9 with foraminal = 1")


def test_with_ten_events_for_each_variable_no_penalty_is_needed() -> None:
    choice = choose_penalty("auto", 20, 2, None)
    assert not choice.firth
    assert choice.warnings == ()


def test_with_fewer_the_penalty_is_used_and_the_reason_given() -> None:
    choice = choose_penalty("auto", 19, 2, None)
    assert choice.firth
    assert choice.warnings == (
        "19 events for 2 variables, fewer than 10 each: Firth's penalty was used against the bias of few events",
    )


def test_separation_asks_for_the_penalty_however_many_events_there_are() -> None:
    choice = choose_penalty("auto", 500, 1, _SEPARATED)
    assert choice.firth
    assert "all 5 events are among the 9 with foraminal = 1" in choice.warnings[0]


@pytest.mark.parametrize(("penalty", "firth"), [("none", False), ("firth", True)])
def test_what_is_asked_for_is_done_and_the_danger_still_named(penalty: str, firth: bool) -> None:
    choice = choose_penalty(penalty, 1, 1, _SEPARATED)  # type: ignore[arg-type]
    assert choice.firth is firth
    assert len(choice.warnings) == 2
    assert choice.warnings[1].startswith("1 event for 1 variable,")
