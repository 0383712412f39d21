"""What a text says of a hand: that a lesion is there, where and how large, or that it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sclerograph.anatomy.hand import Side, View
from sclerograph.findings.records import Compartment, Morphology

__all__ = ["Lesion", "Statement"]

Lesion = Literal[
    "calcification",
    "acro-osteolysis",
    "narrowing",
    "ankylosis",
    "erosion",
    "subluxation",
    "migration",
    "small bone",
    "flexion",
    "thin cortex",
    "loss of mineral",
    "pointed fingertip",
]


@dataclass(frozen=True)
class Statement:
    """One statement of a text, in our own words and in terms of a reading.

    ``there`` is False for what the text excludes. It must hold for each of ``sides``, on films of one of ``views`` (any
    where empty). ``places`` are codes of sites, joints or bones, or numbers of digits as texts, one of which must show
    the lesion (any where empty); ``least`` is how many findings of it there must be on each side. ``compartments``,
    ``morphologies`` and ``longest_mm`` (from, to) say which calcification is meant, ``least_grade`` which grade of
    acro-osteolysis or narrowing, ``kinds`` which erosion.
    """

    words: str
    lesion: Lesion
    there: bool = True
    sides: tuple[Side, ...] = ("L",)
    views: tuple[View, ...] = ()
    places: tuple[str, ...] = ()
    least: int = 1
    compartments: tuple[Compartment, ...] = ()
    morphologies: tuple[Morphology, ...] = ()
    longest_mm: tuple[float, float] | None = None
    least_grade: int = 1
    kinds: tuple[str, ...] = ()
