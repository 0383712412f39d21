"""``sclerograph session``: readers read films without knowing whose they are."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sclerograph.cli.database import database
from sclerograph.errors import UsageError

if TYPE_CHECKING:
    from sclerograph.registry.session_form import FilledForm

__all__ = ["session"]

session = typer.Typer(
    help="Present films to readers blinded, in random or chronological order, with repeats; collect their answers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

#: Kinds of problems that are printed; the file has them all.
_SHOWN = 20

Address = Annotated[str, typer.Argument(metavar="REGISTRY", help="An SQLite file, or postgresql://USER@HOST/DATABASE.")]
Name = Annotated[str, typer.Argument(metavar="SESSION", help="Name of the session.")]


class OrderChoice(StrEnum):
    """How films follow each other."""

    random = "random"
    chronological = "chronological"


class LesionChoice(StrEnum):
    """What the form asks for."""

    acro_osteolysis = "acro_osteolysis"
    calcinosis = "calcinosis"
    joint_narrowing = "joint_narrowing"


@session.command("create")
def create(
    address: Address,
    name: Name,
    readers: Annotated[list[str], typer.Option("--reader", metavar="NAME", help="A reader; repeat for several.")],
    author: Annotated[str, typer.Option("--author", metavar="NAME", help="Who makes the session; it is kept with it.")],
    seed: Annotated[int, typer.Option(help="Of every random choice: note it in the protocol.")],
    order: Annotated[
        OrderChoice, typer.Option(help="random: each film alone. chronological: a patient's films one after the other.")
    ] = OrderChoice.random,
    repeats: Annotated[int, typer.Option(min=0, help="So many films (chronological: patients) come twice.")] = 0,
    lesions: Annotated[
        list[LesionChoice] | None,
        typer.Option("--lesion", help="What to read; repeat for several [acro_osteolysis and calcinosis]."),
    ] = None,
    visits: Annotated[
        list[str] | None, typer.Option("--visit", metavar="NAME", help="Only films of these visits; may be repeated.")
    ] = None,
    patients: Annotated[int | None, typer.Option(min=1, help="Only so many patients, drawn at random.")] = None,
) -> None:
    """Make a session of the films whose readings the registry holds. It is never changed afterwards."""
    with database():
        from sclerograph.registry.reading_form import LESIONS
        from sclerograph.registry.session_plan import SessionPlan
        from sclerograph.registry.sessions import create_session
        from sclerograph.registry.store import Registry

        asked = {lesion.value for lesion in lesions or (LesionChoice.acro_osteolysis, LesionChoice.calcinosis)}
        plan = SessionPlan(
            name=name,
            readers=tuple(readers),
            lesions=tuple(lesion for lesion in LESIONS if lesion in asked),
            order=order.value,
            repeats=repeats,
            seed=seed,
            visits=tuple(visits or ()),
            patients=patients,
        )
        with Registry(address) as opened:
            made = create_session(opened, plan, author=author)
    typer.echo(
        f"{_count(made.films, 'film')} of {_count(made.patients, 'patient')}; each of {_count(len(readers), 'reader')} "
        f"gets {made.places}"
    )
    if made.without_hand:
        typer.echo(f"left out: {_count(made.without_hand, 'film')} on which no hand was found")


@session.command("worklist")
def worklist(
    address: Address,
    name: Name,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Gets a new folder for each reader.")],
    readers: Annotated[
        list[str] | None, typer.Option("--reader", metavar="NAME", help="Only for this reader; may be repeated.")
    ] = None,
    films: Annotated[
        list[Path] | None,
        typer.Option("--films", metavar="PATH", help="Where the films lie: write each as a picture named by its code."),
    ] = None,
) -> None:
    """Write for each reader the list of films by their codes, and the form to fill.

    Exit status: 0 everything is written; 1 some films were not found under --films (their codes are named); 2 wrong
    usage.
    """
    missing = 0
    with database():
        from sclerograph.registry.session_worklist import write_worklist
        from sclerograph.registry.sessions import session_plan
        from sclerograph.registry.store import Registry

        with Registry(address) as opened:
            for reader in readers or session_plan(opened, name).readers:
                written = write_worklist(opened, name, reader, out, films or None)
                typer.echo(f"{reader}: {_count(written.films, 'film')}: {written.folder}")
                missing += len(written.without_picture)
                for code in written.without_picture:
                    typer.echo(f"no film found: {reader}: {code}", err=True)
    typer.echo("For research use only. Not for diagnosis or treatment decisions.")
    if missing:
        raise typer.Exit(1)


@session.command("import")
def import_form(
    address: Address,
    name: Name,
    form: Annotated[Path, typer.Argument(metavar="FORM", help="The form that the reader filled: CSV or .xlsx.")],
    reader: Annotated[str, typer.Option("--reader", metavar="NAME", help="Whose form it is.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where set-aside.csv and problems.csv go.")],
) -> None:
    """Record the answers of a form; the same form again changes nothing, a changed answer takes the place of the other.

    Exit status: 0 every row that was filled is in; 1 some rows were set aside, each named with its problems, the others
    are in; 2 wrong usage.
    """
    with database():
        from sclerograph.registry.session_form import read_form
        from sclerograph.registry.sessions import record_answers
        from sclerograph.registry.store import Registry

        with Registry(address) as opened:
            filled = read_form(opened, name, reader, form)
            _name_problems(filled, out, form)
            new, there = record_answers(opened, name, filled.answers)
    typer.echo(
        f"{_count(new, 'hand')} recorded, {there} already there, {filled.rows_set_aside} set aside, "
        f"{filled.not_read} not read yet"
    )
    if filled.rows_set_aside:
        raise typer.Exit(1)


@session.command("status")
def status(
    address: Address,
    name: Annotated[str | None, typer.Argument(metavar="SESSION", help="Name of the session; all without it.")] = None,
) -> None:
    """Say how far the readers of a session are, or of all sessions."""
    with database():
        from sclerograph.registry.sessions import session_names, session_progress
        from sclerograph.registry.store import Registry

        with Registry(address) as opened:
            for each in session_names(opened) if name is None else [name]:
                typer.echo(each)
                for reader in session_progress(opened, each):
                    last = "" if reader.last_at is None else f", last {reader.last_at:%Y-%m-%d %H:%M} UTC"
                    changed = f", {_count(reader.changed, 'answer')} changed" if reader.changed else ""
                    typer.echo(
                        f"  {reader.reader}: {reader.read} of {_count(reader.hands, 'hand')} on "
                        f"{_count(reader.films, 'film')}{changed}{last}"
                    )


def _name_problems(filled: FilledForm, out: Path, form: Path) -> None:
    from sclerograph.registry.session_form import write_set_aside

    lines = filled.problems.summary()
    for line in lines[:_SHOWN]:
        typer.echo(f"problem: {line}", err=True)
    if len(lines) > _SHOWN:
        typer.echo(f"problem: and {_count(len(lines) - _SHOWN, 'kind')} more", err=True)
    try:
        out.mkdir(parents=True, exist_ok=True)
        rows, problems = write_set_aside(filled, out, form)
    except OSError as error:
        raise UsageError(f"the output folder {out} cannot be written: {error.strerror}") from None
    if lines:
        typer.echo(f"rows set aside: {rows}; all problems: {problems}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
