"""How well a measurement repeats, and the smallest change that can be told from it.

``repeatability.json`` beside this file holds what was measured on pairs of simulated films of unchanged hands, filled
by ``tools/comparison_repeatability.py`` from the results of the bench; nobody types a number into it. The standard
error of measurement of a value x is ``sqrt(floor^2 + (share x)^2)``: a floor that does not depend on size, and a share
of the value. The smallest detectable change at 95 % is ``1.96 sqrt(SEM1^2 + SEM2^2)``, which is the usual
``1.96 sqrt(2) SEM`` where both values are alike (Bland and Altman 1999, doi:10.1177/096228029900800204).

Where nothing was measured, the 95 % interval that the reading itself gives takes the place of the error.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from sclerograph.findings.records import Interval

__all__ = ["MEASURES", "Repeatability", "change_of_intervals", "measured_repeatability", "repeatability_of"]

_Z = 1.959963984540054
_SCHEMA = "sclerograph.repeatability/1"

#: What can be measured, with the unit of the floor: millimetres are nominal ones on films without calibration.
MEASURES: dict[str, str] = {
    "deposit_area": "mm2",
    "hand_area": "mm2",
    "length_deficit": "1",
    "distal_length": "mm",
}


@dataclass(frozen=True)
class Repeatability:
    """Error of one measurement: floor in its unit, share of its value, and the number of pairs behind both."""

    floor: float
    share: float
    pairs: int

    def variance(self, value: float) -> float:
        """Return the variance of the measurement of a value."""
        return self.floor**2 + (self.share * value) ** 2

    def smallest_detectable_change(self, first: float, second: float) -> float:
        """Return the difference that an unchanged value exceeds in 5 % of pairs."""
        return _Z * float((self.variance(first) + self.variance(second)) ** 0.5)


@lru_cache(maxsize=1)
def measured_repeatability() -> dict[str, Repeatability]:
    """Return what was measured, by the names of :data:`MEASURES`; empty until then."""
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
        if name not in MEASURES:
            raise ValueError(f"{name} is not measured")
        error = Repeatability(float(entry["floor"]), float(entry["share"]), int(entry["pairs"]))
        if error.floor < 0.0 or error.share < 0.0:
            raise ValueError(f"{name} has a negative error")
        found[name] = error
    return found


def change_of_intervals(first: Sequence[Interval], second: Sequence[Interval]) -> float:
    """Return the smallest detectable change of two sums whose terms have 95 % intervals.

    The terms of one visit err together (one film, one outline level), so their intervals add; the visits err apart.
    """
    widths = [0.5 * sum(each.high - each.low for each in intervals) for intervals in (first, second)]
    return float((widths[0] ** 2 + widths[1] ** 2) ** 0.5)
