"""Simulated hands with cortices and ends of bones that have lost mineral by known amounts, each filmed twice.

Every hand is a grown one. Two of three have a cortex that is thinner by up to a half, half of them have lost mineral
near the joints. Each is filmed, and filmed again after it was laid down anew, up to 15 degrees out of its first
position, with another exposure and look. Two of three hands are filmed by the fine gear, with the looks of a
department's machines, the third by the fast gear with the wild looks that training uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.held_out import HeldOutFilm, load_film, store_film
from bench.measure import Workplace
from bench.provenance import simulator_sha256
from sclerograph.findings.atomic_file import write_atomically

if TYPE_CHECKING:
    from sclerograph.training.lesion_films import Gear

__all__ = ["FIRST_SEED", "ThinnedFilm", "thinned_pairs"]

#: Beyond the seeds of all other films; the measurements were adjusted on seeds from 18,500,000 on.
FIRST_SEED = 18_000_000
_MOST_TURN_DEG = 15.0
_MOST_LOST = 0.8


@dataclass(frozen=True)
class ThinnedFilm:
    """One film.

    ``widths_mm`` holds for each metacarpal the true outer and marrow widths on the film (2, levels) at ``levels``;
    ``periarticular_loss`` is the share of the spongiosa that is gone at the joints; ``repositioned_deg`` how far the
    hand is turned on its second film against the first.
    """

    film: HeldOutFilm
    gear: Gear
    levels: NDArray[np.float64]
    widths_mm: dict[str, NDArray[np.float64]]
    periarticular_loss: float
    repositioned_deg: float

    def index(self, code: str, first: float, last: float) -> float:
        """Return the true cortical index of a bone, the mean over a part of its shaft."""
        part = (self.levels >= first) & (self.levels <= last)
        outer, marrow = self.widths_mm[code][:, part]
        return float(np.mean(1.0 - marrow / outer))

    def narrowest_index(self, code: str, first: float, last: float) -> float:
        """Return the true cortical index where a part of a shaft is narrowest."""
        part = (self.levels >= first) & (self.levels <= last)
        outer, marrow = self.widths_mm[code][:, part]
        narrowest = int(np.argmin(outer))
        return float(1.0 - marrow[narrowest] / outer[narrowest])


def thinned_pairs(
    workplace: Workplace, wanted: int, first_seed: int = FIRST_SEED
) -> Iterator[tuple[ThinnedFilm, ThinnedFilm]]:
    """Go through so many hands, each with its two films; what was not simulated before is simulated now."""
    folder = workplace.cache / f"{simulator_sha256()[:12]}-thinned"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in workplace.each(range(first_seed, first_seed + workplace.count(wanted)), "thinned hands"):
        if not (folder / f"{seed}.json").is_file():
            _simulate(folder, seed)
        yield _load(folder, seed)


def _simulate(folder: Path, seed: int) -> None:
    from sclerograph.phantom.scene import ADULT, draw_scene, reposed
    from sclerograph.training.lesion_film import SHAFT_LEVELS
    from sclerograph.training.lesion_films import film_of, gear_of, shaft_widths, thinned_cortices

    rng = np.random.default_rng(seed)
    gear = gear_of(seed)
    scene = draw_scene(rng, ADULT)
    cortex_loss = thinned_cortices(scene, rng)
    lost = float(rng.uniform(0.0, _MOST_LOST)) if rng.random() < 0.5 else 0.0
    scene = replace(
        scene,
        cortex_loss=cortex_loss,
        matter=replace(scene.matter, periarticular_loss=lost),
        _hands={},
    )
    angle, direction = rng.uniform(0.0, _MOST_TURN_DEG), rng.uniform(0.0, 2.0 * np.pi)
    turned = {
        "pronation_deg": scene.pronation_deg + float(angle * np.cos(direction)),
        "tilt_deg": scene.tilt_deg + float(angle * np.sin(direction)),
    }
    films: list[dict[str, Any]] = []
    for number, visit in enumerate((reposed(scene, rng), reposed(scene, rng, **turned)), start=1):
        film = film_of(visit, rng, gear)
        store_film(folder, f"{seed}-{number}", film, all_greys=True)
        films.append({code: widths.tolist() for code, widths in shaft_widths(visit, gear).items()})
    # written last: an interrupted run leaves no films without their truth
    record = {
        "gear": gear,
        "levels": SHAFT_LEVELS.tolist(),
        "widths_mm": films,
        "periarticular_loss": lost,
        "repositioned_deg": angle,
    }
    write_atomically(folder / f"{seed}.json", json.dumps(record))


def _load(folder: Path, seed: int) -> tuple[ThinnedFilm, ThinnedFilm]:
    record = json.loads((folder / f"{seed}.json").read_text(encoding="utf-8"))
    first, second = (
        ThinnedFilm(
            load_film(folder, f"{seed}-{visit}", seed),
            record["gear"],
            np.asarray(record["levels"]),
            {code: np.asarray(widths) for code, widths in record["widths_mm"][visit - 1].items()},
            record["periarticular_loss"],
            record["repositioned_deg"],
        )
        for visit in (1, 2)
    )
    return first, second
