"""Simulated hands whose joint spaces are known (:mod:`sclerograph.training.joint_films`), kept between runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from bench.held_out import HeldOutFilm, load_film, store_film
from bench.measure import Workplace
from bench.provenance import simulator_sha256
from sclerograph.findings.atomic_file import write_atomically

if TYPE_CHECKING:
    from sclerograph.training.joint_films import JointGear, TrueSpace

__all__ = ["FIRST_SEED", "JointSpaceFilm", "joint_space_pairs"]

#: No other measure draws from here on; the measurement was adjusted on seeds from 17,500,000 on.
FIRST_SEED = 17_000_000


@dataclass(frozen=True)
class JointSpaceFilm:
    """One film with the true spaces of those joints whose bones face each other on it."""

    film: HeldOutFilm
    gear: JointGear
    spaces: dict[str, TrueSpace]


def joint_space_pairs(workplace: Workplace, wanted: int) -> Iterator[tuple[JointSpaceFilm, JointSpaceFilm]]:
    """Go through so many hands, each with its two films; what was not simulated before is simulated now."""
    folder = workplace.cache / f"{simulator_sha256()[:12]}-joint-spaces"
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(FIRST_SEED, FIRST_SEED + workplace.count(wanted))
    for seed in workplace.each(seeds, "joint spaces"):
        if not (folder / f"{seed}.json").is_file():
            _simulate(folder, seed)
        yield _load(folder, seed)


def _simulate(folder: Path, seed: int) -> None:
    from sclerograph.training.joint_films import gear_of, joint_films

    films: list[dict[str, Any]] = []
    for visit, each in enumerate(joint_films(seed), start=1):
        store_film(folder, f"{seed}-{visit}", each.film)
        if each.film.image_12bit is not None:
            # all greys of the detector, as a DICOM file would hold them
            Image.fromarray(each.film.image_12bit << np.uint16(4)).save(folder / f"{seed}-{visit}.png")
        films.append({code: astuple(space) for code, space in each.spaces.items()})
    # written last: an interrupted run leaves no films without their truth
    write_atomically(folder / f"{seed}.json", json.dumps({"gear": gear_of(seed), "spaces": films}))


def _load(folder: Path, seed: int) -> tuple[JointSpaceFilm, JointSpaceFilm]:
    from sclerograph.training.joint_films import TrueSpace

    record = json.loads((folder / f"{seed}.json").read_text(encoding="utf-8"))
    first, second = (
        JointSpaceFilm(
            load_film(folder, f"{seed}-{visit}", seed),
            record["gear"],
            {code: TrueSpace(*values) for code, values in record["spaces"][visit - 1].items()},
        )
        for visit in (1, 2)
    )
    return first, second
