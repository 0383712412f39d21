"""Simulated hands at two visits, kept between runs: films, truth, and what happened in between.

Seeds lie beyond those of training and of the other held-out films. Half of the pairs are calibrated at both visits, a
quarter at the first one only, a quarter at neither, so that the patient's own bones have to make the scale equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.hand_views import SeenBy
from bench.held_out import HeldOutFilm, load_film, store_film
from bench.matching import TrueDeposit, group_calcium
from bench.measure import Workplace
from bench.provenance import simulator_sha256
from bench.true_networks import TrueNetworks
from sclerograph.errors import InputRejected
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import Reading
from sclerograph.hand.reading import read_films
from sclerograph.imaging import open_radiograph
from sclerograph.networks.protocol import HandNetworks

__all__ = [
    "CHANGED_SEEDS",
    "PIXELS_MM",
    "SEEN_BY",
    "UNCHANGED_SEEDS",
    "WORDS",
    "FollowUpPair",
    "TrueFate",
    "Visit",
    "follow_up_pairs",
    "readings",
]

#: First seeds of pairs of unchanged hands, from which repeatability is measured, and of hands with changes.
UNCHANGED_SEEDS = 12_000_000
CHANGED_SEEDS = 13_000_000

#: Sizes of the films' pixels.
PIXELS_MM = (0.25, 0.3)

SEEN_BY: tuple[SeenBy, ...] = ("truth", "networks")
#: What stands in the table.
WORDS: dict[SeenBy, str] = {"truth": "true contours", "networks": "readings by the networks"}


@dataclass(frozen=True)
class TrueFate:
    """What became of one deposit, and the factor of its area."""

    what: str
    area_factor: float


@dataclass(frozen=True)
class Visit:
    """One film with its true deposits: label image, the deposits, and which fate each has (-1: none)."""

    film: HeldOutFilm
    calibrated: bool
    labels: NDArray[np.int32]
    deposits: list[TrueDeposit]
    fates: list[int]


@dataclass(frozen=True)
class FollowUpPair:
    """A hand at two visits; ``links`` are the pairs of labels that consist of the same calcium."""

    seed: int
    first: Visit
    second: Visit
    fates: list[TrueFate]
    links: frozenset[tuple[int, int]]
    repositioned_deg: float


def follow_up_pairs(workplace: Workplace, first_seed: int, wanted: int, what: str) -> Iterator[FollowUpPair]:
    """Go through so many pairs from a seed on; those that were not simulated before are simulated now."""
    folder = workplace.cache / f"{simulator_sha256()[:12]}-pairs"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in workplace.each(range(first_seed, first_seed + workplace.count(wanted)), what):
        if not (folder / f"{seed}.json").is_file():
            _simulate(folder, seed, changed=first_seed == CHANGED_SEEDS)
        yield _load(folder, seed)


def readings(workplace: Workplace, pair: FollowUpPair, seen_by: SeenBy) -> tuple[Reading, Reading] | None:
    """Read both films of a pair, once for all measures of this run; ``None`` where a film shows no hand to read."""
    key = ("follow-up", seen_by, pair.first.film.path)
    if key not in workplace.memory:
        networks: HandNetworks = (
            workplace.networks
            if seen_by == "networks"
            else TrueNetworks({visit.film.path.name: visit.film for visit in (pair.first, pair.second)})
        )
        try:
            workplace.memory[key] = tuple(_read(visit, networks) for visit in (pair.first, pair.second))
        except InputRejected:
            workplace.memory[key] = None
    both: tuple[Reading, Reading] | None = workplace.memory[key]
    return both


def _read(visit: Visit, networks: HandNetworks) -> Reading:
    mm = visit.film.mm_per_pixel if visit.calibrated else None
    # scenes are left hands, which is not what is asked here
    return read_films(
        [open_radiograph(visit.film.path, mm_per_pixel=mm)], networks, name=visit.film.path.stem, side="L"
    )


def _simulate(folder: Path, seed: int, *, changed: bool) -> None:
    from sclerograph.phantom.follow_up import Progress, draw_follow_up, fates_of_labels, film_pair, true_links
    from sclerograph.phantom.scene import draw_scene
    from sclerograph.phantom.simulate import draw_wish

    rng = np.random.default_rng(seed)
    progress = Progress() if changed else Progress(shares=(0.0, 1.0, 0.0, 0.0), new=0.0, lost=(0.0, 0.0))
    follow_up = draw_follow_up(draw_scene(rng, draw_wish(rng, "both")), rng, progress)
    pair = film_pair(follow_up, rng, PIXELS_MM)
    films = pair.first, pair.second
    labels = [_deposits(film.tissue, film.mm_per_pixel)[0] for film in films]
    for visit, film in enumerate(films, start=1):
        store_film(folder, f"{seed}-{visit}", film)
    record = {
        "fates": [[fate.what, fate.area_factor] for fate in follow_up.fates],
        "fates_first": fates_of_labels(pair, labels[0], 0),
        "fates_second": fates_of_labels(pair, labels[1], 1),
        "links": sorted([int(a), int(b)] for a, b in true_links(pair, labels[0], labels[1])),
        "repositioned_deg": follow_up.repositioned_deg,
    }
    # written last: an interrupted run leaves no films without their truth
    write_atomically(folder / f"{seed}.json", json.dumps(record))


def _deposits(tissue: NDArray[np.uint8], mm_per_pixel: float) -> tuple[NDArray[np.int32], list[TrueDeposit]]:
    from sclerograph.phantom.film import CALCIUM

    return group_calcium(tissue & CALCIUM > 0, mm_per_pixel)


def _load(folder: Path, seed: int) -> FollowUpPair:
    record: dict[str, Any] = json.loads((folder / f"{seed}.json").read_text(encoding="utf-8"))
    visits = []
    for number, name in ((1, "fates_first"), (2, "fates_second")):
        film = load_film(folder, f"{seed}-{number}", seed)
        labels, deposits = _deposits(film.tissue, film.mm_per_pixel)
        calibrated = seed % 4 < 2 or (seed % 4 == 2 and number == 1)
        visits.append(Visit(film, calibrated, labels, deposits, record[name]))
    return FollowUpPair(
        seed,
        visits[0],
        visits[1],
        [TrueFate(what, factor) for what, factor in record["fates"]],
        frozenset((a, b) for a, b in record["links"]),
        record["repositioned_deg"],
    )
