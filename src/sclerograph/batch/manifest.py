"""``run.json``: what a visit's folder was made from, so that a later run knows whether it is still current.

The manifest stands beside the reading and comes into place together with it. It holds no path, only the names of the
files, their SHA-256, the options, the version and the models.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["MANIFEST_FILE", "FilmRecord", "Manifest", "Settings"]

MANIFEST_FILE = "run.json"
_SCHEMA = "sclerograph.run/1"


@dataclass(frozen=True)
class Settings:
    """Everything but the films that decides what a reading says."""

    version: str
    models: tuple[tuple[str, str], ...]
    options: dict[str, Any]

    def fingerprint(self, digests: Iterable[str]) -> str:
        """Return the hash of these settings with films of these SHA-256 sums, in any order."""
        content = json.dumps(
            [_SCHEMA, self.version, sorted(self.models), self.options, sorted(digests)], sort_keys=True
        )
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class FilmRecord:
    """One film of a visit; ``kind`` and ``reason`` where it could not be used."""

    file: str
    sha256: str
    kind: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Manifest:
    """The content of ``run.json``; ``hands`` is the number of hands that were read."""

    fingerprint: str
    settings: Settings
    films: tuple[FilmRecord, ...]
    hands: int

    def text(self) -> str:
        """Return the manifest as JSON."""
        document = {
            "schema": _SCHEMA,
            "fingerprint": self.fingerprint,
            "version": self.settings.version,
            "models": [{"name": name, "sha256": sha256} for name, sha256 in self.settings.models],
            "options": self.settings.options,
            "hands": self.hands,
            "films": [asdict(film) for film in self.films],
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """Return the manifest of a visit's folder, ``None`` where there is none that this version understands."""
        try:
            document = json.loads((folder / MANIFEST_FILE).read_bytes())
            if document["schema"] != _SCHEMA:
                return None
            models = tuple((model["name"], model["sha256"]) for model in document["models"])
            return cls(
                document["fingerprint"],
                Settings(document["version"], models, document["options"]),
                _films(document["films"]),
                int(document["hands"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _films(entries: Sequence[dict[str, Any]]) -> tuple[FilmRecord, ...]:
    return tuple(
        FilmRecord(str(entry["file"]), str(entry["sha256"]), entry["kind"], entry["reason"]) for entry in entries
    )
