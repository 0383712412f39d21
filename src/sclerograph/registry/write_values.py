"""Writing an imported table into a registry.

A registry keeps no dates unless it is told to: what studies need of them is how much time lies between two. So the
disease duration and the follow-up are computed where the table has dates and not the durations, and the dates stay
behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sclerograph.errors import UsageError
from sclerograph.registry.clinical import ClinicalEntry
from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.dictionary.variable import Dictionary
from sclerograph.registry.import_table import ClinicalRow, ImportedTable, Value
from sclerograph.registry.store import Registry

__all__ = ["WrittenValues", "clinical_entries", "write_values"]

_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class WrittenValues:
    """What was written: how many values were new to the registry, and which variables were left out as dates."""

    new: int
    dates_left_out: tuple[str, ...]


def write_values(
    registry: Registry,
    table: ImportedTable,
    *,
    author: str,
    dictionary: Dictionary | None = None,
    keep_dates: bool = False,
) -> WrittenValues:
    """Record the values of an imported table; what the registry holds already is not recorded twice.

    Parameters
    ----------
    registry
        An opened registry.
    table
        The table; the rows that were set aside are not in it.
    author
        Who imports it.
    dictionary
        The variables; those of the package when ``None``.
    keep_dates
        Whether dates are recorded as they are.
    """
    dictionary = dictionary if dictionary is not None else load_dictionary()
    entries = clinical_entries(table, dictionary, keep_dates=keep_dates)
    new = registry.set_values(entries, origin=f"table {table.sha256[:16]}", author=author)
    dates = tuple(str(name) for name in table.frame if dictionary.variables[str(name)].type == "date")
    return WrittenValues(new, () if keep_dates else dates)


def clinical_entries(table: ImportedTable, dictionary: Dictionary, *, keep_dates: bool) -> Iterator[ClinicalEntry]:
    """Yield the values of a table as a registry takes them.

    Variables of the patient, and all of a table with one row a patient, are the patient's. The others belong to the
    visit, which is named by its label, or by the days since the first visit of the patient in this table.
    """
    first_days = _first_days(table)
    for row in table.rows():
        first = first_days.get(row.pseudonym)
        visit = _visit_name(row, first) if table.one_row_per == "visit" else None
        values = dict(row.values)
        if row.visit_date is not None:
            values["visit_date"] = row.visit_date
        values = _with_durations(values, first)
        for name, value in values.items():
            variable = dictionary.variables[name]
            if isinstance(value, date):
                if not keep_dates:
                    continue
                value = value.isoformat()
            yield ClinicalEntry(
                row.pseudonym,
                name,
                value,
                visit=None if variable.level == "patient" else visit,
                origin=f"table {table.sha256[:16]} row {row.row}",
            )


def _first_days(table: ImportedTable) -> Mapping[str, date]:
    if "visit_date" not in table.frame:
        return {}
    first = table.frame.groupby("pseudonym")["visit_date"].min().dropna()
    return {str(pseudonym): day.date() for pseudonym, day in first.items()}


def _visit_name(row: ClinicalRow, first: date | None) -> str:
    if row.visit_label is not None:
        return row.visit_label
    if row.visit_date is None or first is None:
        raise UsageError(f"row {row.row} names no visit")
    return f"day {(row.visit_date - first).days}"


def _with_durations(values: dict[str, Value], first: date | None) -> dict[str, Value]:
    """Return the values with the durations that the dates allow and nobody recorded."""
    visit, diagnosis = values.get("visit_date"), values.get("diagnosis_date")
    if (
        isinstance(visit, date)
        and isinstance(diagnosis, date)
        and visit >= diagnosis
        and not {"disease_duration_years", "disease_duration_origin"} & set(values)
    ):
        values["disease_duration_years"] = (visit - diagnosis).days / _DAYS_PER_YEAR
        values["disease_duration_origin"] = "diagnosis"
    end = values.get("death_date", values.get("last_contact_date"))
    if isinstance(end, date) and first is not None and end >= first and "follow_up_years" not in values:
        values["follow_up_years"] = (end - first).days / _DAYS_PER_YEAR
    if "death_date" in values:
        values.setdefault("death", True)
    return values
