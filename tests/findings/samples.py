"""A small reading with one of everything."""

from __future__ import annotations

from sclerograph.findings.records import (
    CalcinosisTotal,
    CalibrationRecord,
    Deposit,
    DigitLength,
    Hand,
    Interval,
    LandmarkRecord,
    Method,
    ModelRecord,
    Outline,
    Reading,
    SoftwareRecord,
    SourceRecord,
    Tuft,
    TuftSummary,
)

SQUARE = [(10.0, 10.0), (20.04, 10.0), (20.0, 20.0), (10.0, 20.06)]


def small_reading() -> Reading:
    deposit = Deposit(
        id="d1",
        site="DP4",
        digit=4,
        compartment="pulp",
        morphology="clustered",
        contours=[SQUARE],
        area_px=100.123456,
        area_mm2=2.25277,
        area_mm2_interval=Interval(low=2.0, high=2.5),
        longest_diameter_px=14.1421356,
        longest_diameter_mm=2.1213203,
        relative_density=0.8123456,
        confidence=0.9,
    )
    hand = Hand(
        source="s1",
        side="L",
        side_source="chirality",
        view="PA",
        box=(0.0, 0.0, 90.123456, 120.0),
        confidence=0.99,
        landmarks={"TIP2": LandmarkRecord(x=12.345678, y=3.0, confidence=0.97)},
        bones=[Outline(bone="DP2", contours=[SQUARE], confidence=0.9)],
        soft_tissue=[SQUARE],
        deposits=[deposit],
        calcinosis=[
            CalcinosisTotal(scope="hand", name="hand", deposits=1, area_px=100.1, area_mm2=2.25, area_ratio=0.000123456)
        ],
        digit_lengths=[DigitLength(digit=2, distal_px=50.0, middle_px=60.0, proximal_px=110.0, metacarpal_px=None)],
        tufts=[Tuft(digit=3, assessable=True, grade=4, length_deficit=0.55, confidence=0.9)],
        acro_osteolysis=TuftSummary(
            assessable_digits=1,
            total=None,
            total_with_missing_as_mean=None,
            maximum=4,
            johnstone_group=None,
            reason="fewer than three digits of the hand can be graded",
        ),
    )
    return Reading(
        name="visit",
        software=SoftwareRecord(
            version="0.1.0",
            models=[ModelRecord(name="skeleton", sha256="00" * 32)],
            methods=[Method(name="calcinosis", version="1", citation="own definition")],
        ),
        sources=[
            SourceRecord(
                id="s1",
                file="a.dcm",
                sha256="11" * 32,
                rows=120,
                columns=100,
                calibration=CalibrationRecord(source="pixel_spacing", mm_per_pixel=0.14999999999999997),
            )
        ],
        hands=[hand],
    )
