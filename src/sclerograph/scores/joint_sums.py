"""Sums over the joints of both hands, in the layout of the Sharp/van der Heijde method and of SENS.

All sums are proposed by software until a reader has confirmed them: a suspicion of erosion is no erosion. The joint of
capitate, scaphoid and lunate, which the method scores for narrowing, has no place in the vocabulary of this software
and is left out, so narrowing adds up 14 joints of a hand instead of 15. DIP joints are outside of the method and
matter in systemic sclerosis: they have a block of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import BoneErosion, Hand
from sclerograph.scores.both_hands import CountedHand, absent_hands
from sclerograph.scores.lesions import (
    bone_eroded,
    eroded,
    joint_of,
    narrowing_grade,
    no_erosion_because,
    subluxated,
    unassessed_because,
)
from sclerograph.scores.record import Part
from sclerograph.scores.settings import ScoreSettings

__all__ = [
    "DIP_JOINTS",
    "ERODED_JOINTS",
    "HIGHEST_EROSION",
    "HIGHEST_NARROWING",
    "NARROWED_JOINTS",
    "Place",
    "block",
    "erosion_places",
    "gaps",
    "narrowing_places",
    "place_parts",
    "total",
]

_FINGERS = tuple(d.number for d in DIGITS[1:])

#: The joints of a hand whose narrowing the Sharp/van der Heijde method scores, as far as the vocabulary has them.
NARROWED_JOINTS: tuple[str, ...] = (
    *(f"MCP{d.number}" for d in DIGITS),
    *(f"PIP{n}" for n in _FINGERS),
    "CMC3",
    "CMC4",
    "CMC5",
    "STT",
    "RC",
)

#: The joints of a hand whose erosions it scores; the bones of the wrist come to them.
ERODED_JOINTS: tuple[str, ...] = (*(f"MCP{d.number}" for d in DIGITS), *(f"PIP{n}" for n in _FINGERS), "IP1")

#: The joints of the separate block.
DIP_JOINTS: tuple[str, ...] = tuple(f"DIP{n}" for n in _FINGERS)

HIGHEST_NARROWING = 4
HIGHEST_EROSION = 5


@dataclass(frozen=True)
class Place:
    """What one joint or bone gives: a number, or bounds and the reason why there is none."""

    hand: CountedHand
    kind: str
    code: str
    value: int | None
    at_least: int
    at_most: int
    reason: str | None

    @property
    def name(self) -> str:
        """The place in words."""
        return self.hand.place(f"{self.kind} {self.code}")


def narrowing_places(hands: Sequence[CountedHand], joints: Sequence[str], settings: ScoreSettings) -> list[Place]:
    """Return the grade of narrowing, 0 to 4, of these joints of each hand.

    A subluxated joint has at least 3, an ankylosed one 4, as in the method.
    """
    places = []
    for hand in hands:
        for code in joints:
            joint = joint_of(hand.record, code)
            grade = narrowing_grade(joint)
            floor = 3 if subluxated(hand.record, joint, settings) else 0
            value = None if grade is None else max(grade, floor)
            places.append(_place(hand, "narrowing", code, value, floor, HIGHEST_NARROWING, unassessed_because(joint)))
    return places


def erosion_places(
    hands: Sequence[CountedHand], joints: Sequence[str], bones: Sequence[str], settings: ScoreSettings
) -> list[Place]:
    """Return the erosion score, 0 to 5, of these joints and bones of each hand.

    A reader's grade counts. Where there is only the software's suspicion, an eroded joint counts 1, the least that an
    erosion counts, and could count up to 5: the size of an erosion is not measured.
    """
    places = []
    for hand in hands:
        for code in joints:
            joint = joint_of(hand.record, code)
            grade = joint.erosion_grade if joint.assessable else None
            places.append(_erosion(hand, code, grade, eroded(joint, settings), no_erosion_because(joint)))
        for code in bones:
            bone = _bone_of(hand.record, code)
            grade = bone.grade if bone.assessable else None
            places.append(_erosion(hand, code, grade, bone_eroded(bone, settings), unassessed_because(bone)))
    return places


def _erosion(hand: CountedHand, code: str, grade: int | None, found: bool | None, reason: str) -> Place:
    if grade is not None or found is None:
        return _place(hand, "erosion", code, grade, 0, HIGHEST_EROSION, reason)
    return Place(hand, "erosion", code, int(found), int(found), HIGHEST_EROSION if found else 0, None)


def _place(hand: CountedHand, kind: str, code: str, value: int | None, low: int, high: int, reason: str) -> Place:
    if value is None:
        return Place(hand, kind, code, None, low, high, reason)
    return Place(hand, kind, code, value, value, value, None)


def _bone_of(hand: Hand, code: str) -> BoneErosion:
    found = next((e for e in hand.erosions if e.bone == code), None)
    return found or BoneErosion(bone=code, assessable=False, reason="the reading has no entry for it")


def place_parts(places: Sequence[Place]) -> list[Part]:
    """Return the part of each place."""
    return [
        Part(
            scope="joint",
            name=f"{place.kind} {place.code}",
            hand=place.hand.number,
            side=place.hand.side,
            value=place.value,
            unit="points",
            at_least=float(place.at_least),
            at_most=float(place.at_most),
            assessable=place.value is not None,
            reason=place.reason,
        )
        for place in places
    ]


def block(name: str, places: Sequence[Place], hands: Sequence[CountedHand], highest_of_a_hand: int) -> Part:
    """Return the sum of a block over both hands; bounds instead where a place gives no value."""
    unseen = len(absent_hands(list(hands)))
    gaps = sum(place.value is None for place in places)
    reasons = [f"{gaps} of {len(places)} places gave no answer"] if gaps else []
    reasons += [f"{unseen} of 2 hands on no film"] if unseen else []
    return Part(
        scope="block",
        name=name,
        value=None if reasons else sum(place.value or 0 for place in places),
        unit="points",
        at_least=float(sum(place.at_least for place in places)),
        at_most=float(sum(place.at_most for place in places) + unseen * highest_of_a_hand),
        assessable=not reasons,
        reason="; ".join(reasons) or None,
    )


def total(blocks: Sequence[Part]) -> tuple[int | None, str | None, float, float]:
    """Return the sum of blocks, why there is none, and what it is at least and at most."""
    values = [part.value for part in blocks if isinstance(part.value, int)]
    reason = "; ".join(f"{part.name}: {part.reason}" for part in blocks if part.value is None) or None
    low = sum(part.at_least or 0.0 for part in blocks)
    high = sum(part.at_most or 0.0 for part in blocks)
    return (sum(values) if reason is None else None), reason, low, high


def gaps(places: Sequence[Place], hands: Sequence[CountedHand]) -> list[tuple[str, str]]:
    """Return the places without an answer and the hands that no film shows, with the reasons."""
    found = [(place.name, place.reason or "") for place in places if place.value is None]
    return found + [(name, "no film shows it") for name in absent_hands(list(hands))]
