"""The change of a calcified area: of one deposit, of a place, of a hand, of the patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sclerograph.comparison.change_class import change_class, percent_change
from sclerograph.comparison.equal_scale import Scales
from sclerograph.comparison.records import AreaChange
from sclerograph.comparison.repeatability import Repeatability
from sclerograph.comparison.settings import ComparisonSettings
from sclerograph.findings.records import Deposit

__all__ = ["AreaRuler", "half_interval_share", "summed"]


@dataclass(frozen=True)
class AreaRuler:
    """Measures changes of area between the two films of one hand.

    ``repeatability`` holds what was measured, by name (see :mod:`sclerograph.comparison.repeatability`).
    """

    scales: Scales
    repeatability: dict[str, Repeatability]
    settings: ComparisonSettings

    def change(self, first: Sequence[Deposit], second: Sequence[Deposit], measure: str) -> AreaChange:
        """Return the change of the area of some deposits.

        Parameters
        ----------
        first, second
            The deposits of each visit.
        measure
            ``deposit_area`` or ``hand_area``: whose repeatability counts.
        """
        before = sum(deposit.area_px for deposit in first) * self.scales.first**2
        after = sum(deposit.area_px for deposit in second) * self.scales.second**2
        return self._record(before, after, self._least(first, second, before, after, measure))

    def _least(
        self, first: Sequence[Deposit], second: Sequence[Deposit], before: float, after: float, measure: str
    ) -> float | None:
        """Return the smallest detectable change in squared units: measured, else from the reading's own intervals."""
        shares = half_interval_share(first), half_interval_share(second)
        halves = tuple(None if s is None else s * area for s, area in zip(shares, (before, after), strict=True))
        error = self.repeatability.get(measure)
        if error is not None:
            return error.smallest_detectable_change(before, after, (halves[0], halves[1]))
        if halves[0] is None or halves[1] is None:
            return None
        return float((halves[0] ** 2 + halves[1] ** 2) ** 0.5)

    def _record(self, before: float, after: float, least: float | None) -> AreaChange:
        mm2 = 1.0 if self.scales.calibrated else None
        return _change(before, after, least, mm2, self.scales.ratio_of_unit2, self.settings)


def summed(changes: Sequence[AreaChange], settings: ComparisonSettings) -> AreaChange | None:
    """Return the change of several hands together; their errors are independent.

    ``None`` where they cannot be added: some have millimetres and others do not, and no share of a hand's own length.
    """
    if not changes:
        return None
    in_mm2 = all(change.first_area_mm2 is not None for change in changes)
    in_ratio = all(change.first_area_ratio is not None for change in changes)
    if not in_mm2 and not in_ratio:
        return None
    unit = "mm2" if in_mm2 else "ratio"
    before, after = (sum(getattr(c, f"{visit}_area_{unit}") for c in changes) for visit in ("first", "second"))
    each = [getattr(c, f"smallest_detectable_change_{unit}") for c in changes]
    least = None if any(value is None for value in each) else float(sum(value**2 for value in each) ** 0.5)
    whole = _change(before, after, least, 1.0 if in_mm2 else None, None if in_mm2 else 1.0, settings)
    if not in_mm2 or not in_ratio:
        return whole
    ratios = [sum(getattr(c, f"{visit}_area_ratio") for c in changes) for visit in ("first", "second")]
    return whole.model_copy(
        update={
            "first_area_ratio": ratios[0],
            "second_area_ratio": ratios[1],
            "change_ratio": ratios[1] - ratios[0],
        }
    )


def _change(
    before: float,
    after: float,
    least: float | None,
    mm2: float | None,
    ratio: float | None,
    settings: ComparisonSettings,
) -> AreaChange:
    """Return the record of a change; ``mm2`` and ``ratio`` are what one squared unit is worth, where it is."""
    name, reason = change_class(before, after, least, settings.change_percent)
    change = after - before

    def worth(value: float | None, factor: float | None) -> float | None:
        return None if value is None or factor is None else value * factor

    return AreaChange(
        first_area_mm2=worth(before, mm2),
        second_area_mm2=worth(after, mm2),
        change_mm2=worth(change, mm2),
        first_area_ratio=worth(before, ratio),
        second_area_ratio=worth(after, ratio),
        change_ratio=worth(change, ratio),
        change_percent=percent_change(before, after),
        smallest_detectable_change_mm2=worth(least, mm2),
        smallest_detectable_change_ratio=worth(least, ratio),
        detectable=None if least is None else abs(change) > least,
        change_class=name,
        reason=reason if least is not None else "how well areas repeat is not known on a film without calibration",
    )


def half_interval_share(deposits: Sequence[Deposit]) -> float | None:
    """Return half of the 95 % interval of the area of some deposits of one visit, as a share of their area.

    Deposits of one visit err together (one film, one level of outlines), so their intervals add. 0 without deposits,
    ``None`` where one of them has no interval.

    Parameters
    ----------
    deposits
        Those of one visit.
    """
    intervals = [deposit.area_px_interval for deposit in deposits]
    if any(interval is None for interval in intervals):
        return None
    area = sum(deposit.area_px for deposit in deposits)
    width = sum(interval.high - interval.low for interval in intervals if interval is not None)
    return 0.5 * width / area if area > 0.0 else 0.0
