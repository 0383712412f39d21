"""The way of a list and a form: written for a reader, filled, checked, recorded."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from PIL import Image

from sclerograph.errors import UsageError
from sclerograph.registry.session_form import read_form, write_set_aside
from sclerograph.registry.session_worklist import folder_of_reader, write_worklist
from sclerograph.registry.sessions import create_session, presentations, record_answers, session_plan
from sclerograph.registry.store import Registry
from tests.registry.samples import document, new_reading
from tests.registry.session_samples import fill, filled, plan, write_form


@pytest.fixture
def registry(made_in_sqlite: Path, tmp_path: Path) -> Registry:
    path = tmp_path / "registry.sqlite"
    path.write_bytes(made_in_sqlite.read_bytes())
    with Registry(path) as opened:
        fill(opened)
        create_session(opened, plan(), author="Dr. C")
        yield opened


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_list_and_a_form_have_a_row_a_film_and_a_row_a_hand(registry, tmp_path):
    written = write_worklist(registry, "first", "Dr. A", tmp_path / "out")
    listed = presentations(registry, "first", "Dr. A")
    rows = rows_of(written.folder / "worklist.csv")
    assert [(row["place"], row["code"], row["hands"]) for row in rows] == [
        (str(each.place), each.code, "L") for each in listed
    ]
    assert set(rows[0]) == {"place", "code", "hands"}
    form = rows_of(written.folder / "form.csv")
    assert [(row["code"], row["hand"]) for row in form] == [(each.code, "L") for each in listed]
    assert list(form[0]) == ["code", "hand", *(item.name for item in plan().items), "comment"]
    assert set(form[0].values()) == {form[0]["code"], "L", ""}


def test_nothing_that_a_reader_gets_says_whose_a_film_is(registry, tmp_path):
    create_session(registry, plan(name="second", order="chronological"), author="Dr. C")
    # No code has a 0 in it, so that a pseudonym is not there by chance.
    secrets = {"P-0", "baseline", "month", "365", "Dr. B"}
    secrets |= {source["sha256"][:12] for p in range(4) for source in document(f"{p}-baseline")["sources"]}
    for session in ("first", "second"):
        folder = write_worklist(registry, session, "Dr. A", tmp_path / session).folder
        for path in folder.iterdir():
            text = path.name + path.read_text()
            assert not [secret for secret in secrets if secret in text]


def test_chronological_lists_tell_the_case_and_the_place_in_it(registry, tmp_path):
    create_session(registry, plan(name="second", order="chronological", repeats=1), author="Dr. C")
    rows = rows_of(write_worklist(registry, "second", "Dr. A", tmp_path).folder / "worklist.csv")
    assert [row["film_of_case"] for row in rows] == ["1", "2"] * 5
    assert len({row["case"] for row in rows}) == 5


def test_a_form_that_may_be_filled_is_not_overwritten(registry, tmp_path):
    write_worklist(registry, "first", "Dr. A", tmp_path)
    with pytest.raises(UsageError, match="may hold a form"):
        write_worklist(registry, "first", "Dr. A", tmp_path)
    write_worklist(registry, "first", "Dr. B", tmp_path)


def test_folders_of_readers_differ_and_are_plain():
    names = [
        "Smith",
        "Dr. A",
        "Dr A",
        "Dr/A",
        "Ångström",
        "\N{GREEK SMALL LETTER ALPHA}",
        "\N{GREEK SMALL LETTER BETA}",
    ]
    folders = [folder_of_reader(name) for name in names]
    assert folders[0] == "Smith"
    assert len(set(folders)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", folder) for folder in folders)


def test_films_are_written_as_pictures_without_their_names(registry, tmp_path):
    levels = np.linspace(0, 65535, 400 * 300).reshape(400, 300).astype(np.uint16)
    path = tmp_path / "films" / "anna_hand.png"
    path.parent.mkdir()
    Image.fromarray(levels).save(path, pnginfo=_name_in_picture())
    reading = new_reading("anna", pseudonym="P-7")
    reading.document["sources"][0]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    registry.add_reading(reading)
    create_session(registry, plan(name="second", readers=("A",), repeats=0), author="Dr. C")
    written = write_worklist(registry, "second", "A", tmp_path / "out", [path.parent])
    (picture,) = written.folder.glob("*.png")
    row = next(row for row in rows_of(written.folder / "worklist.csv") if row["picture"])
    assert picture.name == f"{row['code']}.png" == row["picture"]
    with Image.open(picture) as image:
        assert image.size == (300, 400)
        assert image.info == {}
        assert np.ptp(np.asarray(image).astype(float)) > 60_000
    assert b"Muster" not in picture.read_bytes()
    assert len(written.without_picture) == 8


def _name_in_picture():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Patient", "Muster^Anna")
    return info


def test_a_filled_form_is_taken_row_by_row(registry, tmp_path):
    listed, items = presentations(registry, "first", "Dr. A"), session_plan(registry, "first").items
    bad = {
        (listed[1].code, "L"): {"tuft_3": "5"},
        (listed[2].code, "L"): {"tuft_1": "", "calcium_DP1": "ja"},
        (listed[3].code, "L"): {"deposits": "1.5"},
    }
    good = {
        (listed[0].code, "L"): {"tuft_1": "n", "calcified_area_mm2": "12,5", "deposits": "", "comment": "blurred"},
        (listed[4].code, "L"): {item.name: "" for item in items},
    }
    path = write_form(tmp_path, filled(items, listed, bad | good))
    form = read_form(registry, "first", "Dr. A", path)
    assert (len(form.answers), form.rows_set_aside, form.not_read) == (6, 3, 1)
    first = form.answers[0]
    assert (first.findings["tuft_1"], first.findings["calcified_area_mm2"], first.comment) == (None, 12.5, "blurred")
    assert "deposits" not in first.findings
    assert [(p.row, p.variable, p.reason) for p in form.problems] == [
        (3, "tuft_3", "is not from 0 to 4"),
        (4, "tuft_1", "is empty: write n where it cannot be assessed"),
        (4, "calcium_DP1", "is neither a number nor n"),
        (5, "deposits", "is no whole number"),
    ]
    assert record_answers(registry, "first", form.answers) == (6, 0)


def test_set_aside_rows_can_be_mended_and_imported(registry, tmp_path):
    listed, items = presentations(registry, "first", "Dr. A"), session_plan(registry, "first").items
    wrong = {(listed[1].code, "L"): {"tuft_3": "7", "comment": "=1+1"}}
    path = write_form(tmp_path, filled(items, listed, wrong))
    form = read_form(registry, "first", "Dr. A", path)
    rows, problems = write_set_aside(form, tmp_path, path)
    assert rows_of(problems) == [
        {"row": "3", "column": "E", "variable": "tuft_3", "problem": "is not from 0 to 4"},
    ]
    (row,) = rows_of(rows)
    assert (row["set_aside_row"], row["code"], row["comment"]) == ("3", listed[1].code, "'=1+1")
    assert "column E (tuft_3) is not from 0 to 4" in row["set_aside_because"]
    mended = write_form(tmp_path, rows.read_text().replace(",7,", ",4,"), "mended.csv")
    again = read_form(registry, "first", "Dr. A", mended)
    assert [(answer.code, answer.findings["tuft_3"]) for answer in again.answers] == [(listed[1].code, 4.0)]
    with pytest.raises(UsageError, match="would be overwritten"):
        write_set_aside(form, tmp_path, rows)


def test_rows_of_others_of_nobody_and_twice_are_set_aside(registry, tmp_path):
    mine, others = (presentations(registry, "first", reader) for reader in ("Dr. A", "Dr. B"))
    items = session_plan(registry, "first").items
    text = filled(items, [mine[0], others[0], mine[0]])
    text += text.splitlines()[1].replace(mine[0].code, "AAAA-AAAA") + "\n"
    text += text.splitlines()[1].replace(",L,", ",R,", 1) + "\n"
    text += text.splitlines()[1] + ",too,many\n"
    form = read_form(registry, "first", "Dr. A", write_form(tmp_path, text))
    assert [(p.row, p.variable, p.reason) for p in form.problems][:4] == [
        (3, "code", "is a film of another reader"),
        (4, None, "is of the same hand as row 2"),
        (5, "code", "is no code of the session"),
        (6, "hand", "is not one of the hands of this film (L)"),
    ]
    assert "more or fewer cells" in form.problems.of_rows()[7]
    assert [answer.code for answer in form.answers] == [mine[0].code]
    assert form.answers[0].origin.endswith("row 2")


def test_a_workbook_is_read_and_its_formulas_are_not(registry, tmp_path):
    listed, items = presentations(registry, "first", "Dr. A"), session_plan(registry, "first").items
    book = openpyxl.Workbook()
    for line in csv.reader(filled(items, listed).splitlines()):
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line])
    book.active["C3"] = "=1+1"
    book.save(tmp_path / "form.xlsx")
    form = read_form(registry, "first", "Dr. A", tmp_path / "form.xlsx")
    assert (len(form.answers), form.rows_set_aside) == (9, 1)
    assert any("is a formula" in problem.reason for problem in form.problems)


def test_a_form_without_a_column_is_no_form(registry, tmp_path):
    text = filled(session_plan(registry, "first").items, presentations(registry, "first", "Dr. A"))
    with pytest.raises(UsageError, match="no column 'tuft_2'"):
        read_form(registry, "first", "Dr. A", write_form(tmp_path, text.replace("tuft_2", "tuft", 1)))
    with pytest.raises(UsageError, match="2 columns 'tuft_2'"):
        read_form(registry, "first", "Dr. A", write_form(tmp_path, text.replace("comment", "tuft_2", 1)))
