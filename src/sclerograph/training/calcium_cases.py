"""Films whose calcium is known, and what a calcium network sees on them: simulated, real with deposits, untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import Pose
from sclerograph.networks.maps import Crop
from sclerograph.phantom.film import simulate_film
from sclerograph.phantom.insertion import insert_deposits
from sclerograph.phantom.layers import CALCIUM
from sclerograph.training.calcium_eye import Seen
from sclerograph.training.faint_calcium import faint_calcium, shaft_greys
from sclerograph.training.greys import fast_warp
from sclerograph.training.prepared import PreparedFilm, load_prepared
from sclerograph.training.self_training import SkeletonEye, remake

__all__ = ["Case", "real_cases", "simulated_cases"]

Mask = NDArray[np.bool_]
Look = Callable[[PreparedFilm], Seen]


@dataclass(frozen=True)
class Case:
    """What was seen on one film, the pose of its hand, and on that crop the calcium that can and cannot be seen."""

    seen: Seen
    pose: Pose
    truth: Mask
    unseen: Mask


def real_cases(
    look: Look, skeleton: SkeletonEye, folder: Path, names: Sequence[str], *, inserted_with: int | None
) -> Iterator[Case]:
    """Go through real films made ready, untouched or with deposits put in by the random numbers of a seed."""
    for index, name in enumerate(names):
        film = load_prepared(folder, name)
        if film.scale is None:
            continue
        truth = unseen = np.zeros(film.grey.shape, dtype=bool)
        if inserted_with is not None:
            rng = np.random.default_rng([inserted_with, index])
            image = film.grey.astype(np.float32) / np.float32(255.0)
            with_calcium = insert_deposits(image, film.landmarks, 1.0 / film.pose.pixels_per_mm, rng, scale=film.scale)
            if with_calcium is None:
                continue
            truth, unseen = with_calcium.truth, with_calcium.unseen
            levels = np.round(with_calcium.image * 255.0).astype(np.uint8)
            changed = remake(skeleton, film.name, levels)
            # The skeleton network lost the hand, or takes it for larger: the anatomy of the untouched film serves.
            lost = changed is None or changed.grey.shape != film.grey.shape
            film = replace(film, grey=levels) if changed is None or lost else changed
        seen = look(film)
        yield Case(seen, film.pose, _on_crop(truth, seen.crop), _on_crop(unseen, seen.crop))


def simulated_cases(look: Look, skeleton: SkeletonEye, seeds: Sequence[int]) -> Iterator[Case]:
    """Go through simulated films; what the skeleton network finds no hand on is left out."""
    for seed in seeds:
        film = simulate_film(np.random.default_rng(seed))
        ready = remake(skeleton, str(seed), film.image)
        if ready is None:
            continue
        truth = (film.tissue & CALCIUM) != 0
        image = film.image.astype(np.float32) / np.float32(255.0)
        greys = shaft_greys(image, ready.landmarks, ready.pose)
        unseen = faint_calcium(image, truth, film.calcium_mm, greys, film.nominal_mm_per_pixel)
        seen = look(ready)
        yield Case(seen, ready.pose, _on_crop(truth & ~unseen, seen.crop), _on_crop(unseen, seen.crop))


def _on_crop(mask: Mask, crop: Crop) -> Mask:
    return np.asarray(fast_warp(mask.astype(np.float32), crop.to_crop, crop.rows, crop.columns) > 0.5)
