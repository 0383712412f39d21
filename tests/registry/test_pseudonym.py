from __future__ import annotations

import contextlib
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.errors import RefusedEntry
from sclerograph.registry.pseudonym import check_pseudonym, check_visit_name

NAMES = ["Muster^Anna", "Muster, Anna", "Anna Muster", "MUSTER_ANNA", "O.Muster", "Müller-Meier", "^", "Jean" * 3]
BIRTHDAYS = ["19600304", "1960-03-04", "04.03.1960", "3/4/1960", "P-1960-03-04", "04.03.60", "AB04031960", "2024.02.29"]
NUMBERS = [
    "123456", "0012345678", "078-05-1120", "943 476 5919", "040360-1234", "756.1234.5678.97", "MRN-17", "NHS 12",
    "2 60 03 75 123 456 78", "RSSMRA60C04H501U", "patient id 7",
]  # fmt: skip
PSEUDONYMS = [
    "P-017", "P017", "17", "00017", "12-0034", "SSC_2021_17", "A", "ABCD", "EUSTAR-004-1234", "zh-ctrl-3", "P000123",
    "1960-13-04x", "77", "S1960", "20-22-99", "geburt7",
]  # fmt: skip


@pytest.mark.parametrize("text", NAMES + BIRTHDAYS + NUMBERS)
def test_what_looks_like_a_person_is_refused_in_one_line_that_does_not_repeat_it(text):
    with pytest.raises(RefusedEntry) as refusal:
        check_pseudonym(text)
    message = str(refusal.value)
    assert "\n" not in message
    if len(text) > 1:
        assert text not in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Muster^Anna", "the name of a patient in DICOM"),
        ("1960-03-04", "a date of birth"),
        ("123456", "the number of a hospital"),
        ("Anna Muster", "a name"),
    ],
)
def test_the_reason_is_said(text, reason):
    with pytest.raises(RefusedEntry, match=f"looks like {reason}"):
        check_pseudonym(text)


@pytest.mark.parametrize("text", PSEUDONYMS)
def test_codes_of_studies_are_pseudonyms(text):
    assert check_pseudonym(text) == text


@pytest.mark.parametrize("text", ["", " P1", "P1 ", "P\n1", "P\x001", "P" * 65, "../P1", "=P1", "P/1", 'P"1', "CON:1"])
def test_what_cannot_be_kept_or_named_is_refused(text):
    for check in (check_pseudonym, check_visit_name):
        with pytest.raises(RefusedEntry):
            check(text)


@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2025, 1, 1)),
    st.sampled_from(["%Y%m%d", "%Y-%m-%d", "%Y.%m.%d", "%d.%m.%Y", "%m-%d-%Y", "%d%m%Y", "%d.%m.%y"]),
    st.sampled_from(["", "P-", "P", "x_", "ID "]),
)
def test_every_date_is_found_however_it_is_written(day, layout, before):
    text = before + day.strftime(layout)
    with pytest.raises(RefusedEntry):
        check_pseudonym(text)
    with pytest.raises(RefusedEntry):
        check_visit_name(text)


@given(st.text())
def test_any_text_is_taken_as_it_is_or_refused(text):
    for check in (check_pseudonym, check_visit_name):
        with contextlib.suppress(RefusedEntry):
            assert check(text) == text


@pytest.mark.parametrize("text", ["baseline", "month 12", "2", "follow-up 3", "V1"])
def test_visits_are_named_by_words(text):
    assert check_visit_name(text) == text


def test_visits_are_not_named_by_people():
    with pytest.raises(RefusedEntry, match="DICOM name"):
        check_visit_name("Muster^Anna")
