from __future__ import annotations

import pytest

from sclerograph.registry.table.raw import column_letters, header_key


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (999, "ALL")]
)
def test_columns_are_named_as_in_a_spreadsheet(index, letters):
    assert column_letters(index) == letters


def test_titles_are_compared_without_capitals_blanks_and_decomposed_letters():
    assert header_key("Calce\u0301mie \u00a0 (mg/L)") == header_key("calcémie (MG/L) ")
    assert header_key("a b") != header_key("ab")
