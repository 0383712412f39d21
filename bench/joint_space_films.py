"""Simulated hands whose joint spaces are known, each filmed twice, kept between runs.

Every hand is a grown one with spaces drawn around the norms, a third of them narrowed or fused. It is filmed, and
filmed again after it was laid down anew, up to 15 degrees out of its first position, with another exposure and look.
Two of three hands are filmed by the fine gear, with the looks of a department's machines, the third by the fast gear
with the wild looks that training uses: soft, noisy, bent greys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from bench.held_out import HeldOutFilm, load_film, store_film
from bench.measure import Workplace
from bench.provenance import simulator_sha256
from sclerograph.findings.atomic_file import write_atomically

__all__ = ["FIRST_SEED", "JointSpaceFilm", "TrueSpace", "joint_space_pairs"]

#: No other measure draws from here on; the measurement was adjusted on seeds from 17,500,000 on.
FIRST_SEED = 17_000_000
_ROWS, _COLUMNS, _PIXEL_MM = 1640, 1267, 0.15
_MOST_TURN_DEG = 15.0
_DISEASED = 0.35

Gear = Literal["fine", "fast"]


@dataclass(frozen=True)
class TrueSpace:
    """The space of one joint: mean and least width on the film (mm), the share that is lost, fused or not."""

    mean_mm: float
    least_mm: float
    lost: float
    fused: bool


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
    from sclerograph.phantom.film import fast_film
    from sclerograph.phantom.fine import FINENESS, simulate_fine_film
    from sclerograph.phantom.joint_space import draw_joint_spaces, true_joint_spaces
    from sclerograph.phantom.scene import ADULT, draw_scene, reposed

    rng = np.random.default_rng(seed)
    gear: Gear = "fast" if seed % 3 == 2 else "fine"
    scene = draw_scene(rng, ADULT)
    spaces = draw_joint_spaces(rng, size=scene.size, diseased=_DISEASED)
    scene = reposed(scene, rng, joint_spaces=spaces)
    films: list[dict[str, Any]] = []
    for visit in (1, 2):
        if visit == 2:
            angle, direction = rng.uniform(0.0, _MOST_TURN_DEG), rng.uniform(0.0, 2.0 * np.pi)
            scene = reposed(
                scene,
                rng,
                pronation_deg=scene.pronation_deg + float(angle * np.cos(direction)),
                tilt_deg=scene.tilt_deg + float(angle * np.sin(direction)),
            )
        if gear == "fine":
            film = simulate_fine_film(rng, scene, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM)
        else:
            film = fast_film(scene, rng, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM, plain=True)
        store_film(folder, f"{seed}-{visit}", film)
        if film.image_12bit is not None:
            # all greys of the detector, as a DICOM file would hold them
            Image.fromarray(film.image_12bit << np.uint16(4)).save(folder / f"{seed}-{visit}.png")
        true = true_joint_spaces(
            scene.hand(FINENESS if gear == "fine" else 1.0), scene.detector(_ROWS, _COLUMNS, _PIXEL_MM)
        )
        films.append(
            {
                code: [space.mean_mm, space.least_mm, spaces[code].lost, spaces[code].fused]
                for code, space in true.items()
            }
        )
    # written last: an interrupted run leaves no films without their truth
    write_atomically(folder / f"{seed}.json", json.dumps({"gear": gear, "spaces": films}))


def _load(folder: Path, seed: int) -> tuple[JointSpaceFilm, JointSpaceFilm]:
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
