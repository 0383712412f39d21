"""The clinical values of a registry as one typed table, for export and analysis."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sclerograph.errors import RefusedEntry
from sclerograph.registry.clinical import Scalar
from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.dictionary.variable import Dictionary
from sclerograph.registry.store import Registry
from sclerograph.registry.table.column import ColumnRule, distinct, read_column

__all__ = ["clinical_frame"]


def clinical_frame(registry: Registry, dictionary: Dictionary | None = None) -> pd.DataFrame:
    """Return the values that hold now: one row a visit with the values of its patient, or one a patient without any.

    Parameters
    ----------
    registry
        An opened registry.
    dictionary
        The variables; those of the package when ``None``. Values of other variables are not returned.

    Returns
    -------
    DataFrame
        ``pseudonym``, ``visit_label`` where there are visits, then the variables that occur, in the order of the
        dictionary and typed as :func:`~sclerograph.registry.import_table.import_table` types them.

    Raises
    ------
    RefusedEntry
        A value does not fit its variable.
    """
    variables = (dictionary if dictionary is not None else load_dictionary()).variables
    columns: dict[str, list[str]] = {name: [] for name in variables}
    for patient in registry.all_values(list(variables)):
        visits = patient.visits or {"": {}}
        for visit, values in visits.items():
            row = {**patient.values, **values, "pseudonym": patient.pseudonym, "visit_label": visit}
            for name, cells in columns.items():
                cells.append(_text(row.get(name)))
    kept = [name for name, cells in columns.items() if any(cells) or name == "pseudonym"]
    typed: dict[str, pd.Series[Any]] = {}
    for name in kept:
        numbers, contents = distinct(pd.array(columns[name], dtype=object).to_numpy(), None)
        result = read_column(numbers, contents, ColumnRule(variables[name], frozenset({""})))
        if result.faults:
            raise RefusedEntry(
                f"a value of {name} in the registry that {next(iter(result.faults))}",
                "it cannot be typed",
                "record it again, as the data dictionary says",
            )
        typed[name] = result.values
    return pd.DataFrame(typed)


def _text(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else repr(value)
