from __future__ import annotations

import pytest

from sclerograph.batch.folder import recover, visit_folder


def content(out):
    return {str(path.relative_to(out)): path.read_text() for path in sorted(out.rglob("*")) if path.is_file()}


def write(out, text, name="visit"):
    with visit_folder(out, name) as folder:
        (folder / "reading.json").write_text(text)


def write_half(out):
    with visit_folder(out, "visit") as folder:
        (folder / "reading.json").write_text("half")
        raise OSError("disk full")


def test_a_folder_appears_whole_and_replaces_the_old_one(tmp_path):
    write(tmp_path, "first")
    assert content(tmp_path) == {"visit/reading.json": "first"}
    write(tmp_path, "second")
    assert content(tmp_path) == {"visit/reading.json": "second"}


def test_after_an_error_everything_is_as_before(tmp_path):
    write(tmp_path, "first")
    with pytest.raises(OSError, match="disk full"):
        write_half(tmp_path)
    assert content(tmp_path) == {"visit/reading.json": "first"}


def test_recovery_after_being_killed_while_writing(tmp_path):
    write(tmp_path, "first")
    (tmp_path / ".writing-other").mkdir()
    (tmp_path / ".writing-other" / "reading.json").write_text("half")
    recover(tmp_path)
    assert content(tmp_path) == {"visit/reading.json": "first"}


def test_recovery_after_being_killed_between_the_two_renames(tmp_path):
    write(tmp_path, "first")
    (tmp_path / "visit").rename(tmp_path / ".replaced-visit")
    recover(tmp_path)
    assert content(tmp_path) == {"visit/reading.json": "first"}


def test_recovery_after_being_killed_before_the_old_folder_was_removed(tmp_path):
    write(tmp_path, "second")
    (tmp_path / ".replaced-visit").mkdir()
    (tmp_path / ".replaced-visit" / "reading.json").write_text("first")
    recover(tmp_path)
    assert content(tmp_path) == {"visit/reading.json": "second"}
