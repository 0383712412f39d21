"""Readings to put into registries."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sclerograph.findings.json_file import reading_text
from sclerograph.registry.readings import NewReading
from tests.findings.samples import small_reading


def document(*films: str, name: str = "visit", version: str = "0.1.0", grade: int = 4) -> dict[str, Any]:
    """Return the document of a reading of films by these names, a hand on each."""
    tree = json.loads(reading_text(small_reading()))
    tree["name"] = name
    tree["software"]["version"] = version
    (source,), (hand,) = tree["sources"], tree["hands"]
    hand["tufts"][0]["grade"] = grade
    films = films or ("a",)
    tree["sources"] = [
        {**source, "id": f"s{i}", "file": f"{film}.dcm", "sha256": hashlib.sha256(film.encode()).hexdigest()}
        for i, film in enumerate(films)
    ]
    tree["hands"] = [{**hand, "source": f"s{i}"} for i in range(len(films))]
    return tree


def new_reading(
    *films: str, pseudonym: str = "P-1", visit: str = "baseline", version: str = "0.1.0", grade: int = 4, **more: Any
) -> NewReading:
    tree = document(*films, version=version, grade=grade)
    sha256 = hashlib.sha256(json.dumps(tree).encode()).hexdigest()
    return NewReading(pseudonym, visit, tree, sha256, **more)
