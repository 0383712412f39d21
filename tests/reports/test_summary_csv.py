from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sclerograph.errors import UsageError
from sclerograph.findings.records import Reading
from sclerograph.reports.summary_csv import COLUMNS, write_summary
from tests.reports import measured, synthetic


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def named(name: str, sides: str = "LR") -> Reading:
    return synthetic.reading(sides).model_copy(update={"name": name})


def test_one_line_a_hand_with_the_numbers_of_the_reading(tmp_path: Path) -> None:
    reading = synthetic.reading()
    write_summary([reading], tmp_path / "summary.csv")
    left, right = rows(tmp_path / "summary.csv")
    assert tuple(left) == COLUMNS
    assert (left["side"], right["side"]) == ("L", "R")
    area = sum(d.area_mm2 or 0.0 for d in reading.hands[0].deposits)
    assert float(left["calcified_area_mm2"]) == pytest.approx(area, rel=1e-4)
    assert left["deposits"] == "9"
    assert [left[f"acro_osteolysis_grade_digit_{n}"] for n in range(1, 6)] == ["1", "3", "4", "0", ""]
    assert sum(float(left[f"calcified_area_mm2_digit_{n}"]) for n in range(1, 6)) < area
    assert right["not_assessable"] == "distal radius: cut off by the edge of the film"


def test_the_columns_stay_where_they_are() -> None:
    # Adding a column at the end is fine; moving, renaming or removing one breaks everybody's tables.
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert COLUMNS[:6] == ("reading", "hand", "source", "file", "file_sha256", "side")
    assert COLUMNS.index("calcified_area_mm2") == 16
    assert COLUMNS.index("research_use") == 48


def test_what_is_not_known_is_empty_and_no_zero(tmp_path: Path) -> None:
    reading = synthetic.reading("L", calibrated=False)
    unseen = reading.hands[0].model_copy(update={"calcinosis_assessable": False, "acro_osteolysis": None, "tufts": []})
    write_summary([reading, reading.model_copy(update={"name": "unseen", "hands": [unseen]})], tmp_path / "summary.csv")
    flat, blind = rows(tmp_path / "summary.csv")
    assert flat["mm_per_pixel"] == flat["calcified_area_mm2"] == flat["calcified_area_mm2_digit_1"] == ""
    assert float(flat["calcified_area_px"]) > 0.0
    assert blind["deposits"] == blind["calcified_area_px"] == blind["acro_osteolysis_total"] == ""
    assert blind["calcinosis_assessable"] == "false"


def test_joints_cortex_and_flexion(tmp_path: Path) -> None:
    write_summary([measured.reading(), named("z", "L")], tmp_path / "summary.csv")
    line, unmeasured = rows(tmp_path / "summary.csv")
    assert (line["joint_spaces_assessed"], line["narrowing_sum"]) == ("3", "7")
    assert (line["joints_narrowed"], line["joints_ankylosed"], line["joints_subluxated"]) == ("2", "1", "1")
    assert (line["erosion_suspicion_maximum"], line["erosion_places"]) == ("0.91", "1")
    assert (line["cmc1_subluxation_ratio"], line["ulnar_variance_mm"]) == ("0.28", "")
    assert (line["flexion_deg_digit_4"], line["flexion_deg_digit_5"], line["digits_flexed"]) == ("44.6", "", "4")
    assert (line["pulp_thickness_mm_digit_2"], line["cortical_index_mean"], line["rotation_deg"]) == ("3.6", "", "6")
    assert unmeasured["joint_spaces_assessed"] == "0"
    blank = ("narrowing_sum", "joints_narrowed", "joints_ankylosed", "erosion_places", "digits_flexed", "rotation_deg")
    assert {unmeasured[column] for column in blank} == {""}


def test_visits_are_merged_and_a_repeated_one_replaces_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    write_summary([named("b")], path)
    write_summary([named("a"), named("c", "R")], path)
    first = path.read_bytes()
    write_summary([named("b")], path)
    assert path.read_bytes() == first
    assert [r["reading"] for r in rows(path)] == ["a", "a", "b", "b", "c"]
    write_summary([named("b", "L")], path)
    assert [r["reading"] for r in rows(path)] == ["a", "a", "b", "c"]


def test_a_reading_without_a_hand_has_a_line(tmp_path: Path) -> None:
    write_summary([named("empty", "")], tmp_path / "summary.csv")
    (line,) = rows(tmp_path / "summary.csv")
    assert (line["reading"], line["hand"], line["not_assessable"]) == ("empty", "", "no hand found")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝1"])
def test_no_cell_is_a_formula_and_lines_stay_lines(text: str, tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    reading = named("visit", "L")
    hand = reading.hands[0].model_copy(update={"not_assessable": [text, 'a "quoted", text\nwith a line']})
    source = reading.sources[0].model_copy(update={"file": text})
    dangerous = reading.model_copy(update={"name": text, "hands": [hand], "sources": [source]})
    write_summary([dangerous], path)
    (line,) = rows(path)
    for column in ("reading", "file", "not_assessable"):
        assert line[column].startswith("'")
    assert path.read_text(encoding="utf-8").count("\n") == 2
    # Written once more, the line is found again and not doubled, and its apostrophe stays one.
    write_summary([dangerous], path)
    assert rows(path) == [line]


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    reading = named("visit", "L")
    tufts = [reading.hands[0].tufts[0].model_copy(update={"length_deficit": -0.0321})]
    hand = reading.hands[0].model_copy(update={"tufts": tufts})
    write_summary([reading.model_copy(update={"hands": [hand]})], tmp_path / "summary.csv")
    assert rows(tmp_path / "summary.csv")[0]["length_deficit_digit_1"] == "-0.0321"


@pytest.mark.parametrize("content", [b"reading,other\na,b\n", b"\xff\xfe\x00", b""])
def test_a_foreign_file_is_neither_merged_nor_lost(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="other columns"):
        write_summary([named("visit")], path)
    assert path.read_bytes() == content
