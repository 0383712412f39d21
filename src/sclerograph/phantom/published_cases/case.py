"""A published case: its citation, its films, and what its text says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sclerograph.anatomy.hand import View
from sclerograph.phantom.dicom_film import write_dicom
from sclerograph.phantom.film import SimulatedFilm, TwoHandFilm
from sclerograph.phantom.published_cases.statement import Statement

__all__ = ["CaseFilm", "PublishedCase", "write_films"]


@dataclass(frozen=True)
class CaseFilm:
    """One film of a case; ``name`` tells it from the others, ``view`` is how the hand lies on it.

    The film is simulated when it is first asked for.
    """

    name: str
    view: View
    simulate: Callable[[], SimulatedFilm | TwoHandFilm]

    @cached_property
    def film(self) -> SimulatedFilm | TwoHandFilm:
        """The film with its truth."""
        return self.simulate()


@dataclass(frozen=True)
class PublishedCase:
    """A case.

    ``films`` returns the films of its visit, ``statements`` are what the text says of the hands, and ``silent`` says
    in words what the text leaves open, where that matters for what is built.
    """

    name: str
    title: str
    citation: str
    films: Callable[[], tuple[CaseFilm, ...]]
    statements: tuple[Statement, ...]
    silent: str


def write_films(films: Sequence[CaseFilm], study: str, folder: Path) -> list[Path]:
    """Write films as DICOM files of one study, and return their paths."""
    paths = []
    for each in films:
        path = folder / f"{study}-{each.name}.dcm"
        write_dicom(path, each.film, view=each.view, study=study)
        paths.append(path)
    return paths
