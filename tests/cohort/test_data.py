from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from sclerograph.cohort.data import Cohort, load_cohort
from sclerograph.cohort.plan import read_plan
from sclerograph.errors import UsageError
from sclerograph.findings.json_file import write_reading
from sclerograph.registry.store import ClinicalEntry, NewReading, Registry
from tests.cohort.plans import PLAN, TABLE, write_study
from tests.findings.samples import small_reading


def load(folder: Path, plan: str = PLAN, table: str = TABLE) -> Cohort:
    path = write_study(folder, plan, table)
    return load_cohort(read_plan(path), folder)


def refusal(folder: Path, plan: str = PLAN, table: str = TABLE) -> str:
    with pytest.raises(UsageError) as caught:
        load(folder, plan, table)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_each_variable_has_its_type_and_missing_values_stay_missing(tmp_path):
    cohort = load(tmp_path)
    assert list(cohort.table.index) == ["P1", "P2", "P3", "P4"]
    np.testing.assert_array_equal(cohort.column("age_years"), [50, 61.5, np.nan, 44])
    np.testing.assert_array_equal(cohort.column("ulcers"), [1, 0, 0, 1])
    assert list(cohort.column("subset").cat.categories) == ["limited", "diffuse"]
    assert cohort.column("subset").isna().sum() == 1


def test_the_data_are_named_by_their_sum(tmp_path):
    (source,) = load(tmp_path).sources
    assert (source.name, source.rows) == ("patients.csv", 4)
    assert source.sha256 == hashlib.sha256(TABLE.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("61.5", "old", "patients.csv: row 3, column 'age_years': the value is no number"),
        ("61.5", "inf", "patients.csv: row 3, column 'age_years': the value is no number"),
        ("61.5", "61,5", "patients.csv: row 3 has 5 cells and the first row 4"),
        ("P2,61.5,0,diffuse", "P2,61.5", "patients.csv: row 3 has 2 cells and the first row 4"),
        ("P3,", "\nP3,", "patients.csv: row 4 is empty, and rows follow it"),
        ("61.5", '"61.5', "patients.csv is no regular table"),
        ("50", "5", "patients.csv: row 2, column 'age_years': the value is below 18"),
        ("44", "440", "patients.csv: row 5, column 'age_years': the value is above 110"),
        ("yes", "maybe", "patients.csv: row 5, column 'ulcers': the value is neither of"),
        ("diffuse", "difuse", "patients.csv: row 3, column 'subset': the value is none of the levels"),
        ("P4", "P2", "patients.csv: rows 3 and 5 are of the same patient"),
        ("P4", "", "patients.csv: row 5 has no patient"),
        ("ulcers", "ulcer", "patients.csv: there is no column 'ulcers'"),
        ("subset", "ulcers", "patients.csv: there are two columns 'ulcers'"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_by_row_and_column_and_not_repeated(tmp_path, old, new, said):
    message = refusal(tmp_path, table=TABLE.replace(old, new))
    assert said in message
    assert not any(word in message for word in ("maybe", "difuse", "440", "old"))


def test_empty_lines_at_the_end_are_no_patients(tmp_path):
    assert len(load(tmp_path, table=TABLE + "\n\n").table) == 4


def test_decimal_commas_and_semicolons_are_read_when_the_plan_says_so(tmp_path):
    plan = PLAN.replace("[data]", '[data]\nseparator = ";"\ndecimal = ","')
    table = TABLE.replace(",", ";").replace("61.5", "61,5")
    assert load(tmp_path, plan, table).column("age_years")["P2"] == 61.5


def test_texts_that_stand_for_missing_values_are_the_plan_s(tmp_path):
    plan = PLAN.replace("[data]", '[data]\nmissing = ["", "-9"]')
    assert np.isnan(load(tmp_path, plan, TABLE.replace("61.5", "-9")).column("age_years")["P2"])


def test_another_encoding_is_told(tmp_path):
    write_study(tmp_path)
    (tmp_path / "patients.csv").write_bytes(TABLE.replace("P4", "Pé").encode("latin-1"))
    with pytest.raises(UsageError, match=r"data\.encoding"):
        load_cohort(read_plan(tmp_path / "plan.toml"), tmp_path)


def test_the_flow_counts_who_does_not_meet_a_criterion_and_of_whom_it_is_not_known(tmp_path):
    steps = (
        '[population]\nsteps = [{label = "From 45 on", variable = "age_years", at_least = 45},'
        '{label = "Limited", variable = "subset", one_of = ["limited"]}]\n'
    )
    cohort = load(tmp_path, PLAN + steps)
    assert [(step.kept, step.excluded, step.unknown) for step in cohort.flow] == [(2, 1, 1), (1, 1, 0)]
    assert list(cohort.table.index) == ["P1"]
    assert cohort.available == 4


def test_a_population_of_nobody_is_an_error(tmp_path):
    steps = '[population]\nsteps = [{label = "From 100 on", variable = "age_years", at_least = 100}]\n'
    assert "no patient meets the criteria" in refusal(tmp_path, PLAN + steps)


def test_of_a_thousand_columns_only_the_declared_ones_are_looked_at(tmp_path):
    lines = TABLE.strip().split("\n")
    wide = [lines[0] + "".join(f",c{i}" for i in range(1000)), *(line + ",?" * 1000 for line in lines[1:])]
    assert list(load(tmp_path, table="\n".join(wide)).table.columns) == ["age_years", "ulcers", "subset"]


LONG = PLAN.replace(
    "[[variables]]", '[[data.long]]\nname = "digits"\npath = "digits.csv"\ncategories = ["digit"]\n[[variables]]', 1
)


def test_long_tables_keep_the_rows_of_the_patients_analysed(tmp_path):
    (tmp_path / "digits.csv").write_text("pseudonym,digit,deposit,side\nP1,1,0,L\nP1,2,,L\nP2,1,1,R\n")
    steps = '[population]\nsteps = [{label = "Limited", variable = "subset", one_of = ["limited"]}]\n'
    rows = load(tmp_path, LONG + steps).long["digits"]
    assert list(rows["patient"]) == ["P1", "P1"]
    assert rows["deposit"].dtype == float
    assert list(rows["digit"].cat.categories) == ["1", "2"]


def test_rows_of_unknown_patients_are_no_silent_loss(tmp_path):
    (tmp_path / "digits.csv").write_text("pseudonym,digit,deposit\nP9,1,0\n")
    assert "1 rows are of patients who are not in patients.csv" in refusal(tmp_path, LONG)


READING = PLAN.replace("[data]", '[data]\nreadings = "readings"').replace(
    'name = "subset"\nkind = "categorical"\nlevels = ["limited", "diffuse"]',
    'name = "calcinosis"\nkind = "binary"\ncolumn = "reading_calcinosis"',
)


def test_findings_come_from_the_readings_of_films(tmp_path):
    (tmp_path / "readings" / "visit-1").mkdir(parents=True)
    write_reading(small_reading(), tmp_path / "readings" / "visit-1" / "reading.json")
    table = "pseudonym,age_years,ulcers,reading\nP1,50,1,visit-1\nP2,60,0,\n"
    cohort = load(tmp_path, READING, table)
    np.testing.assert_array_equal(cohort.column("calcinosis"), [1, np.nan])
    assert cohort.sources[1].rows == 1
    assert "names a reading that is not in" in refusal(tmp_path, READING, table.replace("visit-1", "visit-2"))


def test_patients_of_a_registry_with_their_first_visit_and_its_reading(tmp_path):
    plan = READING.replace('table = "patients.csv"', 'registry = "registry.db"').replace('readings = "readings"\n', "")
    plan = plan.replace('name = "ulcers"', 'name = "ulcers"\ncolumn = "digital_ulcers_ever"')
    document = small_reading().model_dump(mode="json", by_alias=True)
    with Registry.create(tmp_path / "registry.db") as registry:
        entries = [
            ClinicalEntry("P-001", "age_years", 50, "baseline"),
            ClinicalEntry("P-001", "digital_ulcers_ever", True, "baseline"),
            ClinicalEntry("P-001", "age_years", 51, "month 12"),
            ClinicalEntry("P-002", "age_years", 60, "baseline"),
        ]
        registry.set_values(entries, origin="test", author="test")
        registry.add_reading(NewReading("P-001", "baseline", document, "0" * 64))
    cohort = load(tmp_path, plan)
    np.testing.assert_array_equal(cohort.column("age_years"), [50, 60])
    np.testing.assert_array_equal(cohort.column("ulcers"), [1, np.nan])
    np.testing.assert_array_equal(cohort.column("calcinosis"), [1, np.nan])
    later = plan.replace("registry =", 'visit = "month 12"\nregistry =')
    assert "no patient has a reading at the visit" in refusal(tmp_path, later)


def test_readings_of_a_folder_make_long_tables(tmp_path):
    (tmp_path / "readings" / "visit-1").mkdir(parents=True)
    write_reading(small_reading(), tmp_path / "readings" / "visit-1" / "reading.json")
    plan = READING.replace("[data]", '[data]\nlong = [{ name = "digits", readings = "digits" }]')
    table = "pseudonym,age_years,ulcers,reading\nP1,50,1,visit-1\nP2,60,0,NA\n"
    rows = load(tmp_path, plan, table).long["digits"]
    assert list(rows["digit"]) == ["1", "2", "3", "4", "5"]
    assert rows["tuft_grade"].tolist()[2] == 4.0
    assert rows["deposit"].tolist() == [0.0, 0.0, 0.0, 1.0, 0.0]
