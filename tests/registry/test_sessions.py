from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from sclerograph.errors import RefusedEntry, UsageError
from sclerograph.registry.sessions import (
    NewAnswer,
    answers,
    create_session,
    presentations,
    record_answers,
    session_names,
    session_plan,
    session_progress,
)
from sclerograph.registry.store import Registry
from tests.registry.samples import new_reading
from tests.registry.session_samples import READERS, fill, plan

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_session_presents_every_film_to_every_reader(registry):
    fill(registry)
    made = create_session(registry, plan(), author="Dr. C")
    assert (made.films, made.patients, made.places, made.without_hand) == (8, 4, 10, 0)
    listed = presentations(registry, "first")
    assert [(each.reader, each.place) for each in listed] == [
        (reader, place) for reader in READERS for place in range(1, 11)
    ]
    assert len({each.code for each in listed}) == 20
    assert {each.hands for each in listed} == {("L",)}
    assert presentations(registry, "first", "Dr. B") == listed[10:]
    assert session_plan(registry, "first") == plan()
    assert session_names(registry) == ["first"]


def test_a_session_can_be_of_some_visits_and_patients(registry):
    fill(registry)
    made = create_session(registry, plan(visits=("baseline",), patients=3, repeats=0), author="Dr. C")
    assert (made.films, made.patients) == (3, 3)
    with pytest.raises(UsageError, match="4 have films"):
        create_session(registry, plan(name="second", patients=5), author="Dr. C")
    with pytest.raises(UsageError, match="no film"):
        create_session(registry, plan(name="second", visits=("month 6",)), author="Dr. C")


def test_a_film_without_a_hand_is_left_out_and_counted(registry):
    fill(registry, 2)
    empty = new_reading("none", pseudonym="P-9")
    empty.document["hands"] = []
    empty.document["acro_osteolysis"] = None
    registry.add_reading(empty)
    assert create_session(registry, plan(), author="Dr. C").without_hand == 1


def test_a_session_is_made_once(registry):
    fill(registry)
    create_session(registry, plan(), author="Dr. C")
    before = presentations(registry, "first")
    with pytest.raises(RefusedEntry, match="of this name"):
        create_session(registry, plan(seed=4), author="Dr. C")
    assert presentations(registry, "first") == before


def test_codes_are_other_ones_with_every_key(registry):
    fill(registry)
    create_session(registry, plan(), author="Dr. C")
    create_session(registry, plan(name="second"), author="Dr. C")
    create_session(registry, plan(name="third"), author="Dr. C", key="ab" * 32)
    create_session(registry, plan(name="fourth"), author="Dr. C", key="ab" * 32)
    first, second, third, fourth = (
        [(each.film_sha256, each.code) for each in presentations(registry, name)]
        for name in ("first", "second", "third", "fourth")
    )
    assert [film for film, _ in first] == [film for film, _ in second]
    assert set(first).isdisjoint(second)
    assert third == fourth


def test_the_later_answer_holds_and_the_same_changes_nothing(registry):
    fill(registry)
    create_session(registry, plan(), author="Dr. C")
    shown = presentations(registry, "first", "Dr. A")[2]
    once = NewAnswer(shown.code, "L", {"tuft_1": 2.0, "tuft_2": None}, "blurred", "form 1, row 2")
    assert record_answers(registry, "first", [once], clock=lambda: NOON) == (1, 0)
    assert record_answers(registry, "first", [once]) == (0, 1)
    changed = NewAnswer(shown.code, "L", {"tuft_1": 3.0, "tuft_2": None}, "blurred", "form 2, row 2")
    assert record_answers(registry, "first", [changed], clock=lambda: NOON) == (1, 0)
    (answer,) = answers(registry, "first")
    assert (answer.reader, answer.film_sha256, answer.hand) == ("Dr. A", shown.film_sha256, "L")
    assert (answer.findings, answer.comment, answer.earlier) == ({"tuft_1": 3.0, "tuft_2": None}, "blurred", 1)
    assert (answer.pseudonym.startswith("P-"), answer.visit in ("baseline", "month 12")) == (True, True)
    back = record_answers(registry, "first", [once])
    assert back == (1, 0)
    assert answers(registry, "first")[0].findings["tuft_1"] == 2.0


def test_progress_counts_hands_and_changed_answers(registry):
    fill(registry)
    create_session(registry, plan(), author="Dr. C")
    listed = presentations(registry, "first", "Dr. A")
    record_answers(
        registry, "first", [NewAnswer(each.code, "L", {"tuft_1": 1.0}) for each in listed[:3]], clock=lambda: NOON
    )
    record_answers(registry, "first", [NewAnswer(listed[0].code, "L", {"tuft_1": 2.0})], clock=lambda: NOON)
    first, second = session_progress(registry, "first")
    assert (first.reader, first.films, first.hands, first.read, first.changed) == ("Dr. A", 10, 10, 3, 1)
    assert first.last_at == NOON
    assert (second.reader, second.read, second.changed, second.last_at) == ("Dr. B", 0, 0, None)


def test_an_answer_of_another_session_is_refused_and_nothing_is_recorded(registry):
    fill(registry)
    create_session(registry, plan(), author="Dr. C")
    good = presentations(registry, "first")[0]
    for wrong in (NewAnswer("AAAA-AAAA", "L", {}), NewAnswer(good.code, "R", {})):
        with pytest.raises(RefusedEntry, match="not in the session"):
            record_answers(registry, "first", [NewAnswer(good.code, "L", {"tuft_1": 1.0}), wrong])
    assert answers(registry, "first") == []


def test_one_form_imported_by_several_at_once_is_recorded_once(registry, address):
    fill(registry)
    create_session(registry, plan(), author="Dr. C")
    new = [NewAnswer(each.code, "L", {"tuft_1": 1.0}) for each in presentations(registry, "first")]

    def record(_: int) -> tuple[int, int]:
        with Registry(address) as own:
            return record_answers(own, "first", new)

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(record, range(4)))
    assert outcomes == [(0, 20), (0, 20), (0, 20), (20, 0)]
    assert all(answer.earlier == 0 for answer in answers(registry, "first"))


def test_sessions_and_readers_that_are_not_there_are_said(registry):
    fill(registry)
    for ask in (session_plan, presentations, answers, session_progress):
        with pytest.raises(UsageError, match="no session of this name"):
            ask(registry, "none")
    create_session(registry, plan(), author="Dr. C")
    with pytest.raises(UsageError, match=r"its readers are Dr\. A, Dr\. B"):
        presentations(registry, "first", "Dr. Z")
