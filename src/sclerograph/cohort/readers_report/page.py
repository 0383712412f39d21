"""The page, the figures and the tables of a report on the agreement of readers, written into a folder."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from sclerograph import __version__
from sclerograph.cohort.reader_ratings import CORRECTED
from sclerograph.cohort.readers import ALL_SITES, ReaderAgreement
from sclerograph.cohort.readers_report.tables import csv_text, tables_of
from sclerograph.errors import UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import RESEARCH_USE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["PAGE_FILE", "write_report"]

PAGE_FILE = "agreement.html"
RATINGS_FILE = "ratings.csv"
PROVENANCE_FILE = "provenance.json"


@dataclass(frozen=True)
class _Drawn:
    """A figure with its file name and what it shows."""

    name: str
    title: str
    figure: Figure


@dataclass(frozen=True)
class _Shown:
    """A figure as the page holds it."""

    title: str
    address: str


def write_report(
    result: ReaderAgreement, ratings: pd.DataFrame, out: Path, provenance: Mapping[str, str]
) -> list[Path]:
    """Write ``agreement.html``, every figure as SVG and PNG, every table as CSV, the ratings and the provenance.

    Parameters
    ----------
    result
        What was compared.
    ratings
        What it was computed from; its digest stands in the provenance.
    out
        The folder; made where it does not exist.
    provenance
        What else is to be known of how it was made, such as the plan of the session.

    Returns
    -------
    list of Path
        The files; the page is the first.

    Raises
    ------
    UsageError
        The folder cannot be written.
    """
    from sclerograph.cohort.figures.save import save_figure, svg_text

    table = ratings.to_csv(index=False, lineterminator="\n")
    told = {
        **provenance,
        "ratings (SHA-256)": hashlib.sha256(table.encode()).hexdigest(),
        "software": f"sclerograph {__version__}",
    }
    tables = tables_of(result)
    figures: list[_Shown] = []
    written: list[Path] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for drawn in _figures(result):
            written += save_figure(drawn.figure, out, drawn.name, drawn.title)
            figures.append(_Shown(drawn.title, _data_address(svg_text(drawn.figure, drawn.title))))
        texts = {f"{each.name}.csv": csv_text(each) for each in tables}
        texts |= {RATINGS_FILE: table, PROVENANCE_FILE: json.dumps(told, indent=1, ensure_ascii=False) + "\n"}
        texts[PAGE_FILE] = _template().render(
            result=result,
            corrected=any(rater.endswith(CORRECTED) for rater in result.raters),
            tables=tables,
            figures=figures,
            provenance=told,
            research_use=RESEARCH_USE,
        )
        for name, text in texts.items():
            write_atomically(out / name, text)
            written.insert(0, out / name)
    except OSError as error:
        raise UsageError(f"the output folder {out} cannot be written: {error.strerror}") from None
    return written


def _figures(result: ReaderAgreement) -> Iterator[_Drawn]:
    from sclerograph.cohort.figures.agreement_matrix import AgreementMatrix, agreement_matrix_plot
    from sclerograph.cohort.figures.bland_altman import Differences, bland_altman_plot

    for number, grade in enumerate((each for each in result.grades if each.site == ALL_SITES), start=1):
        first, second = grade.comparison.names
        lesion = grade.lesion.replace("_", "-")
        matrix = AgreementMatrix.of(grade.kappa, first, second)
        figure = agreement_matrix_plot(matrix, note=f"{lesion}, all sites of both hands")
        yield _Drawn(f"grades-{number:02d}-{_plain(lesion)}", f"{lesion}: {first} and {second}", figure)
    for number, total in enumerate(result.totals, start=1):
        first, second = total.comparison.names
        unit = f" ({total.measure.unit})" if total.measure.unit else ""
        figure = bland_altman_plot(
            Differences.of(total.bland_altman),
            mean_label=f"Mean of both{unit}",
            difference_label=f"{first} − {second}{unit}",
        )
        title = f"{total.measure.name}: {first} and {second}"
        yield _Drawn(f"totals-{number:02d}-{_plain(total.measure.name)}", title, figure)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z]+", "-", text.casefold()).strip("-")


def _data_address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode('ascii')}"


def _template() -> jinja2.Template:
    text = files("sclerograph.cohort.readers_report").joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(text)
