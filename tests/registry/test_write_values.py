from __future__ import annotations

from datetime import date

import pytest

from sclerograph.errors import RefusedEntry
from sclerograph.registry.clinical_frame import clinical_frame
from sclerograph.registry.import_table import import_table
from sclerograph.registry.store import ClinicalEntry, Registry
from sclerograph.registry.write_values import write_values

TODAY = date(2024, 6, 1)
VISITS = (
    "pseudonym,visit_date,sex,mrss,raynaud,diagnosis_date,death_date\n"
    "P-1,2020-01-01,female,4,yes,2018-01-01,\n"
    "P-1,2021-01-01,female,6,yes,2018-01-01,\n"
    "P-2,2020-03-01,male,,no,,2022-03-01\n"
    "P-3,2020-03-01,male,99,no,,\n"
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(VISITS)
    return import_table(path, today=TODAY)


def test_values_go_to_the_patient_or_to_the_visit(address, table):
    with Registry(address) as registry:
        written = write_values(registry, table, author="M. Keller")
        assert list(registry.pseudonyms()) == ["P-1", "P-2"]
        assert registry.values("P-1") == {"sex": "female", "disease_duration_origin": "diagnosis"}
        assert registry.values("P-1", "day 366") == {
            "mrss": 6,
            "raynaud": True,
            "disease_duration_years": pytest.approx(1096 / 365.25),
        }
        assert registry.values("P-2", "day 0") == {
            "raynaud": False,
            "death": True,
            "follow_up_years": pytest.approx(730 / 365.25),
        }
        (recorded,) = registry.value_history("P-1", "mrss", "day 0")
    assert (recorded.author, recorded.origin) == ("M. Keller", f"table {table.sha256[:16]} row 2")
    assert written.dates_left_out == ("visit_date", "diagnosis_date", "death_date")


def test_the_same_table_again_changes_nothing(address, table):
    with Registry(address) as registry:
        assert write_values(registry, table, author="a").new == 12
        assert write_values(registry, table, author="b").new == 0


def test_dates_are_kept_when_wanted(address, table):
    with Registry(address) as registry:
        assert write_values(registry, table, author="a", keep_dates=True).dates_left_out == ()
        assert registry.values("P-2")["death_date"] == "2022-03-01"
        frame = clinical_frame(registry)
    (died,) = frame.loc[frame["pseudonym"] == "P-2", "death_date"]
    assert died.date() == date(2022, 3, 1)


def test_labels_name_visits_and_recorded_durations_stay(address, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "pseudonym,visit_label,visit_date,last_contact_date,follow_up_years,disease_duration_years,"
        "disease_duration_origin,diagnosis_date\nP-1,baseline,2020-01-01,2021-01-01,9,3,first_symptom,2018-01-01\n"
    )
    with Registry(address) as registry:
        write_values(registry, import_table(path, today=TODAY), author="a")
        assert registry.values("P-1", "baseline") == {"follow_up_years": 9.0, "disease_duration_years": 3.0}
        assert registry.values("P-1") == {"disease_duration_origin": "first_symptom"}


def test_a_table_of_patients_has_no_visits(address, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("pseudonym,mrss\nP-1,4\n")
    with Registry(address) as registry:
        write_values(registry, import_table(path, today=TODAY), author="a")
        assert registry.values("P-1") == {"mrss": 4}
        assert registry.visits("P-1") == {}


def test_the_values_of_a_registry_are_one_typed_table(address, table):
    with Registry(address) as registry:
        write_values(registry, table, author="a")
        registry.set_values([ClinicalEntry("P-9", "shoe_size", 41)], origin="o", author="a")
        frame = clinical_frame(registry)
    assert frame["pseudonym"].tolist() == ["P-1", "P-1", "P-2", "P-9"]
    assert frame["visit_label"].fillna("").tolist() == ["day 0", "day 366", "day 0", ""]
    assert frame["sex"].astype("string").fillna("").tolist() == ["female", "female", "male", ""]
    assert frame["mrss"].tolist()[:2] == [4, 6]
    assert (str(frame["mrss"].dtype), str(frame["raynaud"].dtype)) == ("Int64", "boolean")
    assert "shoe_size" not in frame


def test_a_value_of_the_wrong_kind_is_named_by_its_variable(address):
    with Registry(address) as registry:
        registry.set_values([ClinicalEntry("P-1", "mrss", "many")], origin="o", author="a")
        with pytest.raises(RefusedEntry, match="a value of mrss"):
            clinical_frame(registry)
