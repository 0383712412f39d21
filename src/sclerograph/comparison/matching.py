"""Which deposit of one visit is which of the other: one to one, merged, come apart, new or gone.

First every deposit gets at most one partner, so that the whole costs least (Kuhn 1955, doi:10.1002/nav.3800020109).
What was left over near a deposit that has a partner is then looked for where that deposit's growth carries it: crumbs
around a mass move outwards as it grows. What is still left over joins the deposit that covers it: so two deposits that
have grown together are one change of their common area, and not one that grew and one that vanished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sclerograph.comparison.regions import Region
from sclerograph.comparison.settings import ComparisonSettings

__all__ = ["Group", "match_regions", "pair_cost"]


@dataclass(frozen=True)
class Group:
    """Deposits that are one through time: places in the lists of the two visits, either of which may be empty."""

    first: tuple[int, ...]
    second: tuple[int, ...]


def pair_cost(one: Region, other: Region, settings: ComparisonSettings) -> float:
    """Return what it costs to take two deposits for one; infinite where they are too far apart.

    The gap between the outlines as a share of the reach, the distance of the centres as a share of reach and sizes, and
    the difference of the sizes.
    """
    distance = float(np.hypot(*(one.centre - other.centre)))
    # No outline is longer than a few radii: far centres need no look at the outlines.
    if distance > settings.reach_mm + 8.0 * (one.radius + other.radius):
        return np.inf
    gap = one.gap(other)
    if gap > settings.reach_mm:
        return np.inf
    apart = distance / (settings.reach_mm + one.radius + other.radius)
    size = abs(float(np.log(max(one.area, 1e-9) / max(other.area, 1e-9))))
    return gap / settings.reach_mm + apart + settings.size_weight * size


def match_regions(first: Sequence[Region], second: Sequence[Region], settings: ComparisonSettings) -> list[Group]:
    """Match the deposits of two visits.

    Returns
    -------
    Groups that hold every deposit exactly once, in the order of their first member.
    """
    partners = _partners(first, second, settings)
    partners |= _carried_partners(first, second, partners, settings)
    labels_first = list(range(len(first)))
    labels_second = [len(first) + j for j in range(len(second))]
    for i, j in partners.items():
        labels_second[j] = labels_first[i]
    taken = set(partners.values())
    for i, region in enumerate(first):
        if i not in partners and (host := _host(region, second, settings)) is not None:
            _join(labels_first, labels_second, labels_first[i], labels_second[host])
    for j, region in enumerate(second):
        if j not in taken and (host := _host(region, first, settings)) is not None:
            _join(labels_first, labels_second, labels_second[j], labels_first[host])
    order = list(dict.fromkeys([*labels_first, *labels_second]))
    return [
        Group(
            tuple(i for i, label in enumerate(labels_first) if label == wanted),
            tuple(j for j, label in enumerate(labels_second) if label == wanted),
        )
        for wanted in order
    ]


def _partners(first: Sequence[Region], second: Sequence[Region], settings: ComparisonSettings) -> dict[int, int]:
    """Return the one-to-one pairs whose total cost, with ``unmatched_cost`` for two that stay alone, is least."""
    n, m = len(first), len(second)
    if not n or not m:
        return {}
    costs: NDArray[np.float64] = np.array([[pair_cost(a, b, settings) for b in second] for a in first])
    # A pair that is no cheaper than staying alone is never taken, so its cost may stand for every larger one.
    alone = settings.unmatched_cost
    table = np.full((n + m, n + m), alone / 2.0)
    table[:n, :m] = np.minimum(costs, 2.0 * alone)
    table[n:, m:] = 0.0
    rows, columns = linear_sum_assignment(table)
    return {int(i): int(j) for i, j in zip(rows, columns, strict=True) if i < n and j < m and costs[i, j] < alone}


def _carried_partners(
    first: Sequence[Region], second: Sequence[Region], partners: dict[int, int], settings: ComparisonSettings
) -> dict[int, int]:
    """Return pairs of deposits left over, each looked for where the growth of its larger neighbour carries it."""
    taken = set(partners.values())
    alone_first = [i for i in range(len(first)) if i not in partners]
    alone_second = [j for j in range(len(second)) if j not in taken]
    carried = [_carried(first[i], [(first[a], second[b]) for a, b in partners.items()], settings) for i in alone_first]
    moved = [(i, region) for i, region in zip(alone_first, carried, strict=True) if region is not None]
    found = _partners([region for _, region in moved], [second[j] for j in alone_second], settings)
    return {moved[a][0]: alone_second[b] for a, b in found.items()}


def _carried(region: Region, grown: Sequence[tuple[Region, Region]], settings: ComparisonSettings) -> Region | None:
    """Return a deposit where the nearest larger one carries it as it becomes what it is at the other visit."""
    near = [(region.gap(before), before, after) for before, after in grown if before.area > region.area]
    if not near:
        return None
    gap, before, after = min(near, key=lambda item: item[0])
    if gap > settings.carried_within_mm:
        return None
    growth = after.radius / before.radius
    shift = after.centre - before.centre + (growth - 1.0) * (region.centre - before.centre)
    return replace(region, points=region.points + shift)


def _host(region: Region, others: Sequence[Region], settings: ComparisonSettings) -> int | None:
    """Return the deposit of the other visit that covers most of one without partner, if any covers enough."""
    best, place = settings.covered_share, None
    for j, other in enumerate(others):
        reach = settings.reach_mm + 8.0 * (region.radius + other.radius)
        if float(np.hypot(*(region.centre - other.centre))) > reach:
            continue
        share = region.covered_by(other, settings.touch_mm)
        if share >= best:
            best, place = share, j
    return place


def _join(first: list[int], second: list[int], old: int, new: int) -> None:
    for labels in (first, second):
        for i, label in enumerate(labels):
            if label == old:
                labels[i] = new
