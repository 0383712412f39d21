"""Erre's four patterns of the sclerodermic hand, with all the evidence.

Normal or minimal changes, articular degenerative, articular inflammatory, periarticular (Erre 2008, Joint Bone Spine
75:426-431). The definition of the periarticular pattern was seen in the abstract; those of the other two are what is
usually meant by them. The order of priority between patterns that was used is not known, so every pattern is reported
that has evidence, and the one with the most affected sites is called dominant.
"""

from __future__ import annotations

from sclerograph.findings.records import JointFinding, Reading
from sclerograph.scores.bauer import hand_lesions
from sclerograph.scores.both_hands import CountedHand, absent_hands, counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.lesion_count import LesionCount, count_joints
from sclerograph.scores.lesions import (
    FREE_JOINTS,
    JOINT_GROUPS,
    bone_eroded,
    eroded,
    eroded_as,
    missing_from,
    narrowed,
    unassessed_because,
)
from sclerograph.scores.record import Part, Score, score_of
from sclerograph.scores.settings import DEFAULT, ScoreSettings
from sclerograph.scores.three_valued import both, either

__all__ = ["NORMAL", "PATTERNS", "erre_pattern"]

#: The three patterns of disease; the fourth is that of none of them.
PATTERNS = ("periarticular", "articular inflammatory", "articular degenerative")
NORMAL = "normal/minimal"

_INFLAMED = (*JOINT_GROUPS["MCP"], *JOINT_GROUPS["PIP"], *JOINT_GROUPS["carpus"], *JOINT_GROUPS["CMC1"])
_UNIFORM = (*JOINT_GROUPS["MCP"], *JOINT_GROUPS["PIP"], *JOINT_GROUPS["carpus"])
_WORN = (*JOINT_GROUPS["DIP"], *JOINT_GROUPS["PIP"], *JOINT_GROUPS["CMC1"])
_PERIARTICULAR = ("acro_osteolysis", "calcinosis", "periarticular_calcification", "flexion")


def erre_pattern(reading: Reading, settings: ScoreSettings = DEFAULT) -> Score:
    """Return the dominant pattern; the parts hold each pattern as yes, no or unknown with its sites."""
    hands = counted(reading)
    lesions = hand_lesions(hands, settings)
    periarticular = [lesions[name] for name in _PERIARTICULAR]
    inflamed = count_joints(
        hands,
        _INFLAMED,
        lambda _, j: _inflammatory(j, settings),
        half=lambda _, j: either(
            eroded(j, settings), j.joint in _UNIFORM and narrowed(j, settings.narrowed_from_grade)
        ),
        needed=FREE_JOINTS,
    ).join(_wrist(hands, settings))
    worn = count_joints(
        hands,
        _WORN,
        lambda _, j: _degenerative(j, settings),
        half=lambda _, j: narrowed(j, settings.narrowed_from_grade),
    )
    whole = not absent_hands(hands)
    flags = dict(
        zip(
            PATTERNS,
            (
                either(*(count.present(settings) for count in periarticular)),
                inflamed.present(settings),
                worn.present(settings),
            ),
            strict=True,
        )
    )
    flags = {name: flag if flag or whole else None for name, flag in flags.items()}
    sites = {
        PATTERNS[0]: [place for count in periarticular for place in count.shown],
        PATTERNS[1]: inflamed.shown,
        PATTERNS[2]: worn.shown,
    }
    flags[NORMAL] = {True: False, False: True, None: None}[either(*flags.values())]
    value, reason = _dominant(flags, sites)
    gaps = [(place, why) for count in (*periarticular, inflamed, worn) for place, why in count.unknown]
    gaps += [(name, "no film shows it") for name in absent_hands(hands)]
    return score_of(
        definition("erre_pattern"),
        value,
        reason=reason,
        parts=[_part(name, flags[name], sites.get(name, [])) for name in (NORMAL, *PATTERNS)],
        missing=missing_from(
            dict.fromkeys(gaps),
            f"a pattern is excluded when at least {settings.least_share_to_exclude:.0%} of its places were assessed",
        ),
        thresholds={
            "acro_osteolysis_from_grade": settings.acro_osteolysis_from_grade,
            "narrowed_from_grade": settings.narrowed_from_grade,
            "eroded_from_suspicion": settings.eroded_from_suspicion,
            "flexed_from_deg": settings.flexed_from_deg,
            "least_share_to_exclude": settings.least_share_to_exclude,
        },
    )


def _inflammatory(joint: JointFinding, settings: ScoreSettings) -> bool | None:
    """Return whether a joint shows a marginal erosion, or uniform narrowing with loss of mineral beside it."""
    marginal = eroded_as(eroded(joint, settings), joint.erosion_kind, ("marginal",))
    if joint.joint not in _UNIFORM or not joint.assessable:
        return marginal
    uniform = both(narrowed(joint, settings.narrowed_from_grade), joint.narrowing_uniform)
    return either(marginal, both(uniform, joint.demineralised))


def _degenerative(joint: JointFinding, settings: ScoreSettings) -> bool | None:
    """Return whether a joint is narrowed and has osteophytes or sclerosis."""
    if not joint.assessable:
        return None
    return both(narrowed(joint, settings.narrowed_from_grade), joint.osteophytes)


def _wrist(hands: list[CountedHand], settings: ScoreSettings) -> LesionCount:
    """Return the bones of the wrist with a marginal erosion."""
    count = LesionCount()
    for hand in hands:
        for bone in hand.record.erosions:
            found = bone_eroded(bone, settings)
            judgement = eroded_as(found, bone.kind, ("marginal",))
            count.add(hand.place(bone.bone), judgement, unassessed_because(bone), half=found is True)
    return count


def _dominant(flags: dict[str, bool | None], sites: dict[str, list[str]]) -> tuple[str | None, str | None]:
    """Return the pattern with the most affected sites, or why there is none."""
    if flags[NORMAL]:
        return NORMAL, None
    shown = {name: len(set(sites[name])) for name in PATTERNS if flags[name]}
    if not shown:
        unknown = [name for name in PATTERNS if flags[name] is None]
        return None, f"nothing was found, and not enough was assessed to exclude: {', '.join(unknown)}"
    most = max(shown.values())
    first = [name for name, count in shown.items() if count == most]
    if len(first) > 1:
        return None, f"as many sites speak for each of: {', '.join(first)}"
    return first[0], None


def _part(name: str, flag: bool | None, sites: list[str]) -> Part:
    affected = list(dict.fromkeys(sites))
    return Part(
        scope="lesion",
        name=name,
        value=flag,
        unit="yes/no",
        assessable=flag is not None,
        reason=None if flag is not None else "not enough was assessed to exclude it",
        evidence=affected,
    )
