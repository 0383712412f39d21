"""What could not be assessed, and why: one list, so that no reader takes silence for health."""

from __future__ import annotations

from dataclasses import dataclass

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import Hand
from sclerograph.hand import gaps as hand_gaps
from sclerograph.hand.gaps import GapKind
from sclerograph.reports.wording import digit_name

__all__ = ["Gap", "gaps"]

_UNSTATED = "no reason recorded"

_NOUNS: dict[GapKind, str] = {
    "calcinosis": "Calcinosis",
    "calcinosis of digit": "Calcinosis",
    "small deposits": "Small deposits",
    "tuft": "Fingertip bone",
    "joint space": "Joint space",
    "erosion at the joint": "Erosion of joints",
    "erosion": "Erosion of the wrist",
    "alignment of the thumb base": "Alignment of the base of the thumb",
    "alignment of the joint": "Alignment of joints",
    "size of the bone": "Size of the bones at the base of the thumb",
    "ulnar variance": "Ulnar variance",
    "flexion of digit": "Flexion",
    "cortical index": "Cortical index",
    "mean cortical index": "Mean cortical index",
    "mineral beside the joint": "Mineral beside joints",
    "soft tissue of fingertip": "Soft tissue of fingertips",
    "rotation out of the film": "Rotation out of the film",
    "edges of the film": "What the film cuts off",
    "sharpness": "Sharpness",
    "exposure": "Exposure",
}
_OF_DIGITS: tuple[GapKind, ...] = (
    "calcinosis of digit",
    "tuft",
    "flexion of digit",
    "soft tissue of fingertip",
)


@dataclass(frozen=True)
class Gap:
    """Something that was not assessed, with its reason."""

    what: str
    reason: str


def gaps(hand: Hand) -> list[Gap]:
    """Return everything that was not assessed on a hand; findings with the same reason share a line."""
    by_reason: dict[str, list[str]] = {}
    for gap in hand_gaps.gaps(hand):
        by_reason.setdefault(gap.reason, []).append(_words(gap))
    graded = {tuft.digit for tuft in hand.tufts}
    missing = [digit_name(d.number) for d in DIGITS if d.number not in graded]
    if missing:
        by_reason["no record of this fingertip"] = [f"Fingertip bone: {', '.join(missing)}"]
    doubtful = [name for name, mark in hand.landmarks.items() if not mark.plausible]
    if doubtful:
        by_reason["the shape of a hand makes their position implausible"] = ["Landmarks " + ", ".join(doubtful)]
    told = [Gap("; ".join(what), reason) for reason, what in by_reason.items()]
    return told + [_from_text(text) for text in hand_gaps.other_lines(hand)]


def _words(gap: hand_gaps.Gap) -> str:
    noun = _NOUNS[gap.kind]
    if not gap.places:
        return noun
    if gap.everywhere:
        return f"{noun}: all {gap.total}"
    names = [digit_name(int(place)) for place in gap.places] if gap.kind in _OF_DIGITS else gap.places
    return f"{noun}: {', '.join(names)}"


def _from_text(text: str) -> Gap:
    """Split ``what: why``, the form in which a hand lists what else was not assessable."""
    what, _, reason = text.partition(": ")
    return Gap(what[:1].upper() + what[1:], reason or _UNSTATED)
