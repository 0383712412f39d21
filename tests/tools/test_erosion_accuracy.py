from __future__ import annotations

import pytest

from sclerograph.hand.erosion_accuracy import accuracy_of
from tools.erosion_accuracy import accuracy_text


def results() -> dict[str, object]:
    count = {"prompted": 8, "counted": 4, "eroded": 10, "hands_without": 6}
    count |= {"false_in_hands_without": 3, "counted_in_hands_without": 1}
    details = {
        "truth": {"joints": count | {"prompted": 10}, "bones": count},
        "networks": {"joints": count, "bones": count},
        "real_grown": {
            "judged": 4,
            "joints_prompted": {"DIP2": 2, "MCP1": 1},
            "bones_prompted": {},
            "joints_counted": 2,
            "bones_counted": 0,
        },
    }
    entry = {"command": "c", "date": "d", "seeds": [1, 2], "models": [], "details": details}
    return {"measures": {"erosion": entry}}


def test_the_file_holds_what_the_networks_reach_on_simulated_and_real_films() -> None:
    joints = accuracy_of(accuracy_text(results()))["joints"]
    assert (joints.found, joints.eroded) == (8, 10)
    assert [(f.prompts, f.hands) for f in joints.false] == [(3, 6), (3, 4)]
    assert "real" in joints.false[1].on
    counted = accuracy_of(accuracy_text(results()), "counted")["joints"]
    assert (counted.found, [(f.prompts, f.hands) for f in counted.false]) == (4, [(1, 6), (2, 4)])


def test_without_the_measure_there_is_no_file() -> None:
    with pytest.raises(KeyError):
        accuracy_text({"measures": {}})
