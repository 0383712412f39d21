from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sclerograph.errors import RefusedEntry
from sclerograph.registry import document as documents
from sclerograph.registry.corrections import NewCorrection
from sclerograph.registry.store import Registry
from tests.registry.samples import new_reading

GRADE = "/hands/0/tufts/0/grade"


def regrade(grade: int) -> dict[str, object]:
    return {"op": "replace", "path": GRADE, "value": grade}


@pytest.fixture
def read(registry: Registry) -> Registry:
    registry.add_reading(new_reading("a"))
    return registry


def current(registry):
    (reading,) = registry.readings_of("P-1", "baseline")
    return reading


def correct(registry, *changes, author="Dr. A", based_on=None, **more):
    base = current(registry).sha256 if based_on is None else based_on
    return registry.correct(NewCorrection("P-1", "baseline", base, list(changes), **more), author)


def test_a_correction_holds_and_the_original_stays(read):
    before = current(read)
    outcome = correct(read, regrade(2), comment="no resorption of the base")
    after = current(read)
    assert after.document["hands"][0]["tufts"][0]["grade"] == 2
    assert (after.original_sha256, after.sha256) == (before.sha256, outcome.sha256)
    assert after.sha256 == documents.digest(after.document)
    (made,) = after.corrections
    assert (made.sequence, made.author, made.comment) == (1, "Dr. A", "no resorption of the base")
    assert list(made.changes) == [regrade(2)]
    assert timedelta(0) <= datetime.now(UTC) - made.recorded_at < timedelta(minutes=5)


def test_corrections_follow_each_other(read):
    correct(read, regrade(2))
    correct(read, {"op": "remove", "path": "/hands/0/deposits/0"}, author="Dr. B")
    reading = current(read)
    assert [(made.sequence, made.author) for made in reading.corrections] == [(1, "Dr. A"), (2, "Dr. B")]
    assert reading.document["hands"][0]["tufts"][0]["grade"] == 2
    assert reading.document["hands"][0]["deposits"] == []
    assert reading.document["calcified_area_mm2"] == 0.0


def test_without_outlines_a_correction_holds_as_well(read):
    deposit = {**current(read).document["hands"][0]["deposits"][0], "id": "d2"}
    correct(
        read,
        {"op": "test", "path": "/hands/0/bones/0/contours/0/0", "value": [10.0, 10.0]},
        {"op": "replace", "path": "/hands/0/bones/0/contours/0/0", "value": [1.0, 1.0]},
        {"op": "add", "path": "/hands/0/deposits/-", "value": deposit},
        regrade(1),
    )
    (whole,), (lean,) = read.readings_of("P-1"), read.readings_of("P-1", outlines=False)
    assert whole.document["hands"][0]["bones"][0]["contours"][0][0] == [1.0, 1.0]
    assert lean.document == documents.without_outlines(whole.document)
    assert len(lean.reading().hands[0].deposits) == 2


def test_two_readers_cannot_correct_the_same_state(read):
    base = current(read).sha256
    correct(read, regrade(2))
    with pytest.raises(RefusedEntry, match="somebody has corrected"):
        correct(read, regrade(3), based_on=base, author="Dr. B")
    assert len(current(read).corrections) == 1


def test_the_same_correction_goes_in_once(read):
    base = current(read).sha256
    first = correct(read, regrade(2))
    again = correct(read, regrade(2), based_on=base)
    assert (first.new, again.new, again.sha256) == (True, False, first.sha256)
    assert len(current(read).corrections) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([], "changes nothing"),
        ([regrade(4)], "changes nothing"),
        ([regrade(5)], "result is no reading"),
        ([{"op": "replace", "path": "/hands/0/deposits/0/site", "value": "NOSE"}], "result is no reading"),
        ([{"op": "replace", "path": "/hands/0/source", "value": "s9"}], "result is no reading"),
        ([{"op": "add", "path": "/hands/0/surname", "value": "x"}], "result is no reading"),
        ([{"op": "replace", "path": "", "value": []}], "result is no reading"),
        ([{"op": "remove", "path": "/hands/7"}], "no place /hands/7"),
        ([{"op": "replace", "path": "/software/version", "value": "9"}], "changes 'software'"),
        ([{"op": "replace", "path": "/sources/0/file", "value": "Muster.dcm"}], "changes 'sources'"),
        ([{"op": "replace", "path": "/name", "value": "Muster"}], "changes 'name'"),
    ],
)
def test_what_is_no_correction_is_refused(read, changes, reason):
    with pytest.raises(RefusedEntry, match=reason) as refusal:
        correct(read, *changes)
    assert "Muster" not in str(refusal.value)
    assert current(read).corrections == ()


@pytest.mark.parametrize("author", ["", " ", "Dr. A ", "x" * 121, "Dr.\tA"])
def test_a_correction_is_signed(read, author):
    with pytest.raises(RefusedEntry, match="author"):
        correct(read, regrade(2), author=author)


def test_a_patient_that_is_not_there_has_no_reading_to_correct(read):
    with pytest.raises(RefusedEntry, match="no such reading"):
        read.correct(NewCorrection("P-2", "baseline", current(read).sha256, [regrade(2)]), "Dr. A")


def test_a_withdrawn_reading_counts_no_longer_and_frees_its_film(read):
    reading = current(read)
    read.withdraw("P-1", "baseline", reading.sha256, author="Dr. A", comment="of another patient")
    assert read.readings_of("P-1") == []
    assert list(read.current_readings()) == []
    assert read.info().software_readings == 1
    with pytest.raises(RefusedEntry, match="was withdrawn"):
        read.add_reading(new_reading("a"))
    read.add_reading(new_reading("a", pseudonym="P-2"))
    assert len(read.readings_of("P-2")) == 1
    with pytest.raises(RefusedEntry, match="does not hold"):
        read.withdraw("P-1", "baseline", reading.sha256, author="Dr. A", comment="again")


def test_an_earlier_reading_holds_again_when_the_later_is_withdrawn(read):
    read.add_reading(new_reading("a", version="0.2.0"))
    read.withdraw("P-1", "baseline", current(read).sha256, author="Dr. A", comment="wrong options")
    assert current(read).made_by == "sclerograph 0.1.0"


def test_a_withdrawal_says_why(read):
    with pytest.raises(RefusedEntry, match="without a reason"):
        read.withdraw("P-1", "baseline", current(read).sha256, author="Dr. A", comment=" ")
