from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.scores.three_valued import both, either, present_among

JUDGEMENTS = st.sampled_from([True, False, None])


@pytest.mark.parametrize(
    ("a", "b", "conjunction", "disjunction"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_kleene(a: bool | None, b: bool | None, conjunction: bool | None, disjunction: bool | None) -> None:
    assert both(a, b) is both(b, a) is conjunction
    assert either(a, b) is either(b, a) is disjunction


@given(st.lists(JUDGEMENTS, min_size=1))
def test_learning_more_never_turns_a_known_answer_round(judgements: list[bool | None]) -> None:
    for known in (True, False):
        filled = [known if j is None else j for j in judgements]
        for answer, later in ((both(*judgements), both(*filled)), (either(*judgements), either(*filled))):
            assert answer is None or answer is later


@pytest.mark.parametrize(
    ("judgements", "present"),
    [
        ([], None),
        ([None] * 5, None),
        ([True] + [None] * 99, True),
        ([False] * 4 + [None], False),
        ([False] * 79 + [None] * 21, None),
        ([False] * 5, False),
    ],
)
def test_silence_is_not_health(judgements: list[bool | None], present: bool | None) -> None:
    assert present_among(judgements, 0.8) is present
