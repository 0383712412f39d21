"""The seven variables of the hands of Bauer 2016 (FRI0276), for one patient.

Calcinosis, acro-osteolysis, periarticular calcification, erosion, narrowing, subluxation, flexion: each there, not
there, or not known. Radiographs were read "as described by Erre et al."; the abstract gives no definition of a lesion
(Ann Rheum Dis 2016;75(Suppl 2):535; full paper doi:10.1097/md.0000000000022443).
"""

from __future__ import annotations

from sclerograph.anatomy.hand import DIGITS, JOINTS
from sclerograph.findings.records import Flexion, Reading, Tuft
from sclerograph.scores.absent_digits import absent_digits
from sclerograph.scores.both_hands import CountedHand, absent_hands, counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.lesion_count import JointJudge, LesionCount, count_joints
from sclerograph.scores.lesions import (
    FREE_JOINTS,
    acro_osteolysis,
    bone_eroded,
    eroded,
    flexed,
    is_periarticular,
    missing_from,
    narrowed,
    subluxated,
    unassessed_because,
)
from sclerograph.scores.record import Part, Score, score_of
from sclerograph.scores.settings import DEFAULT, ScoreSettings

__all__ = ["VARIABLES", "bauer_hand_variables", "hand_lesions"]

#: The seven variables in the order of the abstract.
VARIABLES = (
    "calcinosis",
    "acro_osteolysis",
    "periarticular_calcification",
    "erosion",
    "narrowing",
    "subluxation",
    "flexion",
)

_ALL_JOINTS = tuple(j.code for j in JOINTS)


def bauer_hand_variables(reading: Reading, settings: ScoreSettings = DEFAULT) -> Score:
    """Return the seven variables as parts of these names; the value is how many of them are there (our own sum)."""
    hands = counted(reading)
    counts = hand_lesions(hands, settings)
    one_short = absent_hands(hands)
    parts = []
    for name in VARIABLES:
        present = counts[name].present(settings)
        if present is False and one_short:
            present = None
        reason = None
        if present is None:
            reason = f"no film shows the {one_short[0]}" if one_short else "too few places could be assessed"
        parts.append(
            Part(
                scope="lesion",
                name=name,
                value=present,
                unit="yes/no",
                assessable=present is not None,
                reason=reason,
                evidence=counts[name].evidence(),
            )
        )
    shown = sum(part.value is True for part in parts)
    unknown = [part.name for part in parts if part.value is None]
    places = [(f"{name}: {place}", why) for name in VARIABLES for place, why in counts[name].unknown]
    handling = (
        f"a lesion is called absent when at least {settings.least_share_to_exclude:.0%} of its places were assessed"
    )
    return score_of(
        definition("bauer_hand_variables"),
        None if unknown else shown,
        reason=f"not known: {', '.join(unknown)}" if unknown else None,
        parts=parts,
        missing=missing_from([*places, *((name, "no film shows it") for name in one_short)], handling),
        at_least=float(shown),
        at_most=float(shown + len(unknown)),
        thresholds={
            "acro_osteolysis_from_grade": settings.acro_osteolysis_from_grade,
            "narrowed_from_grade": settings.narrowed_from_grade,
            "eroded_from_suspicion": settings.eroded_from_suspicion,
            "subluxated_from_ratio": round(settings.subluxated_from_ratio, 4),
            "flexed_from_deg": settings.flexed_from_deg,
            "least_share_to_exclude": settings.least_share_to_exclude,
        },
    )


def hand_lesions(hands: list[CountedHand], settings: ScoreSettings) -> dict[str, LesionCount]:
    """Return the places of each of the seven lesions over these hands."""
    calcinosis, periarticular = _calcifications(hands)
    return {
        "calcinosis": calcinosis,
        "acro_osteolysis": _tufts(hands, settings),
        "periarticular_calcification": periarticular,
        "erosion": _joints(hands, lambda _, j: eroded(j, settings)).join(_bones(hands, settings)),
        "narrowing": _joints(hands, lambda _, j: narrowed(j, settings.narrowed_from_grade)),
        "subluxation": _joints(hands, lambda hand, j: subluxated(hand, j, settings)),
        "flexion": _flexion(hands, settings),
    }


def _joints(hands: list[CountedHand], judge: JointJudge) -> LesionCount:
    return count_joints(hands, _ALL_JOINTS, judge, needed=FREE_JOINTS)


def _calcifications(hands: list[CountedHand]) -> tuple[LesionCount, LesionCount]:
    """Return calcinosis and periarticular calcification; their places are sites, or the hand where it is clean."""
    both = LesionCount(), LesionCount()
    for hand in hands:
        record = hand.record
        unseen = {d: why for d, why in absent_digits(record).items() if why != "amputated"}
        for count, at_joints in zip(both, (False, True), strict=True):
            if not record.calcinosis_assessable:
                count.add(hand.name, None, record.calcinosis_reason or "calcinosis is not assessable")
                continue
            sites = {deposit.site for deposit in record.deposits if is_periarticular(deposit) is at_joints}
            count.shown.extend(hand.place(site) for site in sorted(sites))
            if not sites:
                count.add(hand.name, None if unseen else False, "a digit was not seen")
    return both


def _tufts(hands: list[CountedHand], settings: ScoreSettings) -> LesionCount:
    count = LesionCount()
    for hand in hands:
        found = {tuft.digit: tuft for tuft in hand.record.tufts}
        absent = absent_digits(hand.record)
        for digit in (d.number for d in DIGITS):
            tuft = found.get(digit) or Tuft(digit=digit, assessable=False, reason="the reading has no entry for it")
            judgement = None if digit in absent else acro_osteolysis(tuft, settings)
            count.add(hand.place(f"DP{digit}"), judgement, absent.get(digit) or unassessed_because(tuft))
    return count


def _bones(hands: list[CountedHand], settings: ScoreSettings) -> LesionCount:
    count = LesionCount()
    for hand in hands:
        for bone in hand.record.erosions:
            count.add(hand.place(bone.bone), bone_eroded(bone, settings), unassessed_because(bone))
    return count


def _flexion(hands: list[CountedHand], settings: ScoreSettings) -> LesionCount:
    count = LesionCount()
    for hand in hands:
        found = {flexion.digit: flexion for flexion in hand.record.alignment.flexion}
        for digit in (d.number for d in DIGITS):
            missing = Flexion(digit=digit, assessable=False, reason="the reading has no entry for it")
            flexion = found.get(digit, missing)
            count.add(hand.place(f"digit {digit}"), flexed(flexion, settings), unassessed_because(flexion))
    return count
