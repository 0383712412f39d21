from __future__ import annotations

import csv
from pathlib import Path

from sclerograph.batch.tables import join_summaries, write_rejected
from sclerograph.batch.work import FilmState


def folder_with(parent: Path, name: str, text: str) -> Path:
    (parent / name).mkdir()
    (parent / name / "summary.csv").write_text(text, encoding="utf-8")
    return parent / name


def test_summaries_are_joined_with_every_column_that_occurs(tmp_path):
    first = folder_with(tmp_path, "a", "reading,side\na,L\na,R\n")
    second = folder_with(tmp_path, "b", 'reading,grade,side\n"b, the second",4,L\n')
    join_summaries([first, second, tmp_path / "not there"], tmp_path / "summary.csv")
    with (tmp_path / "summary.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows == [
        {"reading": "a", "side": "L", "grade": ""},
        {"reading": "a", "side": "R", "grade": ""},
        {"reading": "b, the second", "side": "L", "grade": "4"},
    ]


def test_rejected_inputs_stand_with_kind_and_reason(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_rejected([FilmState(tmp_path / "a, b.png", None, "UnreadableFile", 'it "is" empty')], tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["file", "kind", "reason"],
            ["a, b.png", "UnreadableFile", 'it "is" empty'],
        ]


def test_without_rejections_there_is_the_header_alone(tmp_path):
    write_rejected([], tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text() == "file,kind,reason\n"
