from __future__ import annotations

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from sclerograph.cohort.agreement.kappa import weighted_kappa
from sclerograph.cohort.figures.agreement_matrix import AgreementMatrix, agreement_matrix_plot
from sclerograph.cohort.figures.style import Width
from sclerograph.errors import UsageError
from tests.cohort.figures.legibility import assert_legible, texts, words

COUNTS = [[88, 6, 1, 0, 0], [7, 20, 5, 0, 0], [1, 4, 14, 3, 0], [0, 0, 2, 9, 2], [0, 0, 0, 1, 6]]
GRADES = AgreementMatrix(["0", "1", "2", "3", "4"], COUNTS, "Reader A", "Software", "quadratic", 0.912, 0.874, 0.95)


@pytest.mark.parametrize("width", ["column", "page"])
def test_counts_totals_and_kappa_are_legible(width: Width) -> None:
    figure = agreement_matrix_plot(GRADES, width=width, note="Grades of acro-osteolysis of 169 fingertips.")
    assert_legible(figure)
    said = words(figure)
    assert {"Reader A", "Software", "Weighted kappa (quadratic weights) 0.91 (0.87 to 0.95)"} <= set(said)
    assert "Same grade in 137 of 169 (81.1 %)" in said
    # Sums of rows and of columns.
    assert {"95", "32", "22", "13", "7", "96", "30", "8"} <= set(said)


def test_a_count_stands_in_the_cell_of_its_row_and_column() -> None:
    figure = agreement_matrix_plot(GRADES)
    cells = {t.get_position(): t.get_text() for t in texts(figure) if t.axes is figure.axes[0]}
    assert cells == {(j + 0.5, i + 0.5): str(n) for i, row in enumerate(COUNTS) for j, n in enumerate(row)}


def test_agreement_is_framed_and_empty_cells_are_white() -> None:
    patches = [p for p in agreement_matrix_plot(GRADES).axes[0].patches if isinstance(p, Rectangle)]
    framed = {p.get_xy() for p in patches if p.get_facecolor()[3] == 0.0}
    assert framed == {(i, i) for i in range(5)}
    white = {p.get_xy() for p in patches if p.get_facecolor()[3] == 1.0 and to_hex(p.get_facecolor()) == "#ffffff"}
    assert white == {(j, i) for i, row in enumerate(COUNTS) for j, n in enumerate(row) if n == 0}


def test_it_draws_what_the_computation_gives() -> None:
    first, second = [0, 1, 2, 2, 1, 0, 1], [0, 1, 1, 2, 1, 0, 2]
    result = weighted_kappa(first, second)
    matrix = AgreementMatrix.of(result, "A", "B")
    assert [list(row) for row in matrix.counts] == [[2, 0, 0], [0, 2, 1], [0, 1, 1]]
    assert f"Weighted kappa (quadratic weights) {result.kappa:.2f}" in " ".join(words(agreement_matrix_plot(matrix)))


def test_long_names_of_grades_are_wrapped() -> None:
    names = ["normal or minimal changes", "moderate resorption", "severe resorption with pencilling"]
    matrix = AgreementMatrix(names, [[40, 3, 0], [2, 12, 1], [0, 1, 9]], "First reading", "Second reading", "none")
    figure = agreement_matrix_plot(matrix)
    assert_legible(figure)
    assert "Kappa: cannot be computed" in words(figure)


def test_no_grades_at_all_are_said_to_be_none() -> None:
    empty = AgreementMatrix(["0", "1"], [[0, 0], [0, 0]], "A", "B", "linear")
    assert "Nothing was graded" in words(agreement_matrix_plot(empty))


@pytest.mark.parametrize("counts", [[[1]], [[1, 2], [3]], [[1, 2, 3], [1, 2, 3]]])
def test_counts_that_are_no_square_are_refused(counts: list[list[int]]) -> None:
    with pytest.raises(UsageError, match="must be a square"):
        agreement_matrix_plot(AgreementMatrix([str(i) for i in range(len(counts))], counts, "A", "B", "none"))


def test_grades_from_a_table_of_numbers_are_whole() -> None:
    result = weighted_kappa([0.0, 1.0, 2.0], [0.0, 1.0, 1.0])
    assert tuple(AgreementMatrix.of(result, "A", "B").grades) == ("0", "1", "2")
