"""Cortex of metacarpals, and mineral near joints."""

from __future__ import annotations

from sclerograph.findings.vocabulary import NOT_MEASURED, BoneCode, Fraction, Interval, JointCode, Record

__all__ = [
    "DEMINERALISATION_BONES",
    "RADIOGRAMMETRY_BONES",
    "CortexFinding",
    "CortexMean",
    "Demineralisation",
    "unmeasured_cortex",
    "unmeasured_cortex_mean",
    "unmeasured_demineralisation",
]

#: The metacarpals on whose shafts the cortical index is measured (Bloom 1983: several sites on MC2-4
#: lower the variance of one).
RADIOGRAMMETRY_BONES: tuple[str, ...] = ("MC2", "MC3", "MC4")

#: The joints beside which mineral is compared with that of the shaft, with the bone that is looked at: the heads of
#: metacarpals and proximal phalanges lie clear of other bones. Those of the thumb are seen from the side, and repeat as
#: well as those of the fingers.
DEMINERALISATION_BONES: dict[str, str] = {
    **{f"MCP{d}": f"MC{d}" for d in range(1, 6)},
    "IP1": "PP1",
    **{f"PIP{d}": f"PP{d}" for d in range(2, 6)},
}


class CortexFinding(Record):
    """Cortical index of one tubular bone: cortical thickness of both walls divided by the outer width.

    ``cortical_index`` is the robust mean over the middle of the shaft, the widths with it; ``isthmus_index`` that of
    the narrowest part of the shaft. The two have different norms and thresholds and must not be mixed.
    """

    bone: BoneCode
    cortical_index: Fraction | None = None
    assessable: bool
    reason: str | None = None
    cortical_index_interval: Interval | None = None
    outer_width_px: float | None = None
    outer_width_mm: float | None = None
    medullary_width_px: float | None = None
    medullary_width_mm: float | None = None
    cortical_thickness_px: float | None = None
    cortical_thickness_mm: float | None = None
    isthmus_index: Fraction | None = None
    isthmus_index_interval: Interval | None = None
    confidence: Fraction | None = None


class CortexMean(Record):
    """Mean cortical index of MC2, MC3 and MC4 of one hand; not assessable where one of them is not."""

    cortical_index: Fraction | None = None
    cortical_index_interval: Interval | None = None
    isthmus_index: Fraction | None = None
    isthmus_index_interval: Interval | None = None
    assessable: bool
    reason: str | None = None


class Demineralisation(Record):
    """Greys of the end of one bone at a joint against those of its own shaft: a hint, always of low confidence.

    ``grey_ratio`` is the grey excess over the soft tissue beside the metaphysis divided by that beside the shaft;
    ``texture_ratio`` the contrast of fine structure in the metaphysis divided by the grey excess of the shaft. No
    published radiographic index of demineralisation near joints exists, so nothing is called abnormal.
    """

    joint: JointCode
    bone: BoneCode
    grey_ratio: float | None = None
    grey_ratio_interval: Interval | None = None
    texture_ratio: float | None = None
    confidence: Fraction = 0.0
    assessable: bool
    reason: str | None = None


def unmeasured_cortex(reason: str = NOT_MEASURED) -> list[CortexFinding]:
    """Return an entry for each bone of radiogrammetry that says why its cortex was not measured."""
    return [CortexFinding(bone=code, assessable=False, reason=reason) for code in RADIOGRAMMETRY_BONES]


def unmeasured_cortex_mean(reason: str = NOT_MEASURED) -> CortexMean:
    """Return the mean cortical index of a hand in which it was not measured, with the reason."""
    return CortexMean(assessable=False, reason=reason)


def unmeasured_demineralisation(reason: str = NOT_MEASURED) -> list[Demineralisation]:
    """Return an entry for each joint of :data:`DEMINERALISATION_BONES` that says why it was not measured."""
    return [
        Demineralisation(joint=joint, bone=bone, assessable=False, reason=reason)
        for joint, bone in DEMINERALISATION_BONES.items()
    ]
