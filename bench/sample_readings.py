"""Readings of no film, with as many numbers as real ones have: to measure what is done with readings."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from sclerograph.anatomy.hand import BONES, LANDMARKS, SITES
from sclerograph.findings.json_file import reading_text
from sclerograph.findings.records import (
    CalibrationRecord,
    Deposit,
    Hand,
    LandmarkRecord,
    Outline,
    Reading,
    SoftwareRecord,
    SourceRecord,
    Tuft,
)

__all__ = ["sample_document"]

_CONTOUR_POINTS = 120
_DEPOSITS = 6


def sample_document(number: int) -> dict[str, Any]:
    """Return the document of a reading of both hands; another number gives another one."""
    random = np.random.default_rng(number)
    sources = [
        SourceRecord(
            id=f"s{i}",
            file=f"film{i}.dcm",
            sha256=hashlib.sha256(f"{number} {i}".encode()).hexdigest(),
            rows=2500,
            columns=2000,
            calibration=CalibrationRecord(source="pixel_spacing", mm_per_pixel=0.15),
        )
        for i in range(2)
    ]
    hands = [
        Hand(
            source=source.id,
            side=side,
            side_source="chirality",
            view="PA",
            box=(100.0, 100.0, 1800.0, 2400.0),
            confidence=0.99,
            landmarks={
                name: LandmarkRecord(x=float(x), y=float(y), confidence=0.9)
                for name, (x, y) in zip(LANDMARKS, random.uniform(100, 2000, (len(LANDMARKS), 2)).round(2), strict=True)
            },
            bones=[Outline(bone=bone.code, contours=[_contour(random)], confidence=0.9) for bone in BONES],
            soft_tissue=[_contour(random)],
            deposits=[_deposit(f"{source.id}d{i}", random) for i in range(_DEPOSITS)],
            tufts=[
                Tuft(digit=digit, assessable=True, grade=int(random.integers(0, 5)), confidence=0.9)
                for digit in range(1, 6)
            ],
        )
        for source, side in zip(sources, ("L", "R"), strict=True)
    ]
    reading = Reading(name="visit", software=SoftwareRecord(version="0.1.0"), sources=sources, hands=hands)
    document: dict[str, Any] = json.loads(reading_text(reading))
    return document


def _contour(random: np.random.Generator) -> list[tuple[float, float]]:
    points = random.uniform(100, 2000, (_CONTOUR_POINTS, 2)).round(1)
    return [(float(x), float(y)) for x, y in points]


def _deposit(name: str, random: np.random.Generator) -> Deposit:
    area_px = float(random.uniform(20, 900))
    return Deposit(
        id=name,
        site=str(random.choice(SITES)),
        digit=None,
        compartment="subcutaneous",
        morphology="globular",
        contours=[_contour(random)],
        area_px=area_px,
        area_mm2=area_px * 0.15**2,
        longest_diameter_px=area_px**0.5,
        longest_diameter_mm=area_px**0.5 * 0.15,
        relative_density=0.8,
        confidence=0.9,
    )
