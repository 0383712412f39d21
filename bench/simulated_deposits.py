"""Deposits found, outlined, placed and measured, against the exact truth of simulated films."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from bench.contours import deposit_labels
from bench.deposit_tally import DepositTally
from bench.held_out import FIRST_FINE_SEED, FIRST_SEED, HeldOutFilm, held_out_groups, read_held_out, true_view
from bench.matching import Match, TrueDeposit, group_calcium, match_deposits
from bench.measure import Measure, Outcome, Row, Target, Workplace
from bench.share_rows import share_row
from bench.statistics import agreement, dice
from bench.visibility import FAINT_BELOW, visible_on
from sclerograph.anatomy.hand import JOINTS
from sclerograph.findings.records import Deposit
from sclerograph.hand.site import Anatomy, Placement

__all__ = ["MEASURE", "site_is_right"]

_FILMS, _FINE_FILMS = 200, 80
#: Relative differences of area are taken on hands with more calcium than this.
_LEAST_AREA_MM2 = 20.0


def site_is_right(measured: str, true: Placement) -> bool:
    """Tell whether a site is that of the truth, or one joint away from it.

    Right are the bone under the true deposit, the joint near it, and the joints of that bone: a deposit 3 mm from a
    joint line, where the rule changes from bone to joint, is rightly called by either name.
    """
    joints = {joint.code for joint in JOINTS if true.bone in (*joint.proximal_bones, *joint.distal_bones)}
    return measured in {true.site, true.bone} | joints


@dataclass
class _Found:
    tally: DepositTally = field(default_factory=DepositTally)
    film_dice: list[float] = field(default_factory=list)
    sites_exact: list[bool] = field(default_factory=list)
    sites_right: list[bool] = field(default_factory=list)
    wrong_sites: dict[str, int] = field(default_factory=dict)
    areas: list[tuple[float, float]] = field(default_factory=list)
    seen_areas: list[tuple[float, float]] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


def run(workplace: Workplace) -> Outcome:
    """Read held-out films with and without disease as files, and compare with their truth."""
    rows: list[Row] = []
    details: dict[str, Any] = {}
    seeds: list[int] = []
    for key, on, films in held_out_groups(workplace, _FILMS, _FINE_FILMS, "deposits, simulated"):
        total = _Found()
        for film in films:
            seeds.append(film.seed)
            _examine(workplace, film, total)
        rows += _rows(total, key, on)
        details[key] = {
            "wrong_sites": dict(sorted(total.wrong_sites.items(), key=lambda item: -item[1])),
            **total.tally.table(),
            "films_without_a_hand": total.unread,
            "area": _as_json(total.areas),
            "area_without_too_faint": _as_json(total.seen_areas),
            "areas_mm2": [[round(a, 2), round(b, 2)] for a, b in total.areas],
        }
    return Outcome(
        rows,
        details,
        [min(seeds), max(seeds)],
        [
            "parts of calcium closer than 0.6 mm are one deposit; found: 30 % of its area or its centre within 0.5 mm "
            "of a measured deposit; false: nowhere within 0.6 mm of true calcium",
            "too faint to be seen: the mineral adds less grey, at its densest, than 2.5 standard deviations of the "
            "film's grain and 0.7 of the texture around it; counted apart; what is clear adds four times that",
            "hands without deposits are among the films; a hand that was not found has found no deposit",
            f"first seed {FIRST_SEED}, of the fine gear {FIRST_FINE_SEED}",
        ],
    )


def _examine(workplace: Workplace, film: HeldOutFilm, total: _Found) -> None:
    from sclerograph.phantom.film import CALCIUM

    calcium = film.tissue & CALCIUM > 0
    labels, deposits = group_calcium(calcium, film.mm_per_pixel)
    radiograph = film.open()
    visible = visible_on(film, radiograph.pixels, labels, deposits)
    reading = read_held_out(workplace, film)
    found = [] if reading is None else [deposit for hand in reading.hands for deposit in hand.deposits]
    if reading is None:
        total.unread.append(film.seed)
    measured = deposit_labels(found, calcium.shape)
    match = match_deposits(labels, deposits, measured, len(found), film.mm_per_pixel)
    total.tally.add(str(film.seed), deposits, match, visible)

    seen = np.isin(
        labels, [each.number for each, clarity in zip(deposits, visible, strict=True) if clarity >= FAINT_BELOW]
    )
    overlap = dice(seen, (measured > 0) & ~np.isin(measured, match.false)) if seen.any() else None
    if overlap is not None:
        total.film_dice.append(overlap)
    pixel_mm2 = film.mm_per_pixel**2
    area = sum(deposit.area_mm2 or 0.0 for deposit in found)
    for truth, pairs in ((calcium, total.areas), (seen, total.seen_areas)):
        true_area = float(truth.sum()) * pixel_mm2
        if reading is not None and true_area > _LEAST_AREA_MM2:
            pairs.append((true_area, area))
    if any(match.found):
        _sites(film, deposits, match, labels, found, total)


def _sites(
    film: HeldOutFilm,
    deposits: list[TrueDeposit],
    match: Match,
    labels: np.ndarray[Any, np.dtype[np.int32]],
    found: list[Deposit],
    total: _Found,
) -> None:
    """Compare the sites of found deposits of 1 mm or more with what the same rules make of the truth."""
    anatomy = Anatomy(true_view(film, film.open()))
    for deposit, is_found, partner in zip(deposits, match.found, match.partner, strict=True):
        if not is_found or partner == 0 or deposit.longest_diameter_mm < 1.0:
            continue
        rows, columns = np.nonzero(labels == deposit.number)
        true = anatomy.place(np.stack([columns, rows], axis=1).astype(np.float64))
        site = found[partner - 1].site
        total.sites_exact.append(site == true.site)
        total.sites_right.append(site_is_right(site, true))
        if not total.sites_right[-1]:
            name = f"{true.site} called {site}"
            total.wrong_sites[name] = total.wrong_sites.get(name, 0) + 1


def _share_row(key: str, measure: str, on: str, flags: list[bool], target: Target | None) -> Row:
    return share_row(key, measure, on, sum(flags), len(flags), "deposits", target)


def _rows(total: _Found, key: str, on: str) -> list[Row]:
    tally = total.tally
    rows = [
        tally.recall_row(">= 2 mm", f"{key}_recall_2mm", on, Target(">=", 0.95, "%")),
        tally.recall_row("1-2 mm", f"{key}_recall_1mm", on, Target(">=", 0.85, "%")),
        tally.recall_row("< 1 mm", f"{key}_recall_below_1mm", on, None),
        tally.recall_row(">= 2 mm", f"{key}_recall_2mm_clear", on, None, of="clear"),
        tally.recall_row(">= 2 mm", f"{key}_recall_2mm_faint", on, None, of="faint"),
        tally.recall_row("1-2 mm", f"{key}_recall_1mm_faint", on, None, of="faint"),
        tally.false_row(f"{key}_false", on, Target("<=", 0.2, "per hand")),
        _median_row(f"{key}_dice_hand", "calcium of a hand, median Dice", on, total.film_dice, "hands"),
        _median_row(f"{key}_dice_deposit", "deposits >= 1 mm, median Dice (missed: 0)", on, tally.dice, "deposits"),
        _share_row(
            f"{key}_site",
            "site of a found deposit right, or one joint away",
            on,
            total.sites_right,
            Target(">=", 0.95, "%"),
        ),
        _share_row(
            f"{key}_site_exact", "site of a found deposit exactly that of the truth", on, total.sites_exact, None
        ),
    ]
    return rows + _area_rows(key, "", total.areas, on) + _area_rows(key, "_seen", total.seen_areas, on)


def _median_row(key: str, measure: str, on: str, values: list[float], n_of: str) -> Row:
    value = float(np.median(values)) if values else None
    return Row(key, measure, on, value, "", len(values), n_of, Target(">=", 0.85))


def _as_json(pairs: list[tuple[float, float]]) -> dict[str, float] | None:
    """Return bias, with its sign, and limits of agreement."""
    both = agreement([truth for truth, _ in pairs], [measured for _, measured in pairs])
    return None if both is None else asdict(both)


def _area_rows(key: str, suffix: str, pairs: list[tuple[float, float]], on: str) -> list[Row]:
    """Return bias and limits; the target is on all true calcium, what can be seen is for information."""
    both = agreement([truth for truth, _ in pairs], [measured for _, measured in pairs])
    of = "calcified area" if not suffix else "calcified area without too faint deposits"
    where = f"{on}, hands above {_LEAST_AREA_MM2:g} mm2"
    bias_target, limits_target = (Target("<=", 0.03, "%"), Target("<=", 0.15, "%")) if not suffix else (None, None)
    return [
        Row(
            f"{key}_area_bias{suffix}",
            f"{of}, relative bias without its sign",
            where,
            None if both is None else abs(both.bias),
            "%",
            len(pairs),
            "hands",
            bias_target,
        ),
        Row(
            f"{key}_area_limits{suffix}",
            f"{of}, farther 95 % limit of agreement",
            where,
            None if both is None else both.widest,
            "%",
            len(pairs),
            "hands",
            limits_target,
            None if both is None else (both.low, both.high),
        ),
    ]


MEASURE = Measure("simulated_deposits", "Deposits, simulated", run)
