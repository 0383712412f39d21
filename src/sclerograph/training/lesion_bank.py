"""The films of :mod:`sclerograph.training.lesion_films` that show calcium, as a bank for the calcium network.

    python -m sclerograph.training.lesion_bank work/lesion_films work/bank_lesions

What is there is not written again: shards hold the films of the same hands whatever was added since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from sclerograph.training.bank import FilmLike, write_shard
from sclerograph.training.lesion_film import read_lesion_film
from sclerograph.training.lesion_films import FIRST_SEED

__all__ = ["fill_lesion_bank"]

_HANDS_A_SHARD = 20


@dataclass(frozen=True)
class _Film:
    image: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    bones: NDArray[np.uint32]
    tissue: NDArray[np.uint8]
    calcium_mm: NDArray[np.float16]
    nominal_mm_per_pixel: float


def fill_lesion_bank(films: Path, folder: Path) -> int:
    """Write the shards that are missing and whose hands are all simulated; returns how many are there now."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        seeds = range(FIRST_SEED + number * _HANDS_A_SHARD, FIRST_SEED + (number + 1) * _HANDS_A_SHARD)
        paths = [films / f"{seed}-{visit}.npz" for seed in seeds for visit in (1, 2)]
        if not all(path.exists() for path in paths):
            return number
        stem = folder / f"shard_{number:05d}"
        if not stem.with_suffix(".npz").exists():
            write_shard(stem, _calcified(paths))
        number += 1


def _calcified(paths: list[Path]) -> Iterator[tuple[int, FilmLike]]:
    for path in paths:
        film = read_lesion_film(path)
        if film.calcium_mm.any():
            greys = (film.image >> np.uint16(8)).astype(np.uint8)
            yield (
                film.seed,
                _Film(greys, film.landmarks, film.bones, film.tissue, film.calcium_mm, film.nominal_mm_per_pixel),
            )


def main(films: Annotated[Path, typer.Argument(exists=True)], folder: Annotated[Path, typer.Argument()]) -> None:
    """Fill a bank from films."""
    typer.echo(f"{fill_lesion_bank(films, folder)} shards")


if __name__ == "__main__":
    typer.run(main)
