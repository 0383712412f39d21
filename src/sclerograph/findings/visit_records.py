"""One hand of the patient from all films of a visit."""

from __future__ import annotations

from typing import Literal

from sclerograph.anatomy.hand import Side
from sclerograph.findings.vocabulary import Interval, Record, SiteCode

__all__ = ["MeasureName", "VisitFinding", "VisitHand", "VisitSite"]

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
