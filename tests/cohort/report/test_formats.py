from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from sclerograph.cohort.report.formats import csv_text, latex_text, word_html
from sclerograph.cohort.report.table import Column, Footnotes, Row, Table, worded

TABLE = Table(
    "lesions",
    "Lesions & more",
    (Column("Finding"), Column("n (%)", True)),
    (
        Row(("Calcinosis <5 mm", "20 (26.0 %)"), strong=True, marks="ab"),
        Row(("By side",), heading=True),
        Row(("left", "12"), indented=True),
    ),
    ("A note.",),
    (("a", "First."), ("b", "Second.")),
)


class Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_csv_holds_the_cells_and_the_footnotes_in_full():
    text = csv_text(TABLE)
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [
        ["Finding", "n (%)", "Notes"],
        ["Calcinosis <5 mm", "20 (26.0 %)", "First. Second."],
        ["By side", "", ""],
        ["left", "12", ""],
    ]


def test_a_cell_of_a_csv_is_never_a_formula():
    table = Table("t", "T", (Column("A"),), (Row(("=1+1",)), Row(("-5 to 2",)), Row(("−5",))))
    rows = list(csv.reader(io.StringIO(csv_text(table).removeprefix("\ufeff"))))
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'-5 to 2", "−5"]


def test_html_for_word_has_its_styles_in_the_cells_and_escapes_texts():
    text = word_html(TABLE)
    assert "<style" not in text
    assert "Calcinosis &lt;5 mm<sup>a,b</sup>" in text
    assert 'colspan="2"' in text
    parser = Cells()
    parser.feed(text)
    assert {"Lesions & more", "20 (26.0 %)", "A note."} <= {piece.strip() for piece in parser.texts}


def test_latex_escapes_what_it_would_take_for_commands():
    text = latex_text(TABLE)
    assert r"\caption{Lesions \& more}" in text
    assert r"\textbf{Calcinosis \textless{}5 mm\tnote{a,b}} & \textbf{20 (26.0 \%)} \\" in text
    assert r"\multicolumn{2}{l}{\textit{By side}} \\" in text
    assert r"\quad left & 12 \\" in text
    assert text.count(r"\begin{") == text.count(r"\end{")


@given(st.text(max_size=30))
def test_no_text_breaks_out_of_a_cell(text):
    table = Table("t", text, (Column(text),), (Row((text,)),), (text,))
    assert latex_text(table).count("\\begin{tabular}") == 1
    assert "<script" not in word_html(table)
    stream = io.StringIO(csv_text(table).removeprefix("\ufeff"), newline="")
    rows = list(csv.reader(stream))
    assert len(rows) == 2
    assert rows[1][0].removeprefix("'") == text.removeprefix("'")


def test_the_same_remark_has_the_same_letter():
    footnotes = Footnotes()
    assert footnotes.marks(["x", "y"]) == "ab"
    assert footnotes.marks(["y", "z"]) == "bc"
    assert footnotes.listed() == (("a", "x"), ("b", "y"), ("c", "z"))
    many = Footnotes()
    assert many.marks(str(number) for number in range(40))[-1] == "z"


def test_names_of_variables_become_words():
    names = [("ild", "Lung disease"), ("ild_extent", "Extent"), ("age", "Age")]
    assert worded("ild_extent and ild, not mild; age", names) == "Extent and Lung disease, not mild; Age"
