from __future__ import annotations

import pytest

from sclerograph.anatomy.hand import JOINTS, SITES
from sclerograph.cohort.reading_rows import ReadingVisit, reading_rows
from sclerograph.findings.records import CalcinosisTotal
from tests.scores.readings import both, deposit, hand, joints, unmeasured_hand

TOTAL = CalcinosisTotal(scope="hand", name="hand", deposits=0, area_px=0.0, area_mm2=0.0, area_ratio=0.0)


def rows(table, left=None, right=None):
    visit = ReadingVisit("P", both(left, right), "baseline", 3)
    return list(reading_rows(visit, table))


ROWS = {"visits": 1, "hands": 2, "digits": 10, "joints": 2 * len(JOINTS), "sites": 2 * len(SITES)}


@pytest.mark.parametrize(("table", "expected"), list(ROWS.items()))
def test_every_place_of_both_hands_has_its_row(table, expected):
    found = rows(table)
    assert len(found) == expected
    assert {row["patient"] for row in found} == {"P"}
    assert len({tuple(row) for row in found}) == 1


def test_a_digit_has_its_tuft_its_deposits_and_its_flexion():
    left = hand(
        "L", grades=(0, 3, None, 0, 0), deposits=[deposit("DP2", 2, area_px=100.0), deposit("PP2", 2, area_px=50.0)]
    )
    digits = {(row["side"], row["digit"]): row for row in rows("digits", left)}
    second = digits["L", "2"]
    assert (second["tuft_grade"], second["deposits"], second["deposit"]) == (3.0, 2.0, 1.0)
    assert second["calcified_area_mm2"] == pytest.approx(6.0)
    assert digits["L", "3"]["tuft_grade"] is None
    assert digits["R", "2"]["deposit"] == 0.0
    assert digits["R", "2"]["flexed"] == 0.0


def test_no_deposit_is_no_area_only_where_the_film_has_millimetres():
    calibrated, other = hand("L", calcinosis=[TOTAL]), hand("R")
    areas = {row["side"]: row["calcified_area_mm2"] for row in rows("hands", calibrated, other)}
    assert areas == {"L": 0.0, "R": None}


def test_what_was_not_assessed_has_a_row_without_values():
    left = unmeasured_hand("L")
    (row,) = (row for row in rows("sites", left) if (row["side"], row["site"]) == ("L", "DP1"))
    assert (row["deposit"], row["deposits"]) == (None, None)
    joint = next(row for row in rows("joints", left) if row["side"] == "L")
    assert {joint[name] for name in ("narrowing_grade", "eroded", "subluxated", "space_width_mm")} == {None}


def test_a_joint_keeps_the_reader_s_grade_of_an_erosion_and_the_software_s_suspicion():
    left = hand("L", joints=joints({"PIP3": {"erosion_grade": 0, "erosion_suspicion": 0.9}}))
    (row,) = (row for row in rows("joints", left) if (row["side"], row["joint"]) == ("L", "PIP3"))
    assert (row["erosion_grade"], row["erosion_suspicion"], row["eroded"]) == (0.0, 0.9, 0.0)
