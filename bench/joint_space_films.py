"""Simulated hands whose joint spaces are known, kept between runs.

Every hand is a grown one with spaces drawn around the norms, a third of them narrowed or fused; two of three hands are
filmed by the fine gear, the third by the fast gear with the wild looks of training. Its second film is taken after it
was laid down anew, with another exposure and look.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.held_out import HeldOutFilm, load_film, store_film
from bench.measure import Workplace
from bench.provenance import simulator_sha256
from sclerograph.findings.atomic_file import write_atomically

if TYPE_CHECKING:
    from sclerograph.training.lesion_film import TrueSpace
    from sclerograph.training.lesion_films import Gear

__all__ = ["FIRST_SEED", "JointSpaceFilm", "joint_space_pairs"]

#: No other measure draws from here on; the measurement was adjusted on seeds from 17,500,000 on.
FIRST_SEED = 17_000_000
_DISEASED = 0.35


@dataclass(frozen=True)
class JointSpaceFilm:
    """One film with the true spaces of those joints whose bones face each other on it."""

    film: HeldOutFilm
    gear: Gear
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
    from sclerograph.phantom.joint_space import draw_joint_spaces
    from sclerograph.phantom.scene import ADULT, draw_scene, reposed
    from sclerograph.training.lesion_films import film_of, gear_of, true_spaces, turned

    rng, gear = np.random.default_rng(seed), gear_of(seed)
    scene = draw_scene(rng, ADULT)
    scene = reposed(scene, rng, joint_spaces=draw_joint_spaces(rng, size=scene.size, diseased=_DISEASED))
    films: list[dict[str, Any]] = []
    for visit in (1, 2):
        if visit == 2:
            scene = turned(scene, rng)
        film = film_of(scene, rng, gear)
        store_film(folder, f"{seed}-{visit}", film, all_greys=True)
        films.append({code: astuple(space) for code, space in true_spaces(scene, gear).items()})
    # written last: an interrupted run leaves no films without their truth
    write_atomically(folder / f"{seed}.json", json.dumps({"gear": gear, "spaces": films}))


def _load(folder: Path, seed: int) -> tuple[JointSpaceFilm, JointSpaceFilm]:
    from sclerograph.training.lesion_film import TrueSpace

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
