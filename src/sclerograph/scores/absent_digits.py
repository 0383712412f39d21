"""Digits that are not on the film although their hand is."""

from __future__ import annotations

from typing import Literal

from sclerograph.anatomy.hand import DIGITS, FINGER_CHAINS, digit_bones
from sclerograph.findings.records import Hand

__all__ = ["absent_digits"]

Absence = Literal["amputated", "off the film", "not found on the film"]


def absent_digits(hand: Hand) -> dict[int, Absence]:
    """Return the digits that the hand lacks and why.

    What the reading says goes first. Beside that, a digit was not found where outlines or landmarks of the hand were
    recorded, and neither a phalanx, nor a believed landmark of one, nor a deposit or a graded tuft of this digit is
    among them. A reading without outlines and landmarks, as one that a reader has typed in, is taken at its word.
    """
    absent: dict[int, Absence] = {entry.digit: entry.because for entry in hand.absent_digits}
    if not hand.bones and not hand.landmarks:
        return absent
    outlined = {outline.bone for outline in hand.bones}
    for digit in (d.number for d in DIGITS):
        phalanges = {bone.code for bone in digit_bones(digit) if bone.kind != "metacarpal"}
        marks = [hand.landmarks[name] for name in FINGER_CHAINS[digit][2:] if name in hand.landmarks]
        seen = bool(phalanges & outlined) or any(mark.plausible for mark in marks)
        seen |= any(deposit.digit == digit for deposit in hand.deposits)
        seen |= any(tuft.digit == digit and tuft.assessable for tuft in hand.tufts)
        if not seen:
            absent.setdefault(digit, "not found on the film")
    return absent
