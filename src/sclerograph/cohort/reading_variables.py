"""What a reading of the hands says about a patient, as columns of an analysis table."""

from __future__ import annotations

from collections.abc import Callable

from sclerograph.findings.records import Reading
from sclerograph.hand.visit import counted_hands

__all__ = ["READING_COLUMNS", "reading_values"]


def _deposits(reading: Reading) -> float | None:
    hands = [reading.hands[position] for position in counted_hands(reading.hands)]
    assessed = [hand for hand in hands if hand.calcinosis_assessable]
    found = sum(len(hand.deposits) for hand in assessed)
    # A hand that could not be assessed may hide a deposit: none seen is then not none there.
    return None if not assessed or (found == 0 and len(assessed) < len(hands)) else float(found)


def _calcinosis(reading: Reading) -> float | None:
    deposits = _deposits(reading)
    return None if deposits is None else float(deposits > 0)


def _area_mm2(reading: Reading) -> float | None:
    return reading.calcified_area_mm2


def _tuft_total(reading: Reading) -> float | None:
    summary = reading.acro_osteolysis
    return None if summary is None or summary.total is None else float(summary.total)


def _tuft_maximum(reading: Reading) -> float | None:
    summary = reading.acro_osteolysis
    return None if summary is None or summary.maximum is None else float(summary.maximum)


def _acro_osteolysis(reading: Reading) -> float | None:
    maximum = _tuft_maximum(reading)
    return None if maximum is None else float(maximum > 0)


#: The columns that can be declared in a plan: deposits of both hands, whether there is one (1) or none (0), their area,
#: the sum and the greatest of the grades of acro-osteolysis, and whether any tuft has one. A value is missing where
#: the films did not allow it to be told.
READING_COLUMNS: dict[str, Callable[[Reading], float | None]] = {
    "reading_deposits": _deposits,
    "reading_calcinosis": _calcinosis,
    "reading_calcified_area_mm2": _area_mm2,
    "reading_acro_osteolysis_total": _tuft_total,
    "reading_acro_osteolysis_maximum": _tuft_maximum,
    "reading_acro_osteolysis": _acro_osteolysis,
}


def reading_values(reading: Reading) -> dict[str, float | None]:
    """Return the value of each of :data:`READING_COLUMNS`; ``None`` where it could not be told."""
    return {name: value_of(reading) for name, value_of in READING_COLUMNS.items()}
