"""``comparison.html``: two visits on one page, both films at one scale with the differences drawn.

The page needs no other file, no network and no script. Every text of the readings is escaped; the page's own security
policy forbids any address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from sclerograph.comparison.records import AreaChange, Comparison, HandComparison, TuftChange
from sclerograph.errors import UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import Hand, Reading, SourceRecord
from sclerograph.reports import palette, wording
from sclerograph.reports.comparison_view import HandFigure, hand_figures
from sclerograph.reports.vector import closed_paths, decimal

__all__ = ["comparison_html", "write_comparison_report"]

_CLASS_WORDS = {
    "progression": "progression",
    "stable": "stable",
    "improvement": "improvement",
    "incident": "incident calcinosis",
    "absent": "no calcinosis at either visit",
    "not classified": "not classified",
}


@dataclass(frozen=True)
class _HandPart:
    """One hand with what the page needs beside its record."""

    key: str
    title: str
    change: HandComparison
    figures: tuple[HandFigure, HandFigure]
    same_scale: bool
    with_films: bool


def write_comparison_report(
    comparison: Comparison,
    first: Reading,
    second: Reading,
    films: Mapping[str, NDArray[np.floating]],
    path: Path | str,
) -> None:
    """Write ``comparison.html``.

    Parameters
    ----------
    comparison
        What changed.
    first, second
        The readings that were compared: their outlines are drawn.
    films
        Displayed pixels, (rows, columns) between 0 and 1, by the SHA-256 of their file. A film that is missing here is
        drawn by its outlines alone.
    path
        The file to write: complete or not there.

    Raises
    ------
    UsageError
        The readings are not those of the comparison, or a film has another size than its source.
    OSError
        The folder is missing or not writable.
    """
    write_atomically(path, comparison_html(comparison, first, second, films))


def comparison_html(
    comparison: Comparison, first: Reading, second: Reading, films: Mapping[str, NDArray[np.floating]]
) -> str:
    """Return the text of ``comparison.html``; the same input gives the same text."""
    _require_same(comparison, first, second)
    for source in (*first.sources, *second.sources):
        pixels = films.get(source.sha256)
        if pixels is not None and pixels.shape != (source.rows, source.columns):
            raise UsageError(
                f"the film of {source.id} has {pixels.shape} pixels and its source ({source.rows}, {source.columns}): "
                "contours would lie in the wrong place; give the pixels that were read"
            )
    parts = [_hand_part(f"h{i}", change, first, second, films) for i, change in enumerate(comparison.hands, start=1)]
    return _template().render(
        comparison=comparison,
        hands=parts,
        readings=((comparison.first, "First"), (comparison.second, "Second")),
        style=Markup(_resource("report.css") + _resource("comparison.css")),
    )


def _require_same(comparison: Comparison, first: Reading, second: Reading) -> None:
    for compared, reading in ((comparison.first, first), (comparison.second, second)):
        if [film.sha256 for film in compared.films] != [source.sha256 for source in reading.sources]:
            raise UsageError("these readings are not those that were compared: compare them again")


def _hand_part(
    key: str, change: HandComparison, first: Reading, second: Reading, films: Mapping[str, NDArray[np.floating]]
) -> _HandPart:
    hands = first.hands[change.first_hand], second.hands[change.second_hand]
    sources = _source(first, hands[0]), _source(second, hands[1])
    figures = hand_figures(change, hands, sources, films)
    title = wording.hand_title(hands[0] if hands[0].side else hands[1])
    return _HandPart(
        key,
        f"{title}, {change.view}",
        change,
        figures,
        change.scale.source != "none",
        all(figure.picture is not None for figure in figures),
    )


def _source(reading: Reading, hand: Hand) -> SourceRecord:
    return next(source for source in reading.sources if source.id == hand.source)


def _signed(value: float | None, decimals: int = 1) -> str:
    """Return a number with its sign, a dash where there is none."""
    if value is None:
        return wording.ABSENT
    text = wording.number(value, decimals)
    return text if text.startswith("−") or float(text) == 0.0 else f"+{text}"


def _amount(area: AreaChange, what: str) -> float | None:
    """Return one number of a change in mm2, or in thousandths of the squared length MCP3 to TIP3."""
    millimetres: float | None = getattr(area, f"{what}_mm2")
    if area.first_area_mm2 is not None:
        return millimetres
    ratio: float | None = getattr(area, f"{what}_ratio")
    return None if ratio is None else 1000.0 * ratio


def _unit(area: AreaChange) -> str:
    return "mm²" if area.first_area_mm2 is not None else "‰"


def _decimals(area: AreaChange) -> int:
    return 1 if area.first_area_mm2 is not None else 2


def _score_colour(tuft: TuftChange) -> str:
    """Return the colour of a pair score: grey where nothing changed or nothing can be said."""
    if not tuft.pair_score:
        return palette.NOT_ASSESSABLE
    if tuft.pair_score < 0:
        return palette.CHANGES["shrunk"]
    return palette.CHANGES["grown" if tuft.pair_score == 1 else "new"]


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "number": wording.number,
        "signed": _signed,
        "amount": _amount,
        "unit": _unit,
        "decimals": _decimals,
        "class_words": _CLASS_WORDS.__getitem__,
        "site_name": wording.site_name,
        "digit_name": wording.digit_name,
        "score_colour": _score_colour,
        "paths": closed_paths,
        "decimal": decimal,
    }
    environment.filters.update(filters)
    environment.globals.update(palette=palette, ABSENT=wording.ABSENT)
    return environment.get_template("comparison.html.j2")


def _resource(name: str) -> str:
    return files("sclerograph.reports").joinpath("templates", name).read_text(encoding="utf-8")
