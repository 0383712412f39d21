"""The records of a comparison: what changed between two readings of one patient, and what is too small to tell.

Areas stand in mm2 where the two films share a scale in millimetres, and always as a share of the square of the hand's
own scale length (MCP3 to TIP3), both visits by one length. ``first`` is the earlier reading, ``second`` the later one;
a change is second minus first.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from sclerograph.anatomy.hand import Side, View
from sclerograph.findings.records import (
    RESEARCH_USE,
    BoneCode,
    Contour,
    DigitNumber,
    Interval,
    Method,
    ModelRecord,
    Record,
    SiteCode,
)

__all__ = [
    "SCHEMA",
    "AcroOsteolysisChange",
    "AreaChange",
    "CarriedOutline",
    "ChangeClass",
    "ComparedFilm",
    "ComparedReading",
    "Comparison",
    "DepositChange",
    "DepositStatus",
    "EqualScale",
    "HandComparison",
    "MeasureChange",
    "PatientChange",
    "PlaceChange",
    "TuftChange",
    "UnpairedHand",
]

#: Name and version of the JSON layout.
SCHEMA = "sclerograph.comparison/1"

DepositStatus = Literal["new", "grown", "stable", "shrunk", "gone"]
Relation = Literal["appeared", "one to one", "merged", "split", "regrouped", "disappeared"]
ChangeClass = Literal["progression", "stable", "improvement", "incident", "absent", "not classified"]


class AreaChange(Record):
    """A calcified area at two visits.

    ``change_percent`` is 100 (second - first) / first, ``None`` from an area of zero. ``change_class`` follows the
    cut-offs of Valenzuela 2022 (see :mod:`sclerograph.comparison.change_class`). ``smallest_detectable_change`` is the
    change that repeated films of an unchanged hand exceed in 5 % of cases; ``detectable`` says whether this change
    exceeds it, and is ``None`` where it is not known.
    """

    first_area_mm2: float | None
    second_area_mm2: float | None
    change_mm2: float | None
    first_area_ratio: float | None
    second_area_ratio: float | None
    change_ratio: float | None
    change_percent: float | None
    smallest_detectable_change_mm2: float | None = None
    smallest_detectable_change_ratio: float | None = None
    detectable: bool | None = None
    change_class: ChangeClass
    reason: str | None = None


class CarriedOutline(Record):
    """Where deposits of one visit would lie on the film of the other, to be drawn there."""

    film: Literal["first", "second"]
    contours: list[Contour]


class DepositChange(Record):
    """One deposit through time.

    ``first`` and ``second`` hold the identifiers of the reading's deposits that it consists of: none, one, or several
    where parts have merged or come apart. ``distance_mm`` is how far its centre lies from where the landmarks carry it,
    in millimetres (nominal ones on films without calibration).
    """

    site: SiteCode
    digit: DigitNumber | None
    status: DepositStatus
    relation: Relation
    first: list[str]
    second: list[str]
    area: AreaChange
    distance_mm: float | None = None
    carried: list[CarriedOutline]


class PlaceChange(Record):
    """Deposits of a site or a digit added up; a deposit counts at both visits for the site that it was first found at.

    ``name`` is the code of the site, or the number of the digit as a text.
    """

    scope: Literal["site", "digit"]
    name: str
    first_deposits: int
    second_deposits: int
    area: AreaChange


class EqualScale(Record):
    """How the films of one hand were brought to one scale.

    ``source`` is ``calibration`` where both films are calibrated alike and the bones agree, ``bones`` where the lengths
    of the metacarpals and proximal phalanges were made equal, ``none`` where neither was possible.
    ``first_mm_per_pixel`` and ``second_mm_per_pixel`` are the equal scale, ``None`` without any calibration.
    ``pixel_ratio`` is the length of a bone on the second film, in pixels, over that on the first.
    """

    source: Literal["calibration", "bones", "none"]
    first_mm_per_pixel: float | None
    second_mm_per_pixel: float | None
    pixel_ratio: float | None
    pixel_ratio_interval: Interval | None = None
    bones: list[BoneCode]
    calibration_disagrees_percent: float | None = None
    reason: str


class TuftChange(Record):
    """One fingertip at two visits.

    ``pair_score`` runs from -2 to +2 (much better to much worse); +1 and +2 make a ``changer``. ``length_lost`` is the
    share of the distal phalanx of the first visit that is gone at the second, by the patient's own bones.
    """

    digit: DigitNumber
    assessable: bool
    reason: str | None = None
    first_grade: Annotated[int, Field(ge=0, le=4)] | None = None
    second_grade: Annotated[int, Field(ge=0, le=4)] | None = None
    grade_change: int | None = None
    length_deficit_change: float | None = None
    length_deficit_smallest_detectable_change: float | None = None
    length_lost: float | None = None
    length_lost_smallest_detectable_change: float | None = None
    detectable: bool | None = None
    pair_score: Annotated[int, Field(ge=-2, le=2)] | None = None
    changer: bool | None = None


class AcroOsteolysisChange(Record):
    """Acro-osteolysis of a hand or of the patient at two visits, over the digits assessable at both."""

    digits: int
    first_total: int | None
    second_total: int | None
    change: int | None
    changers: int | None
    reason: str | None = None


class MeasureChange(Record):
    """Any other measured value at two visits.

    ``smallest_detectable_change`` is that of the measured repeatability, else of the 95 % intervals of both values.
    ``detectable`` is ``None`` where neither is known: nothing is then called change.
    """

    finding: str
    place: str
    unit: str
    first: float | None
    second: float | None
    change: float | None
    smallest_detectable_change: float | None = None
    detectable: bool | None = None
    assessable: bool
    reason: str | None = None


class HandComparison(Record):
    """One hand on one film of each visit; ``first_hand`` and ``second_hand`` are its places in the readings."""

    side: Side | None
    view: View
    first_hand: int
    second_hand: int
    counted: bool
    mirrored: bool = False
    scale: EqualScale
    landmarks_used: int
    landmark_distance_mm: float | None
    calcinosis_assessable: bool
    calcinosis_reason: str | None = None
    deposits: list[DepositChange]
    places: list[PlaceChange]
    calcinosis: AreaChange | None = None
    tufts: list[TuftChange]
    acro_osteolysis: AcroOsteolysisChange
    measures: list[MeasureChange]
    notes: list[str]


class UnpairedHand(Record):
    """A hand of one visit that has no counterpart at the other."""

    visit: Literal["first", "second"]
    hand: int
    side: Side | None
    view: View
    reason: str


class PatientChange(Record):
    """Both hands together, each counted once."""

    hands: int
    calcinosis: AreaChange | None
    acro_osteolysis: AcroOsteolysisChange | None
    deposits: dict[DepositStatus, int]
    reason: str | None = None


class ComparedFilm(Record):
    """One film of a compared reading."""

    id: str
    file: str
    sha256: str


class ComparedReading(Record):
    """Which reading was compared, and what had made it."""

    name: str
    software: str
    models: list[ModelRecord]
    films: list[ComparedFilm]


class Comparison(Record):
    """Two readings of one patient, matched hand by hand, site by site, deposit by deposit."""

    schema_: Annotated[str, Field(alias="schema")] = SCHEMA
    software: str
    methods: list[Method]
    first: ComparedReading
    second: ComparedReading
    hands: list[HandComparison]
    unpaired: list[UnpairedHand]
    patient: PatientChange
    notes: list[str]
    research_use: str = RESEARCH_USE

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)
