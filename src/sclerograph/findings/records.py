"""The records of a reading: what was measured, in which unit, how sure, and where it could not be measured.

A reading is plain data, frozen, and the same in Python and in ``reading.json``. Coordinates are x to the right and y
down in pixels of the original image, (0, 0) the centre of the first pixel. Every length and area stands in pixels, and
in millimetres only when the film is calibrated.
"""

from __future__ import annotations

from sclerograph.findings.alignment_records import Alignment, BoneSize, Flexion, JointAlignment, unmeasured_alignment
from sclerograph.findings.anatomy_records import AbsentDigit, DigitLength, LandmarkRecord, Outline
from sclerograph.findings.bone_records import (
    DEMINERALISATION_BONES,
    RADIOGRAMMETRY_BONES,
    CortexFinding,
    CortexMean,
    Demineralisation,
    unmeasured_cortex,
    unmeasured_cortex_mean,
    unmeasured_demineralisation,
)
from sclerograph.findings.calcinosis_records import CalcinosisTotal, Compartment, Deposit, Morphology
from sclerograph.findings.joint_records import (
    EROSION_BONES,
    BoneErosion,
    ErosionKind,
    ErosionPlace,
    JointFinding,
    unmeasured_erosions,
    unmeasured_joints,
)
from sclerograph.findings.provenance import CalibrationRecord, Method, ModelRecord, SoftwareRecord, SourceRecord
from sclerograph.findings.quality_records import (
    CutOff,
    Exposure,
    FindingKind,
    Forbidden,
    Overlap,
    Quality,
    Rotation,
    Sharpness,
    unmeasured_quality,
)
from sclerograph.findings.reading_records import RESEARCH_USE, SCHEMA, Hand, Reading
from sclerograph.findings.tuft_records import Fingertip, Tuft, TuftSummary, unmeasured_fingertips
from sclerograph.findings.visit_records import MeasureName, VisitFinding, VisitHand, VisitSite
from sclerograph.findings.vocabulary import (
    NOT_MEASURED,
    BoneCode,
    Contour,
    DigitNumber,
    Fraction,
    Interval,
    JointCode,
    LandmarkName,
    Record,
    SiteCode,
)

__all__ = [
    "DEMINERALISATION_BONES",
    "EROSION_BONES",
    "NOT_MEASURED",
    "RADIOGRAMMETRY_BONES",
    "RESEARCH_USE",
    "SCHEMA",
    "AbsentDigit",
    "Alignment",
    "BoneCode",
    "BoneErosion",
    "BoneSize",
    "CalcinosisTotal",
    "CalibrationRecord",
    "Compartment",
    "Contour",
    "CortexFinding",
    "CortexMean",
    "CutOff",
    "Demineralisation",
    "Deposit",
    "DigitLength",
    "DigitNumber",
    "ErosionKind",
    "ErosionPlace",
    "Exposure",
    "FindingKind",
    "Fingertip",
    "Flexion",
    "Forbidden",
    "Fraction",
    "Hand",
    "Interval",
    "JointAlignment",
    "JointCode",
    "JointFinding",
    "LandmarkName",
    "LandmarkRecord",
    "MeasureName",
    "Method",
    "ModelRecord",
    "Morphology",
    "Outline",
    "Overlap",
    "Quality",
    "Reading",
    "Record",
    "Rotation",
    "Sharpness",
    "SiteCode",
    "SoftwareRecord",
    "SourceRecord",
    "Tuft",
    "TuftSummary",
    "VisitFinding",
    "VisitHand",
    "VisitSite",
    "unmeasured_alignment",
    "unmeasured_cortex",
    "unmeasured_cortex_mean",
    "unmeasured_demineralisation",
    "unmeasured_erosions",
    "unmeasured_fingertips",
    "unmeasured_joints",
    "unmeasured_quality",
]
