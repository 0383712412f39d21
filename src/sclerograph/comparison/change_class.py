"""Per-cent change and its class: progression, stable, improvement, incident.

The cut-offs are those of Valenzuela 2022 (doi:10.1016/j.semarthrit.2022.151980; abstract seen): progression is an
increase of more than 25 %, improvement a decrease of more than 25 %; exactly 25 % is stable. They were found for a
reader's score of calcinosis over one year and are applied to calcified area here. From an area of zero there is no per
cent: calcium that appears is incident. Where the first area is below the smallest detectable change a percentage would
be one of noise, and no class is given.
"""

from __future__ import annotations

from sclerograph.comparison.records import ChangeClass

__all__ = ["change_class", "percent_change"]


def percent_change(first: float, second: float) -> float | None:
    """Return 100 (second - first) / first, ``None`` from zero."""
    return None if first <= 0.0 else 100.0 * (second - first) / first


def change_class(
    first: float, second: float, smallest_detectable_change: float | None, cut_off_percent: float
) -> tuple[ChangeClass, str | None]:
    """Return the class of a change, and where it needs one the reason.

    Parameters
    ----------
    first, second
        The areas, in one unit.
    smallest_detectable_change
        In the same unit; ``None`` where it is not known.
    cut_off_percent
        25 in Valenzuela 2022.
    """
    least = smallest_detectable_change or 0.0
    if first <= 0.0 and second <= 0.0:
        return "absent", None
    if abs(second - first) <= least:
        if first <= 0.0:
            return "not classified", "what appeared is smaller than the smallest detectable change"
        return "stable", "the change is smaller than the smallest detectable one"
    percent = percent_change(first, second)
    if percent is None:
        return "incident", None
    if first < least:
        return (
            "not classified",
            "the first area is below the smallest detectable change, so a percentage would mean nothing",
        )
    if percent > cut_off_percent:
        return "progression", None
    if percent < -cut_off_percent:
        return "improvement", None
    return "stable", None
