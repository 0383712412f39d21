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
    "DEMINERALISATION_BONES",
    "EROSION_BONES",
    "NOT_MEASURED",
    "RADIOGRAMMETRY_BONES",
    "RESEARCH_USE",
    "SCHEMA",
    "AbsentDigit",
    "Alignment",
    "BoneErosion",
    "BoneSize",
    "CalcinosisTotal",
    "CalibrationRecord",
    "Compartment",
    "CortexFinding",
    "CortexMean",
    "CutOff",
    "Demineralisation",
    "Deposit",
    "DigitLength",
    "ErosionKind",
    "ErosionPlace",
    "Exposure",
    "FindingKind",
    "Fingertip",
    "Flexion",
    "Forbidden",
    "Hand",
    "Interval",
    "JointAlignment",
    "JointFinding",
    "LandmarkRecord",
    "MeasureName",
    "Method",
    "ModelRecord",
    "Morphology",
    "Outline",
    "Overlap",
    "Quality",
    "Reading",
    "Rotation",
    "Sharpness",
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

#: The joints beside which mineral is compared with that of the shaft, with the bone that is looked at: the heads of
#: metacarpals and proximal phalanges lie flat on the film and clear of other bones.
DEMINERALISATION_BONES: dict[str, str] = {
    **{f"MCP{d}": f"MC{d}" for d in range(2, 6)},
    **{f"PIP{d}": f"PP{d}" for d in range(2, 6)},
}

Compartment = Literal["pulp", "subcutaneous", "periarticular", "intra_articular", "overlying_bone"]
Morphology = Literal["punctate", "globular", "clustered", "plate", "net", "tumoral"]
ErosionKind = Literal["marginal", "surface", "pressure", "central"]
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
#: Numbers that are measured at a joint, bone or digit, or on the hand.
MeasureName = Literal[
    "acro-osteolysis",
    "length deficit",
    "joint space",
    "narrowing",
    "erosion suspicion",
    "subluxation",
    "migration",
    "size",
    "deviation",
    "ulnar variance",
    "flexion",
    "cortical index",
    "isthmus index",
    "grey beside the joint",
    "pulp thickness",
    "tapering",
]
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

    The width is the mean over the central part of the joint, ``space_least_px`` that of its narrowest place.
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


class AbsentDigit(Record):
    """A digit that is not on the film although its hand is: it is no longer there, or the film does not reach it."""

    digit: DigitNumber
    because: Literal["amputated", "off the film"]


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


class Fingertip(Record):
    """Soft tissue of one fingertip.

    ``pulp_thickness`` is the distance from the end of the distal phalanx to the skin beyond it, along the digit;
    ``pulp_ratio`` the same divided by the width of the base of the distal phalanx. ``tapering_ratio`` is the breadth of
    the soft tissue at the tuft divided by that at the base of the distal phalanx: the smaller, the more pointed.
    """

    digit: DigitNumber
    pulp_thickness_px: float | None = None
    pulp_thickness_px_interval: Interval | None = None
    pulp_thickness_mm: float | None = None
    pulp_thickness_mm_interval: Interval | None = None
    pulp_ratio: float | None = None
    pulp_ratio_interval: Interval | None = None
    tapering_ratio: float | None = None
    tapering_ratio_interval: Interval | None = None
    confidence: Fraction | None = None
    assessable: bool
    reason: str | None = None


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


def unmeasured_cortex_mean(reason: str = NOT_MEASURED) -> CortexMean:
    """Return the mean cortical index of a hand in which it was not measured, with the reason."""
    return CortexMean(assessable=False, reason=reason)


def unmeasured_demineralisation(reason: str = NOT_MEASURED) -> list[Demineralisation]:
    """Return an entry for each joint of :data:`DEMINERALISATION_BONES` that says why it was not measured."""
    return [
        Demineralisation(joint=joint, bone=bone, assessable=False, reason=reason)
        for joint, bone in DEMINERALISATION_BONES.items()
    ]


def unmeasured_fingertips(reason: str = NOT_MEASURED) -> list[Fingertip]:
    """Return an entry for each digit that says why its fingertip was not measured."""
    return [Fingertip(digit=d.number, assessable=False, reason=reason) for d in DIGITS]


def unmeasured_quality(reason: str = NOT_MEASURED) -> Quality:
    """Return the quality of a hand's film that was not measured, with the reason."""
    return Quality(
        rotation=Rotation(assessable=False, reason=reason),
        cut_off=CutOff(assessable=False, reason=reason),
        sharpness=Sharpness(assessable=False, reason=reason),
        exposure=Exposure(assessable=False, reason=reason),
    )


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


class VisitFinding(Record):
    """One number of a hand from the film of the visit that shows it best.

    ``place`` is the code of a joint or bone, the number of a digit as a text, or ``hand``; ``source`` the film.
    Lengths are in millimetres where that film is calibrated, and otherwise ratios to the hand's own bones.
    """

    finding: MeasureName
    place: str
    unit: str
    value: float | None = None
    interval: Interval | None = None
    source: str | None = None
    assessable: bool
    reason: str | None = None


class VisitSite(Record):
    """The deposits of one site as the film ``source`` shows them.

    ``also_on`` are the films that show deposits at this site too, of which nobody can say whether they are the same.
    ``counted`` is False where the film that counts for the hand shows none here: these are in no total.
    """

    site: SiteCode
    source: str
    deposits: list[str]
    area_px: float
    area_mm2: float | None
    counted: bool
    also_on: list[str] = []


class VisitHand(Record):
    """One hand of the patient from all films of the visit that show it; ``sources`` begins with the one that counts."""

    side: Side | None
    sources: list[str]
    findings: list[VisitFinding]
    deposits: list[VisitSite]


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
