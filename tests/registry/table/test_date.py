from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.errors import UsageError
from sclerograph.registry.table.date import DateFault, date_parser

DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))


@pytest.mark.parametrize(
    ("layout", "written"),
    [
        ("YYYY-MM-DD", "%Y-%m-%d"),
        ("DD/MM/YYYY", "%d/%m/%Y"),
        ("MM/DD/YYYY", "%m/%d/%Y"),
        ("DD.MM.YYYY", "%d.%m.%Y"),
        ("DD-MMM-YYYY", "%d-%b-%Y"),
        ("DDMMMYYYY", "%d%b%Y"),
        ("YYYYMMDD", "%Y%m%d"),
    ],
)
@given(day=DAYS)
def test_every_day_is_read_as_it_was_written(layout, written, day):
    assert date_parser(layout)(day.strftime(written)) == day


@given(DAYS)
def test_year_month_day_is_read_beside_every_format(day):
    assert date_parser("DD/MM/YYYY")(day.isoformat()) == day


@given(st.text(max_size=12), st.sampled_from(["YYYY-MM-DD", "DD/MM/YYYY"]))
def test_any_text_gives_a_day_or_a_fault(text, layout):
    assert isinstance(date_parser(layout)(text), date | DateFault)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1000, 9999))
def test_a_day_that_no_calendar_has_is_named(day, month, year):
    try:
        expected: object = date(year, month, day)
    except ValueError:
        expected = DateFault.NO_DAY
    assert date_parser("DD/MM/YYYY")(f"{day:02}/{month:02}/{year}") == expected


def test_a_time_behind_the_day_is_passed_over():
    assert date_parser()("2015-02-13 00:00:00") == date(2015, 2, 13)
    assert date_parser("DD/MM/YYYY")("13/02/2015 08:30") == date(2015, 2, 13)


@pytest.mark.parametrize("text", ["13/02/15", "2015/13/02x", "13022015", "Feb 2015", "42000", "", "13-02-2015"])
def test_another_format_is_refused(text):
    assert date_parser("DD/MM/YYYY")(text) is DateFault.NO_DATE


@pytest.mark.parametrize("text", ["2015", "02/2015", "2015-02"])
def test_a_year_is_no_day(text):
    assert date_parser("DD/MM/YYYY")(text) is DateFault.YEAR_ALONE


@pytest.mark.parametrize("layout", ["DD/MM/YY", "DD/MM", "%d/%m/%Y", "DD/DD/YYYY", "", "YYYY-MM-DD hh"])
def test_a_format_without_its_three_parts_is_refused(layout):
    with pytest.raises(UsageError, match="date format"):
        date_parser(layout)
