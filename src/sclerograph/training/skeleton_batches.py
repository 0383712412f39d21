"""Batches for the skeleton network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.networks.crops import SKELETON_COLUMNS, SKELETON_NOMINAL_MM, SKELETON_ROWS, fit_pose, skeleton_crop
from sclerograph.training.augment import apply, compose, jitter_matrix, random_fill, random_look, similarity
from sclerograph.training.bank import Bank
from sclerograph.training.film_disease import DiseaseShares, with_disease
from sclerograph.training.greys import fast_grey_channels, fast_warp, warp_labels
from sclerograph.training.prepared import load_prepared, prepared_names
from sclerograph.training.real_films import RealFilm

__all__ = ["SOFT_TISSUE_BIT", "SkeletonSource"]

#: Bit of ``SimulatedFilm.tissue`` for soft tissue, and where it goes in the bit field of the masks.
_SOFT_TISSUE_OF_FILM = 4
SOFT_TISSUE_BIT = len(BONES)
#: A film needs so many visible landmarks to be worth a crop.
_FEWEST_LANDMARKS = 10


@dataclass(frozen=True)
class _Hand:
    """A film as the batch maker wants it, whatever it came from."""

    image: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    masks: NDArray[np.int32] | None
    mirrored: bool


class SkeletonSource:
    """Makes batches of upright crops with landmarks, and masks where the film is simulated.

    Parameters
    ----------
    bank
        Simulated films.
    real
        Real films with landmarks (key points or pseudo-labels); may be empty.
    real_share
        Share of crops that show a real film.
    real_weights
        How often each real film is drawn relative to the others; equal if ``None``.
    prepared
        Folder of :mod:`sclerograph.training.prepared`: its films get disease on the fly.
    """

    def __init__(
        self,
        bank: Bank,
        real: list[RealFilm],
        *,
        batch_size: int = 8,
        real_share: float = 0.3,
        real_weights: NDArray[np.float64] | None = None,
        prepared: Path | None = None,
        shares: DiseaseShares | None = None,
        seed: int = 0,
    ) -> None:
        self.bank, self.batch_size, self.seed = bank, batch_size, seed
        self.real = [film for film in real if film.labelled]
        self.real_share = real_share if self.real else 0.0
        self.prepared = prepared
        self._prepared_names = frozenset(prepared_names(prepared)) if prepared is not None else frozenset()
        self.shares = shares if shares is not None else DiseaseShares()
        weights = np.ones(len(self.real)) if real_weights is None else np.asarray(real_weights, dtype=np.float64)
        self.real_weights = weights / weights.sum() if len(self.real) else weights

    def batch(self, step: int, progress: float) -> dict[str, NDArray[np.generic]]:
        """``image`` (batch, 2, rows, columns), ``points`` (batch, 37, 3) x, y, weight, ``masks`` bit fields,
        ``has_masks``.
        """
        rng = np.random.default_rng([self.seed, 1, step])
        if step % 100 == 0:
            self.bank.refresh()
        count = self.batch_size
        images = np.zeros((count, 2, SKELETON_ROWS, SKELETON_COLUMNS), dtype=np.float32)
        points = np.zeros((count, len(LANDMARKS), 3), dtype=np.float32)
        masks = np.zeros((count, SKELETON_ROWS, SKELETON_COLUMNS), dtype=np.int32)
        has_masks = np.zeros(count, dtype=np.float32)
        for index in range(count):
            while True:
                hand = self._draw(rng)
                if (hand.landmarks[:, 2] > 0).sum() >= _FEWEST_LANDMARKS:
                    break
            images[index], points[index], masks[index] = self._crop(rng, hand)
            has_masks[index] = hand.masks is not None
        return {"image": images, "points": points, "masks": masks, "has_masks": has_masks}

    def _draw(self, rng: np.random.Generator) -> _Hand:
        if rng.random() < self.real_share:
            film = self.real[rng.choice(len(self.real), p=self.real_weights)]
            return self._real(rng, film)
        return self._simulated(rng)

    def _real(self, rng: np.random.Generator, film: RealFilm) -> _Hand:
        if self.prepared is None or film.name not in self._prepared_names:
            return _Hand(film.image(), film.landmarks, None, film.mirrored)
        ready = load_prepared(self.prepared, film.name)
        grey, landmarks = with_disease(rng, ready, ready.landmarks_from_loaded(film.landmarks), self.shares)
        return _Hand(grey, landmarks, None, film.mirrored)

    def _simulated(self, rng: np.random.Generator) -> _Hand:
        stored = self.bank[int(rng.integers(len(self.bank)))]
        soft = (stored.tissue & _SOFT_TISSUE_OF_FILM) > 0
        masks = stored.bones.view(np.int32) | (soft.astype(np.int32) << SOFT_TISSUE_BIT)
        return _Hand(stored.image, stored.landmarks, masks, mirrored=False)

    def _crop(
        self, rng: np.random.Generator, hand: _Hand
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]:
        rows, columns = SKELETON_ROWS, SKELETON_COLUMNS
        weights = hand.landmarks[:, 2]
        pose = fit_pose(hand.landmarks[:, :2], weights, mirrored=hand.mirrored)
        matrix = compose(jitter_matrix(rng, rows, columns), skeleton_crop(pose).to_crop)
        grey = fast_warp(hand.image, matrix, rows, columns, fill=random_fill(rng, hand.image))
        labels = np.zeros((rows, columns), dtype=np.int32)
        if hand.masks is not None:
            labels = warp_labels(hand.masks, matrix, rows, columns).astype(np.int32, copy=False)
        points = np.zeros((len(LANDMARKS), 3), dtype=np.float32)
        points[:, :2] = apply(matrix, hand.landmarks[:, :2])
        inside = (points[:, 0] >= 0) & (points[:, 0] <= columns - 1) & (points[:, 1] >= 0) & (points[:, 1] <= rows - 1)
        points[:, 2] = weights * inside
        if rng.random() < 0.12:
            self._add_neighbour(rng, grey, labels, points)
        return fast_grey_channels(random_look(rng, grey), SKELETON_NOMINAL_MM), points, labels

    def _add_neighbour(
        self,
        rng: np.random.Generator,
        grey: NDArray[np.float32],
        labels: NDArray[np.int32],
        points: NDArray[np.float32],
    ) -> None:
        """Let the patient's other hand reach into the crop from one side, as on films of both hands."""
        other = self._simulated(rng)
        visible = other.landmarks[:, 2] > 0
        if visible.sum() < _FEWEST_LANDMARKS:
            return
        rows, columns = grey.shape
        place = compose(
            similarity(rng.normal(0, 10), 1.0, (columns / 2, rows / 2), (0.0, rng.normal(0, 30))),
            skeleton_crop(fit_pose(other.landmarks[:, :2], other.landmarks[:, 2])).to_crop,
        )
        flip = np.array([[-1.0, 0.0, columns - 1.0], [0.0, 1.0, 0.0]])
        place = compose(flip, place)
        across = apply(place, other.landmarks[visible, :2])[:, 0]
        seam = float(rng.uniform(0.03, 0.16)) * columns
        # The neighbour's nearest point comes to lie a little beyond the seam.
        if rng.random() < 0.5:
            place[0, 2] += seam - across.max() - 6
            beyond = np.arange(columns) < seam
        else:
            seam = columns - seam
            place[0, 2] += seam - across.min() + 6
            # On the other side the neighbour turns its other edge to this hand; either happens on films.
            beyond = np.arange(columns) > seam
        reach = rng.uniform(0, 0.12) * columns
        place[0, 2] += reach if beyond[0] else -reach
        pasted = fast_warp(other.image, place, rows, columns, fill=float(np.percentile(other.image[::8, ::8], 1)))
        grey[:, beyond] = pasted[:, beyond]
        labels[:, beyond] = 0
        points[:, 2] *= ~beyond[np.clip(points[:, 0], 0, columns - 1).astype(int)]
