"""The software's own index of calcinosis from area, density and location.

The published score of the hands (Chung 2015, doi:10.1002/acr.22434) is made of the same three things, but its regions,
levels and weights were not at hand. This index is therefore another one, under its own name; a site that holds the
published form scores with it through :mod:`sclerograph.scores.form_score`.

    index = sum over regions of 100 × (calcified area / area of the region) × density × weight
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sclerograph.findings.records import Deposit, Reading
from sclerograph.scores.both_hands import CountedHand, absent_hands, counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.lesions import missing_from
from sclerograph.scores.record import Missing, Part, Score, score_of
from sclerograph.scores.regions import REGIONS, RegionsUnknown, calcified_area_px, region_areas_px, region_shares

__all__ = ["area_density_location_index", "mean_density"]

_UNIT = "points"
_DENSITY_BORROWED = "taken as the mean density of the hand's other deposits, by area"
_NOT_COUNTED = "no value for what holds this place"
_NO_CONTRAST = "counted with the density 0 that was measured, and so with 0 points"


@dataclass
class _Gaps:
    """Places, each with the reason: without a value, with a borrowed density, with a density of nothing."""

    missing: list[tuple[str, str]] = field(default_factory=list)
    borrowed: list[tuple[str, str]] = field(default_factory=list)
    faint: list[tuple[str, str]] = field(default_factory=list)

    def noted(self) -> list[Missing]:
        """Return the record of all of them."""
        return [
            *missing_from(self.missing, _NOT_COUNTED),
            *missing_from(self.borrowed, _DENSITY_BORROWED),
            *missing_from(self.faint, _NO_CONTRAST),
        ]


def area_density_location_index(reading: Reading, weights: Mapping[str, float] | None = None) -> Score:
    """Return the index of a patient, of each hand and of each region with calcium.

    Parameters
    ----------
    reading
        The reading.
    weights
        Weight of a region by its name in :data:`~sclerograph.scores.regions.REGIONS`; 1 for those not named.
    """
    parts: list[Part] = []
    gaps = _Gaps()
    hands = counted(reading)
    for hand in hands:
        parts += _hand_parts(hand, weights or {}, gaps)
    gaps.missing += [(name, "no film shows it") for name in absent_hands(hands)]
    known = [float(p.value) for p in parts if p.scope == "hand" and isinstance(p.value, float)]
    total = round(sum(known), 4)
    return score_of(
        definition("area_density_location_index"),
        None if gaps.missing else total,
        reason="; ".join(f"{place}: {why}" for place, why in gaps.missing) or None,
        parts=parts,
        missing=gaps.noted(),
        at_least=total if known else None,
        at_most=None if gaps.missing else total,
        thresholds={f"weight of {region}": weight for region, weight in (weights or {}).items()},
    )


def mean_density(deposits: list[Deposit], region: str | None = None) -> float | None:
    """Return the relative density of the deposits (of one region), averaged by area, each between 0 and 1.

    ``None`` where no deposit has a density.
    """
    weighed = [
        (d.area_px * (1.0 if region is None else region_shares(d.site).get(region, 0.0)), d.relative_density)
        for d in deposits
    ]
    known = [(area, min(max(density, 0.0), 1.0)) for area, density in weighed if density is not None and area > 0.0]
    if not known:
        return None
    return sum(area * density for area, density in known) / sum(area for area, _ in known)


def _hand_parts(hand: CountedHand, weights: Mapping[str, float], gaps: _Gaps) -> list[Part]:
    """Return the parts of one hand, and write down what was missing."""
    record = hand.record
    refused = None if record.calcinosis_assessable else record.calcinosis_reason or "calcinosis is not assessable"
    areas: dict[str, float] = {}
    if refused is None and record.deposits:
        try:
            areas = region_areas_px(record)
        except RegionsUnknown as reason:
            refused = str(reason)
    if refused is not None:
        gaps.missing.append((hand.name, refused))
        return [_part(hand, "hand", None, refused)]
    of_hand = mean_density(record.deposits)
    parts: list[Part] = []
    for region in REGIONS:
        calcified = calcified_area_px(record.deposits, region)
        if calcified <= 0.0:
            continue
        density = mean_density(record.deposits, region)
        if density is None and of_hand is not None:
            gaps.borrowed.append((hand.place(region), "the density of its deposits is not known"))
            density = of_hand
        why = None
        if density is None:
            why = "the density of no deposit of the hand is known"
        elif areas.get(region, 0.0) <= 0.0:
            why = "not all of its bones are outlined, so its area is not known"
        if why is not None or density is None:
            gaps.missing.append((hand.place(region), why or ""))
            parts.append(_part(hand, region, None, why))
            continue
        share = min(calcified / areas[region], 1.0)
        if density == 0.0:
            gaps.faint.append((hand.place(region), "its deposits are no brighter than what is around them"))
        points = 100.0 * share * density * weights.get(region, 1.0)
        evidence = [f"covers {share:.4f} of the region", f"density {density:.3f}"]
        parts.append(_part(hand, region, round(points, 4), None, evidence))
    known = [float(p.value) for p in parts if isinstance(p.value, float)]
    without = [p.name for p in parts if p.value is None]
    whole = _part(
        hand,
        "hand",
        None if without else round(sum(known), 4),
        f"no value for {', '.join(without)}" if without else None,
    )
    return [whole, *parts]


def _part(
    hand: CountedHand, name: str, value: float | None, reason: str | None, evidence: list[str] | None = None
) -> Part:
    return Part(
        scope="hand" if name == "hand" else "region",
        name=name,
        hand=hand.number,
        side=hand.side,
        value=value,
        unit=_UNIT,
        at_least=value,
        at_most=value,
        assessable=reason is None,
        reason=reason,
        evidence=evidence or [],
    )
