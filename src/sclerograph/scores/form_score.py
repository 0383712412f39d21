"""The score of a form, from the levels that a reading's areas and densities reach, or that a reader has chosen."""

from __future__ import annotations

from collections.abc import Mapping

from sclerograph.anatomy.hand import Side
from sclerograph.errors import UsageError
from sclerograph.findings.records import Deposit, Reading
from sclerograph.scores.area_density_location import mean_density
from sclerograph.scores.both_hands import CountedHand, absent_hands, counted
from sclerograph.scores.definition import ScoreDefinition, Statement
from sclerograph.scores.form import Form, FormRegion, Level
from sclerograph.scores.lesions import missing_from
from sclerograph.scores.record import Part, Score, score_of
from sclerograph.scores.regions import RegionsUnknown, region_areas_px, region_shares

__all__ = ["form_definition", "form_score", "form_score_of_levels"]

_NOT_COUNTED = "no value for what holds this place; at_least counts the others"
_NO_AREA = "its area is not known"


def form_definition(form: Form) -> ScoreDefinition:
    """Return the definition of a form's score: all of it is what the file says, and nothing of it was checked here."""
    return ScoreDefinition(
        name=f"form:{form.name}",
        title=form.title,
        unit="points",
        lowest=0.0,
        highest=form.highest,
        source=form.source,
        statements=(
            Statement(
                "Regions, levels, weights and formula come from a form file of the user; its agreement with the "
                "source that it names was not checked.",
                "own",
            ),
        ),
        missing_rule="No value where a region of either hand gives no answer; at_least adds up the others.",
        module="sclerograph.scores.form_score",
        function="form_score",
    )


def form_score(reading: Reading, form: Form) -> Score:
    """Return the score of a reading by a form whose levels have measured borders.

    The coverage of a region is the calcified share of its area, its density the mean relative density of its deposits.
    A bone brings its part of the hand with the soft tissue around it (see :mod:`sclerograph.scores.regions`); a joint
    brings half of the parts on both sides, where its region does not hold their bones.

    Raises
    ------
    UsageError
        The form's levels can only be told by a reader.
    """
    if not form.measurable:
        raise UsageError(
            f"the levels of the form '{form.name}' have no measured borders: only a reader can score with it"
        )
    hands = counted(reading)
    parts: list[Part] = []
    missing: list[tuple[str, str]] = []
    for hand in hands:
        parts += _measured_hand(form, hand, missing)
    missing += [(name, "no film shows it") for name in absent_hands(hands)]
    return _score(form, parts, missing)


def form_score_of_levels(form: Form, levels: Mapping[Side, Mapping[str, tuple[str, str] | None]]) -> Score:
    """Return the score from the levels that a reader has chosen.

    Parameters
    ----------
    form
        The form.
    levels
        For each hand, for each region by name: the labels of its coverage and density; ``None`` for a region that the
        reader could not assess. A region that is left out was not scored, which is the same.

    Raises
    ------
    UsageError
        A region or a level has a name that the form does not know.
    """
    parts: list[Part] = []
    missing: list[tuple[str, str]] = []
    for number, (side, chosen) in enumerate(levels.items(), 1):
        unknown = sorted(set(chosen) - {region.name for region in form.regions})
        if unknown:
            raise UsageError(f"the form '{form.name}' has no region '{unknown[0]}'")
        for region in form.regions:
            labels = chosen.get(region.name)
            if labels is None:
                missing.append((f"{side} {region.name}", "the reader gave no level"))
                parts.append(_part(region.name, number, side, None, "the reader gave no level", []))
                continue
            coverage = _labelled(form, form.coverage_levels, labels[0])
            density = _labelled(form, form.density_levels, labels[1])
            parts.append(_region_part(form, region, number, side, coverage, density))
    missing += [(f"hand {side}", "it was not scored") for side in ("L", "R") if side not in levels]
    return _score(form, parts, missing)


def _measured_hand(form: Form, hand: CountedHand, missing: list[tuple[str, str]]) -> list[Part]:
    record = hand.record
    refused = None if record.calcinosis_assessable else record.calcinosis_reason or "calcinosis is not assessable"
    areas: dict[str, float] = {}
    if refused is None and record.deposits:
        try:
            areas = region_areas_px(record)
        except RegionsUnknown as reason:
            refused = str(reason)
    if refused is not None:
        missing.append((hand.name, refused))
        return [_part("hand", hand.number, hand.side, None, refused, [])]
    parts = []
    for region in form.regions:
        deposits = [deposit for deposit in record.deposits if deposit.site in region.sites]
        found = _levels(form, region, deposits, areas)
        if isinstance(found, str):
            missing.append((hand.place(region.name), found))
            parts.append(_part(region.name, hand.number, hand.side, None, found, []))
        else:
            parts.append(_region_part(form, region, hand.number, hand.side, *found))
    return parts


def _levels(
    form: Form, region: FormRegion, deposits: list[Deposit], areas: Mapping[str, float]
) -> tuple[Level, Level] | str:
    """Return the two levels of a region, or why they cannot be told."""
    if not deposits:
        return form.coverage_levels[0], form.density_levels[0]
    cells = {name: max(region_shares(site).get(name, 0.0) for site in region.sites) for name in _cells(region)}
    if not cells or any(name not in areas for name in cells):
        return _NO_AREA
    area = sum(areas[name] * share for name, share in cells.items())
    density = mean_density(deposits)
    if area <= 0.0 or density is None:
        return "the density of its deposits is not known" if area > 0.0 else _NO_AREA
    coverage = min(sum(deposit.area_px for deposit in deposits) / area, 1.0)
    return _level(form.coverage_levels, coverage), _level(form.density_levels, density)


def _cells(region: FormRegion) -> list[str]:
    """Return the cells of the hand's division that a form's region takes a part of, in the order of its sites."""
    return list(dict.fromkeys(cell for site in region.sites for cell in region_shares(site)))


def _level(levels: list[Level], measured: float) -> Level:
    """Return the highest level that begins below the measured quantity."""
    reached = levels[0]
    for level in levels[1:]:
        if level.above is not None and measured > level.above:
            reached = level
    return reached


def _labelled(form: Form, levels: list[Level], label: str) -> Level:
    for level in levels:
        if level.label == label:
            return level
    raise UsageError(
        f"the form '{form.name}' has no level '{label}': choose one of {', '.join(x.label for x in levels)}"
    )


def _region_part(form: Form, region: FormRegion, hand: int, side: Side | None, coverage: Level, density: Level) -> Part:
    # A region without calcium has no points, whatever the formula makes of the lowest density.
    clean = coverage == form.coverage_levels[0]
    points = 0.0 if clean else form.region_points(region, coverage.value, density.value)
    evidence = [f"coverage: {coverage.label}"] + ([] if clean else [f"density: {density.label}"])
    return _part(region.name, hand, side, round(points, 4), None, evidence)


def _part(
    name: str, hand: int, side: Side | None, value: float | None, reason: str | None, evidence: list[str]
) -> Part:
    return Part(
        scope="hand" if name == "hand" else "region",
        name=name,
        hand=hand,
        side=side,
        value=value,
        unit="points",
        at_least=value,
        at_most=value,
        assessable=reason is None,
        reason=reason,
        evidence=evidence,
    )


def _score(form: Form, parts: list[Part], missing: list[tuple[str, str]]) -> Score:
    known = [float(part.value) for part in parts if isinstance(part.value, float)]
    total = round(sum(known), 4)
    return score_of(
        form_definition(form),
        None if missing else total,
        reason="; ".join(dict.fromkeys(f"{place}: {why}" for place, why in missing)) or None,
        parts=parts,
        missing=missing_from(missing, _NOT_COUNTED),
        at_least=total if known else None,
        at_most=form.highest if missing else total,
    )
