"""Registries with films to present, and forms that readers filled."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from sclerograph.registry.reading_form import FormItem
from sclerograph.registry.session_plan import SessionPlan
from sclerograph.registry.sessions import Presented
from sclerograph.registry.store import Registry
from tests.registry.samples import new_reading

READERS = ("Dr. A", "Dr. B")


def fill(registry: Registry, patients: int = 4) -> None:
    """Add patients with a film at baseline and one a year later."""
    registry.add_readings(
        [
            new_reading(
                f"{patient}-{visit}", pseudonym=f"P-0{patient}", visit=visit, day=day, grade=(patient + later) % 5
            )
            for patient in range(patients)
            for later, (visit, day) in enumerate((("baseline", 0), ("month 12", 365)))
        ]
    )


def plan(**changes) -> SessionPlan:
    return SessionPlan(**({"name": "first", "readers": READERS, "repeats": 2, "seed": 3} | changes))


def filled(
    items: Sequence[FormItem], listed: Sequence[Presented], cells: Mapping[tuple[str, str], Mapping[str, str]] = {}
) -> str:
    """Return the text of a form with zeros everywhere but in the given cells, by code and hand."""
    stream = io.StringIO(newline="")
    names = ["code", "hand", *(item.name for item in items), "comment"]
    writer = csv.DictWriter(stream, names, restval="0", lineterminator="\n")
    writer.writeheader()
    for each in listed:
        for hand in each.hands:
            own = cells.get((each.code, hand), {})
            writer.writerow({"code": each.code, "hand": hand, "comment": ""} | dict(own))
    return stream.getvalue()


def write_form(folder: Path, text: str, name: str = "form.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
