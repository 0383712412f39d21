from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sclerograph.cohort.data import Cohort, load_cohort
from sclerograph.cohort.plan import parse_plan
from sclerograph.errors import UsageError
from sclerograph.findings.records import Reading
from sclerograph.registry.store import ClinicalEntry, NewReading, Registry
from tests.scores.readings import deposit, hand, reading

PLAN = """
title = "T"
[data]
registry = "registry.db"
EXTRA
[[variables]]
name = "age"
column = "age_years"
kind = "continuous"
[[variables]]
name = "calcinosis"
column = "reading_hand_calcinosis"
kind = "binary"
"""
SPOT = [deposit("DP1", 1, compartment="pulp")]


def document(made: Reading, number: int) -> dict[str, object]:
    tree = made.model_dump(mode="json", by_alias=True)
    tree["sources"][0]["sha256"] = f"{number:064d}"
    return tree


@pytest.fixture
def registry(tmp_path: Path):
    with Registry.create(tmp_path / "registry.db") as opened:
        yield opened


def value(registry: Registry, pseudonym: str, visit: str | None, age: float) -> None:
    registry.set_values([ClinicalEntry(pseudonym, "age_years", age, visit)], origin="t", author="t")


def film(registry: Registry, pseudonym: str, visit: str, made: Reading, number: int, **more: object) -> None:
    registry.add_reading(NewReading(pseudonym, visit, document(made, number), f"{number:064x}", **more))


def load(folder: Path, extra: str = "", plan: str = PLAN) -> Cohort:
    return load_cohort(parse_plan(plan.replace("EXTRA", extra)), folder)


def test_hands_that_were_read_apart_are_taken_together(registry, tmp_path):
    value(registry, "P-1", "baseline", 50)
    film(registry, "P-1", "baseline", reading(hand("L")), 1)
    film(registry, "P-1", "baseline", reading(hand("R", deposits=SPOT)), 2)
    assert load(tmp_path).column("calcinosis")["P-1"] == 1.0


def test_readings_are_those_of_the_visit_of_the_clinical_values(registry, tmp_path):
    film(registry, "P-1", "month 12", reading(hand("L", deposits=SPOT), hand("R", number=1)), 1)
    film(registry, "P-1", "baseline", reading(hand("L"), hand("R", number=1)), 2)
    value(registry, "P-1", "baseline", 50)
    cohort = load(tmp_path)
    assert (cohort.column("age")["P-1"], cohort.column("calcinosis")["P-1"]) == (50, 0.0)


def test_the_first_visit_is_that_of_the_least_day(registry, tmp_path):
    value(registry, "P-1", "later", 51)
    value(registry, "P-1", "first", 50)
    film(registry, "P-1", "later", reading(hand("L", deposits=SPOT)), 1, day=365)
    film(registry, "P-1", "first", reading(hand("L"), hand("R", number=1)), 2, day=0)
    cohort = load(tmp_path)
    assert (cohort.column("age")["P-1"], cohort.column("calcinosis")["P-1"]) == (50, 0.0)


def test_patients_without_visits_have_their_first_film(registry, tmp_path):
    value(registry, "P-1", None, 50)
    film(registry, "P-1", "b", reading(hand("L", deposits=SPOT)), 1, day=400)
    film(registry, "P-1", "a", reading(hand("L"), hand("R", number=1)), 2, day=1)
    assert load(tmp_path).column("calcinosis")["P-1"] == 0.0


def test_names_of_visits_that_do_not_meet_are_told(registry, tmp_path):
    value(registry, "P-1", "day 0", 50)
    film(registry, "P-1", "baseline", reading(hand("L", deposits=SPOT)), 1)
    with pytest.raises(UsageError, match="no patient has a reading at the visit"):
        load(tmp_path)
    with pytest.raises(UsageError, match="a clinical value at the visit 'month 3'; there are: day 0"):
        load(tmp_path, 'visit = "month 3"')


def test_a_reader_s_own_readings_can_be_taken(registry, tmp_path):
    value(registry, "P-1", "baseline", 50)
    film(registry, "P-1", "baseline", reading(hand("L"), hand("R", number=1)), 1)
    for occasion, spots in (("first", SPOT), ("second", [])):
        read = reading(hand("L", deposits=spots), hand("R", number=1))
        film(registry, "P-1", "baseline", read, 1, origin="reader", made_by="A. Rossi", occasion=occasion)
    assert load(tmp_path).column("calcinosis")["P-1"] == 0.0
    assert load(tmp_path, 'read_by = "A. Rossi"\noccasion = "first"').column("calcinosis")["P-1"] == 1.0
    with pytest.raises(UsageError, match="several occasions"):
        load(tmp_path, 'read_by = "A. Rossi"')


def test_the_criteria_are_computed_from_their_items(registry, tmp_path):
    items = {"raynaud": True, "sclerodactyly": True, "telangiectasia": True}
    entries = [ClinicalEntry("P-1", name, answer) for name, answer in items.items()]
    registry.set_values(entries, origin="t", author="t")
    value(registry, "P-1", None, 50)
    plan = PLAN.partition('[[variables]]\nname = "calcinosis"')[0]
    plan += '[[variables]]\nname = "acr_eular_2013_lowest"\nkind = "count"\n'
    assert load(tmp_path, plan=plan).column("acr_eular_2013_lowest")["P-1"] == 9


LONG = 'long = [{{ name = "rows", readings = "{}" }}]'


def test_readings_make_long_tables(registry, tmp_path):
    value(registry, "P-1", "baseline", 50)
    film(registry, "P-1", "baseline", reading(hand("L", deposits=SPOT), hand("R", number=1)), 1, day=10)
    film(registry, "P-1", "year 2", reading(hand("L"), hand("R", number=1)), 2, day=740)
    digits = load(tmp_path, LONG.format("digits")).long["rows"]
    assert set(digits["patient"]) == {"P-1"}
    assert len(digits) == 10
    assert str(digits["digit"].dtype) == "category"
    visits = load(tmp_path, LONG.format("visits")).long["rows"]
    np.testing.assert_allclose(visits["years"], [0.0, 730 / 365.25])
    assert list(visits["reading_calcinosis"]) == [1.0, 0.0]
