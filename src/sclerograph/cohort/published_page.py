"""The page of the documentation that shows the published figures, made from the table so that they cannot drift apart.

Run ``python -m sclerograph.cohort.published_page docs`` after a change of the table.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from sclerograph.cohort.published import Measure, PublishedFigure, published_figures
from sclerograph.findings.atomic_file import write_atomically

__all__ = ["PAGE", "published_page"]

PAGE: Final = "published-prevalence.md"

_INTRODUCTION: Final = """\
# Published figures

What has been printed on the lesions that sclerograph reads, so that the prevalence of a cohort can be drawn among the
published ones. The table holds facts only, in our own words. Percentages stand as printed; nothing is corrected.

- **†** No count out of the printed number gives this percentage; the last section says why. Such a figure is drawn
  where it was printed, with an interval that covers both neighbouring counts.
- **\\*** The count or its denominator was not printed; it follows from other figures of the source, as the note says.
- *Seen* tells how far the source was read: the whole publication (`full`, which a congress abstract is too), its
  abstract, or a summary or quotation by others (`secondary`). Definitions were mostly not at hand: look them up before
  you compare.
- Intervals in the plots are Wilson's, from the printed count, else from the count that comes nearest to the percentage.
- Studies overlap: FRI0276 and Bauer 2020 describe one cohort of 77 patients.
"""

_TITLES: Final[dict[Measure, str]] = {
    "prevalence": "Prevalence: the figures beside which a cohort is drawn",
    "pooled": "Pooled by a meta-analysis",
    "range": "Ranges that reviews quote",
    "progression": "Patients whose lesion changed",
    "subgroup": "Within a part of the patients",
    "characteristic": "What the patients were",
    "share_of_lesions": "Shares of lesions, not of patients",
    "case_mix": "Diseases among those with calcinosis",
    "sensitivity": "Sensitivity of a method",
    "background": "People without systemic sclerosis",
    "statement": "Statements without data",
}


def published_page() -> str:
    """Return the page in Markdown: a table for each kind of figure, then the reasons for the daggers."""
    figures = published_figures()
    lines = [_INTRODUCTION]
    for measure, title in _TITLES.items():
        lines += [f"## {title}", ""]
        lines += ["| study | patients | variable | images | figure | seen | source | note |", "|" + "---|" * 8]
        lines += [_line(figure) for figure in figures if figure.measure == measure]
        lines.append("")
    lines += ["## Impossible percentages", ""]
    for figure in figures:
        if figure.impossible is not None:
            lines.append(f"- **{figure.study}**, `{figure.variable}`: {figure.impossible.message}.")
    return "\n".join(lines) + "\n"


def _line(figure: PublishedFigure) -> str:
    source = f"[{figure.reference}]({figure.link})" if figure.link else figure.reference
    cells = (
        figure.study,
        figure.population,
        f"`{figure.variable}`",
        figure.modality,
        _printed(figure),
        figure.seen,
        source,
        figure.note,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _printed(figure: PublishedFigure) -> str:
    """Return count, denominator and percentage as far as they were printed, with their marks."""
    of = "" if figure.denominator is None else f" / {figure.denominator}"
    count = "" if figure.count is None else f"{figure.count}{of}"
    percent = "" if figure.percent is None else f"{figure.percent.replace('-', '–')} %"
    if figure.interval is not None:
        percent += f" ({figure.interval.replace('-', '–')})"
    if count and percent:
        text = f"{count} ({percent})"
    else:
        text = count or (f"{percent} of {figure.denominator}" if figure.denominator is not None else percent)
    return text + (" †" if figure.impossible is not None else "") + (" \\*" if figure.derived else "")


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]) / PAGE, published_page())
