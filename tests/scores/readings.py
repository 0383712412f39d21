"""Readings made by hand, whose scores can be worked out on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sclerograph.anatomy.hand import DIGITS, JOINTS, Side
from sclerograph.findings.records import (
    EROSION_BONES,
    RADIOGRAMMETRY_BONES,
    Alignment,
    BoneErosion,
    CalibrationRecord,
    Compartment,
    CortexFinding,
    Deposit,
    Flexion,
    Hand,
    Interval,
    JointFinding,
    Outline,
    Reading,
    SoftwareRecord,
    SourceRecord,
    Tuft,
)

HEALTHY_JOINT = {
    "narrowing_grade": 0,
    "erosion_suspicion": 0.1,
    "subluxation_ratio": 0.02,
    "demineralised": False,
    "osteophytes": False,
}


def deposit(
    site: str,
    digit: int | None = None,
    *,
    area_px: float = 100.0,
    mm_per_pixel: float | None = 0.2,
    compartment: Compartment = "subcutaneous",
    density: float | None = 0.5,
    name: str = "d1",
) -> Deposit:
    area = None if mm_per_pixel is None else area_px * mm_per_pixel**2
    return Deposit(
        id=name,
        site=site,
        digit=digit,
        compartment=compartment,
        morphology="globular",
        contours=[],
        area_px=area_px,
        area_mm2=area,
        area_mm2_interval=None if area is None else Interval(low=area - 1.0, high=area + 2.0),
        longest_diameter_px=12.0,
        longest_diameter_mm=None if mm_per_pixel is None else 12.0 * mm_per_pixel,
        relative_density=density,
        confidence=0.9,
    )


def tufts(*grades: int | None, reason: str = "flexed") -> list[Tuft]:
    return [
        Tuft(
            digit=digit,
            assessable=grade is not None,
            grade=grade,
            grade_interval=None if grade is None else Interval(low=max(grade - 1, 0), high=min(grade + 1, 4)),
            reason=None if grade is not None else reason,
        )
        for digit, grade in enumerate(grades, 1)
    ]


def joints(changed: Mapping[str, Mapping[str, Any]] | None = None, *, measured: bool = True) -> list[JointFinding]:
    """All joints healthy (or none of them measured), but for those that are named with what differs."""
    if not measured:
        healthy: dict[str, Any] = {"assessable": False, "reason": "not measured by this version"}
    else:
        healthy = {"assessable": True, **HEALTHY_JOINT}
    changed = changed or {}
    return [JointFinding(joint=j.code, **{**healthy, **changed.get(j.code, {})}) for j in JOINTS]


def erosions(changed: Mapping[str, Mapping[str, Any]] | None = None) -> list[BoneErosion]:
    changed = changed or {}
    return [
        BoneErosion(bone=code, **{"assessable": True, "suspicion": 0.05, **changed.get(code, {})})
        for code in EROSION_BONES
    ]


def straight(**changed: Any) -> Alignment:
    flexion = [Flexion(digit=d.number, angle_deg=3.0, flagged=False, assessable=True) for d in DIGITS]
    return Alignment(**{"cmc1_subluxation_ratio": 0.05, "flexion": flexion, "assessable": True, **changed})


def hand(
    side: Side | None = "L",
    *,
    deposits: Sequence[Deposit] = (),
    grades: Sequence[int | None] = (0, 0, 0, 0, 0),
    number: int = 1,
    **changed: Any,
) -> Hand:
    """A hand in which everything was assessed and is healthy, but for what is given."""
    settings: dict[str, Any] = {
        "source": f"s{number}",
        "side": side,
        "side_source": "user",
        "view": "PA",
        "box": (0.0, 0.0, 100.0, 100.0),
        "confidence": 1.0,
        "landmarks": {},
        "deposits": [d.model_copy(update={"id": f"{side}{i}"}) for i, d in enumerate(deposits)],
        "tufts": tufts(*grades),
        "joints": joints(),
        "erosions": erosions(),
        "alignment": straight(),
        "cortex": [CortexFinding(bone=b, cortical_index=0.5, assessable=True) for b in RADIOGRAMMETRY_BONES],
    }
    return Hand(**{**settings, **changed})


def unmeasured_hand(side: Side | None = "L", **changed: Any) -> Hand:
    """A hand in which nothing could be assessed."""
    return hand(
        side,
        **{
            "grades": (None,) * 5,
            "joints": joints(measured=False),
            "erosions": erosions({b: {"assessable": False, "suspicion": None} for b in EROSION_BONES}),
            "alignment": Alignment(assessable=False, reason="not measured by this version"),
            "cortex": [],
            "calcinosis_assessable": False,
            "calcinosis_reason": "overexposed",
            **changed,
        },
    )


def reading(*hands: Hand, mm_per_pixel: float | None = 0.2) -> Reading:
    """A reading of these hands, each of its own film unless they name one."""
    names = list(dict.fromkeys(h.source for h in hands))
    source = "none" if mm_per_pixel is None else "pixel_spacing"
    return Reading(
        name="visit",
        software=SoftwareRecord(version="0"),
        sources=[
            SourceRecord(
                id=name,
                file=f"{name}.dcm",
                sha256="0" * 64,
                rows=100,
                columns=100,
                calibration=CalibrationRecord(source=source, mm_per_pixel=mm_per_pixel),
            )
            for name in names
        ],
        hands=list(hands),
    )


def both(left: Hand | None = None, right: Hand | None = None) -> Reading:
    """A reading of two hands; one that is not given is healthy."""
    return reading(left or hand("L"), right or hand("R"))


def rectangle(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def column_of_bones(*codes: str) -> dict[str, Any]:
    """The outlines of a "hand" 100 pixels wide: a column of bones, each in the middle of its own 100 × 100 square."""
    return {
        "soft_tissue": [rectangle(0.0, 0.0, 100.0, 100.0 * len(codes))],
        "bones": [
            Outline(bone=code, contours=[rectangle(5.0, 100.0 * i + 20.0, 95.0, 100.0 * i + 80.0)], confidence=1.0)
            for i, code in enumerate(codes)
        ],
    }
