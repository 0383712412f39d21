"""The record of a computed score: its value, its parts, and what was missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from sclerograph.anatomy.hand import Side
from sclerograph.findings.records import Interval, Record
from sclerograph.scores.definition import ScoreDefinition, Status

__all__ = ["DefinitionStatement", "Missing", "Part", "Scope", "Score", "ScoreRange", "Value", "score_of"]

Value = float | int | str | bool | None
Scope = Literal["patient", "hand", "digit", "joint", "site", "region", "lesion", "block"]


class ScoreRange(Record):
    """The lowest and the highest value that the score can take; ``None`` where there is no bound."""

    low: float | None
    high: float | None


class Part(Record):
    """What one place or one lesion contributes to a score.

    ``hand`` is the number of the hand in the reading, from 1; ``None`` for a part of the whole patient. ``at_least``
    and ``at_most`` bound the value where something is missing; they are equal to it where nothing is.
    """

    scope: Scope
    name: str
    hand: int | None = None
    side: Side | None = None
    value: Value
    unit: str
    interval: Interval | None = None
    at_least: float | None = None
    at_most: float | None = None
    assessable: bool
    reason: str | None = None
    evidence: list[str] = Field(default_factory=list)


class Missing(Record):
    """Places that could not be assessed for one reason, and how the score dealt with that."""

    what: list[str]
    reason: str
    handling: str


class DefinitionStatement(Record):
    """One sentence of the definition with its status (see :mod:`sclerograph.scores.definition`)."""

    text: str
    status: Status


class Score(Record):
    """A score of one reading.

    ``value`` is ``None``, with a ``reason``, where the score cannot be given; ``at_least`` and ``at_most`` then hold
    what the assessed places allow to say. ``interval`` joins the 95 % intervals of the findings as if all of them erred
    the same way, and so is rather too wide.
    """

    name: str
    title: str
    value: Value
    unit: str
    range: ScoreRange
    interval: Interval | None = None
    at_least: float | None = None
    at_most: float | None = None
    assessable: bool
    reason: str | None = None
    parts: list[Part] = Field(default_factory=list)
    missing: list[Missing] = Field(default_factory=list)
    thresholds: dict[str, float] = Field(default_factory=dict)
    source: str
    definition: list[DefinitionStatement] = Field(default_factory=list)

    def part(self, name: str, *, scope: Scope | None = None, hand: int | None = None) -> Part:
        """Return the part of this name, of this scope and hand where they are given.

        Raises
        ------
        KeyError
            There is no such part.
        """
        for part in self.parts:
            if part.name == name and scope in (None, part.scope) and hand in (None, part.hand):
                return part
        raise KeyError(name)


def score_of(
    definition: ScoreDefinition,
    value: Value,
    *,
    reason: str | None = None,
    parts: Iterable[Part] = (),
    missing: Iterable[Missing] = (),
    interval: Interval | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    thresholds: dict[str, float] | None = None,
) -> Score:
    """Return the record of a score with everything that its definition says."""
    return Score(
        name=definition.name,
        title=definition.title,
        value=value,
        unit=definition.unit,
        range=ScoreRange(low=definition.lowest, high=definition.highest),
        interval=interval,
        at_least=at_least,
        at_most=at_most,
        assessable=value is not None,
        reason=reason,
        parts=list(parts),
        missing=list(missing),
        thresholds=thresholds or {},
        source=definition.source,
        definition=[DefinitionStatement(text=s.text, status=s.status) for s in definition.statements],
    )
