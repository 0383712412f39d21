"""How the bones of a hand stand to each other, and flexion of its digits."""

from __future__ import annotations

from typing import Literal

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.vocabulary import NOT_MEASURED, BoneCode, DigitNumber, Interval, JointCode, Record

__all__ = ["Alignment", "BoneSize", "Flexion", "JointAlignment", "unmeasured_alignment"]


class Flexion(Record):
    """Flexion of one digit; ``flagged`` where it exceeds the threshold that its method states.

    ``angle_deg`` is the greatest angle of the proximal or middle phalanx to the metacarpals. Told from foreshortening
    (PA and AP films, where the metacarpals lie in the film's plane) it has no sign and no parts; told from the axes of
    the bones (lateral and oblique films) it is the sum of ``mcp_deg`` and ``pip_deg``, positive in flexion, and
    ``dip_deg`` is that of the distal joint. A flagged digit's fingertip is not graded for acro-osteolysis.
    """

    digit: DigitNumber
    angle_deg: float | None = None
    angle_interval: Interval | None = None
    mcp_deg: float | None = None
    pip_deg: float | None = None
    dip_deg: float | None = None
    told_by: Literal["foreshortening", "axes"] | None = None
    flagged: bool | None = None
    assessable: bool
    reason: str | None = None


class JointAlignment(Record):
    """How the two bones of a joint stand to each other, in the plane of the film.

    ``offset_ratio`` is how far the distal bone lies to the radial side, as a share of the width of the proximal bone's
    head; ``angle_deg`` how far it turns to the ulnar side (of the thumb: to the index finger). ``subluxated`` is told
    by the offset.
    """

    joint: JointCode
    offset_ratio: float | None = None
    angle_deg: float | None = None
    subluxated: bool | None = None
    assessable: bool
    reason: str | None = None


class BoneSize(Record):
    """Size of a bone as a share of what the patient's own other bones let expect; small where it is resorbed.

    ``smaller`` is True where the size lies below what build explains.
    """

    bone: BoneCode
    area_ratio: float | None = None
    area_ratio_interval: Interval | None = None
    height_ratio: float | None = None
    height_ratio_interval: Interval | None = None
    smaller: bool | None = None
    assessable: bool
    reason: str | None = None


class Alignment(Record):
    """How the bones of a hand stand to each other.

    Of the first carpometacarpal joint: overhang of the metacarpal's base beyond the trapezium, and how far it has come
    proximally of the trapezium's distal end, both as shares of the base's width. ``base_of_thumb`` are the sizes of the
    trapezium and of the first metacarpal. ``ulnar_variance`` is positive where the ulna is longer; its ratio is that to
    the hand's own scale length (MCP3 to TIP3). ``assessable`` tells of the first carpometacarpal joint.
    """

    cmc1_subluxation_ratio: float | None = None
    cmc1_migration_ratio: float | None = None
    base_of_thumb: list[BoneSize] = []
    joints: list[JointAlignment] = []
    ulnar_variance_px: float | None = None
    ulnar_variance_mm: float | None = None
    ulnar_variance_ratio: float | None = None
    ulnar_variance_reason: str | None = None
    thumb_z_deformity: bool | None = None
    flexion: list[Flexion] = []
    assessable: bool
    reason: str | None = None


def unmeasured_alignment(reason: str = NOT_MEASURED) -> Alignment:
    """Return the alignment of a hand in which nothing was measured, with the reason."""
    flexion = [Flexion(digit=d.number, assessable=False, reason=reason) for d in DIGITS]
    return Alignment(flexion=flexion, assessable=False, reason=reason)
