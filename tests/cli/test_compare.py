"""``sclerograph compare``: from two folders to a comparison, or one clear line."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from sclerograph.cli.main import app, main
from sclerograph.comparison.json_file import read_comparison
from sclerograph.findings.json_file import write_reading
from sclerograph.findings.records import Reading
from tests.comparison.visits import PX_PER_MM, beside, blob, hand, place, posture, reading


def visit(name: str, radius_mm: float, side: str = "L") -> Reading:
    points = posture()
    spot = blob("d1", place(beside(points, "PIP3", "DIP3", 0.4, 6.0)), radius_mm * PX_PER_MM, "MP3", 3)
    return reading([hand(place(points), [spot], side="L" if side == "L" else "R")], name=name)


@pytest.fixture
def visits(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folders of two visits, as `read` writes them."""
    folders = tmp_path / "out-a" / "visit-a", tmp_path / "out-b" / "visit-b"
    for folder, radius in zip(folders, (2.0, 4.0), strict=True):
        folder.mkdir(parents=True)
        write_reading(visit(folder.name, radius), folder / "reading.json")
    return folders


def write_picture(path: Path, rows: int, columns: int) -> None:
    """Write a film of nothing but a soft cloud: it is never read here."""
    y, x = np.mgrid[-1.0 : 1.0 : rows * 1j, -1.0 : 1.0 : columns * 1j]
    Image.fromarray(np.rint(60000.0 * np.exp(-2.0 * (x**2 + y**2))).astype(np.uint16)).save(path)


def compare(*arguments: object):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def stops(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Run the command as a shell does; return its exit status and what it says."""
    monkeypatch.setattr(sys, "argv", ["sclerograph", "compare", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0), capsys.readouterr().err.strip()


@pytest.mark.parametrize("given", ["folder", "file", "output"])
def test_folders_and_files_are_compared(visits, tmp_path, given):
    inputs = {
        "folder": visits,
        "file": tuple(folder / "reading.json" for folder in visits),
        "output": tuple(folder.parent for folder in visits),
    }[given]
    result = compare(*inputs, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    comparison = read_comparison(tmp_path / "out" / "comparison.json")
    assert [change.status for change in comparison.hands[0].deposits] == ["grown"]
    assert (comparison.first.name, comparison.second.name) == ("visit-a", "visit-b")
    assert (tmp_path / "out" / "comparison.html").is_file()
    assert "left hand, PA: deposits: 1 grown; calcified area: progression (+300 %)" in result.output
    assert "Not for diagnosis" in result.output


def test_films_are_found_by_their_content(visits, tmp_path):
    picture = tmp_path / "film.png"
    write_picture(picture, 1400, 1000)
    first = visit("visit-a", 2.0)
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    source = first.sources[0].model_copy(update={"sha256": digest})
    write_reading(first.model_copy(update={"sources": [source]}), visits[0] / "reading.json")
    result = compare(*visits, "--out", tmp_path / "out", "--film", picture)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8").count("data:image/jpeg") == 1


def test_errors_are_one_line_each(visits, tmp_path, monkeypatch, capsys):
    out = ("--out", tmp_path / "out")
    code, line = stops(monkeypatch, capsys, tmp_path / "nowhere", visits[1], *out)
    assert (code, "does not exist" in line, "\n" in line) == (2, True, False)
    code, line = stops(monkeypatch, capsys, tmp_path, visits[1], *out)
    assert (code, "no reading.json" in line) == (2, True)
    (visits[0] / "reading.json").write_text("{}", encoding="utf-8")
    code, line = stops(monkeypatch, capsys, visits[0], visits[1], *out)
    assert (code, "reading.json: JSON that names no layout" in line, "\n" in line) == (1, True, False)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_several_visits_is_not_guessed_at(visits, tmp_path, monkeypatch, capsys):
    other = visits[0].parent / "another"
    other.mkdir()
    write_reading(visit("another", 1.0), other / "reading.json")
    code, line = stops(monkeypatch, capsys, visits[0].parent, visits[1], "--out", tmp_path / "out")
    assert (code, "holds 2 visits" in line) == (2, True)


def test_a_film_of_neither_visit_is_refused(visits, tmp_path, monkeypatch, capsys):
    picture = tmp_path / "film.png"
    write_picture(picture, 400, 300)
    code, line = stops(monkeypatch, capsys, *visits, "--out", tmp_path / "out", "--film", picture)
    assert (code, "neither reading was made from this file" in line) == (2, True)


def test_hands_that_do_not_meet_are_told_and_written(visits, tmp_path):
    write_reading(visit("visit-b", 2.0, side="R"), visits[1] / "reading.json")
    result = compare(*visits, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "the other visit shows no left hand" in result.output
    assert read_comparison(tmp_path / "out" / "comparison.json").hands == []


def test_help_is_quick_and_says_what_is_written():
    result = CliRunner().invoke(app, ["compare", "--help"])
    assert result.exit_code == 0
    assert "comparison.json" in result.output
