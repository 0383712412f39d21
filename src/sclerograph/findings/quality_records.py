"""How well a hand is shown on its film, and what that forbids."""

from __future__ import annotations

from typing import Literal

from sclerograph.findings.vocabulary import NOT_MEASURED, BoneCode, DigitNumber, Fraction, Interval, Record

__all__ = [
    "CutOff",
    "Exposure",
    "FindingKind",
    "Forbidden",
    "Overlap",
    "Quality",
    "Rotation",
    "Sharpness",
    "unmeasured_quality",
]

#: Kinds of findings that the quality of a film can forbid.
FindingKind = Literal[
    "calcinosis",
    "acro_osteolysis",
    "joint_space",
    "erosion",
    "alignment",
    "flexion",
    "cortex",
    "demineralisation",
    "fingertips",
]


class Rotation(Record):
    """How far the hand is turned out of the plane of the film, told from how its bones project on each other.

    ``pronation_deg`` is the turn about the hand's long axis, positive where the thumb's side comes nearer to the film
    than on a PA film of a hand that lies flat; ``angle_deg`` its size, never negative. A tilt about the transverse axis
    (fingers or wrist raised) does not show well enough to be measured.
    """

    angle_deg: float | None = None
    angle_interval: Interval | None = None
    pronation_deg: float | None = None
    pronation_interval: Interval | None = None
    assessable: bool
    reason: str | None = None


class CutOff(Record):
    """What the edge of the film cuts: bones whose outline ends there, and digits that are not whole.

    Radius and ulna always leave the film and are not listed.
    """

    bones: list[BoneCode] = []
    digits: list[DigitNumber] = []
    assessable: bool
    reason: str | None = None


class Sharpness(Record):
    """How sharp the edges of bones are on the film, against its noise.

    ``edge_width_px`` is the contrast of a bone's edge divided by the steepest slope of the greys across it: how far the
    greys take to rise, in the sharper quarter of the edges. Motion, focal spot, detector, processing and the roundness
    of the bone itself go into it and cannot be told apart. ``noise`` is the standard deviation of the grain in soft
    tissue (greys run from 0 to 1), ``edges`` how many edges were seen.
    """

    edge_width_px: float | None = None
    edge_width_mm: float | None = None
    noise: float | None = None
    edges: int = 0
    assessable: bool
    reason: str | None = None


class Exposure(Record):
    """Greys inside the hand: what of it is clipped to black or to white, and how bone stands out.

    ``black_share`` is the share of soft tissue beside the bones that is as dark as the darkest of the film,
    ``white_share`` that of bone which is as bright as the brightest. ``bone_contrast`` is that of the cortex of shafts
    to the soft tissue beside them (greys run from 0 to 1), ``contrast_to_noise`` the same divided by the noise.
    """

    black_share: Fraction | None = None
    white_share: Fraction | None = None
    bone_contrast: float | None = None
    contrast_to_noise: float | None = None
    assessable: bool
    reason: str | None = None


class Overlap(Record):
    """Two digits whose phalanges lie over each other; ``share`` is the part of the smaller phalanx that is covered."""

    digits: tuple[DigitNumber, DigitNumber]
    share: Fraction


class Forbidden(Record):
    """A kind of finding that this film does not allow, and why.

    ``digits`` are those concerned; empty means the whole hand. ``below_mm`` is the size below which findings of this
    kind are not seen; the others remain.
    """

    finding: FindingKind
    reason: str
    digits: list[DigitNumber] = []
    below_mm: float | None = None


class Quality(Record):
    """How well the hand is shown on the film, and which findings that forbids."""

    rotation: Rotation
    cut_off: CutOff
    sharpness: Sharpness
    exposure: Exposure
    overlaps: list[Overlap] = []
    forbids: list[Forbidden] = []


def unmeasured_quality(reason: str = NOT_MEASURED) -> Quality:
    """Return the quality of a hand's film that was not measured, with the reason."""
    return Quality(
        rotation=Rotation(assessable=False, reason=reason),
        cut_off=CutOff(assessable=False, reason=reason),
        sharpness=Sharpness(assessable=False, reason=reason),
        exposure=Exposure(assessable=False, reason=reason),
    )
