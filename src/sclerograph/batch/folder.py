"""A visit's folder: there and whole, or not there.

A folder is written beside its place under a name that begins with a dot, and then renamed. Where a folder of an earlier
run stands in its place, that is moved aside first and removed last; whatever moment a run is killed at, the next one
finds either the old or the new folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["recover", "visit_folder"]

_WRITING = ".writing-"
_REPLACED = ".replaced-"


@contextmanager
def visit_folder(out: Path, name: str) -> Iterator[Path]:
    """Give a folder to write a visit into, and put it into its place at the end; after an error nothing is left.

    Parameters
    ----------
    out
        The output folder of the run.
    name
        Name of the visit's folder.
    """
    writing, place, replaced = out / f"{_WRITING}{name}", out / name, out / f"{_REPLACED}{name}"
    _remove(writing)
    writing.mkdir(parents=True)
    try:
        yield writing
        for path in writing.rglob("*"):
            if path.is_file():
                _force_to_disk(path)
        if place.exists():
            _remove(replaced)
            place.rename(replaced)
        writing.rename(place)
    except BaseException:
        _remove(writing)
        _restore(replaced, place)
        raise
    _remove(replaced)


def recover(out: Path) -> None:
    """Tidy up after a run that was killed: put back what had only been moved aside, remove what was never finished."""
    for left in list(out.glob(f"{_REPLACED}*")):
        _restore(left, out / left.name.removeprefix(_REPLACED))
        _remove(left)
    for left in list(out.glob(f"{_WRITING}*")):
        _remove(left)


def _restore(replaced: Path, place: Path) -> None:
    if replaced.exists() and not place.exists():
        replaced.rename(place)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _force_to_disk(path: Path) -> None:
    """Make sure that the content is on the disk before the folder gets its name."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
