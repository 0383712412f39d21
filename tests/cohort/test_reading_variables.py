from __future__ import annotations

from sclerograph.cohort.reading_variables import READING_COLUMNS, reading_values
from tests.findings.samples import small_reading


def test_a_reading_gives_every_column():
    reading = small_reading()
    values = reading_values(reading)
    assert tuple(values) == tuple(READING_COLUMNS)
    assert values["reading_deposits"] == len(reading.hands[0].deposits) == 1
    assert values["reading_calcinosis"] == 1.0
    assert values["reading_calcified_area_mm2"] == reading.calcified_area_mm2


def test_no_deposit_seen_is_only_none_there_where_all_hands_could_be_assessed():
    reading = small_reading()
    hand = reading.hands[0]
    clear = hand.model_copy(update={"deposits": []})
    blind = hand.model_copy(update={"deposits": [], "calcinosis_assessable": False})
    other = clear.model_copy(update={"side": "R"})
    none_there = reading.model_copy(update={"hands": [clear, other]})
    assert reading_values(none_there)["reading_calcinosis"] == 0.0
    half_seen = reading.model_copy(update={"hands": [blind, other]})
    assert reading_values(half_seen)["reading_calcinosis"] is None
    found_in_one = reading.model_copy(update={"hands": [blind, hand.model_copy(update={"side": "R"})]})
    assert reading_values(found_in_one)["reading_calcinosis"] == 1.0
    unseen = reading.model_copy(update={"hands": [blind], "acro_osteolysis": None})
    assert reading_values(unseen)["reading_deposits"] is None
    assert reading_values(unseen)["reading_acro_osteolysis"] is None
