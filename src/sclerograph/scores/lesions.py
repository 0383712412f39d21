"""Which places of a hand show a lesion: yes, no or unknown, from the records of a reading.

A place that is not assessable, or that has no value, is unknown. What a reader has judged goes before what the software
has measured.
"""

from __future__ import annotations

from collections.abc import Iterable

from sclerograph.anatomy.hand import DIGITS, JOINTS
from sclerograph.findings.records import BoneErosion, Deposit, ErosionKind, Flexion, Hand, JointFinding, Tuft
from sclerograph.scores.record import Missing
from sclerograph.scores.settings import ScoreSettings
from sclerograph.scores.three_valued import both

__all__ = [
    "FREE_JOINTS",
    "JOINT_GROUPS",
    "acro_osteolysis",
    "bone_eroded",
    "collapsed",
    "eroded",
    "eroded_as",
    "flexed",
    "is_periarticular",
    "joint_of",
    "missing_from",
    "narrowed",
    "narrowing_grade",
    "no_erosion_because",
    "subluxated",
    "unassessed_because",
]

#: The groups of joints that studies of the hand report. The interphalangeal joint of the thumb stands with the PIP
#: joints, as in the Sharp/van der Heijde method.
JOINT_GROUPS: dict[str, tuple[str, ...]] = {
    "DIP": tuple(f"DIP{d.number}" for d in DIGITS[1:]),
    "PIP": ("IP1", *(f"PIP{d.number}" for d in DIGITS[1:])),
    "MCP": tuple(f"MCP{d.number}" for d in DIGITS),
    "carpus": tuple(j.code for j in JOINTS if j.code in ("STT", "RC", "DRU") or (j.code[:3] == "CMC" and j.digit != 1)),
    "CMC1": ("CMC1",),
}

#: The joints that every film of a hand shows one beside the other. A lesion of joints is called absent when enough of
#: these were assessed: the spaces of the other carpal joints overlap on a PA film.
FREE_JOINTS: tuple[str, ...] = (
    *JOINT_GROUPS["DIP"],
    *JOINT_GROUPS["PIP"],
    *JOINT_GROUPS["MCP"],
    *JOINT_GROUPS["CMC1"],
    "RC",
)

_NO_VALUE = "not judged"


def joint_of(hand: Hand, code: str) -> JointFinding:
    """Return the finding of a joint; one that says so where the reading holds none."""
    found = next((j for j in hand.joints if j.joint == code), None)
    return found or JointFinding(joint=code, assessable=False, reason="the reading has no entry for it")


def acro_osteolysis(tuft: Tuft, settings: ScoreSettings) -> bool | None:
    """Return whether a tuft is resorbed."""
    if not tuft.assessable or tuft.grade is None:
        return None
    return tuft.grade >= settings.acro_osteolysis_from_grade


def narrowing_grade(joint: JointFinding) -> int | None:
    """Return the grade of narrowing; a joint that is ankylosed has 4."""
    if not joint.assessable:
        return None
    return 4 if joint.ankylosed else joint.narrowing_grade


def narrowed(joint: JointFinding, from_grade: int) -> bool | None:
    """Return whether the space of a joint is narrowed at least to this grade."""
    grade = narrowing_grade(joint)
    return None if grade is None else grade >= from_grade


def eroded(joint: JointFinding, settings: ScoreSettings) -> bool | None:
    """Return whether a joint is eroded: by the reader's grade, else by the software's suspicion.

    A margin can be looked at where the space is not assessable, so the suspicion counts there too.
    """
    return _erosion(joint.erosion_grade if joint.assessable else None, joint.erosion_suspicion, settings)


def bone_eroded(bone: BoneErosion, settings: ScoreSettings) -> bool | None:
    """Return whether a bone of the wrist is eroded."""
    return _erosion(bone.grade, bone.suspicion, settings) if bone.assessable else None


def _erosion(grade: int | None, suspicion: float | None, settings: ScoreSettings) -> bool | None:
    if grade is not None:
        return grade >= 1
    return None if suspicion is None else suspicion >= settings.eroded_from_suspicion


def eroded_as(erosion: bool | None, kind: ErosionKind | None, wanted: tuple[ErosionKind, ...]) -> bool | None:
    """Return whether an erosion is there and of one of these kinds; unknown where its kind is."""
    return both(erosion, None if kind is None else kind in wanted) if erosion is not False else False


def subluxated(hand: Hand, joint: JointFinding, settings: ScoreSettings) -> bool | None:
    """Return whether a joint is subluxated: by judgement, else by its ratio, which the alignment of the hand tells.

    The alignment counts where the joint's space is not assessable too: bones out of line often hide it.
    """
    if joint.assessable and joint.subluxated is not None:
        return joint.subluxated
    ratio = joint.subluxation_ratio if joint.assessable else None
    if ratio is None:
        ratio = _offset(hand, joint.joint)
    return None if ratio is None else abs(ratio) >= settings.subluxated_from_ratio


def _offset(hand: Hand, code: str) -> float | None:
    """Return how far a joint is out of line, as a share of the width of its bone; ``None`` where it is not known."""
    if code == "CMC1":
        return hand.alignment.cmc1_subluxation_ratio if hand.alignment.assessable else None
    return next((j.offset_ratio for j in hand.alignment.joints if j.joint == code and j.assessable), None)


def collapsed(hand: Hand, joint: JointFinding, settings: ScoreSettings) -> bool | None:
    """Return whether a joint has collapsed: pressure erosion and subluxation (Koutaissoff 2011)."""
    return both(
        eroded_as(eroded(joint, settings), joint.erosion_kind, ("pressure",)), subluxated(hand, joint, settings)
    )


def flexed(flexion: Flexion, settings: ScoreSettings) -> bool | None:
    """Return whether a digit is flexed: by the flag of its method, else by the angle."""
    if not flexion.assessable:
        return None
    if flexion.flagged is not None:
        return flexion.flagged
    return None if flexion.angle_deg is None else flexion.angle_deg >= settings.flexed_from_deg


def is_periarticular(deposit: Deposit) -> bool:
    """Return whether a deposit lies at a joint, which Bauer 2016 keeps apart from subcutaneous calcinosis.

    One that projects on the space of a joint counts with those around it: a single view cannot tell them apart.
    """
    return deposit.compartment in ("periarticular", "intra_articular")


def unassessed_because(finding: JointFinding | BoneErosion | Tuft | Flexion) -> str:
    """Return why a finding gives no answer."""
    return finding.reason or _NO_VALUE


def no_erosion_because(joint: JointFinding) -> str:
    """Return why nobody can say whether a joint is eroded."""
    return joint.erosion_reason or joint.reason or _NO_VALUE


def missing_from(places: Iterable[tuple[str, str]], handling: str) -> list[Missing]:
    """Return the places that gave no answer, given as (place, reason), gathered by reason."""
    by_reason: dict[str, list[str]] = {}
    for place, reason in places:
        by_reason.setdefault(reason, []).append(place)
    return [Missing(what=what, reason=reason, handling=handling) for reason, what in by_reason.items()]
