"""The grid of lesions by site of Koutaissoff 2011 (doi:10.1016/j.semarthrit.2010.06.008).

Eight lesions at tufts, DIP, PIP, MCP, carpus and CMC1. The grades of the semi-quantitative reading were not at hand: a
cell says whether the lesion is there, and how many of its places show it.
"""

from __future__ import annotations

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import ErosionKind, Hand, JointFinding, Reading
from sclerograph.scores.absent_digits import absent_digits
from sclerograph.scores.bauer import hand_lesions
from sclerograph.scores.both_hands import CountedHand, absent_hands, counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.lesion_count import LesionCount, count_joints
from sclerograph.scores.lesions import (
    JOINT_GROUPS,
    bone_eroded,
    collapsed,
    eroded,
    eroded_as,
    is_periarticular,
    missing_from,
    narrowed,
    subluxated,
    unassessed_because,
)
from sclerograph.scores.record import Part, Score, score_of
from sclerograph.scores.settings import DEFAULT, ScoreSettings
from sclerograph.scores.three_valued import either

__all__ = ["CELLS", "JOINT_LESIONS", "TUFT_LESIONS", "koutaissoff_grid"]

TUFT_LESIONS = ("acro-osteolysis", "calcinosis")
JOINT_LESIONS = (
    "joint space narrowing",
    "marginal erosion",
    "surface erosion",
    "collapse arthropathy",
    "periarticular calcification",
    "juxta-articular osteoporosis",
)

#: Names of the cells: the lesion and the site.
CELLS: tuple[str, ...] = (
    *(f"{lesion} at tufts" for lesion in TUFT_LESIONS),
    *(f"{lesion} at {site}" for lesion in JOINT_LESIONS for site in JOINT_GROUPS),
)

_MARGINAL: tuple[ErosionKind, ...] = ("marginal",)
_SURFACE: tuple[ErosionKind, ...] = ("surface", "pressure", "central")

#: Bones of the wrist whose erosions count with the joints of a site.
_BONES = {"carpus": ("TZM", "SCA", "LUN", "RAD", "ULN"), "CMC1": ("MC1",)}


def koutaissoff_grid(reading: Reading, settings: ScoreSettings = DEFAULT) -> Score:
    """Return how many cells of the grid show their lesion; the parts hold the cells."""
    hands = counted(reading)
    counts: dict[str, LesionCount] = {
        "acro-osteolysis at tufts": hand_lesions(hands, settings)["acro_osteolysis"],
        "calcinosis at tufts": _tuft_calcinosis(hands),
    }
    for site, joints in JOINT_GROUPS.items():
        for lesion in JOINT_LESIONS:
            counts[f"{lesion} at {site}"] = _at_joints(lesion, site, joints, hands, settings)
    one_short = absent_hands(hands)
    parts = [_part(cell, counts[cell], bool(one_short), settings) for cell in CELLS]
    shown = sum(part.value is True for part in parts)
    unknown = sum(part.value is None for part in parts)
    gaps = [(f"{cell}: {place}", why) for cell in CELLS for place, why in counts[cell].unknown]
    gaps += [(name, "no film shows it") for name in one_short]
    return score_of(
        definition("koutaissoff_grid"),
        None if unknown else shown,
        reason=f"{unknown} of {len(CELLS)} cells are not known" if unknown else None,
        parts=parts,
        missing=missing_from(
            gaps, f"a cell is called clear when at least {settings.least_share_to_exclude:.0%} of it were assessed"
        ),
        at_least=float(shown),
        at_most=float(shown + unknown),
        thresholds={
            "acro_osteolysis_from_grade": settings.acro_osteolysis_from_grade,
            "narrowed_from_grade": settings.narrowed_from_grade,
            "eroded_from_suspicion": settings.eroded_from_suspicion,
            "subluxated_from_ratio": round(settings.subluxated_from_ratio, 4),
            "least_share_to_exclude": settings.least_share_to_exclude,
        },
    )


def _part(cell: str, count: LesionCount, one_short: bool, settings: ScoreSettings) -> Part:
    present = count.present(settings)
    if present is False and one_short:
        present = None
    return Part(
        scope="lesion",
        name=cell,
        value=present,
        unit="yes/no",
        at_least=float(len(count.shown)),
        at_most=None if one_short else float(len(count.shown) + len(count.unknown)),
        assessable=present is not None,
        reason=None if present is not None else "a hand is on no film" if one_short else "too few places were assessed",
        evidence=count.evidence(),
    )


def _tuft_calcinosis(hands: list[CountedHand]) -> LesionCount:
    """Return the fingertips with a deposit at the distal phalanx, those at its joint excepted."""
    count = LesionCount()
    for hand in hands:
        absent = absent_digits(hand.record)
        for digit in (d.number for d in DIGITS):
            found = any(d.site == f"DP{digit}" and not is_periarticular(d) for d in hand.record.deposits)
            seen = hand.record.calcinosis_assessable and digit not in absent
            why = absent.get(digit) or hand.record.calcinosis_reason or "calcinosis is not assessable"
            count.add(hand.place(f"DP{digit}"), found if seen else None, why)
    return count


def _at_joints(
    lesion: str, site: str, joints: tuple[str, ...], hands: list[CountedHand], settings: ScoreSettings
) -> LesionCount:
    def judge(hand: Hand, joint: JointFinding) -> bool | None:
        if lesion == "joint space narrowing":
            return narrowed(joint, settings.narrowed_from_grade)
        if lesion == "marginal erosion":
            return eroded_as(eroded(joint, settings), joint.erosion_kind, _MARGINAL)
        if lesion == "surface erosion":
            return eroded_as(eroded(joint, settings), joint.erosion_kind, _SURFACE)
        if lesion == "collapse arthropathy":
            return collapsed(hand, joint, settings)
        return joint.demineralised if joint.assessable else None

    if lesion == "periarticular calcification":
        return _periarticular(joints, hands)

    def half(hand: Hand, joint: JointFinding) -> bool | None:
        """Whether a part of a lesion that takes two things is there."""
        if lesion == "collapse arthropathy":
            return either(eroded(joint, settings), subluxated(hand, joint, settings))
        return eroded(joint, settings) if lesion.endswith("erosion") else None

    count = count_joints(hands, joints, judge, half=half)
    if lesion in ("marginal erosion", "surface erosion"):
        marginal = lesion == "marginal erosion"
        for hand in hands:
            for bone in hand.record.erosions:
                if bone.bone in _BONES.get(site, ()):
                    erosion = bone_eroded(bone, settings)
                    found = eroded_as(erosion, bone.kind, _MARGINAL if marginal else _SURFACE)
                    count.add(hand.place(bone.bone), found, unassessed_because(bone), half=erosion is True)
    return count


def _periarticular(joints: tuple[str, ...], hands: list[CountedHand]) -> LesionCount:
    count = LesionCount()
    for hand in hands:
        for code in joints:
            found = any(is_periarticular(d) and d.site == code for d in hand.record.deposits)
            why = hand.record.calcinosis_reason or "calcinosis is not assessable"
            count.add(hand.place(code), found if hand.record.calcinosis_assessable else None, why)
    return count
