from __future__ import annotations

import json
from pathlib import Path

import pytest

from sclerograph.errors import UsageError
from sclerograph.registry.intake import Assignment, Maker, add_folder, read_assignments
from tests.registry.samples import document

BASELINE = Assignment("P-1", "baseline")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return an output folder with three visits, a folder of something else and one that is being written."""
    for name in ("a", "b", "c"):
        write(tmp_path / "out" / name, json.dumps(document(name)))
    write(tmp_path / "out" / ".writing-d", "{")
    (tmp_path / "out" / "notes").mkdir()
    (tmp_path / "out" / "summary.csv").write_text("file\n")
    return tmp_path / "out"


def write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reading.json").write_text(text, encoding="utf-8")


def mapping(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "mapping.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_folder_goes_in_once(registry, out):
    first = add_folder(registry, out, BASELINE)
    assert (first.added, first.already_there, first.set_aside) == (3, 0, [])
    again = add_folder(registry, out, BASELINE)
    assert (again.added, again.already_there, again.set_aside) == (0, 3, [])
    assert registry.info().software_readings == 3


def test_the_folder_of_one_visit_goes_in_too(registry, out):
    assert add_folder(registry, out / "b", BASELINE).added == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not a JSON file"),
        ("", "not a JSON file"),
        ("{}", "names no layout"),
        (json.dumps({**document("x"), "hands": "none"}), "damaged reading"),
        (json.dumps({**document("x"), "schema": "sclerograph.reading/99"}), "another layout version"),
        ("[" * 100_000, "not a JSON file"),
    ],
)
def test_a_bad_reading_is_named_and_set_aside_and_the_others_go_in(registry, out, text, reason):
    write(out / "b", text)
    result = add_folder(registry, out, BASELINE)
    assert result.added == 2
    (problem,) = result.set_aside
    assert problem.what == "b"
    assert reason in problem.reason
    assert "\n" not in problem.reason


def test_a_reading_that_cannot_be_opened_is_set_aside(registry, out):
    (out / "b" / "reading.json").unlink()
    (out / "b" / "reading.json").mkdir()
    result = add_folder(registry, out, BASELINE)
    assert result.added == 2
    assert "cannot be opened" in result.set_aside[0].reason


def test_a_mended_reading_goes_in_later(registry, out):
    write(out / "b", "{")
    add_folder(registry, out, BASELINE)
    write(out / "b", json.dumps(document("b")))
    result = add_folder(registry, out, BASELINE)
    assert (result.added, result.already_there, result.set_aside) == (1, 2, [])


def test_the_same_reading_laid_out_otherwise_is_the_same(registry, out):
    add_folder(registry, out, BASELINE)
    write(out / "b", json.dumps(document("b"), indent=3))
    assert add_folder(registry, out, BASELINE).already_there == 3


def test_a_mapping_says_whose_each_folder_is(registry, out, tmp_path):
    path = mapping(tmp_path, "folder,patient,visit,day\na,P-1,baseline,0\nb,P-1,month 12,365\n\nz,P-3,baseline,\n")
    whose, problems = read_assignments(path)
    assert problems == []
    result = add_folder(registry, out, whose)
    assert registry.visits("P-1") == {"baseline": 0, "month 12": 365}
    assert result.added == 2
    assert {problem.what: problem.reason.partition(":")[0] for problem in result.set_aside} == {
        "c": "nobody said whose it is",
        "z": "no reading.json in it",
    }


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_mappings_of_any_spreadsheet_are_read(tmp_path, separator, encoding):
    text = 'Visit;Folder;Remark;PATIENT\r\nbaseline;ä;"x;y";P-1\r\n'.replace(";", separator)
    whose, problems = read_assignments(mapping(tmp_path, text, encoding))
    assert (whose, problems) == ({"ä": BASELINE}, [])


def test_bad_rows_of_a_mapping_are_named_and_set_aside(tmp_path):
    rows = [
        "folder,patient,visit,day",
        "a,P-1,baseline,0",
        "b,Muster^Anna,baseline,",
        "c,P-3,1960-03-04,",
        "d,P-4,baseline,04.03.1960",
        ",P-5,baseline,",
        "f,,baseline,",
        "g",
        "a,P-2,baseline,",
        "a,P-1,baseline,0",
    ]
    whose, problems = read_assignments(mapping(tmp_path, "\n".join(rows)))
    assert whose == {"a": Assignment("P-1", "baseline", 0)}
    lines = [int(problem.what.rpartition(" ")[2]) for problem in problems]
    assert lines == [3, 4, 5, 6, 7, 8, 9]
    assert "column 'day'" in problems[2].reason
    assert "Muster" not in "".join(problem.reason for problem in problems)
    assert "1960" not in "".join(problem.reason for problem in problems)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no column folder, patient, visit"),
        (b"folder,patient\n", "no column visit"),
        ("folder,patient,visit\nä,P-1,v\n".encode("latin-1"), "UTF-8"),
        (b"folder,patient,visit\n" + b"a" * 200_000 + b",P,v\n", "no CSV file"),
    ],
)
def test_what_is_no_mapping_is_wrong_usage(tmp_path, content, reason):
    path = tmp_path / "mapping.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        read_assignments(path)


def test_folders_without_readings_are_wrong_usage(registry, tmp_path):
    with pytest.raises(UsageError, match="there is no folder"):
        add_folder(registry, tmp_path / "none", BASELINE)
    with pytest.raises(UsageError, match=r"no reading\.json"):
        add_folder(registry, tmp_path, BASELINE)
    with pytest.raises(UsageError, match="cannot be read"):
        read_assignments(tmp_path / "none.csv")


def test_two_readers_with_the_same_findings_are_two_readings(registry, out):
    for reader in ("Dr. A", "Dr. B", "Dr. A"):
        add_folder(registry, out / "a", BASELINE, Maker("reader", reader))
    add_folder(registry, out / "a", BASELINE, Maker("reader", "Dr. A", "again"))
    assert registry.info().reader_readings == 3


def test_many_folders_go_in_by_batches_and_progress_is_told(registry, tmp_path):
    for number in range(70):
        write(tmp_path / "many" / f"v{number}", json.dumps(document(f"film {number}")))
    told: list[int] = []
    assert add_folder(registry, tmp_path / "many", BASELINE, progress=told.append).added == 70
    assert (sum(told), len(told)) == (70, 3)
