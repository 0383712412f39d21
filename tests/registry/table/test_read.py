from __future__ import annotations

import hashlib

import pytest

from sclerograph.errors import UnreadableFile, UsageError
from sclerograph.registry.table.read import read_table


def write(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_cells_are_trimmed_and_rows_numbered_as_in_a_spreadsheet(tmp_path):
    content = "id, mrss \nP-1, 4\n\n,\nP-2,5\n"
    table = read_table(write(tmp_path, content))
    assert table.headers == ("id", "mrss")
    assert table.columns == (["P-1", "P-2"], ["4", "5"])
    assert table.rows.tolist() == [2, 5]
    assert table.sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert (table.encoding, table.delimiter, table.notes) == ("utf-8", ",", ())


def test_a_line_break_within_quotes_does_not_shift_the_rows(tmp_path):
    table = read_table(write(tmp_path, 'id,note\nP-1,"two\nlines"\nP-2,one\n'))
    assert table.rows.tolist() == [2, 3]


def test_rows_of_another_length_are_named(tmp_path):
    table = read_table(write(tmp_path, "id,a,b\nP-1,1,2\nP-2,1\nP-3,1,2,3\nP-4,1,2,,\n"))
    assert table.ragged == {1, 2}
    assert table.columns[2] == ["2", "", "2", "2"]


def test_a_guessed_encoding_is_noted(tmp_path):
    table = read_table(write(tmp_path, "id,réponse\nP-1,é\n".encode("cp1252")))
    assert table.columns[1] == ["é"]
    assert "cp1252" in table.notes[0]


def test_a_stated_encoding_and_separator_hold(tmp_path):
    table = read_table(write(tmp_path, "id|ä,b\nP-1|1\n".encode("cp850")), encoding="cp850", delimiter="|")
    assert table.headers == ("id", "ä,b")
    assert table.notes == ()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n\t", b"id,mrss\n", b"id,mrss\n,\n"])
def test_nothing_to_import_is_refused(tmp_path, content):
    with pytest.raises(UnreadableFile, match="nothing to import"):
        read_table(write(tmp_path, content))


def test_a_quote_that_is_never_closed_is_named_by_its_row(tmp_path):
    with pytest.raises(UnreadableFile, match="after row 2"):
        read_table(write(tmp_path, 'id,a\nP-1,1\nP-2,"' + "x,\n" * 50_000))


def test_an_old_workbook_is_told_from_a_text(tmp_path):
    with pytest.raises(UnreadableFile, match="old kind"):
        read_table(write(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))


def test_wrong_usage_is_told_apart(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_table(tmp_path / "missing.csv")
    path = write(tmp_path, "id,réponse\nP-1,é\n".encode("cp1252"))
    with pytest.raises(UsageError, match="not written in utf-8"):
        read_table(path, encoding="utf-8")
    with pytest.raises(UsageError, match="not known"):
        read_table(path, encoding="utf-9")
