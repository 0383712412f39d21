"""A bank of simulated films on disk, made once and read through memory maps.

    python -m sclerograph.training.bank work/bank/train --first-seed 0 --films 3000 --processes 2

A shard is two files: ``shard_00000.bin``, the pixels one film after the other, and ``shard_00000.npz``, where each
begins. The second is written last, so an interrupted run leaves no half shard and the next run continues. A film
depends on its seed alone. Seeds from :data:`FIRST_HELD_OUT_SEED` on are for measuring and never trained on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Protocol

import numpy as np
import typer
from numpy.typing import NDArray

__all__ = [
    "FIRST_HELD_OUT_SEED",
    "SHARD_FILMS",
    "Bank",
    "FilmLike",
    "Gear",
    "StoredFilm",
    "fill_bank",
    "simulate",
    "write_shard",
]

FIRST_HELD_OUT_SEED = 10_000_000
SHARD_FILMS = 25
#: Films of the fine gear: pixels of a modern detector, most hands grown up, some with metal.
_FINE_ROWS, _FINE_COLUMNS, _FINE_MM = 1370, 1060, 0.18
_ADULTS, _METAL = 0.7, 0.2
#: Open shards that a reader keeps mapped.
_OPEN_SHARDS = 4096


class Gear(StrEnum):
    """How films are simulated: fast and varied, the same with the hand on its side, or fine and true to a
    department's machines.
    """

    FAST = "fast"
    SIDE = "side"
    FINE = "fine"


class FilmLike(Protocol):
    """What the bank keeps of a simulated film (see ``sclerograph.phantom.film.SimulatedFilm``)."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """Greys."""
        ...

    @property
    def landmarks(self) -> NDArray[np.float32]:
        """(37, 3) x, y, visible."""
        ...

    @property
    def bones(self) -> NDArray[np.uint32]:
        """Bit field of the bones."""
        ...

    @property
    def tissue(self) -> NDArray[np.uint8]:
        """Bit field of other tissues and objects."""
        ...

    @property
    def calcium_mm(self) -> NDArray[np.float16]:
        """Thickness of calcium in millimetres."""
        ...

    @property
    def nominal_mm_per_pixel(self) -> float:
        """Nominal millimetres of a pixel."""
        ...


@dataclass(frozen=True)
class StoredFilm:
    """One film of the bank; arrays are read-only views of the disk except the thickness of calcium."""

    seed: int
    image: NDArray[np.uint8]
    tissue: NDArray[np.uint8]
    bones: NDArray[np.uint32]
    landmarks: NDArray[np.float32]
    nominal_mm_per_pixel: float
    calcium_cells: NDArray[np.uint32]
    calcium_values: NDArray[np.float16]

    @property
    def calcium_mm(self) -> NDArray[np.float16]:
        """(rows, columns) thickness of calcium in millimetres."""
        thickness = np.zeros(self.image.size, dtype=np.float16)
        thickness[self.calcium_cells] = self.calcium_values
        return thickness.reshape(self.image.shape)


def write_shard(stem: Path, films: Iterator[tuple[int, FilmLike]]) -> int:
    """Write seeds and films as ``stem.bin`` and ``stem.npz``; returns the number of films."""
    seeds, shapes, offsets, counts, scales, landmarks = [], [], [], [], [], []
    position = 0
    scratch = stem.with_suffix(".bin.partial")
    with scratch.open("wb") as handle:
        for seed, film in films:
            thickness = np.asarray(film.calcium_mm, dtype=np.float16).ravel()
            cells = np.flatnonzero(thickness).astype(np.uint32)
            # Widest type first keeps every part aligned.
            parts: list[NDArray[Any]] = [
                np.ascontiguousarray(film.bones, dtype=np.uint32),
                cells,
                thickness[cells],
                np.ascontiguousarray(film.image, dtype=np.uint8),
                np.ascontiguousarray(film.tissue, dtype=np.uint8),
            ]
            data = b"".join(part.tobytes() for part in parts)
            data += bytes(-len(data) % 64)
            handle.write(data)
            seeds.append(seed)
            shapes.append(film.image.shape)
            offsets.append(position)
            counts.append(len(cells))
            scales.append(film.nominal_mm_per_pixel)
            landmarks.append(np.asarray(film.landmarks, dtype=np.float32))
            position += len(data)
    scratch.replace(stem.with_suffix(".bin"))
    index = stem.with_suffix(".partial.npz")
    np.savez(
        index,
        seeds=np.array(seeds),
        shapes=np.array(shapes),
        offsets=np.array(offsets),
        calcium_counts=np.array(counts),
        nominal_mm_per_pixel=np.array(scales),
        landmarks=np.stack(landmarks),
    )
    index.replace(stem.with_suffix(".npz"))
    return len(seeds)


def _fast(seed: int) -> FilmLike:
    from sclerograph.phantom.film import simulate_film

    return simulate_film(np.random.default_rng(seed))


def _side(seed: int) -> FilmLike:
    from sclerograph.phantom.film import fast_film
    from sclerograph.training.side_view import draw_side_scene

    rng = np.random.default_rng(seed)
    return fast_film(draw_side_scene(rng), rng)


def _fine(seed: int) -> FilmLike:
    """A film with the sharpness, the trabeculae and the processing of a department's machines."""
    from sclerograph.phantom.fine import simulate_fine_film
    from sclerograph.phantom.scene import TRAINING, draw_scene

    rng = np.random.default_rng(seed)
    scene = draw_scene(rng, replace(TRAINING, adult=bool(rng.random() < _ADULTS)))
    metal = bool(rng.random() < _METAL)
    return simulate_fine_film(rng, scene, rows=_FINE_ROWS, columns=_FINE_COLUMNS, pixel_mm=_FINE_MM, metal=metal)


def simulate(seed: int, gear: Gear = Gear.FAST) -> FilmLike:
    """Simulate the film of a seed."""
    makers = {Gear.FAST: _fast, Gear.SIDE: _side, Gear.FINE: _fine}
    return makers[gear](seed)


def _simulate_shard(stem: Path, first_seed: int, count: int, gear: Gear) -> int:
    return write_shard(stem, ((seed, simulate(seed, gear)) for seed in range(first_seed, first_seed + count)))


def fill_bank(folder: Path, first_seed: int, films: int, processes: int = 1, gear: Gear = Gear.FAST) -> None:
    """Simulate the shards that are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [
        (folder / f"shard_{number:05d}", first_seed + number * SHARD_FILMS)
        for number in range(-(-films // SHARD_FILMS))
        if not (folder / f"shard_{number:05d}.npz").exists()
    ]
    with ProcessPoolExecutor(processes, initializer=os.nice, initargs=(5,)) as pool:
        waiting = [pool.submit(_simulate_shard, stem, seed, SHARD_FILMS, gear) for stem, seed in missing]
        for done, future in enumerate(waiting, start=1):
            future.result()
            typer.echo(f"{done} of {len(waiting)} shards")


@dataclass(frozen=True)
class _Shard:
    pixels: NDArray[np.uint8]
    index: dict[str, NDArray[Any]]


@lru_cache(maxsize=_OPEN_SHARDS)
def _open_shard(stem: str) -> _Shard:
    with np.load(f"{stem}.npz") as stored:
        index = {name: stored[name] for name in stored.files}
    return _Shard(np.memmap(f"{stem}.bin", dtype=np.uint8, mode="r"), index)


class Bank:
    """Reads folders of shards; may be opened while they still grow."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders
        self._stems: list[str] = []
        self._films: list[tuple[int, int]] = []
        self.refresh()

    def refresh(self) -> None:
        """Take in shards that were finished since; films keep their numbers only while shards finish in order."""
        self._stems = sorted(
            str(path.with_suffix(""))
            for folder in self.folders
            for path in folder.glob("shard_*.npz")
            if ".partial" not in path.name
        )
        self._films = [
            (s, f) for s, stem in enumerate(self._stems) for f in range(len(_open_shard(stem).index["seeds"]))
        ]

    def __len__(self) -> int:
        return len(self._films)

    def __getitem__(self, number: int) -> StoredFilm:
        shard_number, film = self._films[number]
        shard = _open_shard(self._stems[shard_number])
        rows, columns = (int(n) for n in shard.index["shapes"][film])
        count = int(shard.index["calcium_counts"][film])
        position = int(shard.index["offsets"][film])

        def take(kind: Any, items: int) -> NDArray[Any]:
            nonlocal position
            size = items * np.dtype(kind).itemsize
            values = shard.pixels[position : position + size].view(kind)
            position += size
            return values

        size = rows * columns
        bones = take(np.uint32, size).reshape(rows, columns)
        cells, values = take(np.uint32, count), take(np.float16, count)
        image = take(np.uint8, size).reshape(rows, columns)
        tissue = take(np.uint8, size).reshape(rows, columns)
        return StoredFilm(
            seed=int(shard.index["seeds"][film]),
            image=image,
            tissue=tissue,
            bones=bones,
            landmarks=shard.index["landmarks"][film],
            nominal_mm_per_pixel=float(shard.index["nominal_mm_per_pixel"][film]),
            calcium_cells=cells,
            calcium_values=values,
        )


def main(
    folder: Annotated[Path, typer.Argument()],
    first_seed: Annotated[int, typer.Option()] = 0,
    films: Annotated[int, typer.Option()] = 3000,
    processes: Annotated[int, typer.Option()] = 1,
    gear: Annotated[Gear, typer.Option()] = Gear.FAST,
) -> None:
    """Fill a bank, continuing where an earlier run stopped."""
    fill_bank(folder, first_seed, films, processes, gear)


if __name__ == "__main__":
    typer.run(main)
