"""What other films of a visit add to the one that counts for a hand."""

from __future__ import annotations

from dataclasses import dataclass

from sclerograph.findings.records import VisitHand
from sclerograph.reports.wording import digit_name, interval, number, site_name

__all__ = ["VisitRow", "from_other_films"]

_DECIMALS = {"mm": 2, "ratio": 3, "share": 2, "degrees": 0, "grade": 0, "0 to 1": 2}


@dataclass(frozen=True)
class VisitRow:
    """One value with its unit, its 95 % interval and its film."""

    finding: str
    place: str
    value: str
    interval: str
    source: str


def from_other_films(merged: VisitHand) -> list[VisitRow]:
    """Return the values of a hand that are not those of the film that counts."""
    rows = []
    for found in merged.findings:
        if not found.assessable or found.source is None or found.source == merged.sources[0]:
            continue
        decimals = _DECIMALS.get(found.unit, 2)
        unit = f" {found.unit}" if found.unit in ("mm", "degrees") else ""
        rows.append(
            VisitRow(
                found.finding[:1].upper() + found.finding[1:],
                _place(found.place),
                number(found.value, decimals) + unit,
                interval(found.interval, decimals),
                found.source,
            )
        )
    return rows


def _place(place: str) -> str:
    if place == "hand":
        return place
    return digit_name(int(place)) if place.isdigit() else f"{place}, {site_name(place)}"
