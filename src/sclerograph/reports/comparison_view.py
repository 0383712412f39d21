"""Two films of one hand as drawings of one scale: what is shown of each, and what became of every deposit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.comparison.records import AreaChange, DepositChange, HandComparison
from sclerograph.findings.records import Contour, Hand, SourceRecord
from sclerograph.reports.film_picture import jpeg_data_uri
from sclerograph.reports.film_view import Box
from sclerograph.reports.palette import CHANGES
from sclerograph.reports.wording import number, site_name

__all__ = ["ChangeMark", "HandFigure", "ScaleBar", "change_text", "hand_figures"]

Visit = Literal["first", "second"]
_VISITS: tuple[Visit, Visit] = ("first", "second")

#: Around the hand, as a share of its larger side.
_MARGIN = 0.06
_BAR_MM = 20.0


@dataclass(frozen=True)
class ChangeMark:
    """One deposit on one film.

    ``key`` is its number in the table. ``carried`` outlines are not on this film: they show where the other one has it.
    ``labelled`` marks bear their number: one for each deposit.
    """

    key: int
    colour: str
    contours: list[Contour]
    carried: bool
    labelled: bool
    label_at: tuple[float, float]
    description: str


@dataclass(frozen=True)
class ScaleBar:
    """A bar of a known length, in pixels of the film that it is drawn on."""

    x: float
    y: float
    length: float
    label: str


@dataclass(frozen=True)
class Picture:
    """The part of a film that is shown, and where it lies in pixels of the film."""

    href: str
    box: Box


@dataclass(frozen=True)
class HandFigure:
    """One film of a hand as it is drawn.

    ``unit`` is the length on this film that is drawn as long as one pixel of a picture 900 pixels high.
    """

    visit: Visit
    source: SourceRecord
    hand: Hand
    box: Box
    unit: float
    picture: Picture | None
    marks: list[ChangeMark]
    bar: ScaleBar | None


def hand_figures(
    change: HandComparison,
    hands: tuple[Hand, Hand],
    sources: tuple[SourceRecord, SourceRecord],
    films: Mapping[str, NDArray[np.floating]],
) -> tuple[HandFigure, HandFigure]:
    """Return both films of a hand, drawn so that a millimetre is equally long on both.

    Parameters
    ----------
    change
        The comparison of the hand.
    hands, sources
        The hand and its film at each visit.
    films
        Displayed pixels, (rows, columns) between 0 and 1, by the SHA-256 of their file. A film that is missing is drawn
        by its outlines.
    """
    lengths = _unit_lengths(change)
    drawn = list(zip(hands, lengths, strict=True))
    width, height = (
        (1.0 + 2.0 * _MARGIN) * max((hand.box[2 + k] - hand.box[k]) / length for hand, length in drawn) for k in (0, 1)
    )
    figures = [
        _figure(visit, change, hand, source, Box(0.0, 0.0, width * length, height * length), films)
        for visit, hand, source, length in zip(_VISITS, hands, sources, lengths, strict=True)
    ]
    return figures[0], figures[1]


def _unit_lengths(change: HandComparison) -> tuple[float, float]:
    """Return how many pixels of each film are equally long in the hand."""
    scale = change.scale
    if scale.first_mm_per_pixel is not None and scale.second_mm_per_pixel is not None:
        return 1.0 / scale.first_mm_per_pixel, 1.0 / scale.second_mm_per_pixel
    return 1.0, scale.pixel_ratio or 1.0


def _figure(
    visit: Visit,
    change: HandComparison,
    hand: Hand,
    source: SourceRecord,
    size: Box,
    films: Mapping[str, NDArray[np.floating]],
) -> HandFigure:
    x0, y0, x1, y1 = hand.box
    box = Box((x0 + x1 - size.width) / 2.0, (y0 + y1 - size.height) / 2.0, size.width, size.height)
    mm = change.scale.first_mm_per_pixel if visit == "first" else change.scale.second_mm_per_pixel
    unit = box.height / 900.0
    bar = None
    if mm is not None:
        length = _BAR_MM / mm
        bar = ScaleBar(box.x + 24.0 * unit, box.y + box.height - 22.0 * unit, length, f"{_BAR_MM:g} mm")
    pixels = films.get(source.sha256)
    return HandFigure(
        visit=visit,
        source=source,
        hand=hand,
        box=box,
        unit=unit,
        picture=None if pixels is None else _picture(pixels, box),
        marks=_marks(visit, change.deposits, hand, unit),
        bar=bar,
    )


def _picture(pixels: NDArray[np.floating], box: Box) -> Picture:
    rows, columns = pixels.shape
    left, top = max(floor(box.x), 0), max(floor(box.y), 0)
    right, bottom = min(ceil(box.x + box.width), columns), min(ceil(box.y + box.height), rows)
    part = pixels[top:bottom, left:right]
    # (0, 0) is the centre of the first pixel, so its picture begins half a pixel before
    return Picture(jpeg_data_uri(part, 1600), Box(left - 0.5, top - 0.5, right - left, bottom - top))


def _marks(visit: Visit, changes: Sequence[DepositChange], hand: Hand, unit: float) -> list[ChangeMark]:
    deposits = {deposit.id: deposit for deposit in hand.deposits}
    marks = []
    for key, change in enumerate(changes, start=1):
        own = [contour for name in getattr(change, visit) for contour in deposits[name].contours]
        carried = [contour for outline in change.carried if outline.film == visit for contour in outline.contours]
        # the outline of the other visit is drawn only where there is a difference to see
        for contours, is_carried in ((own, False), (carried, True)):
            if contours and not (is_carried and own and change.status == "stable"):
                label_at = _label_place(contours, unit)
                labelled = not (is_carried and own)
                text = change_text(key, change)
                marks.append(ChangeMark(key, CHANGES[change.status], contours, is_carried, labelled, label_at, text))
    return marks


def _label_place(contours: Sequence[Contour], unit: float) -> tuple[float, float]:
    points = [point for contour in contours for point in contour]
    return max(x for x, _ in points) + 9.0 * unit, min(y for _, y in points) - 5.0 * unit


def change_text(key: int, change: DepositChange) -> str:
    """Return one line on what became of a deposit."""
    place = f"{change.site} ({site_name(change.site)})"
    percent = change.area.change_percent
    amount = "" if percent is None or change.status in ("new", "gone") else f", {_signed(percent)} %"
    return f"{key}: {place}, {change.status}{amount}, {_sizes(change.area)}"


def _signed(value: float) -> str:
    return ("+" if value > 0.0 else "") + number(value, 0)


def _sizes(area: AreaChange) -> str:
    if area.first_area_mm2 is not None:
        return f"{number(area.first_area_mm2)} to {number(area.second_area_mm2)} mm²"
    if area.first_area_ratio is not None and area.second_area_ratio is not None:
        return f"{number(1000.0 * area.first_area_ratio, 2)} to {number(1000.0 * area.second_area_ratio, 2)} ‰"
    return "area not comparable"
