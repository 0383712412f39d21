"""Findings by site and over time: what long tables say for the maps and the courses of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sclerograph.anatomy.hand import SITES
from sclerograph.cohort.figures.body_outline import BODY_REGIONS
from sclerograph.cohort.plan import Course, SiteMap
from sclerograph.cohort.spine_levels import LEVELS, SEGMENTS
from sclerograph.errors import UsageError

__all__ = ["CourseResult", "PatientCourse", "SiteCount", "SiteMapResult", "count_sites", "follow_course"]

_DIGITS = {str(number): f"DP{number}" for number in range(1, 6)}
_PAIRED = {region.code: region.paired for region in BODY_REGIONS}


@dataclass(frozen=True)
class SiteCount:
    """How many patients have a finding at one site, of those in whom it is known.

    ``side`` is L or R, or ``None`` where sides were not told apart; ``segment`` is that of the spine.
    """

    site: str
    side: str | None
    segment: str | None
    successes: int
    n: int


@dataclass(frozen=True)
class SiteMapResult:
    """A finding by site."""

    wanted: SiteMap
    sites: tuple[SiteCount, ...]


@dataclass(frozen=True)
class PatientCourse:
    """The visits of one patient in the order of time."""

    time: tuple[float, ...]
    value: tuple[float, ...]


@dataclass(frozen=True)
class CourseResult:
    """The courses of the patients with two visits or more, and how many have only one."""

    wanted: Course
    courses: tuple[PatientCourse, ...]
    single: int


def count_sites(wanted: SiteMap, long: Mapping[str, pd.DataFrame]) -> SiteMapResult:
    """Count the patients who have a finding at each site; several rows of one patient and site count once.

    Of the body, what has no left and right may leave the column of sides empty.

    Raises
    ------
    UsageError
        The long table has no such column, the finding is no number, or a row names no site of the drawing.
    """
    rows = long[wanted.table]
    keys = [wanted.site]
    if wanted.kind == "spine":
        keys.append(wanted.segment)
    elif wanted.kind == "hand" or wanted.side in rows:
        keys.append(wanted.side)
    _check(rows, wanted.table, "maps", (*keys, wanted.finding), wanted.finding)
    known = rows[rows[wanted.finding].notna()]
    worst = known.groupby([*keys, "patient"], observed=True, dropna=False)[wanted.finding].max()
    affected = worst >= wanted.at_least
    counts = affected.groupby(level=list(range(len(keys))), observed=True, dropna=False).agg(["sum", "count"])
    sites = []
    for key, (successes, n) in zip(counts.index, counts.to_numpy().tolist(), strict=True):
        values = [_text(part) for part in (key if isinstance(key, tuple) else (key,))]
        side = values[1].upper()[:1] if len(values) > 1 and wanted.kind != "spine" else None
        segment = values[1] if wanted.kind == "spine" else None
        site = _DIGITS.get(values[0], values[0]) if wanted.kind == "hand" else values[0]
        found = SiteCount(site, side or None, segment, int(successes), int(n))
        _check_site(wanted, found)
        sites.append(found)
    return SiteMapResult(wanted, tuple(sites))


def _check_site(wanted: SiteMap, found: SiteCount) -> None:
    """Refuse what could not be drawn: it would be missing from the figure without a word."""
    where = f"the long table {wanted.table}: {found.n} patients have {wanted.finding!r}"
    if not found.site:
        raise UsageError(f"{where} without a site; fill the column {wanted.site!r}, or take the rows out")
    if wanted.kind == "hand" and found.site not in SITES:
        raise UsageError(f"{where} at {found.site!r}, which is no site of the hand: {', '.join(SITES)}")
    if wanted.kind == "body":
        if found.site not in _PAIRED:
            raise UsageError(f"{where} at {found.site!r}, which is no region of the body: {', '.join(_PAIRED)}")
        if found.side is not None and not _PAIRED[found.site]:
            raise UsageError(f"{where} at a side of {found.site}, which has none; leave {wanted.side!r} empty there")
    needs_side = wanted.kind == "hand"
    if (found.side is None and needs_side) or found.side not in (None, "L", "R"):
        raise UsageError(f"{where} at {found.site} without a side; the column {wanted.side!r} holds L and R")
    if wanted.kind == "spine":
        _check_level(found, where)


def _check_level(found: SiteCount, where: str) -> None:
    if found.site not in LEVELS:
        raise UsageError(f"{where} at {found.site!r}, which is no level of the spine: {LEVELS[0]} to {LEVELS[-1]}")
    if found.segment not in SEGMENTS:
        raise UsageError(f"{where} at {found.site}, but in no segment: {', '.join(SEGMENTS)}")


def _text(value: object) -> str:
    """Return the name of a site; a digit that was read as a number is its whole number, nothing an empty text."""
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def follow_course(wanted: Course, long: Mapping[str, pd.DataFrame]) -> CourseResult:
    """Return the course of every patient with at least two visits; a visit without a value is none.

    Raises
    ------
    UsageError
        The long table has no such column, time or value are no numbers, a value is below 0, or a patient has two values
        at one time.
    """
    rows = long[wanted.table]
    _check(rows, wanted.table, "courses", (wanted.time, wanted.value), wanted.time, wanted.value)
    if (rows[wanted.value] < 0.0).any():
        raise UsageError(
            f"column {wanted.value!r} of {wanted.table} is below 0: a course is drawn of an extent or score"
        )
    known = rows.dropna(subset=[wanted.time, wanted.value]).sort_values(["patient", wanted.time], kind="stable")
    if known.duplicated(["patient", wanted.time]).any():
        raise UsageError(f"the long table {wanted.table} has two values of one patient at one time; keep one of them")
    courses, single = [], 0
    for _, visits in known.groupby("patient", sort=True):
        if len(visits) > 1:
            times, values = (tuple(map(float, visits[name])) for name in (wanted.time, wanted.value))
            courses.append(PatientCourse(times, values))
        else:
            single += 1
    return CourseResult(wanted, tuple(courses), single)


def _check(rows: pd.DataFrame, table: str, key: str, columns: tuple[str, ...], *numbers: str) -> None:
    for name in columns:
        if name not in rows:
            raise UsageError(f"the long table {table} has no column {name!r}; correct {key} in the plan")
    for name in numbers:
        if not pd.api.types.is_numeric_dtype(rows[name].dtype):
            raise UsageError(f"column {name!r} of {table} holds values that are no numbers; correct them")
