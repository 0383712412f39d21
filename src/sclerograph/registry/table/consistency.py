"""What cannot be true of a patient: days in the future, before birth or after death, twins of one row."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sclerograph.registry.dictionary.variable import Dictionary
from sclerograph.registry.table.problems import Problems

__all__ = ["check_consistency", "check_twins"]

_YEARS = ("raynaud_onset_year", "non_raynaud_onset_year", "diagnosis_year")
#: An age counts whole years, and the birthday may be ahead or behind.
_AGE_SLACK_YEARS = 1.01


class _Checks:
    """The columns that a table has, and how a problem of one of them is added."""

    def __init__(self, frame: pd.DataFrame, columns: dict[str, int | None], problems: Problems) -> None:
        self.frame = frame
        self.columns = columns
        self.problems = problems

    def years(self, name: str) -> NDArray[np.float64] | None:
        """Return a column as years, whether it holds years or days; ``None`` where the table does not have it."""
        if name not in self.frame:
            return None
        values = self.frame[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.year
        return values.to_numpy(dtype="float64", na_value=np.nan)

    def days(self, name: str) -> pd.Series[Any] | None:
        return self.frame.get(name)

    def flag(self, name: str, guilty: Any, reason: str) -> None:
        """Add a problem of the cells of a column (comparisons with what is missing are false)."""
        positions = np.flatnonzero(np.asarray(guilty, dtype=bool))
        self.problems.add(positions, self.columns.get(name), name, reason)


def check_consistency(
    frame: pd.DataFrame, columns: dict[str, int | None], dictionary: Dictionary, today: date, problems: Problems
) -> None:
    """Add the problems of single rows whose values cannot be true together.

    Parameters
    ----------
    frame
        Typed values, one column a variable, one row a row of the table.
    columns
        Position in the table of each variable's column; ``None`` for a constant.
    dictionary
        What the variables are.
    today
        After this day lies the future.
    problems
        What was found so far; the findings are added.
    """
    checks = _Checks(frame, columns, problems)
    dates = [name for name in frame if dictionary.variables[str(name)].type == "date"]
    for name in map(str, dates):
        checks.flag(name, frame[name] > pd.Timestamp(today), "lies in the future")
    for name in ("birth_year", *_YEARS):
        years = checks.years(name)
        if years is not None:
            checks.flag(name, years > today.year, "lies in the future")
    _against_birth(checks, [*map(str, dates), *_YEARS])
    _against_death(checks, [name for name in map(str, dates) if name != "death_date"])
    _year_of_diagnosis(checks)
    _requirements(checks, dictionary)


def _against_birth(checks: _Checks, names: list[str]) -> None:
    birth = checks.years("birth_year")
    age = checks.years("age_years")
    if birth is not None:
        for name in names:
            years = checks.years(name)
            if years is not None:
                checks.flag(name, years < birth, "is before the year of birth")
        visit = checks.years("visit_date")
        if visit is not None and age is not None:
            gap = np.abs(visit - birth - age)
            checks.flag("age_years", gap > _AGE_SLACK_YEARS, "does not fit the year of birth and the date of the visit")
    duration = checks.years("disease_duration_years")
    if duration is not None and age is not None:
        checks.flag("disease_duration_years", duration > age + _AGE_SLACK_YEARS, "is longer than the patient's life")


def _against_death(checks: _Checks, names: list[str]) -> None:
    death = checks.days("death_date")
    if death is None:
        return
    for name in names:
        days = checks.days(name)
        if days is not None:
            checks.flag("death_date", death < days, f"is before {name}")
    died = checks.years("death_date")
    for name in _YEARS:
        years = checks.years(name)
        if years is not None and died is not None:
            checks.flag("death_date", died < years, f"is before {name}")
    known = checks.days("death")
    if known is not None:
        denied = (~known).fillna(False).to_numpy(dtype=bool)
        checks.flag("death_date", denied & death.notna().to_numpy(), "stands beside the statement that nobody died")


def _year_of_diagnosis(checks: _Checks) -> None:
    year, day = checks.years("diagnosis_year"), checks.years("diagnosis_date")
    if year is not None and day is not None:
        checks.flag("diagnosis_year", np.abs(year - day) > 0, "is not the year of diagnosis_date")


def _requirements(checks: _Checks, dictionary: Dictionary) -> None:
    for name in map(str, checks.frame):
        for needed in dictionary.variables[name].requires:
            present = checks.frame[name].notna().to_numpy()
            if needed not in checks.frame:
                checks.flag(name, present, f"has no meaning without {needed}")
            else:
                checks.flag(name, present & checks.frame[needed].isna().to_numpy(), f"has no meaning without {needed}")


def check_twins(
    frame: pd.DataFrame,
    contents: pd.DataFrame,
    columns: dict[str, int | None],
    dictionary: Dictionary,
    one_row_per: str,
    problems: Problems,
) -> None:
    """Add the problems between rows: the same patient or visit twice, and visits that contradict each other.

    Parameters
    ----------
    frame
        Typed values.
    contents
        Numbers that tell the contents of the cells apart, one column a column of the table that is read.
    columns, dictionary, problems
        As for :func:`check_consistency`.
    one_row_per
        ``patient`` or ``visit``.
    """
    known = frame["pseudonym"].notna().to_numpy()
    key = ["pseudonym"]
    if one_row_per == "visit":
        key += [name for name in ("visit_date", "visit_label") if name in frame]
    keys = frame.loc[known, key]
    twins = keys.duplicated(keep=False).to_numpy()
    positions = np.flatnonzero(known)[twins]
    if len(positions):
        # Rows that say the same throughout are one row written twice: the first stays.
        repeated = contents.iloc[positions].duplicated(keep="first").to_numpy()
        problems.add(positions[repeated], None, None, "repeats an earlier row")
        rest = positions[~repeated]
        clash = frame.iloc[rest][key].duplicated(keep=False).to_numpy()
        what = "the same patient" if one_row_per == "patient" else "the same patient and visit"
        column = columns["pseudonym"]
        problems.add(rest[clash], column, "pseudonym", f"is in several rows that differ: {what}")
    if one_row_per == "visit":
        _contradictions(frame, columns, dictionary, problems)


def _contradictions(
    frame: pd.DataFrame, columns: dict[str, int | None], dictionary: Dictionary, problems: Problems
) -> None:
    patients = frame["pseudonym"]
    for name in map(str, frame):
        if dictionary.variables[name].level != "patient" or name == "pseudonym":
            continue
        values = pd.DataFrame({"patient": patients, "value": frame[name]}).dropna().drop_duplicates()
        guilty = values.loc[values["patient"].duplicated(keep=False), "patient"].unique()
        rows = (patients.isin(guilty) & frame[name].notna()).fillna(False).to_numpy(dtype=bool)
        problems.add(np.flatnonzero(rows), columns.get(name), name, "differs between the visits of the patient")
