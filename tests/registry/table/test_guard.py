from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.registry.table.guard import guarded, is_formula, unguarded

TEXTS = st.text(alphabet="=+-@'\t0123456789.,eAB", max_size=8)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+A1", "-A1", "\t=1", "\r=1", "=HYPERLINK(1)", "-2+3", "-", "+"])
def test_what_a_spreadsheet_would_run_is_guarded(text):
    assert is_formula(text)
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["-2.5", "+3", "-1e5", "-2,5", "P-1", "", "2015-02-13", "'quoted'"])
def test_numbers_and_words_stay_as_they_are(text):
    assert guarded(text) == text


@given(TEXTS)
def test_nothing_guarded_is_a_formula_and_nothing_is_lost(text):
    assert not is_formula(guarded(text))
    assert unguarded(guarded(text)) == text
