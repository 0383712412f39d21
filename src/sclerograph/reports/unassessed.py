"""What could not be assessed, and why: one list, so that no reader takes silence for health."""

from __future__ import annotations

from dataclasses import dataclass

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import Hand
from sclerograph.reports.wording import digit_name

__all__ = ["Gap", "gaps"]

_UNSTATED = "no reason recorded"


@dataclass(frozen=True)
class Gap:
    """Something that was not assessed, with its reason."""

    what: str
    reason: str


def gaps(hand: Hand) -> list[Gap]:
    """Return everything that was not assessed on a hand; parts with the same reason share a line."""
    found: list[Gap] = []
    if not hand.calcinosis_assessable:
        found.append(Gap("Calcinosis", hand.calcinosis_reason or _UNSTATED))
    unassessed = {t.digit: t.reason or _UNSTATED for t in hand.tufts if not t.assessable}
    graded = {t.digit for t in hand.tufts}
    unassessed |= {d.number: "no record of this fingertip" for d in DIGITS if d.number not in graded}
    found += _grouped("Fingertip", {digit_name(d): reason for d, reason in sorted(unassessed.items())}, len(DIGITS))
    joints = {j.joint: j.reason or _UNSTATED for j in hand.joints if not j.assessable}
    found += _grouped("Joint space, erosion and subluxation", joints, len(hand.joints))
    found += _alignment(hand)
    cortex = {c.bone: c.reason or _UNSTATED for c in hand.cortex if not c.assessable}
    found += _grouped("Cortical index", cortex, len(hand.cortex))
    doubtful = [name for name, mark in hand.landmarks.items() if not mark.plausible]
    if doubtful:
        found.append(Gap("Landmarks " + ", ".join(doubtful), "the shape of a hand makes their position implausible"))
    return found + [_from_text(text) for text in hand.not_assessable]


def _alignment(hand: Hand) -> list[Gap]:
    found = []
    if not hand.alignment.assessable:
        found.append(Gap("Alignment of the first carpometacarpal joint", hand.alignment.reason or _UNSTATED))
    flexion = {digit_name(f.digit): f.reason or _UNSTATED for f in hand.alignment.flexion if not f.assessable}
    return found + _grouped("Flexion", flexion, len(hand.alignment.flexion))


def _grouped(noun: str, reasons: dict[str, str], total: int) -> list[Gap]:
    """Return one gap for each different reason, naming the parts unless they are all there are."""
    lines = []
    for reason in dict.fromkeys(reasons.values()):
        parts = [name for name, own in reasons.items() if own == reason]
        everything = len(parts) == total and total > 1
        lines.append(Gap(f"{noun}: all {total}" if everything else f"{noun}: {', '.join(parts)}", reason))
    return lines


def _from_text(text: str) -> Gap:
    """Split ``what: why``, the form in which a hand lists what else was not assessable."""
    what, _, reason = text.partition(": ")
    return Gap(what[:1].upper() + what[1:], reason or _UNSTATED)
