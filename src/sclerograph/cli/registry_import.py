"""``sclerograph registry import``, ``check-table`` and ``export``: clinical tables into a registry and out of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sclerograph.cli.database import database
from sclerograph.errors import UsageError

if TYPE_CHECKING:
    from sclerograph.registry.dictionary.variable import Dictionary
    from sclerograph.registry.import_table import ImportedTable
    from sclerograph.registry.store import Registry

__all__ = ["check_table", "criteria", "export_values", "import_values"]

#: Kinds of problems that are printed; the file has them all.
_SHOWN = 20
#: Letters of columns that are printed.
_SHOWN_COLUMNS = 30

Address = Annotated[str, typer.Argument(metavar="REGISTRY", help="An SQLite file, or postgresql://USER@HOST/DATABASE.")]
Table = Annotated[Path, typer.Argument(metavar="TABLE", help="CSV, .xlsx, or a CSV export of REDCap.")]
MappingOption = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="FILE", help="Which column is which variable (TOML); else by their names."),
]
DictionaryOption = Annotated[
    Path | None, typer.Option("--dictionary", metavar="FILE", help="Own variables beside those of the package (TOML).")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where set-aside.csv and problems.csv go.")]


class Form(StrEnum):
    """For which program a table is written."""

    table = "table"
    redcap = "redcap"


def check_table(
    table: Table,
    out: Out,
    mapping: MappingOption = None,
    dictionary: DictionaryOption = None,
) -> None:
    """Check a clinical table row by row, without a registry.

    Exit status: 0 every row is right; 1 some rows were set aside, each named with its problems; 2 wrong usage.
    """
    result = _imported(table, mapping, _dictionary(dictionary), out)
    typer.echo(f"{_count(len(result.frame), 'row')} right, {result.rows_set_aside} set aside")
    if result.rows_set_aside:
        raise typer.Exit(1)


def import_values(
    address: Address,
    table: Table,
    out: Out,
    author: Annotated[
        str, typer.Option("--author", metavar="NAME", help="Who imports it; it is kept with the values.")
    ],
    mapping: MappingOption = None,
    dictionary: DictionaryOption = None,
    keep_dates: Annotated[
        bool, typer.Option("--keep-dates", help="Record dates too; otherwise only the time between them is.")
    ] = False,
) -> None:
    """Import a clinical table: right rows go into the registry, the others are set aside and named.

    Exit status: 0 every row is in; 1 some rows were set aside, each named with its problems, the others are in; 2 wrong
    usage.
    """
    variables = _dictionary(dictionary)
    with database():
        from sclerograph.registry.store import Registry
        from sclerograph.registry.write_values import write_values

        with Registry(address) as opened:
            result = _without_erased(opened, _imported(table, mapping, variables, out))
            written = write_values(opened, result, author=author, dictionary=variables, keep_dates=keep_dates)
    if written.dates_left_out:
        typer.echo(f"dates not recorded, only the time between them: {', '.join(written.dates_left_out)}")
    typer.echo(
        f"{_count(len(result.frame), 'row')} imported ({_count(written.new, 'new value')}), "
        f"{result.rows_set_aside} set aside"
    )
    if result.rows_set_aside:
        raise typer.Exit(1)


def export_values(
    address: Address,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table to write: .csv or .xlsx.")],
    form: Annotated[Form, typer.Option("--for", help="redcap: a CSV file that REDCap imports.")] = Form.table,
    dictionary: DictionaryOption = None,
) -> None:
    """Write the clinical values that hold as a table."""
    variables = _dictionary(dictionary)
    with database():
        from sclerograph.registry.clinical_frame import clinical_frame
        from sclerograph.registry.export_table import export_table, layout_of
        from sclerograph.registry.store import Registry

        if form is Form.redcap and layout_of(file) != "csv":
            raise UsageError("REDCap imports CSV: give the file such a name")
        with Registry(address) as opened:
            frame = clinical_frame(opened, variables)
        export_table(frame, file, "redcap" if form is Form.redcap else None, variables)
    typer.echo(f"{_count(len(frame), 'row')} written to {file}")


def criteria(
    address: Address,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV file to write.")],
) -> None:
    """Write the ACR/EULAR 2013 score, the cutaneous subset and the signs of very early disease, from their items."""
    with database():
        from sclerograph.findings.atomic_file import write_atomically
        from sclerograph.registry.clinical_frame import clinical_frame
        from sclerograph.registry.criteria_table import criteria_table
        from sclerograph.registry.store import Registry

        with Registry(address) as opened:
            frame = clinical_frame(opened)
    names = [name for name in ("pseudonym", "visit_label") if name in frame]
    table = frame[names].join(criteria_table(frame))
    for name in table.columns[table.dtypes == "boolean"]:
        table[name] = table[name].map({True: "yes", False: "no"})
    text = table.to_csv(index=False, lineterminator="\n")
    try:
        write_atomically(file, "\ufeff" + text)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    typer.echo(f"{_count(len(table), 'row')} written to {file}")


def _without_erased(registry: Registry, table: ImportedTable) -> ImportedTable:
    """Return the table without patients who were erased; their rows are named, and copied nowhere."""
    erased = registry.erased_among(set(map(str, table.frame["pseudonym"])))
    if not erased:
        return table
    rows = table.frame.index[table.frame["pseudonym"].isin(list(erased))]
    typer.echo(
        f"problem: {'row' if len(rows) == 1 else 'rows'} {', '.join(map(str, rows))}: of a patient who was erased "
        "from this registry; left out, and not in the files of set-aside rows",
        err=True,
    )
    return table.without(erased)


def _dictionary(additions: Path | None) -> Dictionary:
    from sclerograph.registry.dictionary.load import load_dictionary

    return load_dictionary(additions)


def _imported(table: Path, mapping: Path | None, dictionary: Dictionary, out: Path) -> ImportedTable:
    """Return the checked table; problems are printed and written."""
    from sclerograph.registry.import_table import import_table, write_set_aside
    from sclerograph.registry.mapping import read_mapping

    result = import_table(table, None if mapping is None else read_mapping(mapping, dictionary), dictionary)
    for note in result.notes:
        typer.echo(f"note: {note}", err=True)
    if result.not_read:
        more = len(result.not_read) - _SHOWN_COLUMNS
        letters = ", ".join(result.not_read[:_SHOWN_COLUMNS]) + (f" and {more} more" if more > 0 else "")
        typer.echo(f"note: {_count(len(result.not_read), 'column')} not read: {letters}", err=True)
    kinds = result.problems.summary()
    for line in kinds[:_SHOWN]:
        typer.echo(f"problem: {line}", err=True)
    if len(kinds) > _SHOWN:
        typer.echo(f"problem: and {_count(len(kinds) - _SHOWN, 'kind')} more", err=True)
    try:
        out.mkdir(parents=True, exist_ok=True)
        rows, problems = write_set_aside(result, out, table)
    except OSError as error:
        raise UsageError(f"the output folder {out} cannot be written: {error.strerror}") from None
    if kinds:
        typer.echo(f"rows set aside: {rows}; all problems: {problems}", err=True)
    return result


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
