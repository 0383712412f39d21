"""Arthritis after Avouac 2006: erosion and joint-space narrowing together.

doi:10.1136/ard.2005.044602. That both must be at one joint is our own reading of "concomitant".
"""

from __future__ import annotations

from sclerograph.anatomy.hand import JOINTS
from sclerograph.findings.records import JointFinding, Reading
from sclerograph.scores.both_hands import absent_hands, counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.lesion_count import count_joints
from sclerograph.scores.lesions import FREE_JOINTS, eroded, joint_of, missing_from, narrowed, unassessed_because
from sclerograph.scores.record import Part, Score, score_of
from sclerograph.scores.settings import DEFAULT, ScoreSettings
from sclerograph.scores.three_valued import both, either

__all__ = ["avouac_arthritis"]


def avouac_arthritis(reading: Reading, settings: ScoreSettings = DEFAULT) -> Score:
    """Return whether any joint is both eroded and narrowed; the parts hold every joint."""

    def judge(joint: JointFinding) -> bool | None:
        return both(eroded(joint, settings), narrowed(joint, settings.narrowed_from_grade))

    hands = counted(reading)
    codes = tuple(j.code for j in JOINTS)
    count = count_joints(
        hands,
        codes,
        lambda _, joint: judge(joint),
        half=lambda _, joint: either(eroded(joint, settings), narrowed(joint, settings.narrowed_from_grade)),
        needed=FREE_JOINTS,
    )
    one_short = absent_hands(hands)
    present = count.present(settings)
    if present is False and one_short:
        present = None
    parts = []
    for hand in hands:
        for code in codes:
            joint = joint_of(hand.record, code)
            found = judge(joint)
            parts.append(
                Part(
                    scope="joint",
                    name=code,
                    hand=hand.number,
                    side=hand.side,
                    value=found,
                    unit="yes/no",
                    assessable=found is not None,
                    reason=None if found is not None else unassessed_because(joint),
                )
            )
    reason = None
    if present is None:
        reason = f"no film shows the {one_short[0]}" if one_short else "too few joints could be assessed to exclude it"
    gaps = count.unknown + [(name, "no film shows it") for name in one_short]
    return score_of(
        definition("avouac_arthritis"),
        present,
        reason=reason,
        parts=parts,
        missing=missing_from(
            gaps, f"excluded when at least {settings.least_share_to_exclude:.0%} of the joints were assessed"
        ),
        thresholds={
            "narrowed_from_grade": settings.narrowed_from_grade,
            "eroded_from_suspicion": settings.eroded_from_suspicion,
            "least_share_to_exclude": settings.least_share_to_exclude,
        },
    )
