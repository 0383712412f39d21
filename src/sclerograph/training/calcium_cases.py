"""Films whose calcium is known, and what a calcium network sees on them: simulated, real with deposits, untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import Pose
from sclerograph.networks.maps import Crop
from sclerograph.phantom.insertion import insert_deposits
from sclerograph.phantom.layers import CALCIUM
from sclerograph.training.bank import FilmLike
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
    look: Look,
    skeleton: SkeletonEye,
    folder: Path,
    names: Sequence[str],
    *,
    inserted_with: int | None,
    anywhere: float = 0.0,
) -> Iterator[Case]:
    """Go through real films made ready, untouched or with deposits put in by the random numbers of a seed.

    ``anywhere`` is the share of the deposits that may lie anywhere in the hand.
    """
    for index, name in enumerate(names):
        film = load_prepared(folder, name)
        if film.scale is None:
            continue
        truth = unseen = np.zeros(film.grey.shape, dtype=bool)
        if inserted_with is not None:
            rng = np.random.default_rng([inserted_with, index])
            image = film.grey.astype(np.float32) / np.float32(255.0)
            nominal_mm = 1.0 / film.pose.pixels_per_mm
            with_calcium = insert_deposits(image, film.landmarks, nominal_mm, rng, scale=film.scale, anywhere=anywhere)
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


def simulated_cases(look: Look, skeleton: SkeletonEye, films: Iterable[tuple[int, FilmLike]]) -> Iterator[Case]:
    """Go through simulated films and their seeds; what the skeleton network finds no hand on is left out."""
    for seed, film in films:
        ready = remake(skeleton, str(seed), np.asarray(film.image))
        if ready is None:
            continue
        # as the film that is looked at, which is no finer than the network looks
        rows, columns = ready.grey.shape
        calcium = (film.tissue & CALCIUM).astype(np.float32)
        mineral: NDArray[np.float32] = np.asarray(film.calcium_mm, dtype=np.float32)
        if calcium.shape != ready.grey.shape:
            calcium, mineral = (
                np.asarray(cv2.resize(each, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.float32)
                for each in (calcium, mineral)
            )
        truth = calcium > 0.5 * CALCIUM
        image = ready.grey.astype(np.float32) / np.float32(255.0)
        greys = shaft_greys(image, ready.landmarks, ready.pose)
        unseen = faint_calcium(image, truth, mineral, greys, 1.0 / ready.pose.pixels_per_mm)
        seen = look(ready)
        yield Case(seen, ready.pose, _on_crop(truth & ~unseen, seen.crop), _on_crop(unseen, seen.crop))


def _on_crop(mask: Mask, crop: Crop) -> Mask:
    return np.asarray(fast_warp(mask.astype(np.float32), crop.to_crop, crop.rows, crop.columns) > 0.5)
