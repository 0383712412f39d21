from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from sclerograph.errors import UnreadableFile, UsageError
from sclerograph.registry.table.raw import CellKind
from sclerograph.registry.table.read import read_table


def save(tmp_path, *sheets, name="table.xlsx"):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
    path = tmp_path / name
    book.save(path)
    return path


def test_cells_keep_what_they_are(tmp_path):
    rows = [
        ["id", "value", None],
        [None, None, None],
        ["P-1", 2.5],
        ["P-2", 3.0],
        ["P-3", datetime(2015, 2, 13, 8, 30)],
        ["P-4", date(2015, 2, 14)],
        ["P-5", True],
        ["P-6", "=1+1"],
        ["P-7", " text "],
        ["P-8", None],
        ["P-9", "#DIV/0!"],
    ]
    table = read_table(save(tmp_path, rows))
    assert table.headers == ("id", "value")
    assert table.rows.tolist() == list(range(3, 12))
    assert table.columns[1] == ["2.5", "3", "2015-02-13", "2015-02-14", "true", "=1+1", "text", "", "#DIV/0!"]
    assert [CellKind(kind) for kind in table.kinds[1]] == [
        CellKind.NUMBER,
        CellKind.NUMBER,
        CellKind.DATE,
        CellKind.DATE,
        CellKind.TRUTH,
        CellKind.FORMULA,
        CellKind.TEXT,
        CellKind.TEXT,
        CellKind.ERROR,
    ]
    assert 0 not in table.kinds


def test_cells_beyond_the_header_are_named(tmp_path):
    assert read_table(save(tmp_path, [["id", "a"], ["P-1", 1, 2], ["P-2", 1]])).ragged == {0}


def test_the_sheet_that_holds_something_is_read(tmp_path):
    assert read_table(save(tmp_path, [], [["id"], ["P-1"]])).columns == (["P-1"],)


def test_of_two_sheets_one_has_to_be_named(tmp_path):
    path = save(tmp_path, [["id"], ["P-1"]], [["id"], ["P-2"]])
    with pytest.raises(UsageError, match="2 sheets"):
        read_table(path)
    assert read_table(path, sheet="s1").columns == (["P-2"],)
    with pytest.raises(UsageError, match="no sheet of the name"):
        read_table(path, sheet="s9")


@pytest.mark.parametrize("sheets", [[[]], [[["id"]]]])
def test_a_workbook_without_rows_is_refused(tmp_path, sheets):
    with pytest.raises(UnreadableFile, match="nothing to import"):
        read_table(save(tmp_path, *sheets))


def test_a_named_sheet_without_cells_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="empty sheet"):
        read_table(save(tmp_path, [], [["id"], ["P-1"]]), sheet="s0")


def test_what_only_pretends_to_be_a_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"id,mrss\nP-1,4\n")
    with pytest.raises(UnreadableFile, match="no workbook"):
        read_table(path)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("hello.txt", "hello")
    path.write_bytes(archive.getvalue())
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_table(path)


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("sclerograph.registry.table.workbook._LARGEST_UNPACKED", 100)
    with pytest.raises(UnreadableFile, match="absurd size"):
        read_table(save(tmp_path, [["id"], ["P-1"]]))
