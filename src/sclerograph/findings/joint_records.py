"""Joints and bones of the wrist: space, narrowing, suspicion of erosion."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sclerograph.anatomy.hand import JOINTS
from sclerograph.findings.vocabulary import NOT_MEASURED, BoneCode, Fraction, Interval, JointCode, Record

__all__ = [
    "EROSION_BONES",
    "BoneErosion",
    "ErosionKind",
    "ErosionPlace",
    "JointFinding",
    "unmeasured_erosions",
    "unmeasured_joints",
]

#: The bones of the wrist on which the Sharp/van der Heijde method looks for erosions beside those of the joints; MC1
#: stands for its base, TZM for the multangular unit.
EROSION_BONES: tuple[str, ...] = ("MC1", "TZM", "SCA", "LUN", "RAD", "ULN")
ErosionKind = Literal["marginal", "surface", "pressure", "central"]


class ErosionPlace(Record):
    """A place at the margin of a bone that looks as an erosion does: a prompt to look there, not a finding of one.

    ``x``, ``y`` lie on the margin as it would run without notch; ``margin`` is the side of the bone, ``articular`` in
    the middle of a joint surface. The suspicion is 0 to 1.
    """

    bone: BoneCode
    margin: Literal["radial", "ulnar", "articular"]
    x: float
    y: float
    suspicion: Fraction
    kind: ErosionKind


class JointFinding(Record):
    """One joint: width of its space, narrowing, suspicion of erosion, subluxation.

    ``space_ratio`` is the width of the space divided by the hand's own scale length (MCP3 to TIP3). The fields after
    ``reason`` are ``None`` where nobody has judged them: ``narrowing_uniform``, whether the space is narrow all over;
    ``erosion_grade``, a reader's grade of the Sharp/van der Heijde method; ``subluxated``, a judgement that goes before
    the ratio; ``demineralised``, loss of bone mineral beside the joint; ``osteophytes``, osteophytes or subchondral
    sclerosis.

    The width is the mean over the central part of the joint, ``space_least_px`` that of its narrowest place, where its
    margins were followed.
    ``space_to_head_ratio`` is the width divided by that of the head of the proximal bone (of the first carpometacarpal
    joint: of the base of the metacarpal); ``space_norm_z`` how many standard deviations the width lies above the
    published mean for unknown sex and age; ``space_share_of_expected`` the width as a share of what the joints in
    ``space_compared_with``, or without any of them the norms alone, let expect.

    ``erosion_suspicion`` is that of the most suspicious of the margins; ``erosion_places`` are those to look at, and
    ``erosion_reason`` says why none was looked for, which does not depend on whether the space is ``assessable``.
    """

    joint: JointCode
    space_width_mm: float | None = None
    space_width_px: float | None = None
    space_ratio: float | None = None
    narrowing_grade: Annotated[int, Field(ge=0, le=4)] | None = None
    erosion_suspicion: Fraction | None = None
    subluxation_ratio: float | None = None
    assessable: bool
    reason: str | None = None
    narrowing_uniform: bool | None = None
    erosion_grade: Annotated[int, Field(ge=0, le=5)] | None = None
    erosion_kind: ErosionKind | None = None
    subluxated: bool | None = None
    ankylosed: bool | None = None
    demineralised: bool | None = None
    osteophytes: bool | None = None
    space_least_mm: float | None = None
    space_least_px: float | None = None
    space_width_mm_interval: Interval | None = None
    space_width_px_interval: Interval | None = None
    space_to_head_ratio: float | None = None
    space_norm_z: float | None = None
    space_share_of_expected: float | None = None
    space_share_interval: Interval | None = None
    space_compared_with: list[JointCode] = []
    narrowing_grade_interval: Interval | None = None
    erosion_places: list[ErosionPlace] = []
    erosion_reason: str | None = None


class BoneErosion(Record):
    """Suspicion of erosion of one bone of the wrist, or a reader's grade of it (0 to 5, Sharp/van der Heijde)."""

    bone: BoneCode
    suspicion: Fraction | None = None
    grade: Annotated[int, Field(ge=0, le=5)] | None = None
    kind: ErosionKind | None = None
    assessable: bool
    reason: str | None = None
    places: list[ErosionPlace] = []


def unmeasured_joints(reason: str = NOT_MEASURED) -> list[JointFinding]:
    """Return an entry for each joint of the hand that says why it was not measured: silence never means health."""
    return [JointFinding(joint=j.code, assessable=False, reason=reason) for j in JOINTS]


def unmeasured_erosions(reason: str = NOT_MEASURED) -> list[BoneErosion]:
    """Return an entry for each bone of :data:`EROSION_BONES` that says why it was not looked at for erosions."""
    return [BoneErosion(bone=code, assessable=False, reason=reason) for code in EROSION_BONES]
