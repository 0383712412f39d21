"""One table in the formats that people work with: CSV, HTML that Word takes as a table, LaTeX."""

from __future__ import annotations

import csv
import html
import io

from sclerograph.cohort.report.table import Row, Table

__all__ = ["csv_text", "latex_text", "word_html"]

#: A spreadsheet would take a cell that begins with one of these for a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "−": r"$-$",
    "∞": r"$\infty$",
    "²": r"\textsuperscript{2}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "–": "--",
}


def csv_text(table: Table) -> str:
    """Return a table as CSV (UTF-8 with its mark, so that spreadsheets read it right).

    The last column holds the footnotes of each line in full.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*(column.label for column in table.columns), "Notes"])
    footnotes = dict(table.footnotes)
    for row in table.rows:
        cells = [*row.cells, *[""] * (len(table.columns) - len(row.cells))]
        writer.writerow([_safe(cell) for cell in (*cells, " ".join(footnotes[mark] for mark in row.marks))])
    return "\ufeff" + stream.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def word_html(table: Table) -> str:
    """Return a table as a small HTML file whose table Word and LibreOffice take over with its lines.

    Styles stand in the cells: word processors do not read style sheets.
    """
    line = "border-top:1px solid black;"
    head = "".join(_cell("th", c.label, c.number, "border-top:2px solid black;border-bottom:1px solid black;")
                   for c in table.columns)  # fmt: skip
    body = []
    for row in table.rows:
        if row.heading:
            text = html.escape(row.cells[0])
            body.append(f'<tr><td colspan="{len(table.columns)}" style="{line}padding:3px 6px"><b>{text}</b></td></tr>')
            continue
        body.append(f"<tr>{''.join(_word_cells(table, row))}</tr>")
    notes = "".join(f"<p style='margin:2px 0;font-size:8pt'>{text}</p>" for text in _notes(table))
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        f"<title>{html.escape(table.title)}</title></head>\n"
        "<body style='font-family:Calibri,Arial,sans-serif;font-size:10pt'>\n"
        f"<p><b>{html.escape(table.title)}</b></p>\n"
        "<table style='border-collapse:collapse;border-bottom:2px solid black' cellspacing='0'>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(body)
        + f"\n</tbody></table>\n{notes}\n</body></html>\n"
    )


def _word_cells(table: Table, row: Row) -> list[str]:
    cells = []
    for place, (column, text) in enumerate(zip(table.columns, row.cells, strict=True)):
        inner = html.escape(text)
        if place == 0:
            inner = ("&emsp;" if row.indented else "") + inner
            inner += f"<sup>{','.join(row.marks)}</sup>" if row.marks else ""
        cells.append(_cell("td", f"<b>{inner}</b>" if row.strong else inner, column.number, "", escaped=True))
    return cells


def _cell(tag: str, text: str, number: bool, style: str, *, escaped: bool = False) -> str:
    align = "right" if number else "left"
    inner = text if escaped else html.escape(text)
    return f'<{tag} style="{style}padding:3px 6px;text-align:{align};vertical-align:top">{inner}</{tag}>'


def _notes(table: Table) -> list[str]:
    lettered = [f"<sup>{letter}</sup> {html.escape(text)}" for letter, text in table.footnotes]
    return [*(html.escape(note) for note in table.notes), *lettered]


def latex_text(table: Table) -> str:
    r"""Return a table as LaTeX for ``\input``; it needs the packages booktabs and threeparttable."""
    columns = "".join("r" if column.number else "l" for column in table.columns)
    lines = [
        r"\begin{table}",
        r"\begin{threeparttable}",
        rf"\caption{{{_tex(table.title)}}}",
        rf"\label{{tab:{table.key}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(_tex(column.label) for column in table.columns) + r" \\",
        r"\midrule",
    ]
    for row in table.rows:
        if row.heading:
            lines.append(rf"\multicolumn{{{len(table.columns)}}}{{l}}{{\textit{{{_tex(row.cells[0])}}}}} \\")
            continue
        cells = [_tex(cell) for cell in row.cells]
        if row.marks:
            cells[0] += rf"\tnote{{{','.join(row.marks)}}}"
        if row.indented:
            cells[0] = rf"\quad {cells[0]}"
        if row.strong:
            cells = [rf"\textbf{{{cell}}}" if cell else "" for cell in cells]
        lines.append(" & ".join(cells) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}", r"\begin{tablenotes}\footnotesize"]
    lines += [rf"\item {_tex(note)}" for note in table.notes]
    lines += [rf"\item[{letter}] {_tex(text)}" for letter, text in table.footnotes]
    # an empty list of notes is an error in LaTeX
    lines += [] if table.notes or table.footnotes else [r"\item"]
    lines += [r"\end{tablenotes}", r"\end{threeparttable}", r"\end{table}", ""]
    return "\n".join(lines)


def _tex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)
