"""Findings that the quality of a film forbids: given as not assessable, with the reason, whatever was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sclerograph.anatomy.hand import DIGITS, joint
from sclerograph.findings.records import (
    Alignment,
    BoneErosion,
    CortexMean,
    Demineralisation,
    FindingKind,
    Fingertip,
    Flexion,
    JointFinding,
    Quality,
    unmeasured_cortex,
)
from sclerograph.hand.alignment import not_measured
from sclerograph.hand.cortex import Cortex
from sclerograph.hand.erosion import Erosions, JointErosion
from sclerograph.hand.quality import forbidden

__all__ = ["Withheld"]


@dataclass(frozen=True)
class Withheld:
    """What the quality of one hand's film forbids.

    Parameters
    ----------
    quality
        From :func:`sclerograph.hand.quality.measure`.
    """

    quality: Quality

    def why(self, kind: FindingKind, digit: int | None = None) -> str | None:
        """Return why a kind of finding is forbidden for the hand, or also for one digit; ``None`` if it is not."""
        return forbidden(self.quality, digit).get(kind)

    def tufts(self) -> dict[int, str]:
        """Return the digits whose tuft must not be graded, with the reason."""
        found = {d.number: self.why("acro_osteolysis", d.number) for d in DIGITS}
        return {digit: reason for digit, reason in found.items() if reason is not None}

    def joints(self, spaces: Sequence[JointFinding]) -> list[JointFinding]:
        """Return joint spaces, those that are forbidden not assessable."""
        reasons = {space.joint: self.why("joint_space", joint(space.joint).digit) for space in spaces}
        return [
            JointFinding(joint=space.joint, assessable=False, reason=reason)
            if space.assessable and (reason := reasons[space.joint]) is not None
            else space
            for space in spaces
        ]

    def alignment(self, aligned: Alignment) -> Alignment:
        """Return the alignment, or none of it; flexion is a finding of its own and stays."""
        reason = self.why("alignment")
        return aligned if reason is None else not_measured(reason, aligned.flexion)

    def erosions(self, erosions: Erosions) -> Erosions:
        """Return suspicions of erosion, those that are forbidden with the reason instead."""
        joints = {}
        for code, eroded in erosions.joints.items():
            reason = self.why("erosion", joint(code).digit)
            given = reason is None or eroded.suspicion is None
            joints[code] = eroded if given else JointErosion(None, None, [], reason)
        reason = self.why("erosion")
        bones = [
            BoneErosion(bone=bone.bone, assessable=False, reason=reason)
            if bone.assessable and reason is not None
            else bone
            for bone in erosions.bones
        ]
        return Erosions(joints, bones)

    def cortex(self, walls: Cortex) -> Cortex:
        """Return cortices, or none of them."""
        reason = self.why("cortex")
        return (
            walls if reason is None else Cortex(unmeasured_cortex(reason), CortexMean(assessable=False, reason=reason))
        )

    def demineralisation(self, findings: Sequence[Demineralisation]) -> list[Demineralisation]:
        """Return the greys beside joints, those that are forbidden not assessable."""
        reason = self.why("demineralisation")
        return [
            Demineralisation(joint=each.joint, bone=each.bone, assessable=False, reason=reason)
            if reason is not None and each.assessable
            else each
            for each in findings
        ]

    def fingertips(self, findings: Sequence[Fingertip]) -> list[Fingertip]:
        """Return the soft tissue of fingertips, that of forbidden digits not assessable."""
        return [
            Fingertip(digit=each.digit, assessable=False, reason=reason)
            if each.assessable and (reason := self.why("fingertips", each.digit)) is not None
            else each
            for each in findings
        ]

    def flexion(self, findings: Sequence[Flexion]) -> list[Flexion]:
        """Return the flexion of the digits, that of forbidden digits not assessable."""
        return [
            Flexion(digit=each.digit, assessable=False, reason=reason)
            if each.assessable and (reason := self.why("flexion", each.digit)) is not None
            else each
            for each in findings
        ]
