"""``sclerograph registry``: patients, their readings and what readers corrected, in one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sclerograph.cli.database import database
from sclerograph.cli.registry_import import check_table, criteria, export_values, import_values
from sclerograph.errors import InputRejected, UsageError

if TYPE_CHECKING:
    from sclerograph.registry.intake import SetAside
    from sclerograph.registry.store import Registry

__all__ = ["registry"]

registry = typer.Typer(
    help="Keep patients (by pseudonym), readings and readers' corrections in a database.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
registry.command("check-table")(check_table)
registry.command("import")(import_values)
registry.command("export")(export_values)
registry.command("criteria")(criteria)

Address = Annotated[str, typer.Argument(metavar="REGISTRY", help="An SQLite file, or postgresql://USER@HOST/DATABASE.")]
Author = Annotated[str, typer.Option("--author", metavar="NAME", help="Who says so; it is kept with it.")]


class OriginChoice(StrEnum):
    """Whose readings."""

    software = "software"
    reader = "reader"
    both = "both"


_ORIGINS: dict[OriginChoice, Literal["software", "reader"] | None] = {
    OriginChoice.software: "software",
    OriginChoice.reader: "reader",
    OriginChoice.both: None,
}


@registry.command("init")
def init(address: Address) -> None:
    """Make a registry, or bring an older one up to date; one that is up to date stays as it is."""
    with database(), _store().create(address) as opened:
        typer.echo(f"the registry is ready: {opened.info().kind}, layout {opened.info().layout}")


@registry.command("add")
def add(
    address: Address,
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Output folder of sclerograph read, or of one visit.")],
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Whose each folder is: columns folder, patient, visit and, if known, day."),
    ] = None,
    patient: Annotated[
        str | None, typer.Option(metavar="PSEUDONYM", help="All folders are of this patient; never a name.")
    ] = None,
    visit: Annotated[str | None, typer.Option(metavar="NAME", help="All folders are of this visit.")] = None,
    day: Annotated[int | None, typer.Option(help="Day of this visit, from a day that you chose.")] = None,
    reader: Annotated[
        str | None, typer.Option(metavar="NAME", help="A reader made these readings, and not the software.")
    ] = None,
    occasion: Annotated[str, typer.Option(metavar="NAME", help="Tells readings by the same reader apart.")] = "",
) -> None:
    """Add the readings in an output folder; what is there already stays as it is.

    Exit status: 0 everything is in; 1 some folders were set aside (each is named with its reason), the others are in;
    2 wrong usage.
    """
    if (mapping is None) == (patient is None) or (patient is None) != (visit is None):
        raise UsageError("say whose the readings are: either --mapping CSV, or --patient and --visit")
    if mapping is not None and day is not None:
        raise UsageError("--day goes with --patient and --visit: in a mapping it is a column")
    if occasion and reader is None:
        raise UsageError("--occasion goes with --reader: the software reads the same every time")
    with database(), _store()(address) as opened:
        from sclerograph.registry.intake import Assignment, Maker, add_folder, read_assignments
        from sclerograph.registry.pseudonym import check_pseudonym, check_visit_name

        maker = Maker() if reader is None else Maker("reader", reader, occasion)
        problems: list[SetAside] = []
        if mapping is not None:
            assignments, problems = read_assignments(mapping)
            result = add_folder(opened, out, assignments, maker)
        else:
            everything = Assignment(check_pseudonym(patient or ""), check_visit_name(visit or ""), day)
            result = add_folder(opened, out, everything, maker)
    _name_set_aside([*problems, *result.set_aside])
    typer.echo(f"{_count(result.added, 'reading')} added, {result.already_there} already there")
    if problems or result.set_aside:
        raise typer.Exit(1)


@registry.command("correct")
def correct(
    address: Address,
    corrections: Annotated[Path, typer.Argument(metavar="FILE", help="Corrections, as 'registry difference' writes.")],
    author: Author,
) -> None:
    """Record corrections of readings; readings and earlier corrections stay as they are.

    Exit status: 0 everything is recorded; 1 some corrections were set aside (each is named with its reason), the others
    are recorded; 2 wrong usage.
    """
    with database(), _store()(address) as opened:
        from sclerograph.registry.corrections_file import read_corrections
        from sclerograph.registry.intake import SetAside

        with _readable(corrections):
            wanted = read_corrections(corrections)
        recorded = there = 0
        problems = []
        for number, correction in enumerate(wanted, start=1):
            try:
                outcome = opened.correct(correction, author)
            except InputRejected as refusal:
                problems.append(SetAside(f"correction {number}", str(refusal)))
                continue
            recorded += outcome.new
            there += not outcome.new
    _name_set_aside(problems)
    typer.echo(f"{_count(recorded, 'correction')} recorded, {there} already there")
    if problems:
        raise typer.Exit(1)


@registry.command("difference")
def difference(
    exported: Annotated[Path, typer.Argument(metavar="BEFORE", help="A reading.json of 'registry export-readings'.")],
    edited: Annotated[Path, typer.Argument(metavar="AFTER", help="The same after a reader has edited it.")],
    patient: Annotated[str, typer.Option(metavar="PSEUDONYM", help="The patient in the registry.")],
    visit: Annotated[str, typer.Option(metavar="NAME", help="The visit in the registry.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the corrections go.")],
    comment: Annotated[str, typer.Option(help="Why; it is kept with the correction.")] = "",
) -> None:
    """Write what a reader changed in a reading as a file of corrections."""
    from sclerograph.findings.atomic_file import write_atomically
    from sclerograph.registry.corrections_file import corrections_between

    with database(), _readable(exported, edited):
        file = corrections_between(exported, edited, patient, visit, comment)
    try:
        write_atomically(out, file.text())
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None
    typer.echo(f"{_count(sum(len(each.changes) for each in file.corrections), 'change')} written to {out}")


@registry.command("withdraw")
def withdraw(
    address: Address,
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="Its digest, as 'registry export-readings' lists.")],
    patient: Annotated[str, typer.Option(metavar="PSEUDONYM", help="The patient whose reading it is.")],
    visit: Annotated[str, typer.Option(metavar="NAME", help="The visit whose reading it is.")],
    author: Author,
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
) -> None:
    """Record that a reading counts no longer, such as one of the wrong patient. It stays in the registry."""
    with database(), _store()(address) as opened:
        opened.withdraw(patient, visit, sha256, author=author, comment=reason)
    typer.echo("the reading is withdrawn")


@registry.command("forget")
def forget(
    address: Address,
    pseudonym: Annotated[str, typer.Argument(metavar="PSEUDONYM", help="The patient.")],
    author: Author,
    reason: Annotated[str, typer.Option(help="Why, without the pseudonym; it is kept.")],
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it only what would be erased is said.")] = False,
) -> None:
    """Erase a patient wholly, such as one who withdraws consent. It cannot be undone.

    That somebody was erased is kept with author, time and reason; of the pseudonym only a keyed hash, which refuses it
    when a table brings it again. Copies outside the registry must be erased by hand (see the documentation).
    """
    with database(), _store()(address) as opened:
        erased = opened.forget(pseudonym, author=author, reason=reason) if yes else opened.held_of(pseudonym)
    from dataclasses import asdict

    for name, value in asdict(erased).items():
        typer.echo(f"{name.replace('_', ' '):<18}{value}")
    typer.echo("the patient is erased" if yes else "nothing was erased: give --yes to erase this")


@registry.command("export-readings")
def export_readings(
    address: Address,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder.")],
    origin: Annotated[OriginChoice, typer.Option(help="Whose readings.")] = OriginChoice.software,
) -> None:
    """Write the readings that hold, corrections made, as reading.json, and a table of them."""
    with database(), _store()(address) as opened:
        from sclerograph.registry.export_readings import export_readings

        count = export_readings(opened.current_readings(origin=_ORIGINS[origin], outlines=True, batch=50), out)
    typer.echo(f"{_count(count, 'reading')} written to {out}")
    typer.echo("For research use only. Not for diagnosis or treatment decisions.")


@registry.command("info")
def info(address: Address) -> None:
    """Say what a registry holds."""
    with database(), _store()(address) as opened:
        from dataclasses import asdict

        for name, value in asdict(opened.info()).items():
            typer.echo(f"{name.replace('_', ' '):<18}{value}")


def _store() -> type[Registry]:
    from sclerograph.registry.store import Registry

    return Registry


@contextmanager
def _readable(*paths: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        names = " or ".join(map(str, paths))
        raise UsageError(f"{names} cannot be read: {error.strerror}") from None


def _name_set_aside(problems: list[SetAside]) -> None:
    for problem in problems:
        shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in problem.what)
        typer.echo(f"set aside: {shown}: {problem.reason}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
