from __future__ import annotations

import pytest

from sclerograph.cohort.reader_ratings import CORRECTED, SOFTWARE, corrected_ratings, session_ratings
from sclerograph.registry.reading_form import form_items
from sclerograph.registry.sessions import NewAnswer, create_session, presentations, record_answers
from sclerograph.registry.store import NewCorrection, Registry
from tests.registry.session_samples import fill, plan

ITEMS = form_items(["acro_osteolysis"])


@pytest.fixture
def registry(tmp_path):
    with Registry.create(tmp_path / "registry.sqlite") as opened:
        fill(opened, 2)
        yield opened


def correct(registry: Registry) -> None:
    reading = registry.readings_of("P-00", "baseline")[0]
    change = {"op": "replace", "path": "/hands/0/tufts/0/grade", "value": 4}
    registry.correct(NewCorrection("P-00", "baseline", reading.sha256, [change]), "Dr. A")


def test_answers_stand_beside_what_the_software_found_before_corrections(registry):
    create_session(registry, plan(readers=("A",), repeats=0), author="C")
    correct(registry)
    findings = {item.name: 1.0 for item in ITEMS} | {"tuft_2": None}
    new = [NewAnswer(shown.code, "L", findings) for shown in presentations(registry, "first")[:3]]
    record_answers(registry, "first", new)
    ratings = session_ratings(registry, "first", ITEMS)
    read = ratings[ratings["rater"] == "A"]
    assert (len(read), read["value"].isna().sum(), read["film"].nunique()) == (15, 3, 3)
    software = ratings[ratings["rater"] == SOFTWARE]
    assert set(software["film"]) == set(read["film"])
    graded = software[software["item"] == "tuft_3"].set_index(["patient", "visit"])["value"].to_dict()
    truth = {("P-00", "baseline"): 0, ("P-00", "month 12"): 1, ("P-01", "baseline"): 1, ("P-01", "month 12"): 2}
    assert graded == {key: value for key, value in truth.items() if key in graded}
    assert set(ratings["day"]) <= {0, 365}


def test_corrected_readings_stand_beside_what_they_were_before(registry):
    assert corrected_ratings(registry, ITEMS).empty
    correct(registry)
    ratings = corrected_ratings(registry, ITEMS)
    graded = ratings[ratings["item"] == "tuft_3"].set_index("rater")["value"].to_dict()
    assert graded == {SOFTWARE: 0.0, "Dr. A" + CORRECTED: 4.0}
