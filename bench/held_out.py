"""Simulated films that no network was trained on, kept between runs.

Seeds lie from 10,000,000 on, where training never draws. Where the optional folder of real radiographs is there, the
hands' forms are those of its landmark sets from row 800 on, which the phantom's statistical form was not fitted to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.measure import Workplace
from bench.provenance import simulator_sha256
from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.errors import InputRejected
from sclerograph.findings.records import Hand, Reading
from sclerograph.hand.reading import read_films
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging import open_radiograph
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.maps import CalciumMaps, Crop, Landmark, SkeletonMaps

if TYPE_CHECKING:
    from sclerograph.phantom.film import SimulatedFilm

__all__ = [
    "FIRST_FINE_SEED",
    "FIRST_SEED",
    "HeldOutFilm",
    "bone_mask",
    "held_out_films",
    "held_out_fine_films",
    "held_out_forms",
    "held_out_groups",
    "kept_films",
    "load_film",
    "on_what",
    "read_held_out",
    "store_film",
    "surest_hand",
    "true_view",
]

#: As in ``sclerograph.training.bank``: seeds from here on are for measuring.
FIRST_SEED = 10_000_000
#: The same of the fine gear.
FIRST_FINE_SEED = 10_500_000
#: Size of a fine film and of its pixels, in millimetres.
_FINE_ROWS, _FINE_COLUMNS, _FINE_MM = 1640, 1270, 0.15
#: Rows of the landmark sets from here on were not used for the phantom's form.
FIRST_HELD_OUT_ROW = 800


@dataclass(frozen=True)
class HeldOutFilm:
    """One simulated film on disk with its truth (see ``sclerograph.phantom.film.SimulatedFilm``)."""

    seed: int
    path: Path
    landmarks: NDArray[np.float32]
    bones: NDArray[np.uint32]
    tissue: NDArray[np.uint8]
    calcium_mm: NDArray[np.float32]
    mm_per_pixel: float
    nominal_mm_per_pixel: float
    resorption: dict[int, tuple[float, int]]

    def open(self) -> Radiograph:
        """Read the film as any other, with the millimetres that a user would have measured."""
        return open_radiograph(self.path, mm_per_pixel=self.mm_per_pixel)


def held_out_forms(data: Path | None) -> NDArray[np.float64] | None:
    """Return (forms, 37, 2) held-out forms in nominal millimetres, or ``None`` without the folder."""
    path = None if data is None else data / "dha_landmarks_only.json"
    if path is None or not path.is_file():
        return None
    from sclerograph.training.fit_hand_form import normalise

    rows = np.asarray(json.loads(path.read_text()), dtype=np.float64).reshape(-1, len(LANDMARKS), 2)
    return normalise(rows[FIRST_HELD_OUT_ROW:])


def on_what(forms: NDArray[np.float64] | None) -> str:
    """Return what stands in the table's column of films."""
    return "simulated, held-out seeds" if forms is None else "simulated, held-out seeds and shapes"


def held_out_films(workplace: Workplace, wanted: int, what: str) -> Iterator[HeldOutFilm]:
    """Go through so many held-out films; those that were not simulated before are simulated now."""
    forms = held_out_forms(workplace.data)
    kind = "drawn" if forms is None else hashlib.sha256(forms.tobytes()).hexdigest()[:8]
    seeds = range(FIRST_SEED, FIRST_SEED + workplace.count(wanted))

    def simulate(seed: int) -> SimulatedFilm:
        from sclerograph.phantom.film import simulate_film

        base = None if forms is None else forms[(seed - FIRST_SEED) % len(forms)]
        return simulate_film(np.random.default_rng(seed), base=base)

    return kept_films(workplace, kind, seeds, simulate, what)


def held_out_fine_films(workplace: Workplace, wanted: int, what: str) -> Iterator[HeldOutFilm]:
    """Go through so many held-out films of the fine gear: grown-up hands with the looks of a department's machines."""
    seeds = range(FIRST_FINE_SEED, FIRST_FINE_SEED + workplace.count(wanted))
    return kept_films(workplace, "fine", seeds, _fine_film, what)


def kept_films(
    workplace: Workplace, kind: str, seeds: Sequence[int], simulate: Callable[[int], SimulatedFilm], what: str
) -> Iterator[HeldOutFilm]:
    """Go through the films of seeds, kept between runs; those that were not simulated before are simulated now.

    Parameters
    ----------
    workplace
        Where they are kept.
    kind
        Names their folder, beside the simulator that made them.
    seeds
        One for each film.
    simulate
        Makes the film of a seed.
    what
        What the progress bar says.
    """
    folder = workplace.cache / f"{simulator_sha256()[:12]}-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in workplace.each(seeds, what):
        if not (folder / f"{seed}.npz").is_file():
            store_film(folder, str(seed), simulate(seed))
        yield load_film(folder, str(seed), seed)


def held_out_groups(
    workplace: Workplace, fast: int, fine: int, what: str
) -> Iterator[tuple[str, str, Iterator[HeldOutFilm]]]:
    """Go through so many films of each gear: the first part of a row's key, what stands in its column of films, films.

    The fast gear draws the wild looks that networks are trained on, the fine one what a department's machines show.
    """
    forms = on_what(held_out_forms(workplace.data))
    yield "simulated", f"{forms}, wild looks of training", held_out_films(workplace, fast, what)
    yield "fine", "simulated by the fine gear, adult hands", held_out_fine_films(workplace, fine, f"{what}, fine")


def _fine_film(seed: int) -> SimulatedFilm:
    from sclerograph.phantom.fine import simulate_fine_film
    from sclerograph.phantom.scene import TRAINING, draw_scene

    rng = np.random.default_rng(seed)
    scene = draw_scene(rng, replace(TRAINING, adult=True))
    return simulate_fine_film(rng, scene, rows=_FINE_ROWS, columns=_FINE_COLUMNS, pixel_mm=_FINE_MM)


def store_film(folder: Path, stem: str, film: SimulatedFilm, *, all_greys: bool = False) -> None:
    """Keep a simulated film as a picture, and its truth beside it.

    With ``all_greys`` the picture holds the 12 bits of the detector, as a DICOM file would, where the film has them.
    """
    greys = film.image
    if all_greys and film.image_12bit is not None:
        greys = film.image_12bit << np.uint16(4)
    Image.fromarray(greys).save(folder / f"{stem}.png")
    truth = folder / f".{stem}.partial.npz"
    np.savez_compressed(
        truth,
        landmarks=film.landmarks,
        bones=film.bones,
        tissue=film.tissue,
        calcium_mm=film.calcium_mm,
        scale=np.array([film.mm_per_pixel, film.nominal_mm_per_pixel]),
        resorption=np.array([(d, lost, grade) for d, (lost, grade) in film.resorption.items()]).reshape(-1, 3),
    )
    # written last: an interrupted run leaves no film without its truth
    truth.replace(folder / f"{stem}.npz")


def load_film(folder: Path, stem: str, seed: int) -> HeldOutFilm:
    """Return a film that was kept, with its truth."""
    with np.load(folder / f"{stem}.npz") as truth:
        return HeldOutFilm(
            seed,
            folder / f"{stem}.png",
            truth["landmarks"],
            truth["bones"],
            truth["tissue"],
            truth["calcium_mm"].astype(np.float32),
            float(truth["scale"][0]),
            float(truth["scale"][1]),
            {int(digit): (float(lost), int(grade)) for digit, lost, grade in truth["resorption"]},
        )


def read_held_out(workplace: Workplace, film: HeldOutFilm) -> Reading | None:
    """Read a film once for all measures of this run; ``None`` where no hand was found on it."""
    key = ("reading", film.path)
    if key not in workplace.memory:
        try:
            workplace.memory[key] = read_films([film.open()], workplace.networks, name=str(film.seed))
        except InputRejected:
            workplace.memory[key] = None
    reading: Reading | None = workplace.memory[key]
    return reading


def surest_hand(hands: Sequence[Hand]) -> Hand:
    """Return the hand that was found with most confidence."""
    return max(hands, key=lambda hand: hand.confidence)


def bone_mask(film: HeldOutFilm, code: str) -> NDArray[np.bool_]:
    """Return the true outline of one bone, filled."""
    number = [bone.code for bone in BONES].index(code)
    return (film.bones >> np.uint32(number)) & np.uint32(1) > 0


def true_view(film: HeldOutFilm, radiograph: Radiograph) -> HandView:
    """Return the hand as networks without error would have seen it: the rules of sites are then asked of the truth."""
    from sclerograph.phantom.film import SOFT_TISSUE

    rows, columns = film.tissue.shape
    crop = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), rows, columns, film.nominal_mm_per_pixel)
    landmarks = {
        name: Landmark(float(x), float(y), float(visible > 0))
        for name, (x, y, visible) in zip(LANDMARKS, film.landmarks, strict=True)
    }
    bones = np.stack([bone_mask(film, bone.code) for bone in BONES]).astype(np.uint8) * np.uint8(255)
    soft_tissue = (film.tissue & SOFT_TISSUE > 0).astype(np.uint8) * np.uint8(255)
    nothing = np.zeros((1, 1), np.float32)
    return HandView(
        radiograph,
        SkeletonMaps(crop, landmarks, bones, soft_tissue),
        CalciumMaps(crop, nothing, nothing, nothing),
        SideAndView("L", "user", "PA", "user"),
    )
