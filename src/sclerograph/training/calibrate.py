"""Choose the levels of the calcium map on films that the network was not trained on, and that do not judge it either.

    python -m sclerograph.training.calibrate --checkpoint work/calcium/last.pt --skeleton work/skeleton/last.pt \
        --prepared work/real_maps

Uses the training films that :func:`sclerograph.training.prepared.split_names` keeps, untouched and with deposits put
in, and simulated films of seeds of their own. A deposit is found when a mark touches it; a mark is false when it
touches no calcium, seen or unseen. Sizes are nominal millimetres.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.networks.crops import CALCIUM_NOMINAL_MM
from sclerograph.networks.maps import Crop
from sclerograph.phantom.film import simulate_film
from sclerograph.phantom.insertion import insert_deposits
from sclerograph.phantom.layers import CALCIUM
from sclerograph.training.calcium_eye import CalciumEye, Seen
from sclerograph.training.faint_calcium import faint_calcium, shaft_greys
from sclerograph.training.greys import fast_warp
from sclerograph.training.prepared import PreparedFilm, load_prepared, split_names
from sclerograph.training.self_training import SkeletonEye, remake

__all__ = ["FIRST_SEED", "Case", "Levels", "Tally", "tally"]

#: Seeds of the simulated films: beyond every bank, before those held out for the bench.
FIRST_SEED = 9_000_000
_LEAST_AREA_MM2 = 0.3
#: Outlines run at a half, so that areas are not biased.
_OUTLINE = 0.5
_NEIGHBOURS = np.ones((3, 3), dtype=int)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Levels:
    """Hysteresis: marks are connected pixels of at least ``outline`` of which one reaches ``seed``.

    The mean of the upper half of a mark's pixels must reach ``confidence``, as in :mod:`sclerograph.hand.calcinosis`.
    """

    outline: float
    seed: float
    confidence: float = 0.0


@dataclass(frozen=True)
class Case:
    """What was seen on one film, and what is there on the same crop."""

    seen: Seen
    truth: Mask
    unseen: Mask


@dataclass
class Tally:
    """Counts over films; deposits by longest diameter: 1 to 2, and at least 2 nominal mm."""

    hands: int = 0
    false_marks: int = 0
    deposits: dict[str, int] = field(default_factory=lambda: {"small": 0, "large": 0})
    found: dict[str, int] = field(default_factory=lambda: {"small": 0, "large": 0})

    def recall(self, size: str) -> float:
        """Share of the deposits of a size that were found."""
        return self.found[size] / max(1, self.deposits[size])

    @property
    def false_per_hand(self) -> float:
        """False marks a hand."""
        return self.false_marks / max(1, self.hands)


def _upper_half(values: NDArray[np.float32]) -> float:
    return float(values[values >= np.median(values)].mean())


def tally(cases: list[Case], levels: Levels) -> Tally:
    """Count what the levels find and falsely mark."""
    result = Tally()
    for case in cases:
        result.hands += 1
        labels, count = ndimage.label(case.seen.calcium >= levels.outline, structure=_NEIGHBOURS)
        numbers = np.arange(1, count + 1)
        kept = np.zeros(count + 1, dtype=bool)
        if count:
            areas = ndimage.sum_labels(np.ones_like(labels), labels, numbers) * CALCIUM_NOMINAL_MM**2
            kept[1:] = (
                (np.asarray(ndimage.maximum(case.seen.calcium, labels, numbers)) >= levels.seed)
                & (areas >= _LEAST_AREA_MM2)
                & (
                    ndimage.labeled_comprehension(case.seen.calcium, labels, numbers, _upper_half, float, 0.0)
                    >= levels.confidence
                )
            )
        marked = kept[labels]
        touched = ndimage.binary_dilation(case.truth | case.unseen, _NEIGHBOURS, iterations=2)
        right = np.zeros(count + 1, dtype=bool)
        right[np.unique(labels[touched])] = True
        result.false_marks += int((kept & ~right)[1:].sum())
        deposits, number = ndimage.label(case.truth, structure=_NEIGHBOURS)
        for index, box in enumerate(ndimage.find_objects(deposits), start=1):
            height, width = (part.stop - part.start for part in box)
            longest = float(np.hypot(height, width)) * CALCIUM_NOMINAL_MM
            if longest < 1.0:
                continue
            size = "small" if longest < 2.0 else "large"
            result.deposits[size] += 1
            result.found[size] += bool((marked[box] & (deposits[box] == index)).any())
        del number
    return result


def _on_crop(mask: Mask, crop: Crop) -> Mask:
    return np.asarray(fast_warp(mask.astype(np.float32), crop.to_crop, crop.rows, crop.columns) > 0.5)


def _real_cases(
    look: Callable[[PreparedFilm], Seen], skeleton: SkeletonEye, folder: Path, names: list[str], *, inserted: bool
) -> Iterator[Case]:
    for index, name in enumerate(names):
        film = load_prepared(folder, name)
        if film.scale is None:
            continue
        empty = np.zeros(film.grey.shape, dtype=bool)
        truth, unseen = empty, empty
        if inserted:
            rng = np.random.default_rng([FIRST_SEED, index])
            image = film.grey.astype(np.float32) / np.float32(255.0)
            with_calcium = insert_deposits(image, film.landmarks, 1.0 / film.pose.pixels_per_mm, rng, scale=film.scale)
            if with_calcium is None:
                continue
            truth, unseen = with_calcium.truth, with_calcium.unseen
            changed = remake(skeleton, film.name, np.round(with_calcium.image * 255.0).astype(np.uint8))
            if changed is None or changed.grey.shape != film.grey.shape:
                # The skeleton network lost the hand, or takes it for larger: the anatomy of the untouched film serves.
                changed = replace(film, grey=np.round(with_calcium.image * 255.0).astype(np.uint8))
            film = changed
        seen = look(film)
        yield Case(seen, _on_crop(truth, seen.crop), _on_crop(unseen, seen.crop))


def _simulated_cases(look: Callable[[PreparedFilm], Seen], skeleton: SkeletonEye, films: int) -> Iterator[Case]:
    for seed in range(FIRST_SEED, FIRST_SEED + films):
        film = simulate_film(np.random.default_rng(seed))
        ready = remake(skeleton, str(seed), film.image)
        if ready is None:
            continue
        truth = (film.tissue & CALCIUM) != 0
        image = film.image.astype(np.float32) / np.float32(255.0)
        greys = shaft_greys(image, ready.landmarks, ready.pose)
        unseen = faint_calcium(image, truth, film.calcium_mm, greys, film.nominal_mm_per_pixel)
        seen = look(ready)
        yield Case(seen, _on_crop(truth & ~unseen, seen.crop), _on_crop(unseen, seen.crop))


def main(
    checkpoint: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    skeleton: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    prepared: Annotated[Path, typer.Option(exists=True, file_okay=False)],
    films: Annotated[int, typer.Option(help="Most real films, and most simulated ones.")] = 40,
    threads: Annotated[int, typer.Option()] = 2,
) -> None:
    """Print recall and false marks for pairs of levels."""
    torch.set_num_threads(threads)
    eye, skeleton_eye = CalciumEye(checkpoint), SkeletonEye(skeleton)
    _, kept = split_names(prepared)
    kept = kept[:films]
    simulated = list(_simulated_cases(eye.look, skeleton_eye, films))
    inserted = list(_real_cases(eye.look, skeleton_eye, prepared, kept, inserted=True))
    untouched = list(_real_cases(eye.look, skeleton_eye, prepared, kept, inserted=False))
    typer.echo(f"{len(simulated)} simulated hands, {len(inserted)} real ones with deposits, {len(untouched)} untouched")
    typer.echo("seed sure | simulated: >=2 mm  1-2 mm  false | inserted: >=2 mm  1-2 mm  false | untouched: false")
    for seed, confidence in itertools.product((0.6, 0.7, 0.8, 0.9, 0.95, 0.98), (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)):
        if confidence > seed:
            continue
        levels = Levels(_OUTLINE, seed, confidence)
        first, second = tally(simulated, levels), tally(inserted, levels)
        third = tally(untouched, levels)
        typer.echo(
            f"{seed:.2f} {confidence:.2f} |             {first.recall('large'):.3f}   {first.recall('small'):.3f}"
            f"   {first.false_per_hand:.2f} |            {second.recall('large'):.3f}   {second.recall('small'):.3f}"
            f"   {second.false_per_hand:.2f} |             {third.false_per_hand:.2f}"
        )


if __name__ == "__main__":
    typer.run(main)
