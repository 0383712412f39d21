from __future__ import annotations

import numpy as np

from sclerograph.registry.table.raw import RawTable
from sclerograph.registry.table.redcap import with_visit_names


def table(**columns):
    rows = np.arange(2, 2 + len(next(iter(columns.values()))))
    return RawTable(tuple(columns), tuple(columns.values()), rows, "")


def test_repeated_events_get_names_of_their_own():
    changed = with_visit_names(
        table(
            record_id=["1", "1", "1"],
            redcap_event_name=["baseline_arm_1", "visit_arm_1", "visit_arm_1"],
            redcap_repeat_instrument=["", "", ""],
            redcap_repeat_instance=["", "1", "2"],
        )
    )
    assert changed.columns[1] == ["baseline_arm_1", "visit_arm_1_1", "visit_arm_1_2"]


def test_without_events_the_instrument_names_the_visit():
    changed = with_visit_names(
        table(record_id=["1", "1"], redcap_repeat_instrument=["", "visit"], redcap_repeat_instance=["", "1"])
    )
    assert changed.headers[-1] == "redcap_event_name"
    assert changed.columns[-1] == ["", "visit_1"]


def test_another_table_stays_as_it_is():
    plain = table(record_id=["1"], redcap_event_name=["a"])
    assert with_visit_names(plain) is plain
