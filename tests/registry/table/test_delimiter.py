from __future__ import annotations

import pytest

from sclerograph.registry.table.delimiter import DELIMITERS, find_delimiter


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_each_separator_is_found(delimiter):
    lines = [["a", "b", "c"], ["1", "2", "3"], ["4", "", "6"]]
    assert find_delimiter("\n".join(delimiter.join(line) for line in lines)) == delimiter


def test_decimal_commas_do_not_look_like_separators():
    assert find_delimiter("id;ca;p\nP1;2,5;1,1\nP2;2,4;0,9\n") == ";"


def test_a_comma_within_quotes_separates_nothing():
    assert find_delimiter('id;"label, long"\nP1;"a, b, c"\nP2;d\n') == ";"


def test_a_table_of_one_column_has_the_usual_separator():
    assert find_delimiter("id\nP1\nP2\n") == ","
