from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sclerograph.errors import RefusedEntry
from sclerograph.registry.clinical import PatientValues
from sclerograph.registry.store import ClinicalEntry, Registry


def set_values(registry, *entries, origin="table", author="Dr. A"):
    return registry.set_values([ClinicalEntry(*entry) for entry in entries], origin=origin, author=author)


@pytest.mark.parametrize("value", [54, 54.5, -1e-300, "diffuse, früh", "", True, False, 0])
def test_a_value_comes_back_as_it_went_in(registry, value):
    assert set_values(registry, ("P-1", "x", value)) == 1
    found = registry.values("P-1")["x"]
    assert (found, type(found)) == (value, type(value))


def test_the_latest_value_holds_and_all_are_kept(address):
    times = iter(datetime(2030, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(9))
    with Registry(address, clock=lambda: next(times)) as registry:
        set_values(registry, ("P-1", "mrss", 12))
        set_values(registry, ("P-1", "mrss", 14), origin="follow-up.csv", author="Dr. B")
        assert registry.values("P-1") == {"mrss": 14}
        first, second = registry.value_history("P-1", "mrss")
    assert (first.value, first.origin, first.author) == (12, "table", "Dr. A")
    assert (second.value, second.origin, second.author) == (14, "follow-up.csv", "Dr. B")
    assert second.recorded_at - first.recorded_at == timedelta(days=1)
    assert first.recorded_at == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_value_that_holds_is_not_recorded_again(registry):
    entries = [("P-1", "a", 1), ("P-1", "b", None), ("P-2", "a", 1, "baseline")]
    assert set_values(registry, *entries) == 2
    assert set_values(registry, *entries) == 0
    assert set_values(registry, ("P-1", "a", 1.0)) == 1
    assert set_values(registry, ("P-1", "a", 2), ("P-1", "a", 2), ("P-1", "a", 3)) == 2
    assert registry.values("P-1") == {"a": 3}


def test_a_value_can_be_taken_back(registry):
    set_values(registry, ("P-1", "a", 1), ("P-1", "a", 2, "baseline"))
    set_values(registry, ("P-1", "a", None), ("P-1", "a", None, "baseline"))
    assert registry.values("P-1") == registry.values("P-1", "baseline") == {}
    assert [recorded.value for recorded in registry.value_history("P-1", "a")] == [1, None]


def test_patients_and_visits_are_kept_apart(registry):
    set_values(
        registry, ("P-1", "a", 1), ("P-1", "a", 2, "baseline"), ("P-1", "a", 3, "month 12"), ("P-2", "a", 4, "baseline")
    )
    assert registry.values("P-1") == {"a": 1}
    assert registry.values("P-1", "month 12") == {"a": 3}
    assert registry.values("P-9") == registry.values("P-1", "month 99") == {}
    assert [recorded.value for recorded in registry.value_history("P-1", "a", "baseline")] == [2]
    assert list(registry.all_values(batch=1)) == [
        PatientValues("P-1", {"a": 1}, {"baseline": {"a": 2}, "month 12": {"a": 3}}),
        PatientValues("P-2", {}, {"baseline": {"a": 4}}),
    ]


def test_only_the_wanted_variables_are_read(registry):
    set_values(registry, ("P-1", "a", 1), ("P-1", "b", 2))
    assert list(registry.all_values(["b"])) == [PatientValues("P-1", {"b": 2}, {})]


def test_each_entry_can_say_where_it_came_from(registry):
    entry = ClinicalEntry("P-1", "a", 1, origin="table.csv, row 7")
    registry.set_values([entry], origin="table.csv", author="Dr. A")
    assert registry.value_history("P-1", "a")[0].origin == "table.csv, row 7"


@pytest.mark.parametrize(
    "entry",
    [
        ("Muster^Anna", "a", 1),
        ("P-1", "a", 1, "1960-03-04"),
        ("P-1", "", 1),
        ("P-1", "a\n", 1),
        ("P-1", "a", float("nan")),
        ("P-1", "a", float("inf")),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_of_it_goes_in(registry, entry):
    with pytest.raises(RefusedEntry):
        set_values(registry, ("P-1", "b", 1), entry)
    assert registry.info().clinical_values == 0


def test_many_values_go_in_by_batches(registry):
    entries = (ClinicalEntry(f"P-{i // 3}", f"v{i % 3}", i) for i in range(300))
    assert registry.set_values(entries, origin="table", author="Dr. A", batch=70) == 300
    assert [len(patient.values) for patient in registry.all_values(batch=7)] == [3] * 100
