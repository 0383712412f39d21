from __future__ import annotations

import pytest

from sclerograph.findings.records import CortexFinding
from sclerograph.scores.metacarpal_index import metacarpal_cortical_index
from tests.scores.readings import both, hand, reading, unmeasured_hand


def cortex(*indices: float | None) -> list[CortexFinding]:
    return [
        CortexFinding(bone=f"MC{n}", cortical_index=i, assessable=i is not None, reason=None if i else "hidden")
        for n, i in enumerate(indices, 2)
    ]


def test_mean_of_three_bones_and_two_hands() -> None:
    score = metacarpal_cortical_index(
        both(hand("L", cortex=cortex(0.4, 0.5, 0.3)), hand("R", cortex=cortex(0.6, 0.6, 0.6)))
    )
    assert score.part("hand", hand=1).value == pytest.approx(0.4)
    assert score.value == pytest.approx(0.5)


def test_a_hand_needs_all_three_bones() -> None:
    score = metacarpal_cortical_index(both(hand("L", cortex=cortex(0.4, None, 0.3))))
    assert score.value is None
    assert score.part("hand", hand=1).reason == "2 of 3 bones were measured"
    assert score.missing[0].what == ["L MC3"]
    assert score.missing[0].reason == "hidden"


def test_one_hand_is_enough_for_a_mean() -> None:
    score = metacarpal_cortical_index(reading(hand("L", cortex=cortex(0.4, 0.5, 0.3))))
    assert score.value == pytest.approx(0.4)
    assert score.missing[0].what == ["right hand"]


def test_nothing_measured() -> None:
    score = metacarpal_cortical_index(reading(unmeasured_hand("L"), unmeasured_hand("R")))
    assert (score.value, score.assessable) == (None, False)
    assert metacarpal_cortical_index(reading()).value is None
