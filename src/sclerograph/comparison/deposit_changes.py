"""What became of every deposit of a hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sclerograph.anatomy.hand import DIGITS, SITES
from sclerograph.comparison.area_change import AreaRuler
from sclerograph.comparison.common_frame import CommonFrame, HandMap
from sclerograph.comparison.matching import match_regions
from sclerograph.comparison.records import (
    AreaChange,
    CarriedOutline,
    DepositChange,
    DepositStatus,
    PlaceChange,
    Relation,
)
from sclerograph.comparison.regions import Region, region_of
from sclerograph.comparison.settings import ComparisonSettings
from sclerograph.findings.records import Contour, Deposit

__all__ = ["deposit_changes", "deposit_status", "place_changes"]

Members = tuple[list[Deposit], list[Deposit]]


def deposit_changes(
    first: Sequence[Deposit],
    second: Sequence[Deposit],
    frame: CommonFrame,
    ruler: AreaRuler,
    settings: ComparisonSettings,
) -> list[tuple[DepositChange, Members]]:
    """Match the deposits of one hand and measure what became of each.

    Returns
    -------
    Each change with the deposits of the two visits that it is made of, the largest first.
    """
    before = [region_of(d, frame.first, ruler.scales.first, settings.samples) for d in first]
    after = [region_of(d, frame.second, ruler.scales.second, settings.samples) for d in second]
    changes = []
    for group in match_regions(before, after, settings):
        members = [first[i] for i in group.first], [second[j] for j in group.second]
        distance = _distance([before[i] for i in group.first], [after[j] for j in group.second])
        changes.append((_change(members, distance, frame, ruler), members))
    return sorted(changes, key=lambda item: -_largest(item[1]))


def deposit_status(first: int, second: int, area: AreaChange) -> DepositStatus:
    """Return what became of a deposit, from the number of its parts at each visit and the change of its area.

    Where the smallest detectable change is not known, nothing is called growth that the classes of change call stable.
    """
    if not first:
        return "new"
    if not second:
        return "gone"
    if area.detectable is False or (area.detectable is None and area.change_class == "stable"):
        return "stable"
    return "grown" if (area.change_percent or 0.0) > 0.0 else "shrunk"


def place_changes(changes: Sequence[tuple[DepositChange, Members]], ruler: AreaRuler) -> list[PlaceChange]:
    """Return the change of each site and digit where deposits are at either visit.

    A deposit counts for the site where it was first seen: one that lies between a bone and a joint may be called by
    either name on two films, and has not moved.
    """
    places = [("site", site, [m for change, m in changes if change.site == site]) for site in SITES]
    places += [("digit", str(d.number), [m for change, m in changes if change.digit == d.number]) for d in DIGITS]
    return [
        PlaceChange.model_validate(
            {
                "scope": scope,
                "name": name,
                "first_deposits": len(before := [d for parts, _ in members for d in parts]),
                "second_deposits": len(after := [d for _, parts in members for d in parts]),
                "area": ruler.change(before, after, "hand_area"),
            }
        )
        for scope, name, members in places
        if members
    ]


def _largest(members: Members) -> float:
    return max(deposit.area_px for parts in members for deposit in parts)


def _distance(first: Sequence[Region], second: Sequence[Region]) -> float | None:
    if not first or not second:
        return None
    centres = [
        np.average([region.centre for region in regions], axis=0, weights=[region.area for region in regions])
        for regions in (first, second)
    ]
    return float(np.hypot(*(centres[1] - centres[0])))


def _change(members: Members, distance: float | None, frame: CommonFrame, ruler: AreaRuler) -> DepositChange:
    first, second = members
    named = max(first or second, key=lambda deposit: deposit.area_px)
    area = ruler.change(first, second, "deposit_area")
    carried = []
    if first:
        carried.append(CarriedOutline(film="second", contours=_carried(first, frame.first_to_second)))
    if second:
        carried.append(CarriedOutline(film="first", contours=_carried(second, frame.second_to_first)))
    return DepositChange(
        site=named.site,
        digit=named.digit,
        status=deposit_status(len(first), len(second), area),
        relation=_relation(len(first), len(second)),
        first=[deposit.id for deposit in first],
        second=[deposit.id for deposit in second],
        area=area,
        distance_mm=distance,
        carried=carried,
    )


def _carried(deposits: Sequence[Deposit], to_film: HandMap) -> list[Contour]:
    return [
        [(float(x), float(y)) for x, y in to_film(contour, deposit.digit)]
        for deposit in deposits
        for contour in deposit.contours
    ]


def _relation(first: int, second: int) -> Relation:
    if not first or not second:
        return "disappeared" if first else "appeared"
    if first == second == 1:
        return "one to one"
    if first > 1 and second > 1:
        return "regrouped"
    return "merged" if first > 1 else "split"
