"""``sclerograph read`` from file to folder, with networks that know the drawn hands exactly."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from sclerograph.batch import work
from sclerograph.cli.main import app
from sclerograph.errors import UsageError
from sclerograph.findings.json_file import read_reading
from tests.hand.scenes import ExactNetworks, Placed, Scene, film_of

PLACED = Placed()


@pytest.fixture
def films(tmp_path, monkeypatch) -> Path:
    """Return a folder with one drawn hand, and let the exact networks see it."""
    folder = tmp_path / "films"
    folder.mkdir()
    pixels = film_of(Scene(), PLACED, greys=True).pixels
    Image.fromarray(np.rint(pixels * 65535).astype(np.uint16)).save(folder / "hand.png")
    monkeypatch.setattr("sclerograph.networks.runner.load_networks", lambda threads=None: networks)
    networks = ExactNetworks({"hand.png": [(Scene(), PLACED)]})
    work._networks.cache_clear()
    yield folder
    work._networks.cache_clear()


def read(*arguments: object):
    return CliRunner().invoke(app, ["read", *map(str, arguments)])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_film_becomes_a_folder_and_a_line_of_the_summary(films, tmp_path):
    out = tmp_path / "out"
    result = read(films / "hand.png", "--out", out)
    assert result.exit_code == 0, result.output
    assert {path.name for path in (out / "hand").iterdir()} >= {"reading.json", "report.html", "overlay.png"}
    reading = read_reading(out / "hand" / "reading.json")
    assert (reading.name, len(reading.hands)) == ("hand", 1)
    (line,) = rows(out / "summary.csv")
    assert line["file"] == "hand.png"
    assert rows(out / "rejected.csv") == []
    assert "1 visit read" in result.output
    assert "Not for diagnosis" in result.output


def test_options_reach_the_reading(films, tmp_path):
    result = read(films, "--out", tmp_path / "out", "--side", "r", "--view", "ap", "--mm-per-pixel", "0.2")
    assert result.exit_code == 0, result.output
    document = json.loads((tmp_path / "out" / "hand" / "reading.json").read_text())
    assert document["sources"][0]["calibration"]["source"] == "ruler"
    assert document["sources"][0]["calibration"]["mm_per_pixel"] == 0.2
    assert (document["hands"][0]["side"], document["hands"][0]["view"]) == ("R", "AP")


def test_a_rejected_input_is_named_and_the_others_are_read(films, tmp_path):
    # Both in this process: a batch of several visits is tested with its own processes in tests/batch.
    assert read(films, "--out", tmp_path / "out").exit_code == 0
    (films / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = read(films, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    (line,) = rows(tmp_path / "out" / "rejected.csv")
    assert line["file"].endswith("broken.png")
    assert line["kind"] == "UnreadableFile"
    assert line["reason"] in result.output
    assert "0 visits read, 1 already current" in result.output
    assert len(rows(tmp_path / "out" / "summary.csv")) == 1


def test_reading_again_finds_the_film_current_and_force_reads_it_again(films, tmp_path):
    arguments = (films, "--out", tmp_path / "out")
    read(*arguments)
    written = (tmp_path / "out" / "hand" / "reading.json").stat().st_mtime_ns
    assert "0 visits read, 1 already current" in read(*arguments).output
    assert (tmp_path / "out" / "hand" / "reading.json").stat().st_mtime_ns == written
    assert "1 visit read, 0 already current" in read(*arguments, "--force").output
    assert (tmp_path / "out" / "hand" / "reading.json").stat().st_mtime_ns > written


@pytest.mark.parametrize("value", ["0", "-1", "10", "nan"])
def test_senseless_millimetres_are_wrong_usage(films, tmp_path, value):
    result = read(films, "--out", tmp_path / "out", "--mm-per-pixel", value)
    assert isinstance(result.exception, UsageError)
    assert not (tmp_path / "out").exists()
