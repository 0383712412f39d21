"""Several films of one visit: which hand entries count towards the patient."""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph.findings.records import Hand

__all__ = ["PREFERENCE", "counted_hands", "counting_notes"]

#: The view that is measured first when a hand stands on several films.
PREFERENCE = {"PA": 0, "AP": 1, "oblique": 2, "lateral": 3}


def counted_hands(hands: Sequence[Hand]) -> list[int]:
    """Return the positions of the entries that count: each hand of the patient once.

    Entries of the same side on different films are two views of one hand; the PA film counts, else AP, oblique,
    lateral, and the surer of equals. Two hands on one film are two hands, whatever their sides seem to be. An entry
    of unknown side counts only where no other film can show the same hand.
    """
    counted: list[int] = []
    for i, hand in enumerate(hands):
        rivals = [
            j
            for j, other in enumerate(hands)
            if other.source != hand.source and (other.side == hand.side or other.side is None or hand.side is None)
        ]
        if all(_rank(hands[i], i) < _rank(hands[j], j) for j in rivals):
            counted.append(i)
    return counted


def _rank(hand: Hand, position: int) -> tuple[int, int, float, int]:
    """Order entries that may be one hand: a known side first, then the view, then the confidence."""
    return (hand.side is None, PREFERENCE[hand.view], -hand.confidence, position)


def counting_notes(hands: Sequence[Hand]) -> dict[int, str]:
    """Return the note for each entry that does not count towards the patient's totals."""
    counted = counted_hands(hands)
    notes = {}
    for i, hand in enumerate(hands):
        if i in counted:
            continue
        if hand.side is None:
            notes[i] = "not counted in the patient's totals: of unknown side, and another film may show the same hand"
        else:
            side = "left" if hand.side == "L" else "right"
            notes[i] = f"not counted in the patient's totals: another film of the {side} hand is (PA goes first)"
    return notes
