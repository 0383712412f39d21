"""Writes a run: the page, the PDF, tables, figures, the plan, the numbers and their origin."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sclerograph.cohort.analysis import Analysis
from sclerograph.cohort.figures.save import png_bytes, svg_text
from sclerograph.cohort.report.drawings import drawings
from sclerograph.cohort.report.formats import csv_text, latex_text, word_html
from sclerograph.cohort.report.model_tables import agreement_tables, model_tables, survival_tables
from sclerograph.cohort.report.numbers import results_json
from sclerograph.cohort.report.page import page_html, pdf_bytes
from sclerograph.cohort.report.pair_tables import pair_tables
from sclerograph.cohort.report.patient_tables import patient_tables
from sclerograph.cohort.report.printed_tables import printed_tables
from sclerograph.cohort.report.provenance import provenance_of
from sclerograph.cohort.report.table import Column, Row, Table
from sclerograph.cohort.strobe import STATUS_WORDS, checklist
from sclerograph.errors import UsageError
from sclerograph.findings.atomic_file import write_atomically

__all__ = ["REPORT_FILE", "tables_of", "write_report"]

REPORT_FILE = "report.html"
#: Marks a folder as ours, so that nobody's own files are written over.
_MARK = "provenance.json"


def tables_of(analysis: Analysis) -> tuple[Table, ...]:
    """Return all tables of an analysis in the order of the report."""
    return (
        *patient_tables(analysis),
        *printed_tables(analysis),
        *pair_tables(analysis),
        *model_tables(analysis),
        *survival_tables(analysis),
        *agreement_tables(analysis),
    )


def write_report(
    analysis: Analysis,
    plan_path: Path,
    out: Path,
    *,
    pdf: bool = True,
    made_at: datetime | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write everything into a folder and return the page.

    Parameters
    ----------
    analysis
        The results.
    plan_path
        The plan as a file; its exact bytes are kept beside the report.
    out
        The folder: new, empty, or of an earlier run, whose files are replaced.
    pdf
        Also write ``report.pdf``.
    made_at
        The moment that stands in the report; now by default.
    told
        Is called with what comes next.

    Raises
    ------
    UsageError
        The folder holds something else or cannot be written.
    MissingComponent
        The PDF is wanted and WeasyPrint is not installed.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / _MARK).is_file())):
        raise UsageError(f"{out} holds something that is no earlier run: name a new folder with --out")
    try:
        return _write(analysis, plan_path, out, pdf, made_at or datetime.now(UTC), told)
    except OSError as error:
        raise UsageError(f"the report cannot be written into {out}: {error.strerror}") from None


def _write(
    analysis: Analysis, plan_path: Path, out: Path, pdf: bool, made_at: datetime, told: Callable[[str], None]
) -> Path:
    plan_bytes = plan_path.read_bytes()
    provenance = provenance_of(analysis, plan_path.name, plan_bytes, made_at)
    for folder in (out, out / "tables", out / "figures"):
        folder.mkdir(parents=True, exist_ok=True)
    # First of all: a run that is interrupted leaves a folder that the next one may take over.
    write_atomically(out / _MARK, json.dumps(provenance.as_json(), indent=1, ensure_ascii=False) + "\n")
    write_atomically(out / "plan.toml", plan_bytes)
    write_atomically(out / "results.json", results_json(analysis))
    told("tables")
    tables = tables_of(analysis)
    for table in (*tables, _strobe_table(analysis)):
        for ending, text in (("csv", csv_text(table)), ("html", word_html(table)), ("tex", latex_text(table))):
            write_atomically(out / "tables" / f"{table.key}.{ending}", text)
    figures = []
    for drawing in drawings(analysis):
        told(f"figure: {drawing.title}")
        figure = drawing.draw()
        svg = svg_text(figure, drawing.title)
        write_atomically(out / "figures" / f"{drawing.key}.svg", svg)
        write_atomically(out / "figures" / f"{drawing.key}.png", png_bytes(figure, drawing.title))
        figures.append((drawing, svg))
    page = page_html(analysis, tables, figures, provenance)
    if pdf:
        told("PDF")
        write_atomically(out / "report.pdf", pdf_bytes(page))
    # Last: whoever sees the page has everything that it speaks of.
    write_atomically(out / REPORT_FILE, page)
    return out / REPORT_FILE


def _strobe_table(analysis: Analysis) -> Table:
    rows = tuple(
        Row((item.number, item.topic, item.asks, item.text, STATUS_WORDS[item.status])) for item in checklist(analysis)
    )
    columns = (Column("Item"), Column("Topic"), Column("What it asks for"), Column("Here"), Column("Filled"))
    return Table("strobe", "STROBE checklist", columns, rows)
