"""Adds up, film by film, what became of true deposits: simulated ones, and those put into real films."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from bench.matching import Match, TrueDeposit
from bench.measure import Row, Target
from bench.share_rows import share_row
from bench.visibility import FAINT_BELOW

__all__ = ["SIZES", "VISIBILITIES", "DepositTally", "Standing", "class_of"]

#: Size classes by the longest diameter in millimetres, from the largest.
SIZES: tuple[tuple[str, float], ...] = ((">= 2 mm", 2.0), ("1-2 mm", 1.0), ("< 1 mm", 0.0))
#: Classes of visibility, from the clearest; the last is too faint to be seen.
VISIBILITIES: tuple[tuple[str, float], ...] = ((">= 4", 4.0), ("2-4", 2.0), ("1-2", FAINT_BELOW), ("< 1", 0.0))
#: How deposits stand out of a film: all that can be seen, those that nobody overlooks, or what nobody can see.
Standing = Literal["seen", "clear", "faint"]
_NAMES = tuple(name for name, _ in VISIBILITIES)
_STANDINGS: dict[Standing, tuple[str, tuple[str, ...]]] = {
    "seen": ("found", _NAMES[:-1]),
    "clear": ("that stand out clearly, found", _NAMES[:1]),
    "faint": ("too faint to be seen, found all the same", _NAMES[-1:]),
}


def class_of(value: float, classes: tuple[tuple[str, float], ...]) -> str:
    """Return the name of the class that a value lies in; below every limit it is the last."""
    return next((name for name, least in classes if value >= least), classes[-1][0])


@dataclass
class DepositTally:
    """Counts over films.

    ``found`` holds a flag for each deposit by classes of size and visibility; ``dice`` the Dice of each deposit of 1 mm
    or more that can be seen; ``false`` the number of false ones by film.
    """

    found: dict[tuple[str, str], list[bool]] = field(default_factory=dict)
    dice: list[float] = field(default_factory=list)
    false: dict[str, int] = field(default_factory=dict)

    def add(self, film: str, deposits: list[TrueDeposit], match: Match, visible: list[float]) -> None:
        """Take in one film; ``visible`` holds the visibility of each deposit."""
        self.false[film] = len(match.false)
        for deposit, found, overlap, clarity in zip(deposits, match.found, match.dice, visible, strict=True):
            classes = class_of(deposit.longest_diameter_mm, SIZES), class_of(clarity, VISIBILITIES)
            self.found.setdefault(classes, []).append(found)
            if clarity >= FAINT_BELOW and deposit.longest_diameter_mm >= 1.0:
                self.dice.append(overlap)

    def recall_row(self, size: str, key: str, on: str, target: Target | None, *, of: Standing = "seen") -> Row:
        """Return the row of the share that was found, of deposits of a size that stand out so."""
        what, classes = _STANDINGS[of]
        flags = [flag for clarity in classes for flag in self.found.get((size, clarity), [])]
        return share_row(key, f"deposits {size} {what}", on, sum(flags), len(flags), "deposits", target)

    def false_row(self, key: str, on: str, target: Target | None) -> Row:
        """Return the row of false deposits on each hand."""
        films = len(self.false)
        value = sum(self.false.values()) / films if films else None
        return Row(key, "false deposits", on, value, "per hand", films, "hands", target)

    def table(self) -> dict[str, Any]:
        """Return number and share found by size and visibility, and the films with false deposits."""
        return {
            "found_by_size_and_visibility": {
                size: {
                    clarity: {"n": len(flags), "found": round(float(np.mean(flags)), 4)}
                    for clarity, _ in VISIBILITIES
                    if (flags := self.found.get((size, clarity)))
                }
                for size, _ in SIZES
            },
            "false_by_film": {film: count for film, count in self.false.items() if count},
        }
