"""The metacarpals of grown hands with cortices that are known, each hand in several positions, for the shaft network.

    python -m sclerograph.training.shaft_films work/shaft_films --hands 150 --processes 2

Films as those of :mod:`sclerograph.training.lesion_films`, of the part of the hand that the network looks at: so a
hand can be shown turned in many ways, which changes what is projected and not its bones. Calcium and diseased joints
are left out. What is there is not simulated again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer

from sclerograph.phantom.form import index_of
from sclerograph.phantom.scene import ADULT, HandScene, draw_scene, reposed
from sclerograph.training.lesion_film import LesionFilm
from sclerograph.training.lesion_films import (
    fill_folder,
    film_of,
    flat_shaft_widths,
    gear_of,
    shaft_widths,
    thinned_cortices,
    turned,
    with_truth,
)

__all__ = ["FIRST_SEED", "POSITIONS", "shaft_films"]

FIRST_SEED: Final = 620_000
#: Positions of each hand, and the size of their films in pixels.
POSITIONS: Final = 4
_ROWS, _COLUMNS = 640, 480


def shaft_films(seed: int) -> Iterator[LesionFilm]:
    """Simulate the films of a hand; hand and films depend on the seed alone."""
    rng, gear = np.random.default_rng(seed), gear_of(seed)
    scene = draw_scene(rng, ADULT)
    scene = reposed(scene, rng, cortex_loss=thinned_cortices(scene, rng))
    flat = flat_shaft_widths(scene, seed, gear)
    for position in range(1, POSITIONS + 1):
        shown = _metacarpals(scene if position == 1 else turned(scene, rng))
        film = film_of(shown, rng, gear, _ROWS, _COLUMNS)
        shafts = shaft_widths(shown, gear)
        yield with_truth(film, seed, position, spaces={}, shafts=shafts, flat_shafts=flat)


def _metacarpals(scene: HandScene) -> HandScene:
    """Put the middle of the third metacarpal into the middle of the film."""
    x, y = 0.5 * (scene.landmarks_mm[index_of["CMC3"]] + scene.landmarks_mm[index_of["MCP3"]])
    return replace(scene, centre_mm=(float(x), float(y)))


def main(
    folder: Annotated[Path, typer.Argument()],
    hands: Annotated[int, typer.Option()] = 150,
    processes: Annotated[int, typer.Option()] = 1,
) -> None:
    """Fill a folder with films."""
    fill_folder(folder, shaft_films, POSITIONS, range(FIRST_SEED, FIRST_SEED + hands), processes)


if __name__ == "__main__":
    typer.run(main)
