"""One run over many inputs: find them, leave out what is current, read the rest, write the tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sclerograph.batch.folder import recover
from sclerograph.batch.index import FilmIndex, Stamp
from sclerograph.batch.manifest import Manifest, Settings
from sclerograph.batch.options import Options
from sclerograph.batch.pool import cluster_executor, inline_executor, local_executor, run_tasks, usable_cores
from sclerograph.batch.studies import study_of
from sclerograph.batch.tables import REJECTED_FILE, SUMMARY_FILE, join_summaries, write_rejected
from sclerograph.batch.visits import Visit, assign_names, group_films, path_key
from sclerograph.batch.work import FilmState, Outcome, Task, digest, read_visit
from sclerograph.errors import UsageError

__all__ = ["BatchResult", "Listener", "Request", "run_batch"]

Work = Callable[[Task], Outcome]


@dataclass(frozen=True)
class Request:
    """What the user asked a run to do.

    Parameters
    ----------
    paths
        Files and folders.
    out
        Output folder; made where it does not exist. Nothing in it is taken as an input.
    options
        Options that change the readings.
    workers
        Processes on this machine, or tasks at once on the cluster.
    scheduler
        Address of a dask scheduler, ``None`` for this machine.
    force
        Read everything again, also what is current.
    """

    paths: Sequence[Path]
    out: Path
    options: Options = field(default_factory=Options)
    workers: int = 1
    scheduler: str | None = None
    force: bool = False


@dataclass
class BatchResult:
    """What a run did.

    ``read`` and ``current`` count visits that were read now and that had been read before; ``hands`` their hands;
    ``problems`` are the films that were not read.
    """

    read: int = 0
    current: int = 0
    hands: int = 0
    problems: list[FilmState] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 where everything was read, 1 where some inputs were rejected or failed."""
        return 1 if self.problems else 0


class Listener(Protocol):
    """Is told how a run goes on."""

    def planned(self, visits: int) -> None:
        """Say that so many visits were found."""

    def finished(self, outcome: Outcome, current: bool) -> None:
        """Say what became of a visit; ``current`` where that was known before."""


def run_batch(request: Request, settings: Settings, listener: Listener, *, work: Work = read_visit) -> BatchResult:
    """Read every visit among the inputs that is not current, and write the tables.

    Parameters
    ----------
    request
        What to do.
    settings
        Version, models and options: what makes an earlier reading current.
    listener
        Is told what becomes of each visit.
    work
        Reads one visit; sent to other processes by name.

    Raises
    ------
    UsageError
        No input, an output folder that cannot be written, or one that another run is writing into.
    MissingComponent
        The cluster's package is not installed.
    """
    out = request.out.absolute()
    _prepare(out)
    with FilmIndex(out) as index:
        recover(out)
        run = _Run(request, settings, out, index)
        visits = run.find_visits()
        listener.planned(len(visits))
        result = BatchResult()
        try:
            tasks = []
            for visit in visits:
                task = run.task(visit)
                outcome = None if request.force else run.known_outcome(task)
                if outcome is None:
                    tasks.append(task)
                else:
                    _count(result, outcome, current=True)
                    listener.finished(outcome, True)
            for task, outcome in run_tasks(tasks, work, _executors(request, len(tasks)), request.workers):
                run.remember(task, outcome)
                _count(result, outcome, current=False)
                listener.finished(outcome, False)
        finally:
            # Also after Ctrl-C: what is there is tabulated, and the next run goes on from it.
            run.write_tables(result)
    return result


def _prepare(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the output folder {out} cannot be made: {error.strerror}") from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise UsageError(f"the output folder {out} cannot be written: give another with --out")


def _executors(request: Request, tasks: int) -> Callable[[int], Executor]:
    if tasks == 0:
        return inline_executor
    if request.scheduler is not None:
        return cluster_executor(request.scheduler)
    return inline_executor if tasks == 1 else local_executor


def _threads(request: Request) -> int:
    """Return the threads of each worker's networks, so that workers times threads is the number of cores."""
    # A machine of a cluster runs as many tasks at once as its own owner set.
    return 1 if request.scheduler is not None else max(1, usable_cores() // request.workers)


def _count(result: BatchResult, outcome: Outcome, *, current: bool) -> None:
    if outcome.status == "read":
        result.current += current
        result.read += not current
    result.hands += outcome.hands
    result.problems += outcome.problems


def _outside(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Return the files that do not lie in a folder, wherever links lead; each folder of files is looked up once."""
    inside: dict[Path, bool] = {}
    outside = []
    for path in paths:
        parent = path.parent
        if parent not in inside:
            inside[parent] = parent.resolve().is_relative_to(folder)
        if path.is_symlink():
            if not path.resolve().is_relative_to(folder):
                outside.append(path)
        elif not inside[parent]:
            outside.append(path)
    return outside


class _Run:
    """The state that the steps of one run share."""

    def __init__(self, request: Request, settings: Settings, out: Path, index: FilmIndex) -> None:
        self.request = request
        self.settings = settings
        self.out = out
        self.index = index
        self.threads = _threads(request)
        self.stamps: dict[Path, Stamp] = {}
        self.names: dict[str, str] = {}
        self.visits: list[Visit] = []
        self.unread: set[str] = set()

    def find_visits(self) -> list[Visit]:
        """Find the inputs, see which study each belongs to, and group them."""
        from sclerograph.imaging import find_inputs

        if self.request.paths and not any(path.exists() for path in self.request.paths):
            raise UsageError("none of the given paths exists: check their spelling")
        found = dict.fromkeys(path.absolute() for path in find_inputs(self.request.paths))
        inputs = _outside(found, self.out.resolve())
        if not inputs:
            raise UsageError("no image file was found: give DICOM, PNG, JPEG, TIFF or BMP files, or folders with them")
        for path in inputs:
            self.stamps[path] = self._stamp(path)
        self.index.remember_films((path_key(path), stamp) for path, stamp in self.stamps.items())
        self.visits = group_films({path: stamp.study for path, stamp in self.stamps.items()})
        self.names = assign_names(self.visits, self.index.names, self._is_same)
        self.index.remember_names(self.names)
        return self.visits

    def _stamp(self, path: Path) -> Stamp:
        """Return what is known of a film; its SHA-256 only where the film was read before and has not changed."""
        try:
            state = path.stat()
        except OSError:
            return Stamp(-1, -1, None, None)
        known = self.index.films.get(path_key(path))
        if known is not None and (known.size, known.modified_ns) == (state.st_size, state.st_mtime_ns):
            return known
        return Stamp(state.st_size, state.st_mtime_ns, None, study_of(path))

    def _sha256(self, path: Path) -> str | None:
        stamp = self.stamps[path]
        if stamp.sha256 is None and stamp.size >= 0:
            self._keep_digest(path, digest(path))
        return self.stamps[path].sha256

    def _keep_digest(self, path: Path, sha256: str | None) -> None:
        stamp = self.stamps[path]
        if sha256 is not None and sha256 != stamp.sha256:
            self.stamps[path] = Stamp(stamp.size, stamp.modified_ns, sha256, stamp.study)
            self.index.remember_films([(path_key(path), self.stamps[path])])

    def _is_same(self, name: str, visit: Visit) -> bool:
        """Say whether the folder of this name was made from the very films of the visit."""
        manifest = Manifest.read(self.out / name)
        if manifest is None:
            return True
        return sorted(film.sha256 for film in manifest.films) == sorted(
            self._sha256(path) or "" for path in visit.films
        )

    def task(self, visit: Visit) -> Task:
        """Return the work that reading a visit is."""
        return Task(self.names[visit.key], visit.films, self.settings, self.request.options, self.out, self.threads)

    def known_outcome(self, task: Task) -> Outcome | None:
        """Return what became of a visit in an earlier run with the same films and settings, else ``None``."""
        manifest = Manifest.read(self.out / task.name)
        if manifest is None and any(self.stamps[path].sha256 is None for path in task.films):
            # Never seen: reading it will give its SHA-256 anyway.
            return None
        digests = [self._sha256(path) for path in task.films]
        known = [sha256 for sha256 in digests if sha256 is not None]
        if len(known) < len(digests):
            return None
        fingerprint = self.settings.fingerprint(known)
        if (
            manifest is not None
            and manifest.fingerprint == fingerprint
            and (self.out / task.name / "reading.json").exists()
        ):
            problems = {film.sha256: (film.kind, film.reason) for film in manifest.films}
            films = tuple(FilmState(path, sha, *problems[sha]) for path, sha in zip(task.films, known, strict=True))
            return Outcome(task.name, "read", films, manifest.hands)
        refusal = self.index.refusal(fingerprint)
        if refusal is None:
            return None
        reasons = {sha256: (kind, reason) for sha256, kind, reason in refusal}
        films = tuple(FilmState(path, sha, *reasons[sha]) for path, sha in zip(task.films, known, strict=True))
        self.unread.add(task.name)
        return Outcome(task.name, "refused", films)

    def remember(self, task: Task, outcome: Outcome) -> None:
        """Keep what became of a visit for the next run."""
        for film in outcome.films:
            self._keep_digest(film.path, film.sha256)
        if outcome.status == "refused" and all(film.sha256 and film.kind and film.reason for film in outcome.films):
            problems = [(film.sha256 or "", film.kind or "", film.reason or "") for film in outcome.films]
            self.index.remember_refusal(self.settings.fingerprint(sha256 for sha256, _, _ in problems), problems)
        if outcome.status != "read":
            self.unread.add(task.name)

    def write_tables(self, result: BatchResult) -> None:
        """Write ``summary.csv`` over every visit in the folder, and ``rejected.csv`` over this run's inputs."""
        join_summaries(self._tabulated(), self.out / SUMMARY_FILE)
        write_rejected(result.problems, self.out / REJECTED_FILE)

    def _tabulated(self) -> list[Path]:
        """Return the folders of visits, without those that could not be read or are now part of a larger visit."""
        mine: dict[str, set[str | None]] = {}
        visits_of_film: dict[str | None, list[str]] = {}
        for visit in self.visits:
            films = {self.stamps[path].sha256 for path in visit.films}
            mine[self.names[visit.key]] = films
            for film in films:
                visits_of_film.setdefault(film, []).append(self.names[visit.key])
        folders = []
        # Sorted as names, which is many times quicker than as paths.
        for name in sorted(path.name for path in self.out.iterdir() if not path.name.startswith(".")):
            folder = self.out / name
            if name in mine:
                if name not in self.unread:
                    folders.append(folder)
                continue
            manifest = Manifest.read(folder)
            if manifest is None:
                continue
            old = {film.sha256 for film in manifest.films}
            larger = (visit for film in old for visit in visits_of_film.get(film, []) if old < mine[visit])
            if next(larger, None) is None:
                folders.append(folder)
        return folders
