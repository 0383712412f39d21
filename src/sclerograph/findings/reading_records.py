"""One hand on one film, and the reading of a visit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from sclerograph.anatomy.hand import Side, View
from sclerograph.findings.alignment_records import Alignment, unmeasured_alignment
from sclerograph.findings.anatomy_records import AbsentDigit, DigitLength, LandmarkRecord, Outline
from sclerograph.findings.bone_records import (
    CortexFinding,
    CortexMean,
    Demineralisation,
    unmeasured_cortex,
    unmeasured_cortex_mean,
    unmeasured_demineralisation,
)
from sclerograph.findings.calcinosis_records import CalcinosisTotal, Deposit
from sclerograph.findings.joint_records import BoneErosion, JointFinding, unmeasured_erosions, unmeasured_joints
from sclerograph.findings.provenance import SoftwareRecord, SourceRecord
from sclerograph.findings.quality_records import Quality, unmeasured_quality
from sclerograph.findings.tuft_records import Fingertip, Tuft, TuftSummary, unmeasured_fingertips
from sclerograph.findings.visit_records import VisitHand
from sclerograph.findings.vocabulary import Contour, Fraction, LandmarkName, Record

__all__ = ["RESEARCH_USE", "SCHEMA", "Hand", "Reading"]

#: Name and version of the JSON layout.
SCHEMA = "sclerograph.reading/1"

#: What every output says about its use.
RESEARCH_USE = "For research use only. Not for diagnosis or treatment decisions."


class Hand(Record):
    """One hand on one film."""

    source: str
    side: Side | None
    side_source: Literal["dicom", "user", "chirality", "unknown"]
    side_conflict: str | None = None
    view: View
    view_source: Literal["dicom", "user", "presumed"] = "presumed"
    box: tuple[float, float, float, float]
    confidence: Fraction
    landmarks: dict[LandmarkName, LandmarkRecord]
    bones: list[Outline] = []
    soft_tissue: list[Contour] = []
    deposits: list[Deposit] = []
    calcinosis: list[CalcinosisTotal] = []
    calcinosis_assessable: bool = True
    calcinosis_reason: str | None = None
    digit_lengths: list[DigitLength] = []
    tufts: list[Tuft] = []
    acro_osteolysis: TuftSummary | None = None
    joints: list[JointFinding] = Field(default_factory=unmeasured_joints)
    alignment: Alignment = Field(default_factory=unmeasured_alignment)
    cortex: list[CortexFinding] = Field(default_factory=unmeasured_cortex)
    cortex_mean: CortexMean = Field(default_factory=unmeasured_cortex_mean)
    demineralisation: list[Demineralisation] = Field(default_factory=unmeasured_demineralisation)
    fingertips: list[Fingertip] = Field(default_factory=unmeasured_fingertips)
    erosions: list[BoneErosion] = Field(default_factory=unmeasured_erosions)
    absent_digits: list[AbsentDigit] = []
    quality: Quality = Field(default_factory=unmeasured_quality)
    not_assessable: list[str] = []
    notes: list[str] = []


class Reading(Record):
    """All findings of one visit."""

    schema_: Annotated[str, Field(alias="schema")] = SCHEMA
    name: str
    software: SoftwareRecord
    sources: list[SourceRecord]
    hands: list[Hand]
    visit: list[VisitHand] = []
    acro_osteolysis: TuftSummary | None = None
    calcified_area_mm2: float | None = None
    research_use: str = RESEARCH_USE

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)
