from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.registry.table.number import NumberFault, could_group_thousands, decimal_of_column, parse_number

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE)
def test_a_number_that_python_writes_is_read_back_exactly(value):
    assert parse_number(repr(value)) == value


@given(FINITE)
def test_the_same_with_a_decimal_comma(value):
    assert parse_number(repr(value).replace(".", ","), ",") == value


@given(st.integers(-(10**12), 10**12), st.integers(1, 6))
def test_the_other_decimal_sign_is_never_taken(whole, digits):
    text = f"{whole}.{'5' * digits}"
    assert parse_number(text, ",") is NumberFault.OTHER_DECIMAL
    assert parse_number(text.replace(".", ","), ".") is NumberFault.OTHER_DECIMAL


@given(st.text(max_size=12), st.sampled_from([".", ","]))
def test_any_text_gives_a_finite_number_or_a_fault(text, decimal):
    value = parse_number(text, decimal)
    assert isinstance(value, NumberFault) or math.isfinite(value)


@given(st.text(alphabet="0123456789.,-+e ", max_size=10))
def test_what_is_taken_has_the_value_that_python_gives_it(text):
    value = parse_number(text, ".")
    if not isinstance(value, NumberFault):
        assert value == float(text)


@pytest.mark.parametrize("text", ["12", "12.", ".5", "+3", "-0.5", "−0.5", "–0.5", "1e3", "2.5E-2"])
def test_ways_to_write_a_number(text):
    assert parse_number(text) == float(text.replace("−", "-").replace("–", "-"))


@pytest.mark.parametrize(
    "text", ["", "abc", "1 2", "12mg", "<5", "1..2", "1.2.3", "nan", "inf", "0x10", "١٢", "1_000", "--1"]
)
def test_what_is_no_number(text):
    assert parse_number(text) is NumberFault.NOT_A_NUMBER


@pytest.mark.parametrize("text", ["1,234.5", "1 234", "1'234", "1\u202f234", "12,345,678", "1’234"])
def test_groups_of_thousands_are_not_read(text):
    assert parse_number(text) is NumberFault.THOUSANDS


def test_a_number_beyond_all_bounds_is_refused():
    assert parse_number("1e999") is NumberFault.TOO_LARGE


@pytest.mark.parametrize(("text", "expected"), [("1,234", True), ("12.345", True), ("0,234", False), ("1,23", False)])
def test_three_digits_behind_a_sign_may_be_thousands(text, expected):
    assert could_group_thousands(text) is expected


def test_the_evidence_of_a_column_is_what_can_be_read_in_one_way():
    cells = {"1.5": 3, "0.234": 1, "2,5": 2, "1,234": 5, "1.234": 5, "7": 1, "x,y": 1, "1.2,3": 1}
    assert decimal_of_column(cells) == (4, 2)
