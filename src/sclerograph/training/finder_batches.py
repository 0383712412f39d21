"""Batches for the finder: whole films with no, one or two hands, turned any way, at times mirrored or on their side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import FINDER_NOMINAL_MM, FINDER_SIZE, Pose, fit_pose
from sclerograph.networks.decode import FINDER_STRIDE
from sclerograph.networks.hand_shape import hand_shape, landmark_index
from sclerograph.training.augment import apply, compose, random_fill, random_look, similarity
from sclerograph.training.bank import Bank
from sclerograph.training.greys import fast_grey_channels, fast_warp
from sclerograph.training.real_films import RealFilm, load_grey

__all__ = ["FinderSource"]

#: Width of a centre's bump on the heat map, in cells.
_HEAT_SIGMA = 1.3
#: The maps of direction, length and mirroring are learnt within this distance of a centre, in cells.
_NEAR = 2.6
_FLIP = np.array([[-1.0, 0.0, FINDER_SIZE - 1.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True)
class _Placed:
    """A hand on the canvas: centre, up (unit vector), length in canvas pixels, mirrored."""

    centre: NDArray[np.float64]
    up: NDArray[np.float64]
    length: float
    mirrored: bool


class FinderSource:
    """Makes batches of letterboxed films.

    Parameters
    ----------
    bank, real
        Simulated films; real films with landmarks.
    negatives
        Films of other regions, without a hand.
    side, side_share
        Simulated films of hands on their side, and the share of simulated hands that are drawn from them.
    """

    def __init__(
        self,
        bank: Bank,
        real: list[RealFilm],
        negatives: list[Path],
        *,
        batch_size: int = 16,
        real_share: float = 0.3,
        side: Bank | None = None,
        side_share: float = 0.4,
        seed: int = 0,
    ) -> None:
        self.bank, self.batch_size, self.seed = bank, batch_size, seed
        self.side, self.side_share = side, side_share
        self.real = [film for film in real if film.labelled]
        self.real_share = real_share if self.real else 0.0
        self.negatives = negatives

    def batch(self, step: int, progress: float) -> dict[str, NDArray[np.generic]]:
        """``image`` (batch, 2, 192, 192), ``heat``, ``near`` (batch, 48, 48), ``values`` (batch, 4, 48, 48)."""
        rng = np.random.default_rng([self.seed, 2, step])
        if step % 100 == 0:
            self.bank.refresh()
        cells = FINDER_SIZE // FINDER_STRIDE
        count = self.batch_size
        images = np.zeros((count, 2, FINDER_SIZE, FINDER_SIZE), dtype=np.float32)
        heat = np.zeros((count, cells, cells), dtype=np.float32)
        near = np.zeros((count, cells, cells), dtype=np.float32)
        values = np.zeros((count, 4, cells, cells), dtype=np.float32)
        for index in range(count):
            grey, hands = self._film(rng)
            images[index] = fast_grey_channels(random_look(rng, grey), FINDER_NOMINAL_MM)
            for hand in hands:
                _mark(hand, heat[index], near[index], values[index])
        return {"image": images, "heat": heat, "near": near, "values": values}

    def _film(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], list[_Placed]]:
        draw = rng.random()
        if draw < 0.12:
            return self._without_hand(rng), []
        if draw < 0.36:
            return self._two_hands(rng)
        return self._one_hand(rng)

    def _draw(self, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Pose]:
        if rng.random() < self.real_share:
            film = self.real[int(rng.integers(len(self.real)))]
            image, landmarks, mirrored = film.image(), film.landmarks, film.mirrored
        else:
            while True:
                bank = self.bank if self.side is None or rng.random() >= self.side_share else self.side
                stored = bank[int(rng.integers(len(bank)))]
                if (stored.landmarks[:, 2] > 0).sum() >= 10:
                    break
            image, landmarks, mirrored = stored.image, stored.landmarks, False
        return image, fit_pose(landmarks[:, :2], landmarks[:, 2], mirrored=mirrored)

    def _one_hand(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], list[_Placed]]:
        image, pose = self._draw(rng)
        rows, columns = image.shape
        scale = FINDER_SIZE / max(rows, columns)
        if rng.random() < 0.35:
            # A film cut close to the hand, or a hand that fills little of a large film.
            length = FINDER_SIZE * math.exp(rng.uniform(math.log(0.25), math.log(1.0)))
            scale = length / _length(pose)
        else:
            scale *= math.exp(rng.uniform(-0.25, 0.2))
        matrix = _centring(image.shape, scale)
        if rng.random() < 0.5:
            matrix = compose(_FLIP, matrix)
        middle = ((FINDER_SIZE - 1) / 2, (FINDER_SIZE - 1) / 2)
        turn = float(rng.integers(4) * 90 + rng.normal(0, 14)) if rng.random() < 0.6 else float(rng.uniform(0, 360))
        matrix = compose(similarity(turn, 1.0, middle, (0.0, 0.0)), matrix)
        centre = apply(matrix, pose.map_to_film(hand_shape().metacarpus_centre_mm))
        # The centre of the hand stays well on the film.
        wanted = np.clip(centre + rng.normal(0, 14, 2), 0.18 * FINDER_SIZE, 0.82 * FINDER_SIZE)
        matrix[:, 2] += wanted - centre
        fill = random_fill(rng, image)
        return fast_warp(image, matrix, FINDER_SIZE, FINDER_SIZE, fill=fill), [_place(pose, matrix)]

    def _two_hands(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], list[_Placed]]:
        """Left and right beside each other, each on its half of the film; thumbs inward or outward."""
        length = FINDER_SIZE * math.exp(rng.uniform(math.log(0.3), math.log(0.62)))
        gap = length * rng.uniform(0.5, 0.8)
        middle = (FINDER_SIZE - 1) / 2
        whole = similarity(float(rng.integers(4) * 90 + rng.normal(0, 12)), 1.0, (middle, middle), (0.0, 0.0))
        flip_first = bool(rng.random() < 0.5)
        pasted, placed = [], []
        same = self._draw(rng) if rng.random() < 0.3 else None
        for side in (-1, 1):
            image, pose = same if same is not None else self._draw(rng)
            scale = length * rng.uniform(0.94, 1.06) / _length(pose)
            matrix = _centring(image.shape, scale)
            matrix = compose(similarity(-pose.up_deg + rng.normal(0, 9), 1.0, (middle, middle), (0, 0)), matrix)
            mirrored_now = pose.mirrored
            want_mirrored = flip_first if side < 0 else not flip_first
            if mirrored_now != want_mirrored:
                matrix = compose(_FLIP, matrix)
            centre = apply(matrix, pose.map_to_film(hand_shape().metacarpus_centre_mm))
            wanted = np.array([middle + side * gap / 2, middle + 0.1 * length]) + rng.normal(0, 0.03 * length, 2)
            matrix[:, 2] += wanted - centre
            matrix = compose(whole, matrix)
            fill = float(np.percentile(image[::8, ::8], 2))
            pasted.append(fast_warp(image, matrix, FINDER_SIZE, FINDER_SIZE, fill=fill))
            placed.append(_place(pose, matrix))
        first, second = (hand.centre for hand in placed)
        across = (second - first) / (np.linalg.norm(second - first) + 1e-6)
        grid_y, grid_x = np.mgrid[:FINDER_SIZE, :FINDER_SIZE]
        halfway = (first + second) / 2
        on_second = (grid_x - halfway[0]) * across[0] + (grid_y - halfway[1]) * across[1] > 0
        grey = np.where(on_second, pasted[1], pasted[0]).astype(np.float32)
        inside = [hand for hand in placed if (hand.centre > 4).all() and (hand.centre < FINDER_SIZE - 5).all()]
        return grey, inside

    def _without_hand(self, rng: np.random.Generator) -> NDArray[np.float32]:
        size = FINDER_SIZE
        draw = rng.random()
        if draw < 0.65 and self.negatives:
            image, _ = load_grey(self.negatives[int(rng.integers(len(self.negatives)))])
            scale = size / max(image.shape) * math.exp(rng.uniform(-0.3, 0.9))
            matrix = compose(
                similarity(
                    float(rng.uniform(0, 360)), 1.0, (size / 2, size / 2), (rng.normal(0, 25), rng.normal(0, 25))
                ),
                _centring(image.shape, scale),
            )
            if rng.random() < 0.5:
                matrix = compose(_FLIP, matrix)
            return fast_warp(image, matrix, size, size, fill=random_fill(rng, image))
        if draw < 0.8:
            # Forearm alone: the hand lies above the film.
            stored = self.bank[int(rng.integers(len(self.bank)))]
            if (stored.landmarks[:, 2] > 0).sum() >= 10:
                pose = fit_pose(stored.landmarks[:, :2], stored.landmarks[:, 2])
                lowest = _film_row(pose, "ULNA_ULNAR_EDGE")
                part = stored.image[max(0, int(lowest)) :]
                if part.shape[0] >= 16:
                    matrix = compose(
                        similarity(float(rng.uniform(0, 360)), 1.0, (size / 2, size / 2), (0, 0)),
                        _centring(part.shape, size / max(part.shape)),
                    )
                    return fast_warp(part, matrix, size, size, fill=0.0)
        noise = rng.normal(0, 1, (size, size)).astype(np.float32)
        smooth = cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(0.5, 20)))
        smooth = (smooth - smooth.min()) / (np.ptp(smooth) + 1e-6)
        return np.asarray(smooth * 200 + rng.normal(0, 6, (size, size)), dtype=np.float32)


def _film_row(pose: Pose, landmark: str) -> float:
    """Film row of a landmark of the average hand."""
    return float(pose.map_to_film(hand_shape().mean_mm[landmark_index(landmark)])[1])


def _length(pose: Pose) -> float:
    return pose.pixels_per_mm * hand_shape().between("LUN", "TIP3")


def _centring(shape: tuple[int, ...], scale: float) -> NDArray[np.float64]:
    rows, columns = shape
    middle = (FINDER_SIZE - 1) / 2
    return np.array([[scale, 0.0, middle - scale * (columns - 1) / 2], [0.0, scale, middle - scale * (rows - 1) / 2]])


def _place(pose: Pose, matrix: NDArray[np.float64]) -> _Placed:
    shape = hand_shape()
    wrist, tip = (apply(matrix, pose.map_to_film(shape.mean_mm[landmark_index(name)])) for name in ("LUN", "TIP3"))
    along = tip - wrist
    length = float(np.hypot(*along))
    whole = compose(matrix, pose.to_film)
    return _Placed(
        centre=apply(matrix, pose.map_to_film(shape.metacarpus_centre_mm)),
        up=along / length,
        length=length,
        mirrored=bool(np.linalg.det(whole[:, :2]) < 0),
    )


def _mark(hand: _Placed, heat: NDArray[np.float32], near: NDArray[np.float32], values: NDArray[np.float32]) -> None:
    cells = heat.shape[0]
    centre = (hand.centre - (FINDER_STRIDE - 1) / 2) / FINDER_STRIDE
    grid_y, grid_x = np.mgrid[:cells, :cells]
    peak = np.clip(np.round(centre), 0, cells - 1)
    squared = (grid_x - peak[0]) ** 2 + (grid_y - peak[1]) ** 2
    np.maximum(heat, np.exp(-squared / (2 * _HEAT_SIGMA**2)), out=heat)
    distance = np.hypot(grid_x - centre[0], grid_y - centre[1])
    here = distance < _NEAR
    near[here] = np.exp(-((distance[here] / _NEAR) ** 2))
    for channel, value in enumerate((hand.up[0], hand.up[1], math.log(hand.length / FINDER_SIZE), hand.mirrored)):
        values[channel][here] = value
