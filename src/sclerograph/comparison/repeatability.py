"""How well a measurement repeats, and the smallest change that can be told from it.

``repeatability.json`` beside this file holds what was measured on pairs of simulated films of unchanged hands, filled
by ``tools/comparison_repeatability.py`` from the results of the bench; nobody types a number into it. The standard
error of measurement of a value x is ``sqrt(floor^2 + (share x)^2)``: a floor that does not depend on size, and a share
of the value. Of areas of calcium a third part goes with half of the area's own 95 % interval, w: ``(interval w)^2``. An
outline that runs along a sharp edge repeats well, one through a haze does not, and both are there in every hand. The
smallest detectable change at 95 % is ``1.96 sqrt(SEM1^2 + SEM2^2)``, which is the usual ``1.96 sqrt(2) SEM`` where both
values are alike (Bland and Altman 1999, doi:10.1177/096228029900800204).

Where nothing was measured, the 95 % interval that the reading itself gives takes the place of the error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import get_args

from sclerograph.findings.records import Interval, MeasureName
from sclerograph.hand.measures import Measured

__all__ = [
    "AREAS_AND_LENGTHS",
    "Repeatability",
    "change_of_intervals",
    "measure_key",
    "measured_repeatability",
    "repeatability_of",
    "smallest_change",
]

_Z = 1.959963984540054
_SCHEMA = "sclerograph.repeatability/1"

#: What a comparison makes of outlines and lengths, with the unit of the floor: millimetres are nominal ones on films
#: without calibration. Every other number of a hand has a name of its own (:func:`measure_key`).
AREAS_AND_LENGTHS: dict[str, str] = {
    "deposit_area": "mm2",
    "hand_area": "mm2",
    "length_deficit": "1",
    "distal_length": "mm",
}
_FINDINGS: tuple[str, ...] = get_args(MeasureName)


@dataclass(frozen=True)
class Repeatability:
    """Error of one measurement: floor in its unit, share of its value, and the number of pairs behind both.

    ``interval`` is how much of half of the value's own interval is error, and ``usual_share`` how large that half
    usually is, as a share of the value: it stands in where a value has no interval.
    """

    floor: float
    share: float
    pairs: int
    interval: float = 0.0
    usual_share: float = 0.0

    def variance(self, value: float, half_interval: float | None = None) -> float:
        """Return the variance of the measurement of a value, from half of its 95 % interval where it has one."""
        half = self.usual_share * value if half_interval is None else half_interval
        return self.floor**2 + (self.share * value) ** 2 + (self.interval * half) ** 2

    def smallest_detectable_change(
        self, first: float, second: float, half_intervals: tuple[float | None, float | None] = (None, None)
    ) -> float:
        """Return the difference that an unchanged value exceeds in 5 % of pairs."""
        variances = (self.variance(value, half) for value, half in zip((first, second), half_intervals, strict=True))
        return _Z * float(sum(variances) ** 0.5)


@lru_cache(maxsize=1)
def measured_repeatability() -> dict[str, Repeatability]:
    """Return what was measured, by name; empty until then."""
    text = resources.files("sclerograph.comparison").joinpath("repeatability.json").read_text(encoding="utf-8")
    return repeatability_of(text)


def repeatability_of(text: str) -> dict[str, Repeatability]:
    """Return the contents of a file of repeatability.

    Raises
    ------
    ValueError
        It is no such file, names something that is not measured, or holds a negative error.
    """
    document = json.loads(text)
    if document.get("schema") != _SCHEMA:
        raise ValueError(f"not a file of {_SCHEMA}")
    found = {}
    for name, entry in document["measures"].items():
        if name not in AREAS_AND_LENGTHS and name.split(", ")[0] not in _FINDINGS:
            raise ValueError(f"{name} is not measured")
        error = Repeatability(
            float(entry["floor"]),
            float(entry["share"]),
            int(entry["pairs"]),
            float(entry.get("interval", 0.0)),
            float(entry.get("usual_share", 0.0)),
        )
        if min(error.floor, error.share, error.interval, error.usual_share) < 0.0:
            raise ValueError(f"{name} has a negative error")
        found[name] = error
    return found


def measure_key(measured: Measured) -> str:
    """Return the name under which the repeatability of a number of a hand is kept: finding, kind of place, unit.

    Joints and bones of one kind, and the four fingers, repeat alike and count together.
    """
    place = measured.place
    if place.isdigit():
        place = "thumb" if place == "1" else "finger"
    return f"{measured.finding}, {place.rstrip('12345')}, {measured.unit}"


def smallest_change(measured: Measured, repeatability: Mapping[str, Repeatability]) -> float | None:
    """Return the smallest change of a measured number that is more than error, beside which it is to be read.

    By the repeatability that was measured, else by the 95 % interval of the number itself; ``None`` where neither is
    known.
    """
    if measured.value is None:
        return None
    if (error := repeatability.get(measure_key(measured))) is not None:
        return error.smallest_detectable_change(measured.value, measured.value)
    return None if measured.interval is None else change_of_intervals([measured.interval], [measured.interval])


def change_of_intervals(first: Sequence[Interval], second: Sequence[Interval]) -> float:
    """Return the smallest detectable change of two sums whose terms have 95 % intervals.

    The terms of one visit err together (one film, one outline level), so their intervals add; the visits err apart.
    """
    widths = [0.5 * sum(each.high - each.low for each in intervals) for intervals in (first, second)]
    return float((widths[0] ** 2 + widths[1] ** 2) ** 0.5)
