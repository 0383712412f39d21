"""What is known of a score before any reading: its name, range, source, and how much of its definition was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["STATUSES", "ScoreDefinition", "Statement", "Status"]

Status = Literal["published", "recalled", "own"]

#: What the status of a statement means, in words for the documentation.
STATUSES: dict[Status, str] = {
    "published": "seen in the publication or its abstract",
    "recalled": "common usage; not checked in the publication",
    "own": "decided for this software; not published",
}


@dataclass(frozen=True)
class Statement:
    """One sentence of a definition, and where it comes from."""

    text: str
    status: Status


@dataclass(frozen=True)
class ScoreDefinition:
    """A score as data.

    Parameters
    ----------
    name
        Its name in files and on the command line.
    title
        Its name for people.
    unit
        Unit of the value; ``"points"`` for a sum of grades, ``"label"`` for a name, ``"yes/no"`` for a judgement.
    lowest, highest
        Range of the value for a patient with both hands; ``None`` where there is no bound.
    source
        The publication, or ``"own definition"``.
    statements
        The definition sentence by sentence, each with what was verified of it.
    missing_rule
        What is done where something could not be assessed.
    module, function
        Where the score is computed, so that nothing heavy is imported before a score is asked for.
    """

    name: str
    title: str
    unit: str
    lowest: float | None
    highest: float | None
    source: str
    statements: tuple[Statement, ...]
    missing_rule: str
    module: str
    function: str
