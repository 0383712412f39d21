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
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.held_out import HeldOutFilm, load_film, store_film
from bench.measure import Workplace
from bench.provenance import simulator_sha256
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import RADIOGRAMMETRY_BONES

if TYPE_CHECKING:
    from sclerograph.phantom.projection import Detector
    from sclerograph.phantom.scene import HandScene

__all__ = ["FIRST_SEED", "Gear", "ThinnedFilm", "thinned_pairs"]

#: Beyond the seeds of all other films; the measurements were adjusted on seeds from 18,500,000 on.
FIRST_SEED = 18_000_000
_ROWS, _COLUMNS, _PIXEL_MM = 1640, 1267, 0.15
_MOST_TURN_DEG = 15.0
_MOST_THINNED, _MOST_LOST = 0.5, 0.8
#: True widths are kept at these levels, as shares of the way from the landmark of the base to that of the head.
_LEVELS = np.linspace(0.25, 0.7, 46)

Gear = Literal["fine", "fast"]


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
    from sclerograph.phantom.film import fast_film
    from sclerograph.phantom.fine import FINENESS, simulate_fine_film
    from sclerograph.phantom.scene import ADULT, draw_scene, reposed

    rng = np.random.default_rng(seed)
    gear: Gear = "fast" if seed % 3 == 2 else "fine"
    scene = draw_scene(rng, ADULT)
    thinned = float(rng.uniform(0.0, _MOST_THINNED)) if rng.random() < 2.0 / 3.0 else 0.0
    lost = float(rng.uniform(0.0, _MOST_LOST)) if rng.random() < 0.5 else 0.0
    tubular = [code for code, bone in scene.hand().bones.items() if bone.tubular]
    scene = replace(
        scene,
        cortex_loss=dict.fromkeys(tubular, thinned),
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
        if gear == "fine":
            film = simulate_fine_film(rng, visit, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM)
        else:
            film = fast_film(visit, rng, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM, plain=True)
        store_film(folder, f"{seed}-{number}", film)
        if film.image_12bit is not None:
            # all greys of the detector, as a DICOM file would hold them
            Image.fromarray(film.image_12bit << np.uint16(4)).save(folder / f"{seed}-{number}.png")
        films.append(_true_widths(visit, visit.detector(_ROWS, _COLUMNS, _PIXEL_MM), FINENESS if gear == "fine" else 1))
    # written last: an interrupted run leaves no films without their truth
    record = {
        "gear": gear,
        "levels": _LEVELS.tolist(),
        "widths_mm": films,
        "periarticular_loss": lost,
        "repositioned_deg": angle,
    }
    write_atomically(folder / f"{seed}.json", json.dumps(record))


def _true_widths(scene: HandScene, detector: Detector, fineness: float) -> dict[str, list[list[float]]]:
    from sclerograph.phantom.cortex import true_cortex
    from sclerograph.phantom.form import index_of

    hand = scene.hand(fineness)
    marks = detector.project(hand.landmarks)
    widths = {}
    for code in RADIOGRAMMETRY_BONES:
        start, end = (marks[index_of[f"{joint}{code[-1]}"]] for joint in ("CMC", "MCP"))
        true = true_cortex(hand.bones[code], detector, start, end, _LEVELS)
        widths[code] = [true.outer_mm.tolist(), true.marrow_mm.tolist()]
    return widths


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
