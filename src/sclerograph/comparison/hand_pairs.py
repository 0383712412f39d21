"""Which hand of one reading is which of the other: by side and view, never across views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sclerograph.comparison.records import UnpairedHand
from sclerograph.findings.records import Hand, Reading

__all__ = ["HandPair", "pair_hands"]


@dataclass(frozen=True)
class HandPair:
    """Places of one hand in the two readings, and what to know about the pairing."""

    first: int
    second: int
    note: str | None = None


def pair_hands(first: Reading, second: Reading) -> tuple[list[HandPair], list[UnpairedHand]]:
    """Pair the hands of two readings.

    Of several entries with one side and view the surest counts. Hands of unknown side are paired with what is left
    over when that leaves no choice.

    Returns
    -------
    pairs, unpaired
        Pairs in the order of the first reading, and every other entry with the reason.
    """
    left, right = _surest(first.hands), _surest(second.hands)
    pairs = [
        HandPair(i, j)
        for i in left
        for j in right
        if first.hands[i].side is not None and _key(first.hands[i]) == _key(second.hands[j])
    ]
    rest_left = [i for i in left if all(i != pair.first for pair in pairs)]
    rest_right = [j for j in right if all(j != pair.second for pair in pairs)]
    for view in ("PA", "AP", "oblique", "lateral"):
        ours = [i for i in rest_left if first.hands[i].view == view]
        theirs = [j for j in rest_right if second.hands[j].view == view]
        if len(ours) == len(theirs) == 1 and None in (first.hands[ours[0]].side, second.hands[theirs[0]].side):
            pairs.append(HandPair(ours[0], theirs[0], "the side is not known at both visits; taken for one hand"))
    pairs.sort(key=lambda pair: pair.first)
    unpaired = [
        UnpairedHand(visit="first", hand=i, side=hand.side, view=hand.view, reason=_reason(hand, i in left, second))
        for i, hand in enumerate(first.hands)
        if all(i != pair.first for pair in pairs)
    ]
    unpaired += [
        UnpairedHand(visit="second", hand=j, side=hand.side, view=hand.view, reason=_reason(hand, j in right, first))
        for j, hand in enumerate(second.hands)
        if all(j != pair.second for pair in pairs)
    ]
    return pairs, unpaired


def _key(hand: Hand) -> tuple[str | None, str]:
    return hand.side, hand.view


def _surest(hands: Sequence[Hand]) -> list[int]:
    """Return the places of the hands to pair: of each side and view the surest, and every one of unknown side."""
    kept = []
    for i, hand in enumerate(hands):
        rivals = [(-other.confidence, j) for j, other in enumerate(hands) if _key(other) == _key(hand)]
        if hand.side is None or min(rivals) == (-hand.confidence, i):
            kept.append(i)
    return kept


def _reason(hand: Hand, surest: bool, other: Reading) -> str:
    if not surest:
        return "another film of this visit shows the same hand in the same view, found more surely"
    if hand.side is None:
        return "its side is not known, and the other visit does not say which hand it is"
    side = "left" if hand.side == "L" else "right"
    views = sorted({entry.view for entry in other.hands if entry.side == hand.side})
    if views and hand.view not in views:
        return f"the other visit shows the {side} hand only as {', '.join(views)}, which is another projection"
    return f"the other visit shows no {side} hand"
