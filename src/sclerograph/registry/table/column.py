"""From the texts of one column to typed values: each distinct text is read once, however often it occurs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sclerograph.errors import RefusedEntry
from sclerograph.registry.dictionary.variable import Variable
from sclerograph.registry.pseudonym import check_pseudonym, check_visit_name
from sclerograph.registry.table.date import DateFault, date_parser
from sclerograph.registry.table.guard import is_formula, unguarded
from sclerograph.registry.table.number import Decimal, NumberFault, parse_number
from sclerograph.registry.table.raw import CellKind

__all__ = ["ColumnRule", "ColumnValues", "Fault", "distinct", "read_column", "typed_column"]

_YES_NO = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
_WHOLE = {"1.0": "1", "0.0": "0"}
_FIRST_YEAR = 1890
_KIND_FAULTS = {
    CellKind.FORMULA: "is a formula: save the table with its values",
    CellKind.ERROR: "holds an error of the workbook",
}


class Fault(str):
    """Why a text is not taken."""

    __slots__ = ()


@dataclass(frozen=True)
class ColumnRule:
    """How the cells of a column are read.

    Attributes
    ----------
    variable
        What they hold.
    decimal
        The decimal sign of texts; ``None`` where nobody can tell, so that a number with one is refused.
    codes
        What a text stands for, by the text in small letters.
    missing
        Texts, in small letters, that mean that nothing was recorded.
    factor
        What numbers are multiplied by.
    date_format
        Of dates.
    """

    variable: Variable
    missing: frozenset[str]
    decimal: Decimal | None = "."
    codes: Mapping[str, str] = field(default_factory=dict)
    factor: float = 1.0
    date_format: str = "YYYY-MM-DD"


@dataclass(frozen=True)
class ColumnValues:
    """What came of a column.

    Attributes
    ----------
    values
        Typed: ``boolean``, ``Int64``, ``float64``, a category of the codes, ``datetime64[ns]`` or text, by the type of
        the variable; missing where nothing was recorded or the cell was not taken.
    faults
        For each reason the positions of the cells that were not taken because of it.
    """

    values: pd.Series[Any]
    faults: Mapping[str, NDArray[np.int64]]


def distinct(
    texts: NDArray[np.object_], kinds: NDArray[np.uint8] | None
) -> tuple[NDArray[np.int64], list[tuple[str, int]]]:
    """Return for each cell the number of its content, and each content: its text and its kind."""
    if kinds is None:
        numbers, contents = pd.factorize(texts)
        return numbers.astype(np.int64), [(str(text), int(CellKind.TEXT)) for text in contents]
    numbers, contents = pd.factorize(
        np.asarray([f"{kind}{text}" for kind, text in zip(kinds, texts, strict=True)], object)
    )
    return numbers.astype(np.int64), [(str(text)[1:], int(str(text)[0])) for text in contents]


def read_column(numbers: NDArray[np.int64], contents: list[tuple[str, int]], rule: ColumnRule) -> ColumnValues:
    """Return the typed values of a column whose cells were told apart by :func:`distinct`."""
    read = _reader(rule)
    results = [read(text, CellKind(kind)) for text, kind in contents]
    reasons = sorted({str(result) for result in results if isinstance(result, Fault)})
    faults = {}
    for reason in reasons:
        guilty = np.asarray([isinstance(result, Fault) and result == reason for result in results])
        faults[reason] = np.flatnonzero(guilty[numbers])
    clean = [None if isinstance(result, Fault) else result for result in results]
    return ColumnValues(typed_column(clean, rule.variable).take(numbers).reset_index(drop=True), faults)


def typed_column(values: list[Any], variable: Variable) -> pd.Series[Any]:
    """Return Python values, ``None`` where there is none, as a column of the type that its variable has."""
    match variable.type:
        case "yes_no":
            return pd.Series(pd.array(values, dtype="boolean"))
        case "integer":
            return pd.Series(pd.array(values, dtype="Int64"))
        case "number":
            return pd.Series([np.nan if value is None else value for value in values], dtype="float64")
        case "code":
            return pd.Series(pd.Categorical(values, categories=list(variable.codes)))
        case "date":
            return pd.Series(np.asarray(["NaT" if v is None else v.isoformat() for v in values], "datetime64[ns]"))
        case _:
            return pd.Series(values, dtype="string")


def _reader(rule: ColumnRule) -> Callable[[str, CellKind], Any]:
    """Return a function from a cell's text and kind to its value, ``None`` when missing, or a fault."""
    read_value = _value_reader(rule)

    def read(text: str, kind: CellKind) -> Any:
        text = unguarded(text)
        key = text.casefold()
        if key in rule.codes:
            return read_value(rule.codes[key], CellKind.TEXT)
        if key in rule.missing:
            return None
        if kind in _KIND_FAULTS:
            return Fault(_KIND_FAULTS[kind])
        if any("\udc80" <= letter < "\udd00" for letter in text):
            return Fault("is not written in the encoding of the rest of the table")
        if kind == CellKind.TEXT and is_formula(text):
            return Fault(_KIND_FAULTS[CellKind.FORMULA])
        return read_value(text, kind)

    return read


def _value_reader(rule: ColumnRule) -> Callable[[str, CellKind], Any]:
    variable = rule.variable
    match variable.type:
        case "pseudonym":
            return lambda text, _: _checked(text, check_pseudonym)
        case "label":
            return lambda text, _: _checked(text, check_visit_name)
        case "yes_no":
            return lambda text, _: _YES_NO.get(_WHOLE.get(text, text).casefold(), Fault("is neither yes nor no"))
        case "code":
            known = {label.casefold(): code for code, label in variable.codes.items()}
            known |= {code.casefold(): code for code in variable.codes}
            return lambda text, _: known.get(
                text.casefold(), Fault(f"is none of the codes {', '.join(variable.codes)}")
            )
        case "date":
            return _date_reader(rule)
        case _:
            return _number_reader(rule)


def _checked(text: str, check: Callable[[str], str]) -> str | Fault:
    try:
        return check(text)
    except RefusedEntry as refusal:
        return Fault(f"is {refusal.found}")


def _date_reader(rule: ColumnRule) -> Callable[[str, CellKind], Any]:
    parse = date_parser(rule.date_format)

    def read(text: str, kind: CellKind) -> date | Fault:
        if kind == CellKind.NUMBER:
            return Fault("is a number, not a date")
        day = date.fromisoformat(text) if kind == CellKind.DATE else parse(text)
        if isinstance(day, DateFault):
            return Fault(f"{day.value} ({rule.date_format})" if day is DateFault.NO_DATE else day.value)
        return day if _FIRST_YEAR <= day.year <= 2200 else Fault(f"is before {_FIRST_YEAR}, or centuries ahead")

    return read


def _number_reader(rule: ColumnRule) -> Callable[[str, CellKind], Any]:
    variable = rule.variable
    low = -np.inf if variable.low is None else variable.low
    high = np.inf if variable.high is None else variable.high
    unit = f" {variable.unit}" if variable.unit else ""
    outside = Fault(f"is outside {low:g} to {high:g}{unit}")

    def read(text: str, kind: CellKind) -> float | int | Fault:
        if kind == CellKind.DATE:
            return Fault("is a date where a number belongs: spreadsheets make dates of numbers")
        if kind == CellKind.TRUTH:
            return Fault(NumberFault.NOT_A_NUMBER.value)
        value = parse_number(text, "." if kind == CellKind.NUMBER or rule.decimal is None else rule.decimal)
        unclear = kind == CellKind.TEXT and rule.decimal is None and ("." in text or "," in text)
        if unclear and value is not NumberFault.NOT_A_NUMBER:
            return Fault(NumberFault.AMBIGUOUS.value)
        if isinstance(value, NumberFault):
            return Fault(value.value)
        value *= rule.factor
        if not low <= value <= high:
            return outside
        if variable.type == "integer":
            # A factor, or a unit of thousands, leaves a trace of rounding in a number that is whole.
            return round(value) if abs(value - round(value)) < 1e-9 else Fault("is not a whole number")
        return value

    return read
