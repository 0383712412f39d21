"""What has been published on the same lesions: a table of printed figures, each with its source and its doubts.

The table (``published_prevalence.csv``) holds facts only, in our own words: who counted which lesion, where, on which
images, in how many of how many patients, and the percentage as it was printed. Nothing is corrected. A percentage that
no count out of the printed number gives is flagged, and drawn where it was printed.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final, Literal, cast, get_args

from sclerograph.cohort.granularity import ImpossiblePercentage, impossible_percentage
from sclerograph.cohort.proportion import wilson
from sclerograph.errors import UsageError

__all__ = ["Estimate", "Measure", "PublishedFigure", "Seen", "published_figures", "published_prevalence"]

#: How far the source was read: the whole publication (a congress abstract is one), its abstract only, or a summary or
#: quotation by others.
Seen = Literal["full", "abstract", "secondary"]

#: What a figure counts. Only ``prevalence`` may be set beside the prevalence of a cohort: ``pooled`` comes from a
#: meta-analysis and ``range`` from a review; ``progression`` counts patients who changed; ``subgroup`` a part of the
#: patients; ``characteristic`` what the patients were; ``share_of_lesions`` lesions instead of patients; ``case_mix``
#: diseases among those with the lesion; ``sensitivity`` a method; ``background`` people without systemic sclerosis;
#: ``statement`` has no data behind it.
Measure = Literal[
    "prevalence",
    "pooled",
    "range",
    "progression",
    "subgroup",
    "characteristic",
    "share_of_lesions",
    "case_mix",
    "sensitivity",
    "background",
    "statement",
]

_TABLE: Final = "published_prevalence.csv"


@dataclass(frozen=True)
class Estimate:
    """A share between 0 and 1 with its 95 % interval; ``None`` where the publication does not allow it."""

    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class PublishedFigure:
    """One printed figure.

    ``lesion`` and ``site`` together are the name of the variable in a cohort's table (``hand_calcinosis``).
    ``percent`` is the text as printed, a range with a hyphen, and ``interval`` the printed 95 % interval in per cent.
    ``derived`` says that the count or its denominator was not printed but follows from other figures of the source,
    as ``note`` explains.
    """

    study: str
    year: int | None
    reference: str
    n: int | None
    population: str
    lesion: str
    site: str
    modality: str
    measure: Measure
    count: int | None
    denominator: int | None
    percent: str | None
    interval: str | None
    derived: bool
    seen: Seen
    note: str

    @property
    def variable(self) -> str:
        """The name that this lesion at this site has in a cohort's table."""
        return f"{self.site}_{self.lesion}"

    @property
    def link(self) -> str | None:
        """The address of the publication where the reference is a DOI, a PubMed or a PubMed Central number."""
        if self.reference.startswith("10."):
            return f"https://doi.org/{self.reference}"
        if self.reference.startswith("PMID "):
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.reference.removeprefix('PMID ')}/"
        if self.reference.startswith("PMC"):
            return f"https://pmc.ncbi.nlm.nih.gov/articles/{self.reference}/"
        return None

    @property
    def impossible(self) -> ImpossiblePercentage | None:
        """Why no count out of the denominator gives the printed percentage, or ``None`` where one does."""
        if self.percent is None or self.denominator is None or "-" in self.percent:
            return None
        return impossible_percentage(f"{self.percent} %", self.denominator)

    @property
    def estimate(self) -> Estimate:
        """The share and Wilson's interval.

        A printed count goes before a printed percentage. Of a percentage alone the count that comes nearest is taken;
        of an impossible one the share stays as printed, and the interval covers those of both neighbouring counts. A
        range has no share, and its ends are no interval of an estimate. Where there is no denominator the interval is
        the printed one.
        """
        if self.count is not None and self.denominator is not None:
            return _of_count(self.count, self.denominator)
        if self.percent is None:
            return Estimate(None, None, None)
        if "-" in self.percent:
            return Estimate(None, *_ends(self.percent))
        share = float(self.percent) / 100.0
        if self.denominator is None:
            return Estimate(share, *(_ends(self.interval) if self.interval else (None, None)))
        if self.impossible is None:
            return _of_count(round(share * self.denominator), self.denominator)
        neighbours = [_of_count(nearest.count, self.denominator) for nearest in self.impossible.nearest]
        return Estimate(share, neighbours[0].low, neighbours[-1].high)


def _ends(text: str) -> tuple[float, float]:
    low, high = text.split("-")
    return float(low) / 100.0, float(high) / 100.0


def _of_count(count: int, denominator: int) -> Estimate:
    result = wilson(count, denominator)
    return Estimate(result.share, result.low, result.high)


@lru_cache(maxsize=1)
def published_figures() -> tuple[PublishedFigure, ...]:
    """Return every figure of the table, in its order."""
    text = resources.files("sclerograph.cohort").joinpath(_TABLE).read_text(encoding="utf-8")
    return tuple(_figure(row) for row in csv.DictReader(text.splitlines()))


def published_prevalence(
    variable: str, *, modalities: Sequence[str] | None = None, with_reviews: bool = False
) -> tuple[PublishedFigure, ...]:
    """Return the prevalences that were published for a variable, oldest first.

    Parameters
    ----------
    variable
        Site and lesion, as in a cohort's table: ``hand_calcinosis``, ``spine_canal_calcification``.
    modalities
        Only figures from these (``radiograph``, ``CT``, ``ultrasound`` ...); all when ``None``.
    with_reviews
        Also what meta-analyses pooled and the ranges that reviews quote.

    Raises
    ------
    UsageError
        Nothing was published on the variable in this table.
    """
    wanted = ("prevalence", "pooled", "range") if with_reviews else ("prevalence",)
    on_variable = [figure for figure in published_figures() if figure.variable == variable and figure.measure in wanted]
    if not on_variable:
        known = sorted({figure.variable for figure in published_figures() if figure.measure in wanted})
        raise UsageError(f"no published prevalence of {variable!r} is in the table; there is one of {', '.join(known)}")
    found = [figure for figure in on_variable if modalities is None or figure.modality in modalities]
    return tuple(sorted(found, key=lambda figure: (figure.measure != "prevalence", figure.year or 9999, figure.study)))


def _figure(row: dict[str, str]) -> PublishedFigure:
    measure, seen = row["measure"], row["seen"]
    if measure not in get_args(Measure) or seen not in get_args(Seen) or row["derived"] not in ("yes", "no"):
        raise ValueError(f"{_TABLE}: {measure!r}, {seen!r} or {row['derived']!r} is no value of its column")
    return PublishedFigure(
        study=row["study"],
        year=_whole(row["year"]),
        reference=row["reference"],
        n=_whole(row["n"]),
        population=row["population"],
        lesion=row["lesion"],
        site=row["site"],
        modality=row["modality"],
        measure=cast(Measure, measure),
        count=_whole(row["count"]),
        denominator=_whole(row["denominator"]),
        percent=row["percent"] or None,
        interval=row["interval"] or None,
        derived=row["derived"] == "yes",
        seen=cast(Seen, seen),
        note=row["note"],
    )


def _whole(text: str) -> int | None:
    return int(text) if text else None
