"""Deposits measured where there are none: untouched validation films, and wrists of adults without calcinosis."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from bench.measure import Measure, Outcome, Row, Target, Workplace
from bench.real_films import adult_wrists, validation_films
from sclerograph.errors import InputRejected
from sclerograph.findings.records import Deposit, Hand
from sclerograph.hand.reading import read_films
from sclerograph.imaging import open_radiograph
from sclerograph.imaging.radiograph import Radiograph

__all__ = ["MEASURE"]

_WORST = 30
#: Side of the cut-out that a picture shows, in parts of the hand's length, and of the picture in pixels.
_SHOWN_PART, _PICTURE = 0.25, 420


@dataclass
class _Count:
    hands: int = 0
    refused: list[str] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    by_site: dict[str, int] = field(default_factory=dict)


def _count(workplace: Workplace, paths: list[Path], what: str) -> _Count:
    count = _Count()
    for path in workplace.each(list(workplace.some(paths)), what):
        radiograph = open_radiograph(path)
        try:
            reading = read_films([radiograph], workplace.networks, name=path.stem)
        except InputRejected:
            count.refused.append(path.stem)
            continue
        for hand in reading.hands:
            count.hands += 1
            for deposit in hand.deposits:
                count.by_site[deposit.site] = count.by_site.get(deposit.site, 0) + 1
                count.marks.append(_mark(path.stem, deposit))
                if workplace.pictures is not None:
                    _draw(radiograph, hand, deposit, workplace.pictures / f"false_{path.stem}_{deposit.id}.png")
    count.marks.sort(key=lambda mark: -float(mark["confidence"]))
    return count


def _mark(name: str, deposit: Deposit) -> dict[str, Any]:
    x, y = np.concatenate([np.asarray(contour) for contour in deposit.contours]).mean(axis=0)
    return {
        "film": name,
        "site": deposit.site,
        "x": round(float(x)),
        "y": round(float(y)),
        "area_px": round(deposit.area_px, 1),
        "confidence": deposit.confidence,
        "morphology": deposit.morphology,
    }


def _draw(radiograph: Radiograph, hand: Hand, deposit: Deposit, path: Path) -> None:
    """Write the surroundings of a mark, plain beside outlined: for looking at here, never for the project."""
    path.parent.mkdir(parents=True, exist_ok=True)
    x, y = np.concatenate([np.asarray(contour) for contour in deposit.contours]).mean(axis=0)
    half = max(24.0, _SHOWN_PART * (hand.box[3] - hand.box[1]) / 2.0)
    greys = Image.fromarray(np.round(radiograph.pixels * 255.0).astype(np.uint8)).convert("RGB")
    part = greys.crop((int(x - half), int(y - half), int(x + half), int(y + half))).resize((_PICTURE, _PICTURE))
    outlined, scale = part.copy(), _PICTURE / (2 * half)
    pen = ImageDraw.Draw(outlined)
    for contour in deposit.contours:
        pen.line(
            [((px + 0.5 - int(x - half)) * scale, (py + 0.5 - int(y - half)) * scale) for px, py in contour], "red", 2
        )
    pen.text((4, 4), f"{deposit.site} {deposit.confidence:.2f}", "yellow")
    sheet = Image.new("RGB", (2 * _PICTURE, _PICTURE))
    sheet.paste(part, (0, 0))
    sheet.paste(outlined, (_PICTURE, 0))
    sheet.save(path)


def _row(key: str, on: str, count: _Count, target: Target | None) -> Row:
    value = len(count.marks) / count.hands if count.hands else None
    return Row(key, "false deposits", on, value, "per hand", count.hands, "hands", target)


def run(workplace: Workplace) -> Outcome:
    """Count every deposit on films of people who have none."""
    data = workplace.real_films()
    young = _count(workplace, [film.path for film in validation_films(data)], "false deposits, validation films")
    adults = _count(workplace, adult_wrists(data), "false deposits, adult wrists")
    looked_at = adults.hands + len(adults.refused)
    rows = [
        _row("false_validation", "validation films, untouched", young, Target("<=", 0.1, "per hand")),
        _row("false_wrists", "adult wrists that were read", adults, None),
        Row(
            "wrists_refused",
            "refused as no hand",
            "crops of adult wrists without fingers",
            len(adults.refused) / looked_at if looked_at else None,
            "%",
            looked_at,
            "crops",
        ),
    ]
    details = {
        name: {"by_site": count.by_site, "refused": count.refused, "worst": count.marks[:_WORST]}
        for name, count in (("validation", young), ("wrists", adults))
    }
    return Outcome(rows, details)


MEASURE = Measure("false_deposits", "False deposits", run)
