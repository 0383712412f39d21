"""The joints of one hand as rows of a table: space, narrowing, suspicion of erosion, how the bones stand."""

from __future__ import annotations

from dataclasses import dataclass

from sclerograph.findings.records import ErosionKind, Hand, JointAlignment, JointFinding
from sclerograph.reports.erosion_places import erosion_places
from sclerograph.reports.wording import interval, number, site_name
from sclerograph.scores.settings import DEFAULT as SCORE_SETTINGS

__all__ = ["ErosionCell", "JointRow", "bone_erosions", "joint_rows", "joint_sentence", "joints_without_value"]


@dataclass(frozen=True)
class ErosionCell:
    """Suspicion of erosion of a joint or bone; ``marked`` where it reaches the point from which a reader is asked."""

    code: str
    name: str
    suspicion: float
    marked: bool
    kind: ErosionKind | None


@dataclass(frozen=True)
class JointRow:
    """One joint of which anything was measured; texts are formatted, empty where there is nothing."""

    code: str
    name: str
    width: str
    width_interval: str
    least: str
    share: str
    share_interval: str
    grade: int | None
    grade_interval: str
    ankylosed: bool
    erosion: ErosionCell | None
    offset: float | None
    subluxated: bool
    angle: float | None


def joint_rows(hand: Hand, *, calibrated: bool) -> list[JointRow]:
    """Return the joints of which anything was measured; widths in millimetres, or in pixels without a calibration."""
    aligned = {each.joint: each for each in hand.alignment.joints}
    rows = [_row(joint, aligned.get(joint.joint), hand, calibrated) for joint in hand.joints]
    return [row for row in rows if row is not None]


def _row(joint: JointFinding, aligned: JointAlignment | None, hand: Hand, calibrated: bool) -> JointRow | None:
    erosion = _erosion(joint.joint, joint.erosion_suspicion, joint.erosion_kind)
    offset = joint.subluxation_ratio
    angle = None if aligned is None else aligned.angle_deg
    if not joint.assessable and erosion is None and offset is None and angle is None:
        return None
    if calibrated:
        texts = (
            number(joint.space_width_mm, 2),
            interval(joint.space_width_mm_interval, 2),
            number(joint.space_least_mm, 2),
        )
    else:
        texts = (
            number(joint.space_width_px, 1),
            interval(joint.space_width_px_interval, 1),
            number(joint.space_least_px, 1),
        )
    share, spread = joint.space_share_of_expected, joint.space_share_interval
    return JointRow(
        code=joint.joint,
        name=site_name(joint.joint),
        width=texts[0],
        width_interval=texts[1],
        least=texts[2],
        share=number(None if share is None else 100.0 * share, 0),
        share_interval="" if spread is None else f"{number(100 * spread.low, 0)} to {number(100 * spread.high, 0)}",
        grade=joint.narrowing_grade if joint.assessable else None,
        grade_interval=_other_grades(joint),
        ankylosed=bool(joint.ankylosed),
        erosion=erosion,
        offset=offset,
        subluxated=bool(joint.subluxated or (aligned is not None and aligned.subluxated)),
        angle=angle,
    )


def _other_grades(joint: JointFinding) -> str:
    """Return the grades that the interval of a grade spans, empty where that is one."""
    spread = joint.narrowing_grade_interval
    return "" if spread is None or spread.low == spread.high else interval(spread, 0)


def _erosion(code: str, suspicion: float | None, kind: ErosionKind | None) -> ErosionCell | None:
    return None if suspicion is None else ErosionCell(code, site_name(code), suspicion, kind is not None, kind)


def bone_erosions(hand: Hand) -> list[ErosionCell]:
    """Return the bones of the wrist that were looked at for erosions."""
    cells = (_erosion(bone.bone, bone.suspicion, bone.kind) for bone in hand.erosions if bone.assessable)
    return [cell for cell in cells if cell is not None]


def joints_without_value(hand: Hand) -> dict[str, list[str]]:
    """Return the joints whose space was not assessed, by reason."""
    found: dict[str, list[str]] = {}
    for joint in hand.joints:
        if not joint.assessable:
            found.setdefault(joint.reason or "no reason recorded", []).append(joint.joint)
    return found


def joint_sentence(hand: Hand) -> str | None:
    """Return the joints of a hand in one sentence, ``None`` where no space was assessed."""
    seen = [joint for joint in hand.joints if joint.assessable]
    if not seen:
        return None
    border = SCORE_SETTINGS.narrowed_from_grade
    narrowed = sum((joint.narrowing_grade or 0) >= border and not joint.ankylosed for joint in seen)
    fused = sum(bool(joint.ankylosed) for joint in seen)
    parts = [f"{narrowed} of {len(seen)} joint spaces narrowed (grade {border} or more)"]
    if fused:
        parts.append(f"{fused} fused")
    eroded = len(erosion_places(hand))
    if any(joint.erosion_suspicion is not None for joint in hand.joints):
        parts.append(f"{eroded or 'no'} {'place' if eroded == 1 else 'places'} to look at for erosion")
    return "; ".join(parts)
