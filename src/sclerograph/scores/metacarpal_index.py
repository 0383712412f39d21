"""Mean cortical index of the second to fourth metacarpals."""

from __future__ import annotations

from sclerograph.findings.records import RADIOGRAMMETRY_BONES, CortexFinding, Reading
from sclerograph.scores.both_hands import CountedHand, absent_hands, counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.lesions import missing_from
from sclerograph.scores.record import Part, Score, score_of

__all__ = ["metacarpal_cortical_index"]


def metacarpal_cortical_index(reading: Reading) -> Score:
    """Return the mean over the hands of each hand's mean cortical index of MC2, MC3 and MC4."""
    hands = counted(reading)
    parts: list[Part] = []
    missing = [(name, "no film shows it") for name in absent_hands(hands)]
    means = []
    for hand in hands:
        bones = [_bone(hand, code) for code in RADIOGRAMMETRY_BONES]
        missing += [(hand.place(b.bone), b.reason or "not measured") for b in bones if _index(b) is None]
        known = [index for index in map(_index, bones) if index is not None]
        mean = round(sum(known) / len(known), 5) if len(known) == len(bones) else None
        if mean is not None:
            means.append(mean)
        reason = None if mean is not None else f"{len(known)} of {len(bones)} bones were measured"
        parts.append(_part(hand, "hand", mean, reason))
        parts += [
            _part(hand, b.bone, _index(b), None if _index(b) is not None else b.reason or "not measured") for b in bones
        ]
    value = round(sum(means) / len(means), 5) if means and len(means) == len(hands) else None
    return score_of(
        definition("metacarpal_cortical_index"),
        value,
        reason=None
        if value is not None
        else "no hand on the films has all three metacarpals measured"
        if not means
        else "a hand lacks a metacarpal",
        parts=parts,
        missing=missing_from(missing, "left out" if value is not None else "no value for what holds this place"),
    )


def _bone(hand: CountedHand, code: str) -> CortexFinding:
    found = next((c for c in hand.record.cortex if c.bone == code), None)
    return found or CortexFinding(bone=code, assessable=False, reason="the reading has no entry for it")


def _index(finding: CortexFinding) -> float | None:
    return finding.cortical_index if finding.assessable else None


def _part(hand: CountedHand, name: str, value: float | None, reason: str | None) -> Part:
    return Part(
        scope="hand" if name == "hand" else "site",
        name=name,
        hand=hand.number,
        side=hand.side,
        value=value,
        unit="ratio",
        assessable=value is not None,
        reason=reason,
    )
