"""How much each number of a hand must change before it is more than error of measurement, as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Literal

from sclerograph.comparison.repeatability import measure_key, measured_repeatability, smallest_change
from sclerograph.findings.records import Hand
from sclerograph.hand.measures import Measured, measures
from sclerograph.reports.wording import number

__all__ = ["RepeatRow", "repeat_rows"]

#: What a place is called in the table; joints and bones by their kind.
_PLACES = {"thumb": "thumb", "finger": "fingers", "hand": "hand"}


@dataclass(frozen=True)
class RepeatRow:
    """One measure at one kind of place: the middle of its values and the smallest detectable change there.

    ``told_by`` is ``repeated films`` or ``interval``, the 95 % interval of the value itself.
    """

    what: str
    places: str
    value: str
    smallest_change: str
    unit: str
    told_by: Literal["repeated films", "interval"]


def repeat_rows(hand: Hand, *, calibrated: bool) -> list[RepeatRow]:
    """Return a row for each measure of which the hand has a value and an error is known.

    Parameters
    ----------
    hand
        The hand.
    calibrated
        Whether lengths and areas are in millimetres.
    """
    errors = measured_repeatability()
    groups: dict[str, list[Measured]] = {}
    for measured in measures(hand, calibrated=calibrated):
        if measured.value is not None and smallest_change(measured, errors) is not None:
            groups.setdefault(measure_key(measured), []).append(measured)
    rows = _areas(hand) if calibrated else []
    for key, group in groups.items():
        changes = [change for each in group if (change := smallest_change(each, errors)) is not None]
        kind = key.split(", ")[1]
        decimals = 1 if group[0].unit in ("degrees", "grade") else 2
        rows.append(
            RepeatRow(
                group[0].finding,
                _PLACES.get(kind, kind),
                number(median(each.value for each in group if each.value is not None), decimals),
                number(median(changes), decimals),
                {"ratio": "", "share": "", "0 to 1": ""}.get(group[0].unit, group[0].unit),
                "repeated films" if key in errors else "interval",
            )
        )
    return rows


def _areas(hand: Hand) -> list[RepeatRow]:
    """Return the rows of calcified areas, where repeated films have told how well they repeat."""
    errors = measured_repeatability()
    each = [deposit.area_mm2 for deposit in hand.deposits if deposit.area_mm2 is not None]
    rows = []
    for name, what, places, value in (
        ("hand_area", "calcified area", "hand", sum(each)),
        ("deposit_area", "calcified area", "one deposit", median(each) if each else None),
    ):
        if value is not None and name in errors and hand.calcinosis_assessable:
            change = errors[name].smallest_detectable_change(value, value)
            rows.append(RepeatRow(what, places, number(value, 1), number(change, 1), "mm²", "repeated films"))
    return rows
