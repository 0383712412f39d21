"""Read one visit and write its folder: the piece of work that a process, or a machine of a cluster, does at a time.

Whatever goes wrong with a film becomes a line about that film; the batch goes on. Only what ends the process itself is
left to :mod:`sclerograph.batch.pool`.
"""

from __future__ import annotations

import hashlib
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sclerograph.batch.folder import visit_folder
from sclerograph.batch.manifest import MANIFEST_FILE, FilmRecord, Manifest, Settings
from sclerograph.batch.options import Options
from sclerograph.errors import NotAHandRadiograph, SclerographError

if TYPE_CHECKING:
    from sclerograph.findings.records import Reading
    from sclerograph.imaging.radiograph import Radiograph
    from sclerograph.networks.protocol import HandNetworks

__all__ = ["FAILED", "FilmState", "Outcome", "Task", "digest", "failure", "read_visit"]

#: The ``kind`` of a problem that nobody foresaw, in ``rejected.csv``; foreseen ones have the name of their error.
FAILED = "Failed"

_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Task:
    """One visit to read.

    Parameters
    ----------
    name
        The visit's folder in ``out``.
    films
        Absolute paths.
    settings
        What the run's manifest says; ``options`` are the same options for calls.
    threads
        Threads for the networks, ``None`` for all cores.
    """

    name: str
    films: tuple[Path, ...]
    settings: Settings
    options: Options
    out: Path
    threads: int | None = None


@dataclass(frozen=True)
class FilmState:
    """What became of one film: read where ``kind`` is ``None``, else the kind of problem and its one-line reason."""

    path: Path
    sha256: str | None
    kind: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one visit.

    ``read``: its folder is written (some of its films may have been rejected); ``refused``: none of its films can be
    read, and none ever will with these options; ``failed``: something unforeseen happened.
    """

    name: str
    status: Literal["read", "refused", "failed"]
    films: tuple[FilmState, ...]
    hands: int = 0

    @property
    def problems(self) -> tuple[FilmState, ...]:
        """The films that were not read."""
        return tuple(film for film in self.films if film.kind is not None)


def read_visit(task: Task) -> Outcome:
    """Read the films of one visit and write ``reading.json``, ``report.html``, ``overlay.png`` and the manifest.

    Never raises for a film or a full disk; each film's fate stands in the outcome.
    """
    with warnings.catch_warnings():
        # A warning about a damaged film would stand between the progress lines without naming the film.
        warnings.simplefilter("ignore")
        try:
            return _read_visit(task)
        except Exception as error:
            return failure(task, error)


def failure(task: Task, error: BaseException) -> Outcome:
    """Return the outcome of a visit that failed as a whole."""
    kind, reason = _describe(error)
    return Outcome(task.name, "failed", tuple(FilmState(path, None, kind, reason) for path in task.films))


def _read_visit(task: Task) -> Outcome:
    opened, states = _open_films(task)
    if not opened:
        return _without_reading(task, states)
    networks = _networks(task.threads)
    reading, problems = _read_together(opened, networks, task)
    for path, error in problems.items():
        states[path] = _with_problem(states[path], error)
    if reading is None:
        return _without_reading(task, states)
    used = {path: film for path, film in opened.items() if path not in problems}
    for path, reason in _films_without_hand(reading, used).items():
        states[path] = replace(states[path], kind=NotAHandRadiograph.__name__, reason=reason)
    films = tuple(states[path] for path in task.films)
    _write(reading, list(used.values()), task, films)
    return Outcome(task.name, "read", films, len(reading.hands))


def _films_without_hand(reading: Reading, films: dict[Path, Radiograph]) -> dict[Path, str]:
    """Return why no hand was read on a film of a reading that has hands on its other films."""
    with_hand = {hand.source for hand in reading.hands}
    return {
        path: next((note for note in source.notes if note.startswith("not read")), "not read: no hand was found")
        for (path, _), source in zip(films.items(), reading.sources, strict=True)
        if source.id not in with_hand
    }


def _open_films(task: Task) -> tuple[dict[Path, Radiograph], dict[Path, FilmState]]:
    """Open what can be opened; the same content under two names is opened once and counts as read for both."""
    from sclerograph.imaging import open_radiograph

    opened: dict[Path, Radiograph] = {}
    states: dict[Path, FilmState] = {}
    for path in task.films:
        try:
            film = open_radiograph(path, mm_per_pixel=task.options.mm_per_pixel)
        except Exception as error:
            states[path] = _with_problem(FilmState(path, digest(path)), error)
            continue
        if all(film.source.sha256 != other.source.sha256 for other in opened.values()):
            opened[path] = film
        states[path] = FilmState(path, film.source.sha256)
    return opened, states


def _read_together(
    films: dict[Path, Radiograph], networks: HandNetworks, task: Task
) -> tuple[Reading | None, dict[Path, Exception]]:
    """Read films as one visit; where that fails, find the films at fault and read the others without them."""
    try:
        return _read_films(list(films.values()), networks, task), {}
    except Exception as error:
        together = error
    problems: dict[Path, Exception] = {}
    if len(films) > 1:
        for path, film in films.items():
            try:
                _read_films([film], networks, task)
            except Exception as error:
                problems[path] = error
    if not problems:
        # One film alone, or films that exclude each other: nobody can say which of them is right.
        return None, dict.fromkeys(films, together)
    rest = {path: film for path, film in films.items() if path not in problems}
    if not rest:
        return None, problems
    try:
        return _read_films(list(rest.values()), networks, task), problems
    except Exception as error:
        return None, {**problems, **dict.fromkeys(rest, error)}


def _read_films(films: Sequence[Radiograph], networks: HandNetworks, task: Task) -> Reading:
    from sclerograph.hand.reading import read_films

    options = task.options
    return read_films(films, networks, name=task.name, side=options.side, view=options.view, threads=task.threads)


def _without_reading(task: Task, states: dict[Path, FilmState]) -> Outcome:
    films = tuple(states[path] for path in task.films)
    return Outcome(task.name, "failed" if any(film.kind == FAILED for film in films) else "refused", films)


def _write(reading: Reading, films: Sequence[Radiograph], task: Task, states: Sequence[FilmState]) -> None:
    """Write the visit's folder, whole or not at all."""
    from sclerograph.findings.json_file import write_reading
    from sclerograph.networks.side_by_side import side_by_side
    from sclerograph.reports.hand_report import write_report
    from sclerograph.reports.overlay import write_overlay
    from sclerograph.reports.summary_csv import write_summary

    pixels = {source.id: film.pixels for source, film in zip(reading.sources, films, strict=True)}
    digests = [state.sha256 or "" for state in states]
    manifest = Manifest(
        # A film that failed for an unforeseen reason is tried again: its visit is never current.
        "" if any(state.kind == FAILED for state in states) else task.settings.fingerprint(digests),
        task.settings,
        tuple(FilmRecord(state.path.name, state.sha256 or "", state.kind, state.reason) for state in states),
        len(reading.hands),
    )
    with visit_folder(task.out, task.name) as folder:
        files: tuple[Callable[[], None], ...] = (
            lambda: write_overlay(reading, pixels, folder / "overlay.png"),
            lambda: write_report(reading, pixels, folder / "report.html"),
            lambda: write_reading(reading, folder / "reading.json"),
            lambda: write_summary([reading], folder / "summary.csv"),
        )
        side_by_side(_call, files, task.threads)
        (folder / MANIFEST_FILE).write_text(manifest.text(), encoding="utf-8")


def _call(write: Callable[[], None]) -> None:
    write()


@lru_cache(maxsize=1)
def _networks(threads: int | None) -> HandNetworks:
    """Load the networks once in each process."""
    from sclerograph.networks.runner import load_networks

    return load_networks(threads)


def _with_problem(state: FilmState, error: BaseException) -> FilmState:
    kind, reason = _describe(error)
    return replace(state, kind=kind, reason=reason)


def _describe(error: BaseException) -> tuple[str, str]:
    """Return kind and reason of a problem in one line.

    The text of an error that was not written here is left out: it can hold a value from a patient-level attribute.
    """
    if isinstance(error, SclerographError):
        return type(error).__name__, " ".join(str(error).split())
    if isinstance(error, MemoryError):
        return FAILED, "not enough memory: try again with fewer --workers"
    if isinstance(error, OSError) and error.strerror:
        return FAILED, f"the system said '{error.strerror}' ({_place(error)}): check the disk and the permissions"
    return FAILED, f"{type(error).__name__} at {_place(error)}: a fault of the software; please report this line"


def _place(error: BaseException) -> str:
    """Return the line of this package where an error came from."""
    own = [
        f"{Path(frame.filename).relative_to(_PACKAGE).as_posix()}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_PACKAGE)
    ]
    return own[-1] if own else "an unknown place"


def digest(path: Path) -> str | None:
    """Return the SHA-256 of a file, ``None`` where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
