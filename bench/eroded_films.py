"""Simulated hands with erosions of known place, size and kind, and hands without, kept between runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from bench.hand_views import LEFT_PA, SeenBy, seen_by_networks
from bench.held_out import HeldOutFilm, load_film, store_film, true_view
from bench.measure import Workplace
from bench.provenance import simulator_sha256
from bench.true_networks import TrueNetworks
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import ErosionKind
from sclerograph.hand.view import HandView

if TYPE_CHECKING:
    from sclerograph.phantom.eroded_hand import Health

__all__ = ["FIRST_SEED", "ErodedFilm", "KnownErosion", "eroded_films", "view_of"]

#: Beyond the seeds of all other films; the measurement was fitted on seeds from 19,500,000 on.
FIRST_SEED = 19_000_000


@dataclass(frozen=True)
class KnownErosion:
    """One erosion: its joint (``None`` on bones of the wrist but MC1), bone, kind, size, and middle on the film."""

    joint: str | None
    bone: str
    kind: ErosionKind
    width_mm: float
    depth_mm: float
    x: float
    y: float


@dataclass(frozen=True)
class ErodedFilm:
    """One film with its erosions, and what the hand has."""

    film: HeldOutFilm
    health: Health
    erosions: tuple[KnownErosion, ...]


def eroded_films(workplace: Workplace, wanted: int) -> Iterator[ErodedFilm]:
    """Go through so many hands; what was not simulated before is simulated now."""
    folder = workplace.cache / f"{simulator_sha256()[:12]}-eroded"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in workplace.each(range(FIRST_SEED, FIRST_SEED + workplace.count(wanted)), "erosions"):
        if not (folder / f"{seed}.json").is_file():
            _simulate(folder, seed)
        record = json.loads((folder / f"{seed}.json").read_text(encoding="utf-8"))
        erosions = tuple(KnownErosion(*values) for values in record["erosions"])
        yield ErodedFilm(load_film(folder, str(seed), seed), record["health"], erosions)


def view_of(workplace: Workplace, eroded: ErodedFilm, seen_by: SeenBy) -> HandView | None:
    """Return the hand as networks without error or the shipped ones see it; ``None`` where these find none."""
    radiograph = eroded.film.open()
    if seen_by == "truth":
        view = true_view(eroded.film, radiograph)
        calcium = TrueNetworks({eroded.film.path.name: eroded.film}).calcium(radiograph, view.skeleton)
        return HandView(radiograph, view.skeleton, calcium, LEFT_PA)
    return seen_by_networks(workplace, radiograph)


def _simulate(folder: Path, seed: int) -> None:
    from sclerograph.phantom.eroded_hand import eroded_film

    film, true, health = eroded_film(seed)
    store_film(folder, str(seed), film)
    if film.image_12bit is not None:
        # all greys of the detector, as a DICOM file would hold them
        Image.fromarray(film.image_12bit << np.uint16(4)).save(folder / f"{seed}.png")
    erosions = [
        [e.erosion.joint, e.erosion.bone, e.erosion.kind, e.erosion.width_mm, e.erosion.depth_mm, e.x, e.y]
        for e in true
    ]
    # written last: an interrupted run leaves no film without its truth
    write_atomically(folder / f"{seed}.json", json.dumps({"health": health, "erosions": erosions}))
