"""The records of a reading: what was measured, in which unit, how sure, and where it could not be measured.

A reading is plain data, frozen, and the same in Python and in ``reading.json``. Coordinates are x to the right and y
down in pixels of the original image, (0, 0) the centre of the first pixel. Every length and area stands in pixels, and
in millimetres only when the film is calibrated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from sclerograph.anatomy.hand import BONES, DIGITS, JOINTS, LANDMARKS, SITES, Side, View

__all__ = [
    "EROSION_BONES",
    "NOT_MEASURED",
    "RADIOGRAMMETRY_BONES",
    "RESEARCH_USE",
    "SCHEMA",
    "AbsentDigit",
    "Alignment",
    "BoneErosion",
    "CalcinosisTotal",
    "CalibrationRecord",
    "Compartment",
    "CortexFinding",
    "Deposit",
    "DigitLength",
    "ErosionKind",
    "Flexion",
    "Hand",
    "Interval",
    "JointFinding",
    "LandmarkRecord",
    "Method",
    "ModelRecord",
    "Morphology",
    "Outline",
    "Reading",
    "SoftwareRecord",
    "SourceRecord",
    "Tuft",
    "TuftSummary",
    "unmeasured_alignment",
    "unmeasured_cortex",
    "unmeasured_erosions",
    "unmeasured_joints",
]

#: Name and version of the JSON layout.
SCHEMA = "sclerograph.reading/1"

#: What every output says about its use.
RESEARCH_USE = "For research use only. Not for diagnosis or treatment decisions."

#: The reason of findings that are part of the layout and that this version does not look for.
NOT_MEASURED = "not measured by this version"

#: The metacarpals on whose shafts the cortical index is measured (Bloom 1983: several sites on MC2-4
#: lower the variance of one).
RADIOGRAMMETRY_BONES: tuple[str, ...] = ("MC2", "MC3", "MC4")

#: The bones of the wrist on which the Sharp/van der Heijde method looks for erosions beside those of the joints; MC1
#: stands for its base, TZM for the multangular unit.
EROSION_BONES: tuple[str, ...] = ("MC1", "TZM", "SCA", "LUN", "RAD", "ULN")

Compartment = Literal["pulp", "subcutaneous", "periarticular", "intra_articular", "overlying_bone"]
Morphology = Literal["punctate", "globular", "clustered", "plate", "net", "tumoral"]
ErosionKind = Literal["marginal", "surface", "pressure", "central"]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
DigitNumber = Annotated[int, Field(ge=1, le=len(DIGITS))]
Contour = list[tuple[float, float]]


def _member_of(names: tuple[str, ...], noun: str) -> Callable[[str], str]:
    """Return a check that a text is one of the vocabulary's names."""

    def check(value: str) -> str:
        if value not in names:
            raise ValueError(f"not a {noun} of the vocabulary")
        return value

    return check


_BONE_CODES = tuple(b.code for b in BONES)
_JOINT_CODES = tuple(j.code for j in JOINTS)

# The vocabulary is written once, in anatomy/hand.py; these types carry it into the records and into the JSON Schema.
SiteCode = Annotated[
    str, AfterValidator(_member_of(SITES, "site")), WithJsonSchema({"type": "string", "enum": [*SITES]})
]
BoneCode = Annotated[
    str, AfterValidator(_member_of(_BONE_CODES, "bone")), WithJsonSchema({"type": "string", "enum": [*_BONE_CODES]})
]
JointCode = Annotated[
    str, AfterValidator(_member_of(_JOINT_CODES, "joint")), WithJsonSchema({"type": "string", "enum": [*_JOINT_CODES]})
]
LandmarkName = Annotated[
    str, AfterValidator(_member_of(LANDMARKS, "landmark")), WithJsonSchema({"type": "string", "enum": [*LANDMARKS]})
]


class Record(BaseModel):
    """Base of all records: immutable, and closed to fields that nobody defined."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Interval(Record):
    """A 95 % interval in the unit of the value that it belongs to."""

    low: float
    high: float


class Method(Record):
    """How a kind of finding was measured: name, version and the publication or 'own definition'."""

    name: str
    version: str
    citation: str


class ModelRecord(Record):
    """One network that took part in the reading."""

    name: str
    sha256: str


class SoftwareRecord(Record):
    """The software that made the reading."""

    version: str
    models: list[ModelRecord] = []
    methods: list[Method] = []


class CalibrationRecord(Record):
    """Where millimetres come from (see :mod:`sclerograph.imaging.calibration`)."""

    source: Literal["pixel_spacing", "imager_pixel_spacing", "ruler", "none"]
    mm_per_pixel: float | None
    magnification: float | None = None
    detail: str = ""


class SourceRecord(Record):
    """One film of the visit."""

    id: str
    file: str
    sha256: str
    rows: int
    columns: int
    calibration: CalibrationRecord
    notes: list[str] = []


class LandmarkRecord(Record):
    """One landmark; ``plausible`` is False where the shape of a hand contradicts it."""

    x: float
    y: float
    confidence: Fraction
    plausible: bool = True


class Outline(Record):
    """Contours of one bone."""

    bone: BoneCode
    contours: list[Contour]
    confidence: Fraction


class Deposit(Record):
    """One connected calcification.

    ``relative_density`` is the grey excess of the deposit over its surroundings divided by that of the patient's own
    cortical bone over soft tissue; ``None`` where no cortex could be measured.
    """

    id: str
    site: SiteCode
    digit: DigitNumber | None
    compartment: Compartment
    morphology: Morphology
    contours: list[Contour]
    area_px: float
    area_mm2: float | None
    area_mm2_interval: Interval | None = None
    longest_diameter_px: float
    longest_diameter_mm: float | None
    relative_density: float | None
    confidence: Fraction


class CalcinosisTotal(Record):
    """Deposits added up over a site, a digit or the hand.

    ``name`` is the code of the site, the number of the digit as a text (``"1"`` to ``"5"``), or ``"hand"``.
    """

    scope: Literal["site", "digit", "hand"]
    name: str
    deposits: int
    area_px: float
    area_mm2: float | None
    area_ratio: float
    """Area divided by the square of the hand's own scale length (MCP3 to TIP3)."""


class DigitLength(Record):
    """Lengths along one digit in pixels and, where calibrated, millimetres."""

    digit: DigitNumber
    distal_px: float | None
    middle_px: float | None
    proximal_px: float | None
    metacarpal_px: float | None
    distal_mm: float | None = None
    middle_mm: float | None = None
    proximal_mm: float | None = None
    metacarpal_mm: float | None = None


class Tuft(Record):
    """The ungual tuft of one digit and its acro-osteolysis grade (0 normal to 4).

    ``grade_interval`` holds the grades at the ends of ``length_deficit_interval``, where the method gives them.
    """

    digit: DigitNumber
    assessable: bool
    reason: str | None = None
    grade: Annotated[int, Field(ge=0, le=4)] | None = None
    grade_interval: Interval | None = None
    length_deficit: float | None = None
    length_deficit_interval: Interval | None = None
    tuft_to_waist_ratio: float | None = None
    fragmented: bool = False
    confidence: Fraction = 0.0


class TuftSummary(Record):
    """Acro-osteolysis over the digits of a hand or of a visit."""

    assessable_digits: int
    total: int | None
    total_with_missing_as_mean: float | None
    maximum: int | None
    johnstone_group: Literal["normal/minimal", "moderate/severe"] | None
    reason: str | None = None


class JointFinding(Record):
    """One joint: width of its space, narrowing, suspicion of erosion, subluxation.

    ``space_ratio`` is the width of the space divided by the hand's own scale length (MCP3 to TIP3). The fields after
    ``reason`` are ``None`` where nobody has judged them: ``narrowing_uniform``, whether the space is narrow all over;
    ``erosion_grade``, a reader's grade of the Sharp/van der Heijde method; ``subluxated``, a judgement that goes before
    the ratio; ``demineralised``, loss of bone mineral beside the joint; ``osteophytes``, osteophytes or subchondral
    sclerosis.
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


class BoneErosion(Record):
    """Suspicion of erosion of one bone of the wrist, or a reader's grade of it (0 to 5, Sharp/van der Heijde)."""

    bone: BoneCode
    suspicion: Fraction | None = None
    grade: Annotated[int, Field(ge=0, le=5)] | None = None
    kind: ErosionKind | None = None
    assessable: bool
    reason: str | None = None


class AbsentDigit(Record):
    """A digit that is not on the film although its hand is: it is no longer there, or the film does not reach it."""

    digit: DigitNumber
    because: Literal["amputated", "off the film"]


class Flexion(Record):
    """Flexion of one digit; ``flagged`` where it exceeds the threshold that its method states."""

    digit: DigitNumber
    angle_deg: float | None = None
    flagged: bool | None = None
    assessable: bool
    reason: str | None = None


class Alignment(Record):
    """How the bones of a hand stand to each other: first carpometacarpal joint and flexion of the digits."""

    cmc1_subluxation_ratio: float | None = None
    flexion: list[Flexion] = []
    assessable: bool
    reason: str | None = None


class CortexFinding(Record):
    """Cortical index of one tubular bone: cortical thickness of both walls divided by the outer width."""

    bone: BoneCode
    cortical_index: Fraction | None = None
    assessable: bool
    reason: str | None = None


def unmeasured_joints(reason: str = NOT_MEASURED) -> list[JointFinding]:
    """Return an entry for each joint of the hand that says why it was not measured: silence never means health."""
    return [JointFinding(joint=j.code, assessable=False, reason=reason) for j in JOINTS]


def unmeasured_erosions(reason: str = NOT_MEASURED) -> list[BoneErosion]:
    """Return an entry for each bone of :data:`EROSION_BONES` that says why it was not looked at for erosions."""
    return [BoneErosion(bone=code, assessable=False, reason=reason) for code in EROSION_BONES]


def unmeasured_alignment(reason: str = NOT_MEASURED) -> Alignment:
    """Return the alignment of a hand in which nothing was measured, with the reason."""
    flexion = [Flexion(digit=d.number, assessable=False, reason=reason) for d in DIGITS]
    return Alignment(flexion=flexion, assessable=False, reason=reason)


def unmeasured_cortex(reason: str = NOT_MEASURED) -> list[CortexFinding]:
    """Return an entry for each bone of radiogrammetry that says why its cortex was not measured."""
    return [CortexFinding(bone=code, assessable=False, reason=reason) for code in RADIOGRAMMETRY_BONES]


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
    erosions: list[BoneErosion] = Field(default_factory=unmeasured_erosions)
    absent_digits: list[AbsentDigit] = []
    not_assessable: list[str] = []
    notes: list[str] = []


class Reading(Record):
    """All findings of one visit."""

    schema_: Annotated[str, Field(alias="schema")] = SCHEMA
    name: str
    software: SoftwareRecord
    sources: list[SourceRecord]
    hands: list[Hand]
    acro_osteolysis: TuftSummary | None = None
    calcified_area_mm2: float | None = None
    research_use: str = RESEARCH_USE

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)
