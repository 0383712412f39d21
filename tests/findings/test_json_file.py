from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.errors import UnreadableFile
from sclerograph.findings.json_file import read_reading, reading_text, write_reading
from sclerograph.findings.records import Outline, Reading
from tests.findings.samples import small_reading

# The contract of the layout, as the design fixes it: whoever reads these keys must go on finding them.
CONTRACT = """
{"schema": "sclerograph.reading/1",
 "software": {"version": "0.1.0", "models": [{"name": "...", "sha256": "..."}]},
 "sources": [{"id": "s1", "file": "a.dcm", "sha256": "...", "rows": 2313, "columns": 1783,
              "calibration": {"source": "none", "mm_per_pixel": null}}],
 "hands": [{"source": "s1", "side": "L", "side_source": "chirality", "view": "PA", "box": [0, 0, 0, 0],
   "landmarks": {"TIP2": {"x": 0.0, "y": 0.0, "confidence": 0.97}},
   "deposits": [{"id": "d1", "site": "DP4", "compartment": "pulp", "morphology": "clustered",
                 "contours": [[[0.0, 0.0], [1.0, 0.0]]], "area_px": 0.0, "area_mm2": null,
                 "longest_diameter_px": 0.0, "longest_diameter_mm": null, "relative_density": 0.8, "confidence": 0.9}],
   "tufts": [{"digit": 3, "grade": 4, "length_deficit": 0.55, "assessable": true, "confidence": 0.9}],
   "joints": [{"joint": "PIP2", "space_width_mm": null, "space_width_px": 9.1, "space_ratio": 0.05,
               "narrowing_grade": 1, "erosion_suspicion": 0.2, "subluxation_ratio": 0.0, "assessable": true}],
   "alignment": {"cmc1_subluxation_ratio": 0.1, "flexion": [{"digit": 5, "angle_deg": 25.0, "flagged": true}]},
   "cortex": [{"bone": "MC2", "cortical_index": 0.45}]}]}
"""


def key_paths(tree: Any, prefix: str = "") -> set[str]:
    if isinstance(tree, dict):
        return {prefix} | {path for key, value in tree.items() for path in key_paths(value, f"{prefix}.{key}")}
    if isinstance(tree, list) and tree and isinstance(tree[0], dict):
        return {path for item in tree for path in key_paths(item, f"{prefix}[]")}
    return {prefix}


def test_every_key_of_the_contract_is_written(tmp_path: Path) -> None:
    write_reading(small_reading(), tmp_path / "reading.json")
    written = json.loads((tmp_path / "reading.json").read_text(encoding="utf-8"))
    assert key_paths(json.loads(CONTRACT)) - key_paths(written) == set()
    assert written["schema"] == "sclerograph.reading/1"


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "reading.json"
    write_reading(small_reading(), path)
    again = read_reading(path)
    assert reading_text(again) == path.read_text(encoding="utf-8")
    assert again.hands[0].deposits[0].site == "DP4"
    assert again.sources[0].calibration.mm_per_pixel == 0.14999999999999997


def test_numbers_are_rounded_by_their_unit() -> None:
    hand = json.loads(reading_text(small_reading()))["hands"][0]
    assert hand["landmarks"]["TIP2"]["x"] == 12.35
    assert hand["box"] == [0.0, 0.0, 90.12, 120.0]
    deposit = hand["deposits"][0]
    assert deposit["contours"] == [[[10.0, 10.0], [20.0, 10.0], [20.0, 20.0], [10.0, 20.1]]]
    assert (deposit["area_px"], deposit["longest_diameter_mm"]) == (100.12, 2.1213)
    assert deposit["relative_density"] == 0.81235
    assert hand["calcinosis"][0]["area_ratio"] == 0.00012346


def test_one_line_holds_one_contour() -> None:
    lines = [line.strip(" ,") for line in reading_text(small_reading()).splitlines()]
    assert lines.count("[[10.0,10.0],[20.0,10.0],[20.0,20.0],[10.0,20.1]]") == 3


coordinate = st.floats(-1e4, 1e4)
contour = st.lists(st.tuples(coordinate, coordinate), max_size=6)


@settings(deadline=None, max_examples=40)
@given(contours=st.lists(contour, max_size=4), note=st.text(max_size=20))
def test_any_contour_and_any_text_survive(contours: list[list[tuple[float, float]]], note: str) -> None:
    base = small_reading()
    hand = base.hands[0].model_copy(update={"bones": [Outline(bone="DP2", contours=contours, confidence=1.0)]})
    # Half of a surrogate pair is no text: pydantic refuses it when a reading is made.
    note = note.encode("utf-8", "ignore").decode("utf-8")
    text = reading_text(base.model_copy(update={"hands": [hand], "name": note}))
    again = Reading.model_validate_json(text, strict=True)
    assert again.name == note
    assert again.hands[0].bones[0].contours == [[(round(x, 1), round(y, 1)) for x, y in c] for c in contours]
    assert reading_text(again) == text


def damaged(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(reading_text(small_reading()))
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a JSON file"),
        ("\x00\xff", "not a JSON file"),
        ("[" * 100_000, "not a JSON file"),
        (reading_text(small_reading())[:500], "not a JSON file"),
        ("[1, 2]", "no reading of this software"),
        ('{"schema": 7}', "no reading of this software"),
        ('{"schema": "sclerograph.reading/2"}', "another layout version"),
        (damaged(lambda d: d.pop("sources")), "sources: Field required"),
        (damaged(lambda d: d["hands"][0].update(secret="Smith")), "hands.0.secret: Extra inputs"),
        (damaged(lambda d: d["hands"][0]["deposits"][0].update(area_px="Smith")), "hands.0.deposits.0.area_px"),
        (damaged(lambda d: d["hands"][0]["deposits"][0].update(area_px="12.0")), "hands.0.deposits.0.area_px"),
        (damaged(lambda d: d["hands"][0].update(side="Smith")), "hands.0.side"),
        (damaged(lambda d: d["hands"][0].update(source="s2")), "hands.0.source: no such source"),
        (damaged(lambda d: d["sources"].append(d["sources"][0])), "two sources have the same id"),
        (damaged(lambda d: d["hands"][0]["deposits"].append(d["hands"][0]["deposits"][0])), "two deposits"),
        (reading_text(small_reading()).replace("0.97", "NaN"), "a damaged reading"),
    ],
)
def test_a_damaged_reading_is_named_without_its_values(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "reading.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=message) as caught:
        read_reading(path)
    assert "Smith" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_a_system_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_reading(tmp_path / "reading.json")
