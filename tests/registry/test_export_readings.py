from __future__ import annotations

import csv

import pytest

from sclerograph.errors import UsageError
from sclerograph.findings.json_file import read_reading
from sclerograph.registry import document as documents
from sclerograph.registry.corrections import NewCorrection
from sclerograph.registry.export_readings import TABLE_FILE, export_readings
from tests.registry.samples import new_reading


def test_readings_come_out_as_files_with_their_corrections_made(registry, tmp_path):
    registry.add_readings([new_reading("a", day=3), new_reading("b"), new_reading("c", pseudonym="P-2")])
    base = registry.readings_of("P-1")[0]
    change = {"op": "replace", "path": "/hands/0/tufts/0/grade", "value": 1}
    registry.correct(NewCorrection("P-1", "baseline", base.sha256, [change]), "Dr. A")
    assert export_readings(registry.current_readings(outlines=True), tmp_path / "out") == 3
    with (tmp_path / "out" / TABLE_FILE).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["patient"], row["visit"], row["day"]) for row in rows] == [
        ("P-1", "baseline", "3"),
        ("P-1", "baseline", "3"),
        ("P-2", "baseline", ""),
    ]
    assert [(row["corrections"], row["corrected_by"]) for row in rows] == [("1", "Dr. A"), ("0", ""), ("0", "")]
    for row in rows:
        path = tmp_path / "out" / row["file"]
        assert documents.digest(documents.parse(path.read_bytes())) == row["sha256"]
    assert read_reading(tmp_path / "out" / rows[0]["file"]).hands[0].tufts[0].grade == 1


def test_two_exports_are_not_mixed(registry, tmp_path):
    (tmp_path / "file").touch()
    for out in (tmp_path, tmp_path / "file"):
        with pytest.raises(UsageError):
            export_readings([], out)
