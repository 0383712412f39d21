"""Calcium by site, digit and hand, in the unit that the film allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sclerograph.findings.records import CalcinosisTotal, Hand
from sclerograph.reports.wording import number

__all__ = ["Burden", "burdens", "hand_burden"]

Scope = Literal["site", "digit", "hand"]

#: A ratio to the squared scale length of the hand is small, so people read it in thousandths.
_PER_MILLE = 1000.0


@dataclass(frozen=True)
class Burden:
    """How much calcium lies somewhere, ready to be drawn and printed."""

    name: str
    deposits: int
    amount: float
    unit: str

    @property
    def text(self) -> str:
        """The amount alone: short enough for a label in a drawing."""
        return number(self.amount, 0 if self.amount >= 99.95 else 1)


def burdens(hand: Hand, scope: Scope) -> list[Burden]:
    """Return the burdens of a hand at one scope that hold at least one deposit, in the order of the reading.

    Calibrated films give mm², others thousandths of the squared length MCP3 to TIP3.
    """
    return [_burden(total) for total in hand.calcinosis if total.scope == scope and total.deposits > 0]


def hand_burden(hand: Hand) -> Burden | None:
    """Return the calcium of the whole hand (which may be none), or None where it was not measured."""
    if not hand.calcinosis_assessable:
        return None
    return next((_burden(total) for total in hand.calcinosis if total.scope == "hand"), None)


def _burden(total: CalcinosisTotal) -> Burden:
    if total.area_mm2 is not None:
        return Burden(total.name, total.deposits, total.area_mm2, "mm²")
    return Burden(total.name, total.deposits, total.area_ratio * _PER_MILLE, "‰")
