from __future__ import annotations

import pytest

from sclerograph.comparison.repeatability import Repeatability
from sclerograph.findings.records import CortexFinding, Interval
from sclerograph.reports import repeat_table
from sclerograph.reports.repeat_table import repeat_rows
from tests.scores.readings import deposit, hand


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "cortical index, MC, ratio": Repeatability(0.01, 0.0, 40),
        "hand_area": Repeatability(1.0, 0.0, 40),
        "deposit_area": Repeatability(0.5, 0.0, 40),
    }
    monkeypatch.setattr(repeat_table, "measured_repeatability", lambda: known)


@pytest.mark.usefixtures("errors")
def test_each_measure_stands_with_the_change_that_is_more_than_error() -> None:
    cortex = [CortexFinding(bone=bone, cortical_index=0.5, assessable=True) for bone in ("MC2", "MC3")]
    rows = repeat_rows(hand("L", deposits=[deposit("DP1", 1)], cortex=cortex), calibrated=True)
    found = {(row.what, row.places): (row.value, row.smallest_change, row.told_by) for row in rows}
    assert found["cortical index", "MC"] == ("0.50", "0.03", "repeated films")
    assert found["calcified area", "hand"] == ("4.0", "2.8", "repeated films")
    assert found["calcified area", "one deposit"] == ("4.0", "1.4", "repeated films")
    assert all(row.what != "subluxation" for row in rows)


@pytest.mark.usefixtures("errors")
def test_without_repeated_films_the_interval_of_the_value_tells() -> None:
    cortex = [
        CortexFinding(
            bone="MC2",
            cortical_index=0.5,
            cortical_index_interval=Interval(low=0.4, high=0.6),
            isthmus_index=0.5,
            assessable=True,
        )
    ]
    (row,) = [
        r for r in repeat_rows(hand("L", cortex=cortex, grades=(None,) * 5), calibrated=False) if r.places == "MC"
    ]
    assert row.told_by == "repeated films"
    assert not any(r.what == "calcified area" for r in repeat_rows(hand("L"), calibrated=False))
    graded = [r for r in repeat_rows(hand("L", grades=(2, 2, 2, 2, 2)), calibrated=False) if r.told_by == "interval"]
    assert {r.what for r in graded} == {"acro-osteolysis"}
