"""The mapping file: which column of a table is which variable, and how its cells are written.

.. code-block:: toml

    [table]
    one_row_per = "visit"            # or "patient", the default
    date_format = "DD/MM/YYYY"       # YYYY-MM-DD needs no statement
    decimal = ","                    # otherwise found out, column by column
    missing = ["ND", "-9"]           # besides empty, NA, N/A, NaN, null and a point
    leave_out = ["Nom"]              # columns that are not read even if they name patients
    by_name = true                   # also read columns that bear the name of a variable

    [column."Numéro"]
    variable = "pseudonym"

    [column."Date de visite"]
    variable = "visit_date"

    [column."Sexe"]
    variable = "sex"
    codes = { F = "female", H = "male" }

    [column."Calcémie (mg/dL)"]
    variable = "calcium_mmol_per_l"
    unit = "mg/dL"
    factor = 0.2495                  # value in the variable's unit = cell x factor

    [constant]                       # the same for every row
    disease_duration_origin = "diagnosis"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sclerograph.errors import UsageError
from sclerograph.registry.dictionary.variable import Dictionary, Variable
from sclerograph.registry.table.date import ISO, date_parser
from sclerograph.registry.table.raw import header_key
from sclerograph.registry.table.redcap import REDCAP_EVENT

__all__ = ["DEFAULT_MISSING", "ColumnMapping", "TableMapping", "check_mapping", "mapping_by_name", "read_mapping"]

#: Texts, in small letters, that mean in every table that nothing was recorded.
DEFAULT_MISSING = frozenset({"", "na", "n/a", "nan", "null", "."})
#: What REDCap itself adds to every export.
_REDCAP_NAMES = {"record_id": "pseudonym", REDCAP_EVENT: "visit_label"}
#: A stated factor may differ from the dictionary's by rounding, not by more.
_FACTOR_TOLERANCE = 0.01

_Text = Annotated[str, Field(min_length=1)]


class ColumnMapping(BaseModel):
    """How one column is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The variable that the column holds.
    variable: _Text
    #: Cell and the code that it stands for; ``yes`` and ``no`` for a variable of that type. Capitals do not matter.
    codes: dict[str, str] = {}
    #: Texts that mean that nothing was recorded, besides those of the table.
    missing: tuple[str, ...] = ()
    #: Unit of the cells, when it is not the variable's.
    unit: str | None = None
    #: What a cell is multiplied by to be in the variable's unit; needed with ``unit``.
    factor: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    #: Decimal sign of this column.
    decimal: Literal[".", ",", "auto"] | None = None
    #: Format of the dates of this column.
    date_format: str | None = None


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    one_row_per: Literal["patient", "visit"] = "patient"
    sheet: str | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ",", "auto"] = "auto"
    date_format: str = ISO
    missing: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    #: Columns that bear the name of a variable are read without being listed.
    by_name: bool = False


class TableMapping(BaseModel):
    """How a table is read; the parts are those of the mapping file (see the head of this module)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: _Table = _Table()
    column: dict[str, ColumnMapping] = {}
    constant: dict[str, str | int | float | bool] = {}


def read_mapping(path: Path, dictionary: Dictionary) -> TableMapping:
    """Return the mapping that a TOML file states.

    Raises
    ------
    UsageError
        It cannot be read, is not of the layout, names an unknown variable, maps two columns onto one variable, maps
        columns but none to the pseudonym, or gives a factor that is not that of its unit.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"the mapping cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"the mapping is not valid TOML: {error}") from None
    try:
        mapping = TableMapping.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"the mapping has a wrong entry {where}: {first['msg']}") from None
    if mapping.column:
        check_mapping(mapping, dictionary)
    return mapping


def mapping_by_name(headers: Iterable[str], dictionary: Dictionary, base: TableMapping | None = None) -> TableMapping:
    """Return a mapping in which each column that bears the name of a variable is that variable.

    ``record_id`` of a REDCap export is the pseudonym where no column has that name, and its ``redcap_event_name`` the
    name of the visit; a table with dates or names of visits has one row a visit.

    Parameters
    ----------
    headers
        Titles of the table.
    dictionary
        The variables.
    base
        What is already mapped; it goes before names.
    """
    base = base if base is not None else TableMapping()
    columns = dict(base.column)
    taken = {entry.variable for entry in columns.values()} | set(base.constant)
    listed = {header_key(title) for title in columns}
    titles = [title for title in headers if header_key(title) not in listed]
    for wanted in (dictionary.variables, _REDCAP_NAMES):
        for title in titles:
            name = _REDCAP_NAMES.get(header_key(title), header_key(title))
            if header_key(title) in wanted and name not in taken:
                columns[title] = ColumnMapping(variable=name)
                taken.add(name)
    update: dict[str, object] = {"by_name": False}
    if "one_row_per" not in base.table.model_fields_set and taken & {"visit_date", "visit_label"}:
        update["one_row_per"] = "visit"
    mapping = base.model_copy(update={"column": columns, "table": base.table.model_copy(update=update)})
    check_mapping(mapping, dictionary)
    return mapping


def check_mapping(mapping: TableMapping, dictionary: Dictionary) -> None:
    """Raise ``UsageError`` for a mapping that contradicts the dictionary or itself."""
    seen: dict[str, str] = {}
    for title, column in mapping.column.items():
        variable = dictionary.variables.get(column.variable)
        if variable is None:
            raise UsageError(f"the mapping of column '{title}' names {column.variable}, which no dictionary defines")
        if variable.name in seen:
            raise UsageError(f"the columns '{seen[variable.name]}' and '{title}' are both mapped to {variable.name}")
        seen[variable.name] = title
        _check_column(title, column, variable)
    date_parser(mapping.table.date_format)
    for name in mapping.constant:
        if name not in dictionary.variables or name in seen or name == "pseudonym":
            raise UsageError(f"the mapping's constant {name} is no variable of the dictionary, or a column as well")
    if mapping.table.by_name:
        return
    if "pseudonym" not in seen:
        raise UsageError(
            "no column is mapped to pseudonym: without it nobody knows whose values these are; by_name = true under "
            "[table] also reads the columns that bear the name of a variable"
        )
    for name in (*seen, *mapping.constant):
        for needed in dictionary.variables[name].requires:
            if needed not in seen and needed not in mapping.constant:
                raise UsageError(
                    f"{name} has no meaning without {needed}: map a column to it, or give it as a constant"
                )


def _check_column(title: str, column: ColumnMapping, variable: Variable) -> None:
    numeric = variable.type in ("integer", "number")
    if not numeric and (column.unit is not None or column.factor is not None or column.decimal is not None):
        raise UsageError(f"the mapping of column '{title}' has a unit, a factor or a decimal sign, but is no number")
    if column.date_format is not None:
        if variable.type != "date":
            raise UsageError(f"the mapping of column '{title}' has a date format, but is no date")
        date_parser(column.date_format)
    known = ("yes", "no") if variable.type == "yes_no" else tuple(variable.codes)
    if column.codes and not known:
        raise UsageError(f"the mapping of column '{title}' has codes, but {variable.name} has none")
    for target in column.codes.values():
        if target not in known:
            raise UsageError(f"the mapping of column '{title}' leads to a code that {variable.name} does not have")
    if column.unit is None or column.unit == variable.unit:
        return
    if column.factor is None:
        hint = f" (for {column.unit} it is {variable.units[column.unit]:g})" if column.unit in variable.units else ""
        raise UsageError(
            f"the mapping of column '{title}' needs the factor from {column.unit} to {variable.unit}{hint}"
        )
    expected = variable.units.get(column.unit)
    if expected is not None and abs(column.factor / expected - 1) > _FACTOR_TOLERANCE:
        raise UsageError(
            f"the factor of column '{title}' is not that from {column.unit} to {variable.unit}, which is {expected:g}"
        )
