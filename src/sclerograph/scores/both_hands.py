"""The hands of a visit that a score counts, and those that it lacks."""

from __future__ import annotations

from dataclasses import dataclass

from sclerograph.anatomy.hand import Side
from sclerograph.findings.records import Hand, Reading
from sclerograph.hand.visit import counted_hands

__all__ = ["CountedHand", "absent_hands", "counted"]

_SIDE_NAMES: dict[Side | None, str] = {"L": "left hand", "R": "right hand", None: "hand of unknown side"}


@dataclass(frozen=True)
class CountedHand:
    """One hand of the patient: its number in the reading (from 1) and its record."""

    number: int
    record: Hand

    @property
    def side(self) -> Side | None:
        """The side, where it is known."""
        return self.record.side

    @property
    def name(self) -> str:
        """The hand in words."""
        return _SIDE_NAMES[self.record.side]

    def place(self, code: str) -> str:
        """Return the code of a place with its hand: ``L DIP3``, or ``hand 2 DIP3`` where the side is unknown."""
        return f"{self.record.side or f'hand {self.number}'} {code}"


def counted(reading: Reading) -> list[CountedHand]:
    """Return each hand of the patient once: of two views of one hand, the one that goes first."""
    return [CountedHand(i + 1, reading.hands[i]) for i in counted_hands(reading.hands)]


def absent_hands(hands: list[CountedHand]) -> list[str]:
    """Return the names of the hands that no film shows; empty when two hands are counted."""
    if len(hands) >= 2:
        return []
    if not hands:
        return [_SIDE_NAMES["L"], _SIDE_NAMES["R"]]
    side = hands[0].side
    if side is None:
        return ["the other hand"]
    return [_SIDE_NAMES["R" if side == "L" else "L"]]
