"""Acro-osteolysis added up over the digits of a hand and of a visit.

Total (0 to 20 a hand, 0 to 40 for both), maximum and Johnstone group, a missing digit counted as the mean of the
others, and no score for a hand with fewer than three assessable digits: Hughes et al., ACR 2025, abstract 2493. The
group is taken from the maximum, which is our own reading of normal/minimal against moderate/severe (Johnstone 2012,
doi:10.1093/rheumatology/kes214).
"""

from __future__ import annotations

from collections.abc import Sequence

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import Tuft, TuftSummary
from sclerograph.hand.acro_osteolysis_settings import DEFAULT, AcroOsteolysisSettings

__all__ = ["summarise_hand", "summarise_visit"]


def _grades(tufts: Sequence[Tuft]) -> list[int]:
    return [t.grade for t in tufts if t.assessable and t.grade is not None]


def _summary(grades: list[int], digits: int, settings: AcroOsteolysisSettings) -> TuftSummary:
    maximum = max(grades)
    return TuftSummary(
        assessable_digits=len(grades),
        total=sum(grades) if len(grades) == digits else None,
        total_with_missing_as_mean=round(sum(grades) * digits / len(grades), 3),
        maximum=maximum,
        johnstone_group="moderate/severe" if maximum >= settings.johnstone_from else "normal/minimal",
        reason=None if len(grades) == digits else f"{digits - len(grades)} of {digits} digits are not assessable",
    )


def _not_scored(assessable: int, reason: str) -> TuftSummary:
    return TuftSummary(
        assessable_digits=assessable,
        total=None,
        total_with_missing_as_mean=None,
        maximum=None,
        johnstone_group=None,
        reason=reason,
    )


def summarise_hand(tufts: Sequence[Tuft], settings: AcroOsteolysisSettings = DEFAULT) -> TuftSummary:
    """Return the summary over the five digits of a hand."""
    grades = _grades(tufts)
    if len(grades) < settings.least_digits:
        return _not_scored(
            len(grades), f"{len(grades)} of {len(DIGITS)} digits are assessable; {settings.least_digits} are needed"
        )
    return _summary(grades, len(DIGITS), settings)


def summarise_visit(hands: Sequence[Sequence[Tuft]], settings: AcroOsteolysisSettings = DEFAULT) -> TuftSummary:
    """Return the summary over both hands of a visit.

    Parameters
    ----------
    hands
        The tufts of each hand, every hand once.
    settings
        The thresholds.
    """
    grades = [_grades(tufts) for tufts in hands]
    assessable = sum(len(g) for g in grades)
    if len(hands) != 2:
        return _not_scored(assessable, f"the scale takes both hands; this visit shows {len(hands)}")
    if any(len(g) < settings.least_digits for g in grades):
        return _not_scored(assessable, f"one hand has fewer than {settings.least_digits} assessable digits")
    return _summary([grade for g in grades for grade in g], 2 * len(DIGITS), settings)
