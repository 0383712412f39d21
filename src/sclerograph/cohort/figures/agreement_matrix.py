"""Grades of two readers against each other as a matrix of counts, with weighted kappa under it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from sclerograph.cohort.figures.page import blank_page, line_height_mm, place_axes, text_width_mm, wrapped, write
from sclerograph.cohort.figures.style import (
    FAINT,
    INK,
    LETTER_PT,
    PREVALENCE_COLOURS,
    QUIET,
    SMALL_PT,
    Width,
    house_style,
    width_mm,
)
from sclerograph.errors import UsageError
from sclerograph.reports.palette import text_colour_on

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sclerograph.cohort.agreement.kappa import Kappa

__all__ = ["AgreementMatrix", "agreement_matrix_plot"]

_MARGIN_MM: Final = 1.5
_CELL_MM: Final = 11.0
_TOTAL_MM: Final = 9.0
_GAP_MM: Final = 1.2


@dataclass(frozen=True)
class AgreementMatrix:
    """How often the first reader gave a grade (row) where the second gave another (column).

    ``kappa``, ``low`` and ``high`` are ``None`` where kappa cannot be computed; ``weights`` names its weights
    (``"quadratic"``, ``"linear"``, ``"none"``).
    """

    grades: Sequence[str]
    counts: Sequence[Sequence[int]]
    first_reader: str
    second_reader: str
    weights: str
    kappa: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, result: Kappa, first_reader: str, second_reader: str) -> AgreementMatrix:
        """Return what is drawn of a result of :mod:`sclerograph.cohort.agreement.kappa`."""
        grades = tuple(_grade(category) for category in result.categories)
        return cls(
            grades, result.counts, first_reader, second_reader, result.weights, result.kappa, result.low, result.high
        )


def _grade(category: Hashable) -> str:
    """Return the name of a grade; a table of numbers holds whole grades as 1.0."""
    return f"{category:g}" if isinstance(category, float) else str(category)


@house_style
def agreement_matrix_plot(matrix: AgreementMatrix, *, width: Width = "column", note: str = "") -> Figure:
    """Draw the matrix with its totals; cells where both agree are framed, and darker cells hold more.

    Parameters
    ----------
    matrix
        What to draw, two to twelve grades.
    width
        ``"column"`` (85 mm) or ``"page"`` (170 mm); the matrix stands in the middle and grows with the width.
    note
        A line under the figure.

    Raises
    ------
    UsageError
        The counts are no square of the grades, or there are fewer than two or more than twelve grades.
    """
    size = len(matrix.grades)
    if not 2 <= size <= 12 or len(matrix.counts) != size or any(len(row) != size for row in matrix.counts):
        raise UsageError(f"the counts must be a square of 2 to 12 grades; there are {size} grades; check the table")
    page_mm = width_mm(width)
    rows = [wrapped(str(grade), 0.25 * page_mm, SMALL_PT) for grade in matrix.grades]
    grade_mm = max(text_width_mm(line, SMALL_PT) for lines in rows for line in lines)
    left = _MARGIN_MM + line_height_mm() + _GAP_MM + grade_mm + _GAP_MM
    room = page_mm - left - _GAP_MM - _TOTAL_MM - _MARGIN_MM
    cell_mm = min(room / size, _CELL_MM if width == "column" else 1.3 * _CELL_MM)
    # What the page leaves over stands on both sides.
    left += (room - cell_mm * size) / 2.0
    columns = [wrapped(str(grade), cell_mm, SMALL_PT) for grade in matrix.grades]
    head_mm = max(len(lines) for lines in columns) * line_height_mm(SMALL_PT)
    top = _MARGIN_MM + line_height_mm() + _GAP_MM + head_mm + 0.8
    side = cell_mm * size
    foot = [line for text in (*_summary(matrix), note) for line in wrapped(text, page_mm - 2.0 * _MARGIN_MM, SMALL_PT)]
    summary_lines = len(foot) - len(wrapped(note, page_mm - 2.0 * _MARGIN_MM, SMALL_PT))
    foot_top = top + side + _GAP_MM + line_height_mm(SMALL_PT) + 1.5
    figure = blank_page(page_mm, foot_top + len(foot) * line_height_mm(SMALL_PT) + _MARGIN_MM)
    axes = place_axes(figure, left, top, side, side)
    axes.set_axis_off()
    axes.set_xlim(0.0, size)
    axes.set_ylim(size, 0.0)
    most = max(max(row) for row in matrix.counts) or 1
    for i, row in enumerate(matrix.counts):
        for j, count in enumerate(row):
            colour = "#FFFFFF" if count == 0 else to_hex(PREVALENCE_COLOURS(0.08 + 0.84 * count / most))
            axes.add_artist(Rectangle((j, i), 1.0, 1.0, facecolor=colour, edgecolor=FAINT, linewidth=0.5))
            text_colour = QUIET if count == 0 else text_colour_on(colour)
            axes.text(j + 0.5, i + 0.5, str(count), ha="center", va="center_baseline", color=text_colour,
                      size=LETTER_PT if cell_mm > 7.0 else SMALL_PT)  # fmt: skip
    for i in range(size):
        axes.add_artist(Rectangle((i, i), 1.0, 1.0, facecolor="none", edgecolor=INK, linewidth=0.9, clip_on=False))
    middle = left + side / 2.0
    write(figure, middle, _MARGIN_MM + line_height_mm() / 2.0, matrix.second_reader, ha="center", weight="bold")
    figure.text(
        (left - 2.0 * _GAP_MM - grade_mm) / page_mm,
        axes.get_position().y0 + axes.get_position().height / 2.0,
        matrix.first_reader,
        rotation=90.0,
        ha="right",
        va="center",
        weight="bold",
    )
    for i, lines in enumerate(columns):
        centre = (i + 0.5) * cell_mm
        for k, line in enumerate(rows[i]):
            y = top + centre + (k - (len(rows[i]) - 1) / 2.0) * line_height_mm(SMALL_PT)
            write(figure, left - _GAP_MM, y, line, ha="right", size=SMALL_PT)
        for k, line in enumerate(lines):
            y = top - 0.8 - (len(lines) - k - 0.5) * line_height_mm(SMALL_PT)
            write(figure, left + centre, y, line, ha="center", size=SMALL_PT)
        write(figure, left + side + _GAP_MM, top + centre, str(sum(matrix.counts[i])), size=SMALL_PT, color=QUIET)
        total = sum(row[i] for row in matrix.counts)
        y = top + side + _GAP_MM + line_height_mm(SMALL_PT) / 2.0
        write(figure, left + centre, y, str(total), ha="center", size=SMALL_PT, color=QUIET)
    for index, line in enumerate(foot):
        y = foot_top + (index + 0.5) * line_height_mm(SMALL_PT)
        write(figure, _MARGIN_MM, y, line, size=SMALL_PT, color=INK if index < summary_lines else QUIET)
    return figure


def _summary(matrix: AgreementMatrix) -> tuple[str, str]:
    total = sum(map(sum, matrix.counts))
    same = sum(matrix.counts[i][i] for i in range(len(matrix.grades)))
    name = "Kappa" if matrix.weights == "none" else f"Weighted kappa ({matrix.weights} weights)"
    if matrix.kappa is None:
        kappa = f"{name}: cannot be computed"
    else:
        interval = "" if matrix.low is None or matrix.high is None else f" ({matrix.low:.2f} to {matrix.high:.2f})"
        kappa = f"{name} {matrix.kappa:.2f}{interval}".replace("-", "−")
    return kappa, f"Same grade in {same} of {total} ({100.0 * same / total:.1f} %)" if total else "Nothing was graded"
