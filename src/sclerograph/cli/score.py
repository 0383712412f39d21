"""``sclerograph score``: the published scores of readings that are already made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sclerograph.scores.catalogue import CATALOGUE

__all__ = ["score"]


def _print_list(wanted: bool) -> None:
    if not wanted:
        return
    from sclerograph.scores.definition import STATUSES

    for entry in CATALOGUE:
        highest = "" if entry.highest is None else f", {entry.lowest:g} to {entry.highest:g}"
        typer.echo(f"{entry.name}: {entry.title} ({entry.unit}{highest})")
        typer.echo(f"  source: {entry.source}")
        for statement in entry.statements:
            typer.echo(f"  [{statement.status}] {statement.text}")
        typer.echo(f"  missing: {entry.missing_rule}\n")
    for status, meaning in STATUSES.items():
        typer.echo(f"[{status}] {meaning}")
    raise typer.Exit


def score(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="READING", help="reading.json files, or folders that hold them at any depth."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for scores.json and scores.csv.")],
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=f"Only this score; may be repeated. {', '.join(e.name for e in CATALOGUE)}."),
    ] = None,
    form: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Score also with this form (JSON, see the documentation); may be repeated."),
    ] = None,
    list_scores: Annotated[
        bool,
        typer.Option("--list", callback=_print_list, is_eager=True, help="Print every score with its definition."),
    ] = False,
) -> None:
    """Compute scores from readings, made by the software or corrected by a reader; write scores.json and scores.csv.

    Exit status: 0 everything was scored; 1 a file is no reading or a form cannot be used, the other readings are
    written; 2 wrong usage.
    """
    from hashlib import sha256

    from sclerograph.errors import InputRejected, UsageError
    from sclerograph.findings.json_file import read_reading
    from sclerograph.scores.catalogue import NAMES, compute_all, definition
    from sclerograph.scores.files import ReadingScores, write_scores
    from sclerograph.scores.form import read_form
    from sclerograph.scores.form_score import form_score

    names = [definition(name).name for name in only] if only else list(NAMES)
    forms = [read_form(path) for path in _existing(form or [])]
    files = _reading_files(_existing(paths))
    if not files:
        raise UsageError("no reading.json is there: give files that `sclerograph read` wrote, or their folder")
    scored, rejected = [], 0
    for path in files:
        try:
            reading = read_reading(path)
        except InputRejected as error:
            rejected += 1
            typer.echo(f"rejected {path.parent.name}/{path.name}: {error}", err=True)
            continue
        scores = compute_all(reading, names) + [form_score(reading, each) for each in forms]
        digest = sha256(path.read_bytes()).hexdigest()
        scored.append(ReadingScores(name=reading.name, sha256=digest, software=reading.software, scores=scores))
    if scored:
        try:
            out.mkdir(parents=True, exist_ok=True)
            written = write_scores(scored, out)
        except OSError as error:
            raise UsageError(f"the folder for the scores cannot be written: {error.strerror}") from None
        typer.echo(f"{len(scored)} reading(s) scored: {', '.join(str(path) for path in written)}")
    raise typer.Exit(1 if rejected else 0)


def _existing(paths: list[Path]) -> list[Path]:
    """Return the paths; :class:`~sclerograph.errors.UsageError` when one is not there."""
    from sclerograph.errors import UsageError

    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
    return paths


def _reading_files(paths: list[Path]) -> list[Path]:
    """Return the given files, and each reading.json below the given folders, every one once."""
    found = [file for path in paths for file in (sorted(path.rglob("reading.json")) if path.is_dir() else [path])]
    return list({file.resolve(): file for file in found}.values())
