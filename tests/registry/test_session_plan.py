from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.errors import UsageError
from sclerograph.registry.session_plan import SessionFilm, SessionPlan, arrange

KEY = bytes(range(32))


def films(patients: int, visits: int = 2, *, days: bool = True) -> list[SessionFilm]:
    return [
        SessionFilm(
            f"{p:032d}{(7 * v + 3 * p) % 10:032d}", f"P-{p}", f"visit {v}", 30 * v if days else None, ("L", "R")
        )
        for p in range(patients)
        for v in reversed(range(visits))
    ]


def plan(**changes) -> SessionPlan:
    return SessionPlan(**({"name": "first", "readers": ("A", "B"), "seed": 7} | changes))


@settings(max_examples=25, deadline=None)
@given(patients=st.integers(1, 12), seed=st.integers(0, 99), share=st.floats(0.0, 1.0))
def test_each_film_comes_once_and_the_repeated_ones_twice(patients, seed, share):
    repeats = round(share * 2 * patients)
    listed = arrange(films(patients), plan(seed=seed, repeats=repeats), "A", KEY)
    counts = Counter(placed.film.sha256 for placed in listed)
    assert sorted(counts) == sorted(film.sha256 for film in films(patients))
    assert Counter(counts.values())[2] == repeats
    assert [placed.place for placed in listed] == list(range(1, len(listed) + 1))
    assert len({placed.code for placed in listed}) == len(listed)
    assert all(placed.case_code == "" for placed in listed)
    turns = {(placed.film.sha256, placed.repeat): placed.place for placed in listed}
    assert all(turns[sha256, 0] < turns[sha256, 1] for sha256, count in counts.items() if count == 2)


def test_a_repeat_comes_long_after_the_first_time():
    listed = arrange(films(100), plan(repeats=40), "A", KEY)
    place = {(placed.film.sha256, placed.repeat): placed.place for placed in listed}
    gaps = [place[sha256, 1] - place[sha256, 0] for sha256, repeat in place if repeat == 1]
    assert len(gaps) == 40
    assert min(gaps) > len(listed) / 3


def test_the_same_seed_and_key_give_the_same_list_and_another_reader_another():
    first, again = (arrange(films(10), plan(repeats=4), "A", KEY) for _ in range(2))
    assert first == again
    other = arrange(reversed(films(10)), plan(repeats=4), "B", KEY)
    assert [placed.film for placed in other] != [placed.film for placed in first]
    assert {placed.code for placed in other}.isdisjoint(placed.code for placed in first)
    twice = [{p.film.sha256 for p in listed if p.repeat} for listed in (first, other)]
    assert twice[0] == twice[1]
    reseeded = arrange(films(10), plan(repeats=4, seed=8), "A", KEY)
    assert [placed.film for placed in reseeded] != [placed.film for placed in first]


def test_codes_say_nothing_without_the_key():
    listed = arrange(films(10), plan(), "A", KEY)
    rekeyed = arrange(films(10), plan(), "A", bytes(32))
    assert [placed.film for placed in rekeyed] == [placed.film for placed in listed]
    assert {placed.code for placed in rekeyed}.isdisjoint(placed.code for placed in listed)
    assert all(placed.film.pseudonym not in placed.code for placed in listed)


def test_a_taken_code_is_not_given_again():
    codes: set[str] = set()
    first = arrange(films(3), plan(), "A", KEY, codes)
    second = arrange(films(3), plan(), "A", KEY, codes)
    assert {placed.code for placed in first}.isdisjoint(placed.code for placed in second)
    assert len(codes) == len(first) + len(second)


def test_random_order_does_not_follow_time():
    listed = arrange(films(60), plan(), "A", KEY)
    earlier = Counter(placed.film.day for placed in listed[:60])
    assert 15 < earlier[0] < 45


def test_chronological_order_keeps_a_patient_together_in_time():
    listed = arrange(films(8, 3), plan(order="chronological", repeats=3), "A", KEY)
    assert len(listed) == 8 * 3 + 3 * 3
    cases = [(code, list(group)) for code, group in itertools.groupby(listed, key=lambda placed: placed.case_code)]
    assert len(cases) == len({code for code, _ in cases}) == 11
    for _, case in cases:
        assert len({placed.film.pseudonym for placed in case}) == 1
        assert [placed.film.day for placed in case] == [0, 30, 60]
        assert [placed.case_place for placed in case] == [1, 2, 3]
    patients = [case[0].film.pseudonym for _, case in cases if case[0].repeat == 0]
    assert patients != sorted(patients)


def test_chronological_order_needs_the_days():
    with pytest.raises(UsageError, match="day is not known"):
        arrange(films(2, days=False), plan(order="chronological"), "A", KEY)
    assert len(arrange(films(2, visits=1, days=False), plan(order="chronological"), "A", KEY)) == 2


def test_no_more_is_repeated_than_there_is():
    with pytest.raises(UsageError, match="there are 4 films"):
        arrange(films(2), plan(repeats=5), "A", KEY)
    with pytest.raises(UsageError, match="there are 2 patients"):
        arrange(films(2), plan(repeats=3, order="chronological"), "A", KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "=1+1"},
        {"readers": ()},
        {"readers": ("A", "a")},
        {"readers": ("A ",)},
        {"repeats": -1},
        {"patients": 0},
        {"lesions": ()},
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong):
    with pytest.raises(UsageError):
        plan(**wrong)
