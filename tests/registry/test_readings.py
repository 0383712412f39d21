"""Readings go in once, the later one holds, and what contradicts the registry is refused."""

from __future__ import annotations

import hashlib
import json

import pytest
import sqlalchemy as sa

from sclerograph.errors import RefusedEntry
from sclerograph.registry import document as documents
from sclerograph.registry.readings import Added
from tests.registry.samples import new_reading


def films(registry, **choice):
    """Return which films the readings that hold are of, in order."""
    known = {hashlib.sha256(film.encode()).hexdigest(): film for film in "abcdef"}
    return [
        "".join(known[source["sha256"]] for source in current.document["sources"])
        for current in registry.readings_of("P-1", **choice)
    ]


def test_a_reading_goes_in_once(registry):
    first = registry.add_reading(new_reading("a"))
    assert first.new
    assert registry.add_reading(new_reading("a")) == Added(first.number, False)
    info = registry.info()
    assert (info.patients, info.visits, info.films, info.software_readings) == (1, 1, 1, 1)
    (current,) = registry.readings_of("P-1")
    assert (current.pseudonym, current.visit, current.origin) == ("P-1", "baseline", "software")
    assert current.made_by == "sclerograph 0.1.0"
    assert current.sha256 == current.original_sha256 == documents.digest(current.document)
    assert current.reading().hands[0].tufts[0].grade == 4
    assert current.added_at.tzinfo is not None


def test_no_name_of_a_file_reaches_the_database(registry, address, tmp_path):
    registry.add_reading(new_reading("Muster_Anna"))
    (current,) = registry.readings_of("P-1")
    assert "Muster" not in json.dumps(current.document)


def test_the_later_reading_of_the_same_films_holds(registry):
    registry.add_readings([new_reading("a"), new_reading("a", version="0.2.0", grade=1)])
    (current,) = registry.readings_of("P-1")
    assert (current.made_by, current.document["hands"][0]["tufts"][0]["grade"]) == ("sclerograph 0.2.0", 1)
    assert registry.info().software_readings == 2


def test_readings_of_different_films_stand_beside_each_other(registry):
    registry.add_readings([new_reading("a"), new_reading("b"), new_reading("c", visit="month 12")])
    assert films(registry) == ["a", "b", "c"]
    assert films(registry, visit="baseline") == ["a", "b"]
    registry.add_reading(new_reading("a", "b"))
    assert films(registry, visit="baseline") == ["ab"]


@pytest.mark.parametrize("fewer", [["a"], ["b", "c"]])
def test_a_reading_that_would_take_a_hand_away_is_refused(registry, fewer):
    registry.add_reading(new_reading("a", "b"))
    with pytest.raises(RefusedEntry, match="only some films"):
        registry.add_reading(new_reading(*fewer))
    assert films(registry) == ["ab"]
    assert registry.info().software_readings == 1


@pytest.mark.parametrize("elsewhere", [{"pseudonym": "P-2"}, {"visit": "month 12"}])
def test_a_film_belongs_to_one_visit_of_one_patient(registry, elsewhere):
    registry.add_reading(new_reading("a"))
    for origin in ({}, {"origin": "reader", "made_by": "Dr. A"}):
        with pytest.raises(RefusedEntry, match="another patient or visit"):
            registry.add_reading(new_reading("a", **elsewhere, **origin))
    assert (registry.info().patients, registry.info().visits) == (1, 1)


def test_readers_and_software_stand_beside_each_other(registry):
    by = {"origin": "reader", "made_by": "Dr. A"}
    registry.add_readings(
        [
            new_reading("a"),
            new_reading("a", **by),
            new_reading("a", origin="reader", made_by="Dr. B"),
            new_reading("a", **by, occasion="again"),
            new_reading("a", grade=2, **by, occasion="again"),
        ]
    )
    assert len(registry.readings_of("P-1")) == 4
    readers = [
        (c.made_by, c.occasion, c.document["hands"][0]["tufts"][0]["grade"])
        for c in registry.current_readings(origin="reader")
    ]
    assert readers == [("Dr. A", "", 4), ("Dr. B", "", 4), ("Dr. A", "again", 2)]
    assert [c.occasion for c in registry.current_readings(origin=None, made_by="Dr. A")] == ["", "again"]
    assert [c.made_by for c in registry.current_readings(origin="reader", occasion="")] == ["Dr. A", "Dr. B"]


@pytest.mark.parametrize("made_by", [" Dr. A", "=A1", "x" * 121, "Dr.\nA"])
def test_a_reader_has_a_proper_name(registry, made_by):
    with pytest.raises(RefusedEntry, match="name of a reader"):
        registry.add_reading(new_reading("a", origin="reader", made_by=made_by))


def test_a_refused_reading_does_not_hinder_the_others(registry):
    results = registry.add_readings(
        [
            new_reading("a", "b"),
            new_reading("a"),
            new_reading("c", pseudonym="Muster^Anna"),
            new_reading("d", pseudonym="A-9"),
            new_reading("e", visit="1960-03-04"),
        ]
    )
    assert [isinstance(result, Added) for result in results] == [True, False, False, True, False]
    assert sorted(registry.pseudonyms()) == ["A-9", "P-1"]


def test_a_visit_has_one_day(registry):
    registry.add_reading(new_reading("a", day=0))
    registry.add_visit("P-1", "month 12", 365)
    registry.add_visit("P-1", "month 12")
    registry.add_visit("P-1", "month 24")
    assert registry.visits("P-1") == {"baseline": 0, "month 12": 365, "month 24": None}
    with pytest.raises(RefusedEntry, match="another day"):
        registry.add_reading(new_reading("b", visit="month 12", day=366))
    assert registry.info().software_readings == 1
    assert registry.readings_of("P-1")[0].day == 0


def test_outlines_are_left_out_on_demand(registry):
    registry.add_reading(new_reading("a"))
    (whole,), (lean,) = registry.readings_of("P-1"), registry.readings_of("P-1", outlines=False)
    assert whole.document["hands"][0]["bones"]
    assert lean.document == documents.without_outlines(whole.document)
    assert (lean.outlines, lean.sha256) == (False, whole.sha256)


def test_a_reading_that_was_changed_past_the_triggers_is_not_given_out(registry):
    registry.add_reading(new_reading("a"))
    (current,) = registry.readings_of("P-1")
    forged = documents.pack({**current.document, "calcified_area_mm2": 0.5})

    def forge(connection):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            connection.execute(sa.text("DROP TRIGGER reading_not_changed"))
        connection.execute(sa.text("UPDATE reading SET document = :document"), {"document": forged})

    registry.transaction(forge)
    with pytest.raises(RefusedEntry, match="differs from what was recorded"):
        registry.readings_of("P-1")
