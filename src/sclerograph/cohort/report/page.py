"""The report as one HTML page that needs no other file, no network and no script; the PDF is made of the same page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from sclerograph.cohort.analysis import Analysis
from sclerograph.cohort.report.drawings import Drawing
from sclerograph.cohort.report.provenance import Provenance
from sclerograph.cohort.report.table import Table
from sclerograph.cohort.strobe import STATUS_WORDS, checklist, methods

__all__ = ["KeyFigure", "page_html", "pdf_bytes"]

_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class KeyFigure:
    """A number at the head of the report, with what it is."""

    value: str
    label: str
    detail: str = ""


def page_html(
    analysis: Analysis,
    tables: Sequence[Table],
    figures: Sequence[tuple[Drawing, str]],
    provenance: Provenance,
) -> str:
    """Return the text of ``report.html``.

    Parameters
    ----------
    analysis
        The results.
    tables
        All tables, as :func:`sclerograph.cohort.report.write.tables_of` gives them.
    figures
        Each figure with its SVG.
    provenance
        Where all of it came from.
    """
    return _template().render(
        analysis=analysis,
        plan=analysis.plan,
        by_key={table.key: table for table in tables},
        tables=tables,
        figures=[(drawing, _data_uri(svg)) for drawing, svg in figures],
        key_figures=_key_figures(analysis),
        alerts=_alerts(analysis),
        methods=methods(analysis),
        checklist=checklist(analysis),
        status_words=STATUS_WORDS,
        provenance=provenance,
        style=Markup(_resource("cohort.css")),
    )


def pdf_bytes(page: str) -> bytes:
    """Return a page as PDF (A4); the style sheet has its print rules.

    Raises
    ------
    MissingComponent
        WeasyPrint, or the system's Pango library that it needs, is not installed.
    """
    from sclerograph.errors import MissingComponent

    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        name = getattr(error, "name", None) or "the Pango library of the system"
        if name == "weasyprint.urls":
            # Earlier ones have no class that fetches nothing.
            name = "WeasyPrint 68.1 or later"
        raise MissingComponent(
            f"the PDF needs {name}, which is not installed: install it, or run with --no-pdf"
        ) from None
    # Nothing is fetched from outside: the page holds all it needs, and a label could otherwise name an address.
    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    return bytes(document.write_pdf())


def _data_uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _key_figures(analysis: Analysis) -> list[KeyFigure]:
    cohort, missing = analysis.cohort, analysis.missing
    cells = missing.n * len(missing.variables)
    absent = sum(each.missing for each in missing.variables)
    pairs = [
        pair
        for family in (*analysis.associations, *analysis.comparisons, *analysis.correlations)
        for pair in family.pairs
        if pair.test.p is not None
    ]
    raw = sum(pair.test.p is not None and pair.test.p < _SIGNIFICANT for pair in pairs)
    adjusted = sum(pair.adjusted_p is not None and pair.adjusted_p < _SIGNIFICANT for pair in pairs)
    left_out = cohort.available - analysis.n
    found = [
        KeyFigure(
            f"{analysis.n:,}".replace(",", "\u202f"), "patients analysed", f"{left_out} left out by the criteria"
        ),
        KeyFigure(f"{100 * absent / cells:.1f} %" if cells else "–", "values missing", f"{missing.complete} complete"),
    ]
    if pairs:
        chance = 0.05 * len(pairs)
        found.append(
            KeyFigure(
                f"{raw} of {len(pairs)}",
                "tests with p < 0.05",
                f"{chance:.1f} expected by chance alone; {adjusted} after adjustment",
            )
        )
    if analysis.models:
        firth = sum(getattr(each.fit, "penalty", "none") == "firth" for each in analysis.models)
        found.append(KeyFigure(str(len(analysis.models)), "models", f"{firth} with Firth's penalty"))
    return found


def _alerts(analysis: Analysis) -> list[str]:
    """Return what a reader must know before anything else."""
    found = []
    if analysis.printed is not None:
        found += [
            f"A printed figure cannot be right: {share.variable.title}, {share.impossible.message}."
            for share in analysis.printed.shares
            if share.impossible is not None
        ]
    separated = [each for each in analysis.models if any("separation" in w for w in getattr(each.fit, "warnings", ()))]
    if separated:
        titles = "; ".join(each.wanted.title for each in separated)
        found.append(
            f"Separation: a finding and an outcome always go together here, so ordinary models have no answer. Firth's "
            f"penalty gives one, with wide intervals ({titles})."
        )
    rare = [each for each in analysis.models if 0 < min(getattr(each.fit, "events", 99), 99) < 10]
    if rare:
        least = min(getattr(each.fit, "events", 0) for each in rare)
        found.append(f"Few events: models rest on as few as {least}. Their estimates are unstable and explain little.")
    return found


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("cohort.html.j2")


def _resource(name: str) -> str:
    return files("sclerograph.cohort.report").joinpath("templates", name).read_text(encoding="utf-8")
