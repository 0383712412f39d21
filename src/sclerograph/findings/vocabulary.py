"""Base, units of account and vocabulary of all records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from sclerograph.anatomy.hand import BONES, DIGITS, JOINTS, LANDMARKS, SITES

__all__ = [
    "NOT_MEASURED",
    "BoneCode",
    "Contour",
    "DigitNumber",
    "Fraction",
    "Interval",
    "JointCode",
    "LandmarkName",
    "Record",
    "SiteCode",
]

#: The reason of findings that are part of the layout and that this version does not look for.
NOT_MEASURED = "not measured by this version"
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
