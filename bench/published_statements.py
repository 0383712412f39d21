"""Whether a reading shows what a published text says: statement by statement, with what it is told by.

From when a finding counts is what the scores say (:mod:`sclerograph.scores.settings`), but for erosions, which a
reading shows where it asks a reader to look. Where there is no threshold it stands here, with its source.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sclerograph.findings.records import Deposit, Hand, Interval, Reading
from sclerograph.hand.erosion_settings import DEFAULT as PROMPTS
from sclerograph.phantom.published_cases.statement import Lesion, Statement
from sclerograph.scores.lesions import (
    acro_osteolysis,
    bone_eroded,
    eroded,
    flexed,
    narrowed,
    narrowing_grade,
    subluxated,
)
from sclerograph.scores.settings import DEFAULT as SCORES
from sclerograph.scores.settings import ScoreSettings

__all__ = ["Judgement", "Verdict", "judge"]

#: Second metacarpal cortical percentage at the narrowest part below which a cortex is thin: 60 %, sensitivity 94 % and
#: specificity 83 % for osteoporosis as quoted of Schreiber's study.
THIN_BELOW = 0.60
#: How far the base of the thumb has come proximally, as a share of its width, to be called migrated (own border): two
#: standard deviations above the mean of simulated hands that were left as they are.
MIGRATED_FROM = 0.50
#: From when a finding is shown: a prompt counts as shown, a score needs more.
SHOWN = replace(SCORES, eroded_from_suspicion=PROMPTS.place_from)


@dataclass(frozen=True)
class Judgement:
    """What a reading shows of a lesion.

    ``shown`` are the findings with their values, in words; ``looked_at`` is how many places were assessed.
    """

    shown: tuple[str, ...]
    looked_at: int


@dataclass(frozen=True)
class Verdict:
    """Whether a statement holds in a reading, and what says so or why not."""

    holds: bool
    words: tuple[str, ...]


def judge(
    statement: Statement, reading: Reading, healthy: Hand | None = None, settings: ScoreSettings = SHOWN
) -> Verdict:
    """Return whether a statement holds in a reading.

    What the text names must be shown on each side; what it excludes must be shown nowhere, and looked for on each side.

    Parameters
    ----------
    statement, reading
        What the text says, and what was read.
    healthy
        A hand without disease, filmed alike: measurements for which nothing is called abnormal are held against it.
    settings
        From when a finding counts.
    """
    holds, words = True, []
    for side in statement.sides:
        hands = [
            hand
            for hand in reading.hands
            if hand.side == side and (not statement.views or hand.view in statement.views)
        ]
        found = [_LOOK[statement.lesion](hand, statement, _Against(healthy, settings)) for hand in hands]
        shown = [line for each in found for line in each.shown]
        looked_at = sum(each.looked_at for each in found)
        if statement.there:
            holds &= len(shown) >= statement.least
        else:
            holds &= not shown and looked_at > 0
        words += [f"{side}: {line}" for line in shown]
        if not hands:
            words.append(f"{side}: no such film was read")
        elif not shown:
            words.append(f"{side}: nothing found, {looked_at} places looked at")
    return Verdict(holds, tuple(words))


@dataclass(frozen=True)
class _Against:
    """What a hand is held against."""

    healthy: Hand | None
    settings: ScoreSettings


def _at(statement: Statement, *places: str) -> bool:
    return not statement.places or any(place in statement.places for place in places)


def _calcification(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    shown = [deposit for deposit in hand.deposits if _meant(deposit, statement)]
    return Judgement(tuple(_deposit_words(deposit) for deposit in shown), int(hand.calcinosis_assessable))


def _meant(deposit: Deposit, statement: Statement) -> bool:
    if not _at(statement, deposit.site):
        return False
    if statement.compartments and deposit.compartment not in statement.compartments:
        return False
    if statement.morphologies and deposit.morphology not in statement.morphologies:
        return False
    if statement.longest_mm is None:
        return True
    low, high = statement.longest_mm
    return deposit.longest_diameter_mm is not None and low <= deposit.longest_diameter_mm <= high


def _deposit_words(deposit: Deposit) -> str:
    size = "" if deposit.longest_diameter_mm is None else f", {deposit.longest_diameter_mm:.1f} mm"
    return f"{deposit.site} {deposit.compartment.replace('_', ' ')}, {deposit.morphology}{size}"


def _acro_osteolysis(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    seen = [(tuft, acro_osteolysis(tuft, against.settings)) for tuft in hand.tufts if _at(statement, str(tuft.digit))]
    return Judgement(
        tuple(
            f"digit {tuft.digit} grade {tuft.grade}"
            for tuft, there in seen
            if there and tuft.grade is not None and tuft.grade >= statement.least_grade
        ),
        sum(there is not None for _, there in seen),
    )


def _narrowing(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    seen = [(joint, narrowed(joint, statement.least_grade)) for joint in hand.joints if _at(statement, joint.joint)]
    shown = []
    for joint, there in seen:
        if there:
            width = "" if joint.space_width_mm is None else f", {joint.space_width_mm:.2f} mm"
            shown.append(f"{joint.joint} grade {narrowing_grade(joint)}{width}")
    return Judgement(tuple(shown), sum(there is not None for _, there in seen))


def _ankylosis(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    seen = [joint for joint in hand.joints if _at(statement, joint.joint) and joint.assessable]
    return Judgement(tuple(joint.joint for joint in seen if joint.ankylosed), len(seen))


def _erosion(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    shown, looked_at = [], 0
    for joint in hand.joints:
        if not _at(statement, joint.joint) or (there := eroded(joint, against.settings)) is None:
            continue
        looked_at += 1
        if there and (not statement.kinds or joint.erosion_kind in statement.kinds):
            shown.append(f"{joint.joint} {joint.erosion_kind}, suspicion {joint.erosion_suspicion:.2f}")
    for bone in hand.erosions:
        if not _at(statement, bone.bone) or (there := bone_eroded(bone, against.settings)) is None:
            continue
        looked_at += 1
        if there and (not statement.kinds or bone.kind in statement.kinds):
            shown.append(f"{bone.bone} {bone.kind}, suspicion {bone.suspicion:.2f}")
    return Judgement(tuple(shown), looked_at)


def _subluxation(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    seen = [(joint, subluxated(hand, joint, against.settings)) for joint in hand.joints if _at(statement, joint.joint)]
    offsets = {joint.joint: joint.offset_ratio for joint in hand.alignment.joints}
    offsets["CMC1"] = hand.alignment.cmc1_subluxation_ratio
    return Judgement(
        tuple(
            joint.joint if offsets.get(joint.joint) is None else f"{joint.joint} ratio {offsets[joint.joint]:.2f}"
            for joint, there in seen
            if there
        ),
        sum(there is not None for _, there in seen),
    )


def _migration(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    ratio = hand.alignment.cmc1_migration_ratio
    if ratio is None:
        return Judgement((), 0)
    return Judgement((f"CMC1 migration {ratio:.2f}",) if ratio >= MIGRATED_FROM else (), 1)


def _small_bone(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    seen = [bone for bone in hand.alignment.base_of_thumb if _at(statement, bone.bone) and bone.assessable]
    return Judgement(
        tuple(
            f"{bone.bone} height {bone.height_ratio:.2f}, area {bone.area_ratio:.2f} of the expected"
            for bone in seen
            if bone.smaller
        ),
        len(seen),
    )


def _flexion(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    seen = [
        (each, flexed(each, against.settings)) for each in hand.alignment.flexion if _at(statement, str(each.digit))
    ]
    return Judgement(
        tuple(f"digit {each.digit} {each.angle_deg:.0f} degrees" for each, there in seen if there),
        sum(there is not None for _, there in seen),
    )


def _thin_cortex(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    seen = [each for each in hand.cortex if each.bone == "MC2" and each.assessable and each.isthmus_index is not None]
    return Judgement(
        tuple(
            f"MC2 {100.0 * each.isthmus_index:.0f} % at the isthmus"
            for each in seen
            if each.isthmus_index is not None and each.isthmus_index < THIN_BELOW
        ),
        len(seen),
    )


def _loss_of_mineral(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    """Hold the mean of the joints' grey ratios against that of the same joints of a healthy hand."""
    own, others = (
        {e.joint: e for e in each.demineralisation if e.assessable} for each in (hand, against.healthy or hand)
    )
    joints = [code for code in own if code in others and _at(statement, code)]
    ratios = np.array([[each[code].grey_ratio or 0.0 for code in joints] for each in (own, others)])
    if not joints or against.healthy is None:
        return Judgement((), 0)
    errors = [_half_width(each[code].grey_ratio_interval) for each in (own, others) for code in joints]
    # the errors of joints are taken for independent
    least = float(np.sqrt(np.sum(np.square(errors)))) / len(joints)
    mean, healthy = (float(value) for value in ratios.mean(axis=1))
    words = f"mean grey ratio {mean:.2f}, healthy {healthy:.2f}, smallest detectable difference {least:.2f}"
    return Judgement((words,) if healthy - mean > least else (), len(joints))


def _half_width(interval: Interval | None) -> float:
    return 0.0 if interval is None else 0.5 * (interval.high - interval.low)


def _pointed_fingertip(hand: Hand, statement: Statement, against: _Against) -> Judgement:
    """Hold each fingertip's tapering ratio against that of the same digit of a healthy hand."""
    own, others = ({e.digit: e for e in each.fingertips if e.assessable} for each in (hand, against.healthy or hand))
    digits = [digit for digit in own if digit in others and _at(statement, str(digit))]
    if against.healthy is None:
        return Judgement((), 0)
    shown = []
    for digit in digits:
        ratio, healthy = own[digit].tapering_ratio, others[digit].tapering_ratio
        if ratio is None or healthy is None:
            continue
        least = np.hypot(
            _half_width(own[digit].tapering_ratio_interval), _half_width(others[digit].tapering_ratio_interval)
        )
        if healthy - ratio > least:
            shown.append(f"digit {digit} breadth at the tip {ratio:.2f} of that at the base, healthy {healthy:.2f}")
    return Judgement(tuple(shown), len(digits))


_LOOK: dict[Lesion, Callable[[Hand, Statement, _Against], Judgement]] = {
    "calcification": _calcification,
    "acro-osteolysis": _acro_osteolysis,
    "narrowing": _narrowing,
    "ankylosis": _ankylosis,
    "erosion": _erosion,
    "subluxation": _subluxation,
    "migration": _migration,
    "small bone": _small_bone,
    "flexion": _flexion,
    "thin cortex": _thin_cortex,
    "loss of mineral": _loss_of_mineral,
    "pointed fingertip": _pointed_fingertip,
}
