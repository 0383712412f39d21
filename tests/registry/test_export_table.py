from __future__ import annotations

import csv
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.errors import UsageError
from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.export_table import export_table
from sclerograph.registry.import_table import import_table
from sclerograph.registry.table.column import typed_column

VARIABLES = load_dictionary().variables
TODAY = date(2024, 6, 1)
VALUES = {
    "visit_label": st.sampled_from(["baseline", "month 12"]),
    "sex": st.sampled_from(["female", "male", None]),
    "raynaud": st.sampled_from([True, False, None]),
    "mrss": st.none() | st.integers(0, 51),
    "creatine_kinase_u_per_l": st.none() | st.floats(0, 500_000),
    "t_score_lumbar": st.none() | st.floats(-9, 9),
    "hand_radiograph_date": st.none() | st.dates(date(1990, 1, 1), TODAY),
}


def typed(columns):
    frame = pd.DataFrame({name: typed_column(values, VARIABLES[name]) for name, values in columns.items()})
    frame.index = pd.RangeIndex(2, 2 + len(frame), name="row")
    return frame


ROWS = st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=20)


@settings(max_examples=6)
@pytest.mark.parametrize(("layout", "ending"), [("csv", "csv"), ("xlsx", "xlsx"), ("redcap", "csv")])
@given(rows=ROWS)
def test_what_is_written_is_read_back(tmp_path_factory, layout, ending, rows):
    columns = {"pseudonym": [f"P-{n}" for n in range(len(rows))]}
    columns |= {name: [row[name] for row in rows] for name in VALUES}
    frame = typed(columns)
    path = tmp_path_factory.mktemp("t") / f"table.{ending}"
    export_table(frame, path, layout)
    result = import_table(path, today=TODAY)
    assert list(result.problems) == []
    pd.testing.assert_frame_equal(result.frame, frame)


def test_visits_of_one_patient_are_instances_of_one_event_in_redcap(tmp_path):
    frame = typed({"pseudonym": ["P-1", "P-2", "P-1"], "visit_label": ["a", "a", "b"], "raynaud": [True, None, False]})
    export_table(frame, tmp_path / "t.csv", "redcap")
    lines = list(csv.reader((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()))
    assert lines == [
        [
            "pseudonym",
            "redcap_event_name",
            "redcap_repeat_instrument",
            "redcap_repeat_instance",
            "visit_label",
            "raynaud",
        ],
        ["P-1", "visit_arm_1", "", "1", "a", "1"],
        ["P-2", "visit_arm_1", "", "1", "a", ""],
        ["P-1", "visit_arm_1", "", "2", "b", "0"],
    ]


def test_a_table_of_patients_has_no_events(tmp_path):
    export_table(typed({"pseudonym": ["P-1"], "mrss": [4]}), tmp_path / "t.csv", "redcap")
    assert (tmp_path / "t.csv").read_text() == "pseudonym,mrss\nP-1,4\n"


def test_a_text_that_a_spreadsheet_would_run_is_guarded(tmp_path):
    frame = typed({"pseudonym": ["P-1"], "centre": ["=HYPERLINK(1)"], "t_score_lumbar": [-2.5]})
    export_table(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "P-1,'=HYPERLINK(1),-2.5"
    export_table(frame, tmp_path / "t.xlsx")
    cells = next(openpyxl.load_workbook(tmp_path / "t.xlsx").active.iter_rows(min_row=2))
    assert [(cell.value, cell.data_type) for cell in cells] == [("P-1", "s"), ("'=HYPERLINK(1)", "s"), (-2.5, "n")]


def test_what_cannot_be_written_is_refused(tmp_path):
    frame = typed({"pseudonym": ["P-1"]})
    with pytest.raises(UsageError, match=r"as \.csv or \.xlsx"):
        export_table(frame, tmp_path / "t.txt")
    with pytest.raises(UsageError, match="cannot be written"):
        export_table(frame, tmp_path / "none" / "t.csv")
    with pytest.raises(UsageError, match="colour"):
        export_table(frame.assign(colour="red"), tmp_path / "t.csv")
    with pytest.raises(UsageError, match="has a pseudonym"):
        export_table(typed({"mrss": [4]}), tmp_path / "t.csv")
