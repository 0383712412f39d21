from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from examples.demo import Line, hands_on, lines_of, total
from tests.findings.samples import small_reading

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def truth_of_the_sample(side: str = "L") -> dict[str, Any]:
    deposits = [{"site": "DP4", "area_mm2": 2.0, "longest_diameter_mm": 2.25}]
    tufts = [{"digit": 3, "grade": 4, "length_deficit": 0.5}, {"digit": 5, "grade": 0, "length_deficit": 0.0}]
    return {"film": "film.dcm", "hands": [{"side": side, "deposits": deposits, "tufts": tufts}]}


def sample_hands() -> dict:
    reading = small_reading()
    return hands_on(reading.sources[0].file, reading)


def test_truth_stands_beside_measurement():
    assert lines_of(truth_of_the_sample(), sample_hands()) == [
        Line("left", "deposits", "1", "1"),
        Line("left", "calcified area, mm²", "2.0", "2.3"),
        Line("left", "longest deposit, mm", "2.2", "2.1"),
        Line("left", "  at DP4, mm²", "2.0", "2.3"),
        Line("left", "tuft 3", "grade 4, deficit 0.50", "grade 4, deficit 0.55"),
        Line("left", "tuft 5", "grade 0, deficit 0.00", "missing"),
    ]


def test_a_hand_that_was_missed_or_invented_is_said_so():
    assert lines_of(truth_of_the_sample("R"), sample_hands()) == [
        Line("right", "hand", "on the film", "not found"),
        Line("left", "hand", "not on the film", "found"),
    ]


def test_hands_of_another_film_of_the_visit_are_left_out():
    assert hands_on("other.dcm", small_reading()) == {}
    assert hands_on("film.dcm", None) == {}


def test_an_area_without_calibration_is_no_zero():
    assert total([]) == "0.0"
    assert total([1.0, None]) == "no millimetres"


@pytest.mark.parametrize("film", sorted(EXAMPLES.glob("*.dcm")), ids=lambda film: film.stem)
def test_every_example_has_its_truth(film):
    truth = json.loads(film.with_suffix(".truth.json").read_text(encoding="utf-8"))
    assert truth["film"] == film.name
    for hand in truth["hands"]:
        assert hand["side"] in ("L", "R")
        assert all(deposit["area_mm2"] > 0 and deposit["site"] for deposit in hand["deposits"])
        assert sorted(tuft["digit"] for tuft in hand["tufts"]) == [1, 2, 3, 4, 5]


def test_there_are_examples_of_disease_and_of_health():
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLES.glob("*.truth.json")]
    hands = [hand for truth in truths for hand in truth["hands"]]
    assert len(truths) >= 3
    assert any(hand["deposits"] for hand in hands)
    assert any(tuft["grade"] >= 2 for hand in hands for tuft in hand["tufts"])
    assert any(not hand["deposits"] and all(tuft["grade"] == 0 for tuft in hand["tufts"]) for hand in hands)


@pytest.mark.slow
def test_the_demo_runs_and_says_where_the_reports_are(tmp_path):
    command = [sys.executable, EXAMPLES / "demo.py", "--out", tmp_path / "out"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    reports = [line.strip() for line in result.stdout.splitlines() if line.strip().startswith("file://")]
    assert len(reports) == len(list(EXAMPLES.glob("*.dcm")))
    assert all(Path(report.removeprefix("file://")).stat().st_size > 10_000 for report in reports)
