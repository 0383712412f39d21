"""Hands drawn from numbers: landmarks in a known pose, round deposits beside known bones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import FINGER_CHAINS, LANDMARKS, Side, View
from sclerograph.findings.records import (
    CalibrationRecord,
    Deposit,
    DigitLength,
    Hand,
    Interval,
    LandmarkRecord,
    Reading,
    SoftwareRecord,
    SourceRecord,
    Tuft,
)
from sclerograph.phantom.form import mean_form, rotate_about

PX_PER_MM = 5.0
MIDDLE = np.array([500.0, 600.0])

Points = NDArray[np.float64]


def place(
    points: Points,
    px_per_mm: float = PX_PER_MM,
    turn_deg: float = 0.0,
    shift: Sequence[float] = (0.0, 0.0),
    mirrored: bool = False,
) -> Points:
    """Put points of the hand's plane (nominal mm, y towards the fingertips) on a film (pixels, y down)."""
    turned = rotate_about(np.asarray(points, dtype=np.float64), np.zeros(2), turn_deg)
    sign = -1.0 if mirrored else 1.0
    return turned * [sign * px_per_mm, -px_per_mm] + MIDDLE + np.asarray(shift)


def posture(spread_deg: Mapping[int, float] | None = None, shortened: Mapping[str, float] | None = None) -> Points:
    """Return the landmarks (37, 2) in the hand's plane, fingers turned about their MCP, fingertips drawn back."""
    points = mean_form()
    for digit, angle in (spread_deg or {}).items():
        chain = [LANDMARKS.index(name) for name in FINGER_CHAINS[digit][1:]]
        points[chain[1:]] = rotate_about(points[chain[1:]], points[chain[0]], angle)
    for tip, left in (shortened or {}).items():
        digit = int(tip[-1])
        base, end = (LANDMARKS.index(name) for name in FINGER_CHAINS[digit][-2:])
        points[end] = points[base] + left * (points[end] - points[base])
    return points


def beside(points: Points, start: str, end: str, along: float, off_mm: float) -> Points:
    """Return a place beside a bone: a share along it, and so far to the side."""
    a, b = points[LANDMARKS.index(start)], points[LANDMARKS.index(end)]
    axis = (b - a) / np.hypot(*(b - a))
    return a + along * (b - a) + off_mm * np.array([-axis[1], axis[0]])


def blob(
    name: str,
    at: Points,
    radius_px: float,
    site: str = "PP3",
    digit: int | None = 3,
    *,
    mm_per_pixel: float | None = 1.0 / PX_PER_MM,
    error: float = 0.05,
) -> Deposit:
    """Return a round deposit; ``error`` is half of the width of its area's interval as a share."""
    angles = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
    contour = [(float(at[0] + radius_px * np.cos(t)), float(at[1] + radius_px * np.sin(t))) for t in angles]
    area = float(np.pi * radius_px**2)
    mm2 = None if mm_per_pixel is None else area * mm_per_pixel**2
    return Deposit(
        id=name,
        site=site,
        digit=digit,
        compartment="subcutaneous",
        morphology="globular",
        contours=[contour],
        area_px=area,
        area_px_interval=Interval(low=(1.0 - error) * area, high=(1.0 + error) * area),
        area_mm2=mm2,
        area_mm2_interval=None if mm2 is None else Interval(low=(1.0 - error) * mm2, high=(1.0 + error) * mm2),
        longest_diameter_px=2.0 * radius_px,
        longest_diameter_mm=None if mm_per_pixel is None else 2.0 * radius_px * mm_per_pixel,
        relative_density=0.9,
        confidence=0.95,
    )


def tuft(digit: int, grade: int | None, deficit: float = 0.0, error: float = 0.05, reason: str | None = None) -> Tuft:
    """Return a fingertip, with intervals of its grade and of its deficit; not assessable without a grade."""
    if grade is None:
        return Tuft(digit=digit, assessable=False, reason=reason or "flexed")
    return Tuft(
        digit=digit,
        assessable=True,
        grade=grade,
        grade_interval=Interval(low=max(grade - 1, 0), high=min(grade + 1, 4)),
        length_deficit=deficit,
        length_deficit_interval=Interval(low=deficit - error, high=deficit + error),
        confidence=0.9,
    )


def hand(
    marks: Points,
    deposits: Sequence[Deposit] = (),
    *,
    side: Side | None = "L",
    view: View = "PA",
    source: str = "s1",
    tufts: Sequence[Tuft] = (),
    confidence: float = 0.99,
    assessable: bool = True,
) -> Hand:
    """Return a hand with landmarks (37, 2) in pixels; its distal phalanges are as long as the landmarks say."""
    by_name = dict(zip(LANDMARKS, marks.tolist(), strict=True))
    lengths = []
    for digit, chain in FINGER_CHAINS.items():
        ends = np.array([by_name[name] for name in chain[-2:]])
        lengths.append(
            DigitLength(
                digit=digit,
                distal_px=float(np.hypot(*(ends[1] - ends[0]))),
                middle_px=None,
                proximal_px=None,
                metacarpal_px=None,
            )
        )
    low, high = marks.min(axis=0), marks.max(axis=0)
    return Hand(
        source=source,
        side=side,
        side_source="user" if side else "unknown",
        view=view,
        box=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        confidence=confidence,
        landmarks={name: LandmarkRecord(x=x, y=y, confidence=0.95) for name, (x, y) in by_name.items()},
        deposits=list(deposits),
        calcinosis_assessable=assessable,
        calcinosis_reason=None if assessable else "too coarse a film",
        digit_lengths=lengths,
        tufts=list(tufts) or [tuft(d, 0) for d in range(1, 6)],
    )


def reading(
    hands: Sequence[Hand],
    mm_per_pixel: float | None = 1.0 / PX_PER_MM,
    *,
    name: str = "visit",
    how: Literal["pixel_spacing", "imager_pixel_spacing", "ruler"] = "pixel_spacing",
    version: str = "0.1.0",
) -> Reading:
    """Return a reading of one film."""
    return Reading(
        name=name,
        software=SoftwareRecord(version=version),
        sources=[
            SourceRecord(
                id="s1",
                file=f"{name}.png",
                sha256=f"{sum(name.encode()) % 256:02x}" * 32,
                rows=1400,
                columns=1000,
                calibration=CalibrationRecord(
                    source="none" if mm_per_pixel is None else how, mm_per_pixel=mm_per_pixel
                ),
            )
        ],
        hands=list(hands),
    )
