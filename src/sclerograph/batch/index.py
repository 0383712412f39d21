"""What is known of films that were seen before, so that a hundred thousand of them are recognised in seconds.

The index is a cache in the output folder: deleting it costs time, never a result. It knows a film by a hash of its path
together with its size and time of change, and holds the film's SHA-256 and study; it knows the folder of every visit,
and which visits had nothing that could be read. While a run has it open, no other run can write into the same folder;
the lock goes with the process, however that ends.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sclerograph.errors import UsageError

__all__ = ["INDEX_FILE", "FilmIndex", "Stamp"]

INDEX_FILE = ".sclerograph-index.sqlite"
_LAYOUT = 1
_SCHEMA = """
CREATE TABLE films (key TEXT PRIMARY KEY, size INTEGER, modified_ns INTEGER, sha256 TEXT, study TEXT) WITHOUT ROWID;
CREATE TABLE names (key TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE refused (fingerprint TEXT PRIMARY KEY, problems TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Stamp:
    """How a film is recognised without reading it, and what was found when it was read."""

    size: int
    modified_ns: int
    sha256: str | None
    study: str | None


class FilmIndex(AbstractContextManager["FilmIndex"]):
    """The index of one output folder.

    Raises
    ------
    UsageError
        Another run is writing into the same folder.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / INDEX_FILE
        try:
            self._database = _open(path)
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise UsageError(
                    f"another run is writing into {folder}: two would overwrite each other; "
                    "wait for it, or give another folder with --out"
                ) from None
            # A damaged or older cache is worth nothing: begin again.
            path.unlink(missing_ok=True)
            path.with_name(path.name + "-journal").unlink(missing_ok=True)
            self._database = _open(path)
        self.films = {
            key: Stamp(size, modified_ns, sha256, study)
            for key, size, modified_ns, sha256, study in self._database.execute("SELECT * FROM films")
        }
        self.names = dict(self._database.execute("SELECT key, name FROM names"))

    def remember_films(self, stamps: Iterable[tuple[str, Stamp]]) -> None:
        """Keep what is known of films, by the key of their path."""
        rows = []
        for key, stamp in stamps:
            if self.films.get(key) != stamp:
                self.films[key] = stamp
                rows.append((key, stamp.size, stamp.modified_ns, stamp.sha256, stamp.study))
        if rows:
            self._database.executemany("INSERT OR REPLACE INTO films VALUES (?, ?, ?, ?, ?)", rows)
            self._database.commit()

    def remember_names(self, names: dict[str, str]) -> None:
        """Keep which folder belongs to which visit."""
        new = {key: name for key, name in names.items() if self.names.get(key) != name}
        if new:
            # A folder whose films moved belongs to the visit that has them now.
            self._database.executemany("DELETE FROM names WHERE name = ?", [(name,) for name in new.values()])
            self._database.executemany("INSERT OR REPLACE INTO names VALUES (?, ?)", new.items())
            self._database.commit()
            self.names.update(new)

    def refusal(self, fingerprint: str) -> list[tuple[str, str, str]] | None:
        """Return (sha256, kind, reason) of each film of a visit that was refused as a whole, ``None`` if it was not."""
        row = self._database.execute("SELECT problems FROM refused WHERE fingerprint = ?", (fingerprint,)).fetchone()
        return None if row is None else [(sha256, kind, reason) for sha256, kind, reason in json.loads(row[0])]

    def remember_refusal(self, fingerprint: str, problems: list[tuple[str, str, str]]) -> None:
        """Keep that a visit was refused as a whole, so that the next run need not read it again."""
        self._database.execute("INSERT OR REPLACE INTO refused VALUES (?, ?)", (fingerprint, json.dumps(problems)))
        self._database.commit()

    def close(self) -> None:
        """Close the index and let other runs write into the folder."""
        self._database.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(path: Path) -> sqlite3.Connection:
    """Open the database and hold it for this process alone."""
    database = sqlite3.connect(path, timeout=0.5)
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        # The index is a cache: losing its last rows in a power cut is cheap, waiting for the disk at each film is not.
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN EXCLUSIVE")
        (layout,) = database.execute("PRAGMA user_version").fetchone()
        if layout not in (0, _LAYOUT):
            raise sqlite3.DatabaseError("another layout")
        if layout == 0:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {_LAYOUT}")
        database.commit()
    except BaseException:
        database.close()
        raise
    return database
