"""The lines of a forest plot that sets a cohort's prevalence among the published ones."""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph.cohort.figures.forest import ForestGroup, ForestRow
from sclerograph.cohort.proportion import Proportion
from sclerograph.cohort.published import PublishedFigure

__all__ = ["NOTE", "among_published"]

#: How the plot is read; goes under it.
NOTE = (
    "Diamond, dashed line and band: this cohort, with Wilson's 95 % interval. Squares: published figures; their area "
    "grows with the square root of the number of patients. Definitions and patients differ between studies."
)


def among_published(
    title: str, own: Proportion, published: Sequence[PublishedFigure], *, label: str = "This cohort", detail: str = ""
) -> ForestGroup:
    """Return a group with the cohort's line first and a line for each published figure.

    Parameters
    ----------
    title
        The lesion, as a heading.
    own
        The cohort's own count.
    published
        What to set beside it, from :func:`sclerograph.cohort.published.published_prevalence`.
    label
        What the cohort is called.
    detail
        On what images the cohort was read.
    """
    rows = [ForestRow(label, own.share, own.low, own.high, own.n, own.successes, detail, own=True)]
    return ForestGroup(title, (*rows, *(_row(figure) for figure in published)))


def _row(figure: PublishedFigure) -> ForestRow:
    estimate, impossible = figure.estimate, figure.impossible
    # That patients have systemic sclerosis goes without saying on this plot; what sets them apart does not.
    patients = figure.population.removeprefix("SSc").removeprefix(", ").removeprefix(" ")
    detail = "; ".join(text for text in (figure.modality, _KINDS.get(figure.measure), patients) if text)
    return ForestRow(
        label=figure.study,
        share=estimate.share,
        low=estimate.low,
        high=estimate.high,
        n=figure.denominator,
        successes=figure.count,
        detail=detail,
        impossible=None if impossible is None else f"{impossible.message}. Drawn as printed.",
    )


_KINDS: dict[str, str] = {"pooled": "pooled by a meta-analysis", "range": "range in the literature"}
