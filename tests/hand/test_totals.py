"""Totals: by site, digit, hand, and over the hands of a patient."""

from __future__ import annotations

import pytest

from sclerograph.findings.records import CalcinosisTotal, Deposit, Hand
from sclerograph.hand.totals import hand_totals, patient_area_mm2


def deposit(name: str, site: str, digit: int | None, area_px: float, mm: float | None = 0.2) -> Deposit:
    return Deposit(
        id=name,
        site=site,
        digit=digit,
        compartment="subcutaneous",
        morphology="globular",
        contours=[],
        area_px=area_px,
        area_mm2=None if mm is None else area_px * mm**2,
        longest_diameter_px=1.0,
        longest_diameter_mm=None,
        relative_density=None,
        confidence=0.9,
    )


DEPOSITS = [deposit("d1", "DP3", 3, 100.0), deposit("d2", "DIP3", 3, 50.0), deposit("d3", "LUN", None, 25.0)]


def named(totals: list[CalcinosisTotal], scope: str, name: str) -> CalcinosisTotal:
    return next(t for t in totals if (t.scope, t.name) == (scope, name))


def hand(totals: list[CalcinosisTotal], *, assessable: bool = True) -> Hand:
    return Hand(
        source="s1",
        side="L",
        side_source="chirality",
        view="PA",
        box=(0, 0, 1, 1),
        confidence=0.9,
        landmarks={},
        calcinosis=totals,
        calcinosis_assessable=assessable,
    )


def test_hand_totals() -> None:
    totals = hand_totals(DEPOSITS, scale_px=5.0, mm_per_pixel=0.2)
    whole = named(totals, "hand", "hand")
    assert (whole.deposits, whole.area_px) == (3, 175.0)
    assert whole.area_mm2 == pytest.approx(7.0)
    assert whole.area_ratio == pytest.approx(175.0 / 450.0**2, rel=1e-4)
    assert named(totals, "digit", "3").area_px == 150.0
    assert named(totals, "digit", "1").deposits == 0
    assert [t.name for t in totals if t.scope == "site"] == ["DP3", "LUN", "DIP3"]


def test_carpal_deposits_belong_to_no_digit() -> None:
    totals = hand_totals(DEPOSITS, 5.0, 0.2)
    digits = sum(t.area_px for t in totals if t.scope == "digit")
    assert digits == 150.0


def test_a_clean_hand_has_area_zero_and_not_none() -> None:
    assert named(hand_totals([], 5.0, 0.2), "hand", "hand").area_mm2 == 0.0


def test_without_calibration() -> None:
    assert named(hand_totals(DEPOSITS, 5.0, None), "hand", "hand").area_mm2 is None


def test_patient_area() -> None:
    one, two = hand(hand_totals(DEPOSITS, 5.0, 0.2)), hand(hand_totals(DEPOSITS[:1], 5.0, 0.2))
    assert patient_area_mm2([one, two]) == pytest.approx(11.0)


@pytest.mark.parametrize(
    "hands",
    [
        [],
        [hand(hand_totals(DEPOSITS, 5.0, None))],
        [hand(hand_totals(DEPOSITS, 5.0, 0.2)), hand(hand_totals(DEPOSITS, 5.0, None))],
        [hand(hand_totals(DEPOSITS, 5.0, 0.2), assessable=False)],
        [hand([])],
    ],
    ids=["no hands", "uncalibrated", "one uncalibrated", "not assessable", "nothing added up"],
)
def test_patient_area_is_refused(hands: list[Hand]) -> None:
    assert patient_area_mm2(hands) is None
