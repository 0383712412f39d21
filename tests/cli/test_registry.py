"""``sclerograph registry`` from an output folder to corrected readings."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sclerograph.cli.main import app
from sclerograph.errors import InputRejected, MissingComponent, UsageError
from tests.registry.samples import document


def run(*arguments: object):
    return CliRunner().invoke(app, ["registry", *map(str, arguments)])


@pytest.fixture
def address(tmp_path: Path) -> Path:
    path = tmp_path / "registry.sqlite"
    assert run("init", path).exit_code == 0
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        folder = tmp_path / "out" / name
        folder.mkdir(parents=True)
        (folder / "reading.json").write_text(json.dumps(document(name)))
    return tmp_path / "out"


def exported(address: Path, folder: Path) -> list[dict[str, str]]:
    assert run("export-readings", address, "--out", folder).exit_code == 0
    with (folder / "readings.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_from_folder_to_corrected_reading(address, out, tmp_path):
    added = run("add", address, out, "--patient", "P-1", "--visit", "baseline", "--day", 0)
    assert (added.exit_code, added.output.strip()) == (0, "2 readings added, 0 already there")
    again = run("add", address, out, "--patient", "P-1", "--visit", "baseline")
    assert (again.exit_code, again.output.strip()) == (0, "0 readings added, 2 already there")

    first, _ = exported(address, tmp_path / "export")
    before = tmp_path / "export" / first["file"]
    after = tmp_path / "edited.json"
    after.write_text(before.read_text().replace('"grade":4', '"grade":2'))
    file = tmp_path / "corrections.json"
    options = ("--patient", "P-1", "--visit", "baseline", "--out", file, "--comment", "base intact")
    assert "1 change written" in run("difference", before, after, *options).output

    assert "1 correction recorded, 0 already" in run("correct", address, file, "--author", "Dr. A").output
    assert "0 corrections recorded, 1 already" in run("correct", address, file, "--author", "Dr. A").output
    other = run("correct", address, file, "--author", "Dr. B")
    assert other.exit_code == 1
    assert "set aside: correction 1: " in other.output

    corrected, untouched = exported(address, tmp_path / "corrected")
    assert (corrected["corrected_by"], untouched["corrected_by"]) == ("Dr. A", "")
    assert '"grade":2' in (tmp_path / "corrected" / corrected["file"]).read_text()

    named = ("--patient", "P-1", "--visit", "baseline", "--author", "Dr. A", "--reason", "of another patient")
    assert run("withdraw", address, untouched["sha256"], *named).exit_code == 0
    assert len(exported(address, tmp_path / "rest")) == 1
    info = dict(line.rsplit(maxsplit=1) for line in run("info", address).output.splitlines())
    assert info == {
        "kind": "SQLite",
        "layout": info["layout"],
        "patients": "1",
        "visits": "1",
        "films": "2",
        "software readings": "2",
        "reader readings": "0",
        "corrections": "1",
        "withdrawals": "1",
        "clinical values": "0",
        "erased patients": "0",
    }


def test_bad_folders_and_rows_are_named_and_the_others_go_in(address, out, tmp_path):
    (out / "b" / "reading.json").write_text("{")
    mapping = tmp_path / "mapping.csv"
    mapping.write_text("folder,patient,visit\na,P-1,baseline\nb,P-2,baseline\nc,Muster^Anna,baseline\n")
    result = run("add", address, out, "--mapping", mapping)
    assert result.exit_code == 1
    assert "1 reading added" in result.output
    assert "set aside: b: not a JSON file" in result.output
    assert f"set aside: {mapping}, line 4: a pseudonym that looks like the name of a patient" in result.output
    assert "Muster" not in result.output


def test_a_reader_can_have_made_the_readings(address, out, tmp_path):
    mine = ("--patient", "P-1", "--visit", "baseline", "--reader", "Dr. A", "--occasion", "second time")
    assert run("add", address, out, *mine).exit_code == 0
    assert exported(address, tmp_path / "software") == []
    assert run("export-readings", address, "--out", tmp_path / "reader", "--origin", "reader").exit_code == 0
    assert "second time" in (tmp_path / "reader" / "readings.csv").read_text()


@pytest.mark.parametrize("name", ["Muster^Anna", "1960-03-04", "0012345678"])
def test_no_name_becomes_a_pseudonym(address, out, name):
    result = run("add", address, out, "--patient", name, "--visit", "baseline")
    assert isinstance(result.exception, InputRejected)
    assert name not in str(result.exception)
    assert run("info", address).output.count(" 0\n") >= 6


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--patient", "P-1"),
        ("--visit", "baseline"),
        ("--mapping", "m.csv", "--patient", "P-1", "--visit", "baseline"),
        ("--mapping", "m.csv", "--day", "3"),
        ("--patient", "P-1", "--visit", "baseline", "--occasion", "again"),
        ("--mapping", "none.csv"),
    ],
)
def test_it_must_be_clear_whose_readings_they_are(address, out, options):
    assert isinstance(run("add", address, out, *options).exception, UsageError)


@pytest.mark.parametrize(
    "arguments",
    [
        ("info", "none.sqlite"),
        ("add", "none.sqlite", ".", "--patient", "P-1", "--visit", "baseline"),
        ("correct", "none.sqlite", "c.json", "--author", "Dr. A"),
        ("difference", "a.json", "b.json", "--patient", "P", "--visit", "v", "--out", "c.json"),
        ("init", "none/r.sqlite"),
    ],
)
def test_what_is_not_there_is_one_line(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert "\n" not in str(error)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "sqlalchemy.exc", None)
    error = run("init", tmp_path / "r.sqlite").exception
    assert isinstance(error, MissingComponent)
    assert "sclerograph[cohort]" in str(error)


def test_a_failing_database_is_one_line_without_what_it_said(address, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from sclerograph.registry.store import Registry

    def fail(self):
        raise OperationalError("SELECT", {"name": "Muster"}, Exception("disk full: Muster"))

    monkeypatch.setattr(Registry, "info", fail)
    error = run("info", address).exception
    assert isinstance(error, UsageError)
    assert "Muster" not in str(error)


def test_a_patient_is_erased_only_when_asked_to(address, out):
    run("add", address, out, "--patient", "P-1", "--visit", "baseline")
    said = ("--author", "Dr. A", "--reason", "consent withdrawn")
    preview = run("forget", address, "P-1", *said)
    assert preview.exit_code == 0
    assert "nothing was erased" in preview.output
    assert "readings          2" in preview.output
    done = run("forget", address, "P-1", *said, "--yes")
    assert "the patient is erased" in done.output
    assert "patients          0" in run("info", address).output
    again = run("add", address, out, "--patient", "P-1", "--visit", "baseline")
    assert again.exit_code == 1
    assert "who was erased" in again.output
