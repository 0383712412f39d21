from __future__ import annotations

from sclerograph.findings.records import NOT_MEASURED
from sclerograph.reports.measure_table import bone_rows, finger_rows, flexion_sentence, quality_rows
from tests.reports import measured, synthetic


def test_every_value_has_its_unit_and_interval_or_its_reason() -> None:
    rows = {row.what: row for row in bone_rows(measured.hand(), calibrated=True)}
    assert rows["First CMC joint, overhang of the metacarpal’s base"].value == "0.28 of its width"
    assert rows["Trapezium, size"].value.startswith("70 %")
    assert (rows["Trapezium, size"].interval, rows["Trapezium, size"].remark) == (
        "60 to 80",
        "smaller than build explains",
    )
    assert (rows["First metacarpal, size"].value, rows["First metacarpal, size"].remark) == ("–", measured.HIDDEN)
    assert rows["Ulnar variance"].remark == "too little of radius or ulna is on the film"
    assert (rows["Cortical index, MC2"].value, rows["Cortical index, MC2"].interval) == ("0.512", "0.490 to 0.530")
    assert rows["Cortical index, MC3"].remark == "overexposed: its walls are white"
    assert rows["Cortical index, mean of MC2 to MC4"].remark == "MC3 not assessable"
    assert "At the narrowest part, mean" not in rows


def test_a_hand_in_which_nothing_was_measured_says_so_everywhere() -> None:
    rows = bone_rows(synthetic.reading("L").hands[0], calibrated=True)
    assert all(row.remark for row in rows if row.value == "–")


def test_measures_that_lack_a_value_for_one_reason_share_a_row() -> None:
    hand = synthetic.reading("L").hands[0]
    (row,) = bone_rows(hand, calibrated=True)
    assert row.what.startswith("First CMC joint; Ulnar variance; Cortical index, MC2;")
    assert row.remark == NOT_MEASURED


def test_digits() -> None:
    rows = {row.name: row for row in finger_rows(measured.hand(), calibrated=True)}
    assert len(rows) == 5
    ring = rows["ring finger"]
    assert (ring.flexion, ring.flexion_interval, ring.flagged, ring.flexion_reason) == ("45", "31 to 57", True, "")
    assert rows["little finger"].flexion_reason == "its phalanges overlap"
    index = rows["index finger"]
    assert (index.pulp, index.pulp_interval, index.pulp_ratio, index.tapering) == ("3.6", "3.1 to 4.1", "0.41", "0.84")
    assert rows["middle finger"].tip_reason == measured.HIDDEN
    assert rows["thumb"].flexion_reason == rows["thumb"].tip_reason == "not measured"
    assert {row.name: row for row in finger_rows(measured.hand(), calibrated=False)}["index finger"].pulp == "9.0"


def test_flexed_digits_are_named() -> None:
    assert flexion_sentence(measured.hand()) == "flexed: ring finger"
    assert flexion_sentence(synthetic.reading("L").hands[0]) is None


def test_quality() -> None:
    rows = {row.what: row for row in quality_rows(measured.hand())}
    assert (rows["Turned out of the film"].value, rows["Turned out of the film"].interval) == ("6 degrees", "0 to 13")
    assert rows["Cut off by the edge"].value == "digit 5, DP5"
    assert rows["Width of bone edges"].value == "0.21 mm"
    assert rows["Bone against soft tissue, times the noise"].remark == "no shaft is clear of calcium"
    assert rows["Digits that lie over each other"].value == "3 and 4 (34 %)"


def test_a_film_whose_quality_was_not_measured_is_not_called_good() -> None:
    rows = quality_rows(synthetic.reading("L").hands[0])
    assert all(row.value == "–" for row in rows)
