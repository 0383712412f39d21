"""A simulated film whose joint spaces, cortices and deposits are known, and its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.findings.records import RADIOGRAMMETRY_BONES

__all__ = ["SHAFT_LEVELS", "LesionFilm", "TrueSpace", "read_lesion_film", "stored_films", "write_lesion_film"]

Floats = NDArray[np.float64]

#: Levels of the shafts whose true widths are kept, as shares of the way from the landmark of the base to the head's.
SHAFT_LEVELS: Final = np.linspace(0.25, 0.7, 46)


@dataclass(frozen=True)
class TrueSpace:
    """The space of one joint: mean and least width on the film (mm), the share that is lost, fused or not."""

    mean_mm: float
    least_mm: float
    lost: float
    fused: bool


@dataclass(frozen=True)
class LesionFilm:
    """One film and what is true on it.

    ``image`` holds all 16-bit greys of the film, ``tissue`` and ``bones`` the bit fields of the phantom. ``spaces`` are
    the spaces of those joints whose bones face each other here; ``shafts`` the outer and marrow widths (mm) of each
    metacarpal of radiogrammetry at :data:`SHAFT_LEVELS`, (2, levels) as projected on this film, ``flat_shafts`` those
    of the hand when it lies flat.
    """

    seed: int
    visit: int
    image: NDArray[np.uint16]
    tissue: NDArray[np.uint8]
    bones: NDArray[np.uint32]
    calcium_mm: NDArray[np.float16]
    landmarks: NDArray[np.float32]
    mm_per_pixel: float
    nominal_mm_per_pixel: float
    spaces: dict[str, TrueSpace]
    shafts: dict[str, Floats]
    flat_shafts: dict[str, Floats]


def stored_films(folders: Iterable[Path]) -> Iterator[LesionFilm]:
    """Go through the films of folders, in the order of their seeds and visits."""
    for folder in folders:
        for path in sorted(folder.glob("*-?.npz")):
            yield read_lesion_film(path)


def write_lesion_film(folder: Path, film: LesionFilm) -> Path:
    """Keep a film as ``SEED-VISIT.npz``, written as a whole or not at all."""
    path = folder / f"{film.seed}-{film.visit}.npz"
    cells = np.flatnonzero(film.calcium_mm).astype(np.uint32)
    spaces = [(space.mean_mm, space.least_mm, space.lost, space.fused) for _, space in sorted(film.spaces.items())]
    arrays: dict[str, Any] = {
        "image": film.image,
        "tissue": film.tissue,
        "bones": film.bones,
        "calcium_cells": cells,
        "calcium_values": film.calcium_mm.ravel()[cells],
        "landmarks": film.landmarks,
        "mm_per_pixel": film.mm_per_pixel,
        "nominal_mm_per_pixel": film.nominal_mm_per_pixel,
        "space_codes": np.array(sorted(film.spaces), dtype=np.str_),
        "spaces": np.array(spaces, dtype=np.float64).reshape(-1, 4),
        "shafts": np.stack([film.shafts[code] for code in RADIOGRAMMETRY_BONES]),
        "flat_shafts": np.stack([film.flat_shafts[code] for code in RADIOGRAMMETRY_BONES]),
    }
    scratch = path.with_suffix(".partial")
    with scratch.open("wb") as handle:
        np.savez_compressed(handle, **arrays)
    scratch.replace(path)
    return path


def read_lesion_film(path: Path) -> LesionFilm:
    """Read a film that :func:`write_lesion_film` kept."""
    with np.load(path) as stored:
        parts = {name: stored[name] for name in stored.files}
    calcium = np.zeros(parts["image"].size, np.float16)
    calcium[parts["calcium_cells"]] = parts["calcium_values"]
    seed, visit = (int(part) for part in path.stem.split("-"))
    return LesionFilm(
        seed=seed,
        visit=visit,
        image=parts["image"],
        tissue=parts["tissue"],
        bones=parts["bones"],
        calcium_mm=calcium.reshape(parts["image"].shape),
        landmarks=parts["landmarks"],
        mm_per_pixel=float(parts["mm_per_pixel"]),
        nominal_mm_per_pixel=float(parts["nominal_mm_per_pixel"]),
        spaces={
            str(code): TrueSpace(float(mean), float(least), float(lost), bool(fused))
            for code, (mean, least, lost, fused) in zip(parts["space_codes"], parts["spaces"], strict=True)
        },
        shafts=dict(zip(RADIOGRAMMETRY_BONES, parts["shafts"], strict=True)),
        flat_shafts=dict(zip(RADIOGRAMMETRY_BONES, parts["flat_shafts"], strict=True)),
    )
