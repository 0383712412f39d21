"""Grown hands whose joint spaces, cortices and deposits are known, each filmed twice: what several networks learn from.

    python -m sclerograph.training.lesion_films work/lesion_films --hands 300 --processes 2

A third of the hands have narrowed or fused joints, two of three a cortex that is thinner by up to a half; on more than
half of the films lie deposits, many of them where films of the banks seldom have any
(:mod:`sclerograph.training.deposit_places`). The second film is taken after the hand was laid down anew, up to 15
degrees out of its first position, with another exposure and look. Two of three hands are filmed by the fine gear, with
the looks of a department's machines, the third by the fast gear with the wild looks of training: soft, noisy, bent
greys. What is there is not simulated again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
import typer
from numpy.typing import NDArray

from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.phantom.cortex import true_cortex
from sclerograph.phantom.deposits import draw_morphology
from sclerograph.phantom.film import SimulatedFilm, fast_film
from sclerograph.phantom.fine import FINENESS, simulate_fine_film
from sclerograph.phantom.form import index_of
from sclerograph.phantom.joint_space import draw_joint_spaces, true_joint_spaces
from sclerograph.phantom.scene import ADULT, DepositPlan, HandScene, draw_scene, draw_site, reposed, with_deposits
from sclerograph.training.deposit_places import draw_hard_place
from sclerograph.training.lesion_film import SHAFT_LEVELS, Floats, LesionFilm, TrueSpace, write_lesion_film

__all__ = [
    "FIRST_SEED",
    "Gear",
    "fill_folder",
    "film_of",
    "flat_shaft_widths",
    "gear_of",
    "lesion_films",
    "shaft_widths",
    "thinned_cortices",
    "true_spaces",
    "turned",
    "with_truth",
]

FIRST_SEED: Final = 600_000
_ROWS, _COLUMNS, _PIXEL_MM = 1640, 1267, 0.15
_MOST_TURN_DEG = 15.0
_NARROWED, _THINNED, _MOST_THINNED = 0.35, 2.0 / 3.0, 0.5
_WITH_DEPOSITS, _HARD_PLACES, _FINGERTIPS, _BULGING = 0.55, 0.55, 0.25, 0.6

Gear = Literal["fine", "fast"]


def gear_of(seed: int) -> Gear:
    """Return how the films of a seed are simulated."""
    return "fast" if seed % 3 == 2 else "fine"


def lesion_films(seed: int) -> Iterator[LesionFilm]:
    """Simulate the two films of a hand; hand and films depend on the seed alone."""
    rng, gear = np.random.default_rng(seed), gear_of(seed)
    scene = draw_scene(rng, ADULT)
    spaces = draw_joint_spaces(rng, size=scene.size, diseased=_NARROWED)
    scene = reposed(scene, rng, joint_spaces=spaces, cortex_loss=thinned_cortices(scene, rng))
    flat = flat_shaft_widths(scene, seed, gear)
    for visit in (1, 2):
        if visit == 2:
            scene = turned(scene, rng)
        film = film_of(_with_drawn_deposits(scene, rng), rng, gear)
        yield with_truth(
            film, seed, visit, spaces=true_spaces(scene, gear), shafts=shaft_widths(scene, gear), flat_shafts=flat
        )


def with_truth(
    film: SimulatedFilm,
    seed: int,
    visit: int,
    *,
    spaces: dict[str, TrueSpace],
    shafts: dict[str, Floats],
    flat_shafts: dict[str, Floats],
) -> LesionFilm:
    """Return a film with what is true on it (see :class:`~sclerograph.training.lesion_film.LesionFilm`)."""
    return LesionFilm(
        seed=seed,
        visit=visit,
        image=_greys_of(film),
        tissue=film.tissue,
        bones=film.bones,
        calcium_mm=film.calcium_mm,
        landmarks=film.landmarks,
        mm_per_pixel=film.mm_per_pixel,
        nominal_mm_per_pixel=film.nominal_mm_per_pixel,
        spaces=spaces,
        shafts=shafts,
        flat_shafts=flat_shafts,
    )


def turned(scene: HandScene, rng: np.random.Generator) -> HandScene:
    """Return a hand laid down anew, up to 15 degrees out of its position."""
    angle, direction = rng.uniform(0.0, _MOST_TURN_DEG), rng.uniform(0.0, 2.0 * np.pi)
    return reposed(
        scene,
        rng,
        pronation_deg=scene.pronation_deg + float(angle * np.cos(direction)),
        tilt_deg=scene.tilt_deg + float(angle * np.sin(direction)),
    )


def thinned_cortices(scene: HandScene, rng: np.random.Generator) -> dict[str, float]:
    """Draw how much of their thickness the cortices of the tubular bones of a hand have lost."""
    thinned = float(rng.uniform(0.0, _MOST_THINNED)) if rng.random() < _THINNED else 0.0
    return dict.fromkeys((code for code, bone in scene.hand().bones.items() if bone.tubular), thinned)


def film_of(
    scene: HandScene, rng: np.random.Generator, gear: Gear, rows: int = _ROWS, columns: int = _COLUMNS
) -> SimulatedFilm:
    """Film a hand in pixels of 0.15 mm."""
    if gear == "fine":
        return simulate_fine_film(rng, scene, rows=rows, columns=columns, pixel_mm=_PIXEL_MM)
    return fast_film(scene, rng, rows=rows, columns=columns, pixel_mm=_PIXEL_MM, plain=True)


def true_spaces(scene: HandScene, gear: Gear) -> dict[str, TrueSpace]:
    """Return the spaces of those joints whose bones face each other on the film."""
    true = true_joint_spaces(scene.hand(_fineness(gear)), scene.detector(_ROWS, _COLUMNS, _PIXEL_MM))
    return {
        code: TrueSpace(space.mean_mm, space.least_mm, scene.joint_spaces[code].lost, scene.joint_spaces[code].fused)
        for code, space in true.items()
    }


def _fineness(gear: Gear) -> float:
    return FINENESS if gear == "fine" else 1.0


def _greys_of(film: SimulatedFilm) -> NDArray[np.uint16]:
    """Return all greys of the detector where there are more than 256, else those of the film."""
    fine = film.image_12bit
    return fine << np.uint16(4) if fine is not None else film.image.astype(np.uint16) << np.uint16(8)


def _with_drawn_deposits(scene: HandScene, rng: np.random.Generator) -> HandScene:
    if rng.random() >= _WITH_DEPOSITS:
        return scene
    plans = []
    for _ in range(1 + int(rng.poisson(rng.uniform(0.5, 7.0)))):
        hard = rng.random() < _HARD_PLACES
        x, y = draw_hard_place(scene, rng) if hard else draw_site(scene, rng, _FINGERTIPS)
        kind = draw_morphology(rng)
        if kind == "tumoral":  # one mass would hide whatever else can be learnt
            kind = "clustered"
        plans.append(DepositPlan(kind, x, y, int(rng.integers(2**62))))
    bulge = float(rng.uniform(2.0, 9.0)) if rng.random() < _BULGING else 0.0
    return replace(with_deposits(scene, tuple(plans)), bulge=bulge)


def shaft_widths(scene: HandScene, gear: Gear) -> dict[str, Floats]:
    """Return the true widths of the shafts on the film (see :class:`LesionFilm`)."""
    hand, detector = scene.hand(_fineness(gear)), scene.detector(_ROWS, _COLUMNS, _PIXEL_MM)
    marks = detector.project(hand.landmarks)
    widths = {}
    for code in RADIOGRAMMETRY_BONES:
        start, end = (marks[index_of[f"{joint}{code[-1]}"]] for joint in ("CMC", "MCP"))
        true = true_cortex(hand.bones[code], detector, start, end, SHAFT_LEVELS)
        widths[code] = np.stack([true.outer_mm, true.marrow_mm])
    return widths


def flat_shaft_widths(scene: HandScene, seed: int, gear: Gear) -> dict[str, Floats]:
    """Return the true widths of the shafts when the hand of a seed lies flat."""
    return shaft_widths(reposed(scene, np.random.default_rng(seed), pronation_deg=0.0, tilt_deg=0.0), gear)


def _keep_hand(folder: Path, films_of: Callable[[int], Iterator[LesionFilm]], last_visit: int, seed: int) -> None:
    if not (folder / f"{seed}-{last_visit}.npz").exists():
        for film in films_of(seed):
            write_lesion_film(folder, film)


def fill_folder(
    folder: Path,
    films_of: Callable[[int], Iterator[LesionFilm]],
    last_visit: int,
    seeds: Sequence[int],
    processes: int = 1,
) -> None:
    """Simulate the films of hands, continuing where an earlier run stopped.

    Parameters
    ----------
    folder
        Where films are kept.
    films_of
        Simulates the films of a seed, numbered up to ``last_visit``; a function of a module.
    seeds
        Of the hands.
    processes
        So many hands are simulated at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keep = partial(_keep_hand, folder, films_of, last_visit)
    with ProcessPoolExecutor(processes, initializer=os.nice, initargs=(5,)) as pool:
        for done, _ in enumerate(pool.map(keep, seeds), start=1):
            typer.echo(f"hand {done} of {len(seeds)}")


def main(
    folder: Annotated[Path, typer.Argument()],
    hands: Annotated[int, typer.Option()] = 300,
    processes: Annotated[int, typer.Option()] = 1,
) -> None:
    """Fill a folder with films."""
    fill_folder(folder, lesion_films, 2, range(FIRST_SEED, FIRST_SEED + hands), processes)


if __name__ == "__main__":
    typer.run(main)
