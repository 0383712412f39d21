"""Pieces of work for the tests of the batch: functions of a module, because other processes get them by name.

The stem of the first film says what happens: ``crash`` ends the process, ``raise`` raises, ``slow`` takes a while.
Each call is noted as an empty file in the output folder's ``calls``.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid

from sclerograph.batch.folder import visit_folder
from sclerograph.batch.manifest import MANIFEST_FILE, FilmRecord, Manifest
from sclerograph.batch.work import FilmState, Outcome, Task


def note_call(task: Task) -> None:
    calls = task.out.parent / "calls"
    calls.mkdir(exist_ok=True)
    (calls / f"{task.name}.{uuid.uuid4().hex}").touch()


def calls_for(out, name: str) -> int:
    return len(list((out.parent / "calls").glob(f"{name}.*")))


def crash_raise_or_read(task: Task) -> Outcome:
    note_call(task)
    stem = task.films[0].stem
    if stem.startswith("crash"):
        os._exit(3)
    if stem.startswith("raise"):
        raise ValueError("a value that nobody may see")
    if stem.startswith("slow"):
        time.sleep(0.3)
    return Outcome(task.name, "read", tuple(FilmState(path, "0" * 64) for path in task.films), 1)


def write_like_a_reading(task: Task) -> Outcome:
    """Write a visit's folder as the real work does, without looking at pixels; ``refuse...`` is refused."""
    note_call(task)
    if not all(path.exists() for path in task.films):
        reason = "no such file"
        return Outcome(
            task.name, "refused", tuple(FilmState(path, None, "UnreadableFile", reason) for path in task.films)
        )
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in task.films]
    if task.films[0].stem.startswith("refuse"):
        states = tuple(
            FilmState(path, digest, "NotAHandRadiograph", "no hand was found")
            for path, digest in zip(task.films, digests, strict=True)
        )
        return Outcome(task.name, "refused", states)
    with visit_folder(task.out, task.name) as folder:
        (folder / "reading.json").write_text("{}")
        (folder / "summary.csv").write_text(f"reading,films\n{task.name},{len(digests)}\n")
        records = tuple(FilmRecord(path.name, digest) for path, digest in zip(task.films, digests, strict=True))
        manifest = Manifest(task.settings.fingerprint(digests), task.settings, records, 1)
        (folder / MANIFEST_FILE).write_text(manifest.text())
    states = tuple(FilmState(path, digest) for path, digest in zip(task.films, digests, strict=True))
    return Outcome(task.name, "read", states, 1)


def write_slowly(task: Task) -> Outcome:
    time.sleep(0.2)
    return write_like_a_reading(task)


def write_where(task: Task) -> Outcome:
    """Say in which process the work was done, and take long enough that others get some of it."""
    time.sleep(0.3)
    return Outcome(task.name, "read", tuple(FilmState(path, None, None, str(os.getpid())) for path in task.films), 1)
