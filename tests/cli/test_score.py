from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sclerograph.cli.main import app
from sclerograph.errors import SclerographError, UsageError
from sclerograph.findings.json_file import write_reading
from sclerograph.scores.catalogue import NAMES, definition
from tests.scores.readings import both, deposit, hand
from tests.scores.test_form import EXAMPLE


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    folder = tmp_path / "readings"
    for name, calcium in (("one", []), ("two", [deposit("DP3", 3)])):
        (folder / name).mkdir(parents=True)
        visit = both(hand("L", deposits=calcium)).model_copy(update={"name": name})
        write_reading(visit, folder / name / "reading.json")
    return folder


def run(*arguments: str | Path):
    return CliRunner().invoke(app, ["score", *(str(argument) for argument in arguments)])


def patients(out: Path) -> dict[tuple[str, str], str]:
    with (out / "scores.csv").open(encoding="utf-8", newline="") as stream:
        return {
            (line["reading"], line["score"]): line["value"]
            for line in csv.DictReader(stream)
            if line["scope"] == "patient"
        }


def test_a_folder_of_readings(readings: Path, tmp_path: Path) -> None:
    result = run(readings, readings / "two" / "reading.json", "--out", tmp_path / "new" / "scores")
    assert result.exit_code == 0, result.output
    values = patients(tmp_path / "new" / "scores")
    assert len(values) == 2 * len(NAMES)
    assert values["one", "calcified_area"] == "0"
    assert values["two", "calcified_area"] == "4"
    document = json.loads((tmp_path / "new" / "scores" / "scores.json").read_text(encoding="utf-8"))
    assert len(document["readings"]) == 2


def test_one_score_and_a_form(readings: Path, tmp_path: Path) -> None:
    result = run(readings / "one", "--out", tmp_path, "--only", "johnstone_group", "--form", EXAMPLE)
    assert result.exit_code == 0, result.output
    assert patients(tmp_path) == {("one", "johnstone_group"): "normal/minimal", ("one", "form:made-up-example"): "0"}


def test_what_is_no_reading_is_named_and_the_others_are_scored(readings: Path, tmp_path: Path) -> None:
    (readings / "bad").mkdir()
    (readings / "bad" / "reading.json").write_text("{}", encoding="utf-8")
    result = run(readings, "--out", tmp_path, "--only", "calcified_area")
    assert result.exit_code == 1
    assert "rejected bad/reading.json" in result.output
    assert len(patients(tmp_path)) == 2


@pytest.mark.parametrize("missing", ["nowhere", "empty"])
def test_without_readings_it_is_wrong_usage(tmp_path: Path, missing: str) -> None:
    (tmp_path / "empty").mkdir()
    result = run(tmp_path / missing, "--out", tmp_path / "scores")
    assert isinstance(result.exception, UsageError)
    assert not (tmp_path / "scores").exists()


def test_an_unknown_score_and_a_bad_form_stop_it_before_anything_is_written(readings: Path, tmp_path: Path) -> None:
    for arguments in (("--only", "sctc"), ("--form", readings / "one" / "reading.json")):
        result = run(readings, "--out", tmp_path / "scores", *arguments)
        assert isinstance(result.exception, SclerographError)
        assert not (tmp_path / "scores").exists()


def test_a_folder_that_cannot_be_made(readings: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path / "file")
    assert isinstance(run(readings, "--out", tmp_path / "file").exception, UsageError)


def test_the_list_and_the_help_come_from_the_catalogue() -> None:
    listed = run("--list")
    assert listed.exit_code == 0
    for name in NAMES:
        assert f"{name}: {definition(name).title}" in listed.output
    assert "[recalled] common usage" in listed.output
    assert "metacarpal_cortical_index" in run("--help").output.replace("\n", "").replace(" ", "")
