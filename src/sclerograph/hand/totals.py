"""Deposits added up by site, digit, hand and patient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sclerograph.anatomy.hand import DIGITS, SITES
from sclerograph.anatomy.norms import NOMINAL_FINGER_MM
from sclerograph.findings.records import CalcinosisTotal, Deposit, Hand

__all__ = ["hand_totals", "patient_area_mm2"]


def hand_totals(deposits: Sequence[Deposit], scale_px: float, mm_per_pixel: float | None) -> list[CalcinosisTotal]:
    """Return the totals of one hand: each site that has deposits, the five digits, and the hand.

    Parameters
    ----------
    deposits
        The deposits of the hand.
    scale_px
        Length of one nominal millimetre in original pixels (see :attr:`~sclerograph.hand.view.HandView.scale_px`).
    mm_per_pixel
        ``None`` without calibration; areas then have no mm2.
    """

    def total(scope: Literal["site", "digit", "hand"], name: str, members: Sequence[Deposit]) -> CalcinosisTotal:
        area_px = sum(d.area_px for d in members)
        return CalcinosisTotal(
            scope=scope,
            name=name,
            deposits=len(members),
            area_px=round(area_px, 2),
            area_mm2=None if mm_per_pixel is None else round(area_px * mm_per_pixel**2, 3),
            area_ratio=round(area_px / (NOMINAL_FINGER_MM * scale_px) ** 2, 8),
        )

    present = {d.site for d in deposits}
    by_site = [total("site", site, [d for d in deposits if d.site == site]) for site in SITES if site in present]
    by_digit = [total("digit", str(d.number), [x for x in deposits if x.digit == d.number]) for d in DIGITS]
    return [*by_site, *by_digit, total("hand", "hand", deposits)]


def patient_area_mm2(hands: Sequence[Hand]) -> float | None:
    """Return the calcified area of these hands together, ``None`` unless each is assessable and calibrated.

    The hands must be different hands: two views of one hand would count its deposits twice (see
    :mod:`sclerograph.hand.visit`).
    """
    areas = [t.area_mm2 for hand in hands for t in hand.calcinosis if t.scope == "hand"]
    known = [value for value in areas if value is not None]
    if not hands or len(known) < len(hands) or not all(hand.calcinosis_assessable for hand in hands):
        return None
    return round(sum(known), 3)
