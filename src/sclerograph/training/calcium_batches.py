"""Batches for the calcium network: patches of simulated films, and of real films with deposits put in or untouched.

What the network is shown is what :meth:`sclerograph.networks.runner.Networks.calcium` shows it: grey channels whose
range is that of the whole hand, and the skeleton network's bones and pisiform, in the hand's upright frame.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES
from sclerograph.networks.crops import CALCIUM_NOMINAL_MM, Pose, calcium_box, fit_pose
from sclerograph.networks.hand_shape import landmark_index
from sclerograph.networks.inputs import PISIFORM
from sclerograph.phantom.insertion import FilmScale, insert_deposits
from sclerograph.phantom.layers import CALCIUM, LOOK_ALIKE, MARKER, METAL, SOFT_TISSUE
from sclerograph.phantom.visibility import (
    LEAST_GREY,
    PART_OVER_GRAIN,
    PART_OVER_TEXTURE,
    PEAK_OVER_GRAIN,
    PEAK_OVER_TEXTURE,
    TEXTURE_AROUND_MM,
    TEXTURE_FROM_MM,
    TEXTURE_TO_MM,
)
from sclerograph.training.augment import apply, compose, random_fill, similarity
from sclerograph.training.bank import Bank, StoredFilm
from sclerograph.training.calcium_look import draw_curve, random_calcium_look
from sclerograph.training.film_disease import draw_metal_on, on_grid, resorb_some_tips
from sclerograph.training.greys import GreyStatistics, fast_grey_channels, fast_warp, warp_labels
from sclerograph.training.prepared import PreparedFilm, load_prepared, split_names
from sclerograph.training.unet import CALCIUM_CHANNELS

__all__ = ["PATCH", "CalciumShares", "CalciumSource", "Negative", "faint_calcium", "read_negatives", "shaft_greys"]

#: Side of a patch, and what is drawn around it so that local means at its edge are those of the film.
PATCH, _MARGIN = 256, 48
_SIDE = PATCH + 2 * _MARGIN
#: Resolution at which the greys of a whole hand are measured, nominal mm a pixel.
_OVERVIEW_MM = 0.6
#: Places that look like calcium and are not, or where it hides: the pisiform lies on the triquetrum, sesamoids at the
#: heads of the metacarpals.
_HARD_PLACES = (
    *("TRQ", "TRQ", "MCP1", "MCP1", "MCP2", "MCP5", "IP1", "ULNAR_STYLOID", "ULNAR_STYLOID", "RADIAL_STYLOID"),
    *(f"TIP{digit}" for digit in range(1, 6)),
)
#: Cortex that a ray crosses in the middle of a metacarpal or proximal phalanx, nominal millimetres.
_SHAFT_MINERAL_MM = 4.0
#: A film needs so many visible landmarks to be worth a patch.
_FEWEST_LANDMARKS = 10
#: So many films are drawn at most to find one.
_MOST_TRIES = 200
_BIT = {name: 1 << index for index, name in enumerate(CALCIUM_CHANNELS)}

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Negative:
    """A place on an untouched film that the network took for calcium: x, y in pixels of the film made ready."""

    film: str
    x: float
    y: float
    score: float


def read_negatives(path: Path) -> list[Negative]:
    """Read a file of :mod:`sclerograph.training.mine_negatives`."""
    return [Negative(**entry) for entry in json.loads(path.read_text())]


@dataclass(frozen=True)
class CalciumShares:
    """How often a patch shows what: ``real`` is of all patches, ``calcified`` of the simulated ones the share that is
    taken from a film with calcium, the others are of the real ones.
    """

    real: float = 0.5
    calcified: float = 0.85
    deposits: float = 0.75
    metal: float = 0.1
    resorption: float = 0.12
    mined: float = 0.6


@dataclass(frozen=True)
class _View:
    """A film, or the part of one, with what is known of it; greys between 0 and 1.

    ``shown`` is how much grey the calcium adds, ``bones`` and ``pisiform`` what the skeleton network sees (0 to 1), on
    the patch already; ``truth`` holds the bits of ``CALCIUM_CHANNELS``; ``known`` says which of them are true here.
    """

    image: Image
    to_patch: Matrix
    shown: Image
    truth: NDArray[np.uint8]
    unseen: Mask | None
    anatomy: Image
    known: NDArray[np.float32]
    overview: Image
    soft_and_bone: tuple[float, float]


class CalciumSource:
    """Makes batches of patches.

    Parameters
    ----------
    bank
        Simulated films.
    prepared
        Folder of real films made ready (:mod:`sclerograph.training.prepared`), or ``None``.
    negatives
        Places that an earlier network took for calcium; patches of untouched films are put there by preference.
    """

    def __init__(
        self,
        bank: Bank,
        prepared: Path | None,
        *,
        batch_size: int = 8,
        shares: CalciumShares | None = None,
        negatives: Sequence[Negative] = (),
        seed: int = 0,
    ) -> None:
        self.bank, self.prepared, self.batch_size, self.seed = bank, prepared, batch_size, seed
        self.names: list[str] = []
        if prepared is not None:
            trained, _ = split_names(prepared)
            self.names = [name for name in trained if load_prepared(prepared, name).scale is not None]
        self.shares = shares if shares is not None else CalciumShares()
        if not self.names:
            self.shares = replace(self.shares, real=0.0)
        allowed = set(self.names)
        self.negatives = [negative for negative in negatives if negative.film in allowed]
        scores = np.array([negative.score for negative in self.negatives])
        self._negative_weights = scores / scores.sum() if len(scores) else scores

    def batch(self, step: int, progress: float) -> dict[str, NDArray[np.generic]]:
        """``image`` (batch, 4, 256, 256), ``truth`` bit field of ``CALCIUM_CHANNELS``, ``ignore`` (1 where calcium
        counts neither way), ``known`` (batch, 5).
        """
        rng = np.random.default_rng([self.seed, 3, step])
        if step % 100 == 0:
            self.bank.refresh()
        count = self.batch_size
        images = np.zeros((count, 4, PATCH, PATCH), dtype=np.float32)
        truth = np.zeros((count, PATCH, PATCH), dtype=np.uint8)
        ignore = np.zeros((count, PATCH, PATCH), dtype=np.uint8)
        known = np.zeros((count, len(CALCIUM_CHANNELS)), dtype=np.float32)
        for index in range(count):
            view = self._real(rng) if rng.random() < self.shares.real else self._simulated(rng)
            images[index], truth[index], ignore[index] = _patch(rng, view)
            known[index] = view.known
        return {"image": images, "truth": truth, "ignore": ignore, "known": known}

    def _simulated_film(self, rng: np.random.Generator) -> StoredFilm:
        calcified = rng.random() < self.shares.calcified
        for _ in range(_MOST_TRIES):
            film = self.bank[int(rng.integers(len(self.bank)))]
            seen = (film.landmarks[:, 2] > 0).sum() >= _FEWEST_LANDMARKS
            if seen and (len(film.calcium_cells) > 0 or not calcified):
                return film
        raise ValueError(f"{_MOST_TRIES} films of the bank in a row show no hand with calcium")

    def _simulated(self, rng: np.random.Generator) -> _View:
        film = self._simulated_film(rng)
        pose = fit_pose(film.landmarks[:, :2], film.landmarks[:, 2])
        centre = _simulated_centre(rng, film, pose)
        to_patch = _to_patch(rng, pose, centre)
        image = film.image.astype(np.float32) / np.float32(255.0)
        greys = shaft_greys(image, film.landmarks, pose)
        mineral = fast_warp(film.calcium_mm.astype(np.float32), to_patch, _SIDE, _SIDE)
        tissue = warp_labels(film.tissue, to_patch, _SIDE, _SIDE)
        bones = warp_labels(film.bones, to_patch, _SIDE, _SIDE).view(np.int32)
        calcium = fast_warp((film.tissue & CALCIUM).astype(np.float32), to_patch, _SIDE, _SIDE) > 0.5
        pisiform, any_bone = bones & (1 << PISIFORM) != 0, bones != 0
        truth = np.zeros((_SIDE, _SIDE), dtype=np.uint8)
        for name, mask in (
            ("calcium", calcium & ((tissue & METAL) == 0)),
            ("metal", tissue & METAL != 0),
            ("marker", tissue & MARKER != 0),
            ("look_alike", (tissue & LOOK_ALIKE != 0) | pisiform),
            ("bone", any_bone),
        ):
            truth[mask] |= _BIT[name]
        per_mm = (greys[1] - greys[0]) / _SHAFT_MINERAL_MM
        return _View(
            image,
            to_patch,
            np.asarray(mineral * np.float32(per_mm), dtype=np.float32),
            truth,
            None,
            _simulated_anatomy(rng, bones, calcium),
            np.ones(len(CALCIUM_CHANNELS), dtype=np.float32),
            _overview(image, film.landmarks, pose),
            greys,
        )

    def _real(self, rng: np.random.Generator) -> _View:
        assert self.prepared is not None
        touched = rng.random() < self.shares.deposits
        if not touched and self.negatives and rng.random() < self.shares.mined:
            negative = self.negatives[int(rng.choice(len(self.negatives), p=self._negative_weights))]
            film = load_prepared(self.prepared, negative.film)
            centre = np.array([negative.x, negative.y]) + rng.normal(0.0, 6.0, 2) * film.pose.pixels_per_mm
        else:
            film = load_prepared(self.prepared, self.names[int(rng.integers(len(self.names)))])
            centre = _real_centre(rng, film)
        pose = film.pose
        to_patch = _to_patch(rng, pose, centre)
        assert film.scale is not None
        image, shown, unseen, metal, window, gain = self._put_in(rng, film, to_patch, touched=touched)
        window_to_patch = compose(to_patch, _shift(window))
        truth = np.zeros((_SIDE, _SIDE), dtype=np.uint8)
        covered = warp_labels(metal.view(np.uint8), window_to_patch, _SIDE, _SIDE) > 0
        calcium = fast_warp((shown > 0).astype(np.float32), window_to_patch, _SIDE, _SIDE) > 0.5
        left_out = warp_labels(unseen.view(np.uint8), window_to_patch, _SIDE, _SIDE) > 0
        truth[calcium & ~covered] |= _BIT["calcium"]
        truth[covered] |= _BIT["metal"]
        known = np.array([1.0, float(metal.any()), 0.0, 0.0, 0.0], dtype=np.float32)
        whole = film.grey.astype(np.float32) * np.float32(gain / 255.0)
        overview = _overview(whole, film.landmarks, pose)
        greys = shaft_greys(whole, film.landmarks, pose)
        return _View(
            image,
            window_to_patch,
            fast_warp(shown, window_to_patch, _SIDE, _SIDE),
            truth,
            left_out,
            _real_anatomy(rng, film, to_patch, calcium),
            known,
            overview,
            greys,
        )

    def _put_in(
        self, rng: np.random.Generator, film: PreparedFilm, to_patch: Matrix, *, touched: bool
    ) -> tuple[Image, Image, Mask, Mask, tuple[slice, slice], float]:
        """Cut out what the patch shows of a film and put disease and metal into it.

        Returns greys, grey added by calcium (0 where there is none or none is to be marked), what is too faint, metal,
        the window of the film, and by what its greys were multiplied.
        """
        assert film.scale is not None
        window = _window(to_patch, film.grey.shape)
        image = film.grey[window].astype(np.float32) / np.float32(255.0)
        nominal_mm = 1.0 / film.pose.pixels_per_mm
        landmarks = film.landmarks.copy()
        landmarks[:, :2] -= (window[1].start, window[0].start)
        inside = (landmarks[:, :2] > -2).all(axis=1) & (
            landmarks[:, :2] < (image.shape[1] + 2, image.shape[0] + 2)
        ).all(axis=1)
        landmarks[:, 2] *= inside
        shown, unseen = np.zeros_like(image), np.zeros(image.shape, dtype=bool)
        metal, gain = np.zeros(image.shape, dtype=bool), 1.0
        if not (landmarks[:, 2] > 0).any():
            return image, shown, unseen, metal, window, gain
        if rng.random() < self.shares.resorption:
            landmarks = resorb_some_tips(rng, image, landmarks, nominal_mm)
        if touched:
            scale: FilmScale = replace(film.scale, hand=film.scale.hand[window])
            count = 1 + int(rng.poisson(rng.uniform(0.5, 9.0)))
            shown_landmarks = _within_patch(landmarks, compose(to_patch, _shift(window)))
            inserted = insert_deposits(image, shown_landmarks, on_grid(nominal_mm), rng, count=count, scale=scale)
            if inserted is not None:
                gain = inserted.gain
                added = inserted.image - image * np.float32(gain)
                shown = np.where(inserted.truth, np.maximum(added, np.float32(1e-4)), np.float32(0.0))
                image, unseen = inserted.image, inserted.unseen
        if rng.random() < self.shares.metal:
            metal = draw_metal_on(rng, image, landmarks, nominal_mm, film.scale.ceiling * gain)
        return image, shown, unseen, metal, window, gain


def _patch(rng: np.random.Generator, view: _View) -> tuple[Image, NDArray[np.uint8], NDArray[np.uint8]]:
    """Give a view its look, and say what of its calcium nobody could see."""
    curve = draw_curve(rng, view.overview[::4, ::4])
    levels = (view.image * 255.0).astype(np.uint8)
    warped = fast_warp(view.image, view.to_patch, _SIDE, _SIDE, fill=_fill(rng, levels))
    look = random_calcium_look(rng, curve(np.clip(warped, 0.0, 1.0)))
    whole = GreyStatistics.of(curve(view.overview))
    if rng.random() < 0.5:
        # Bones and metal elsewhere on the film move the percentiles.
        span = whole.high - whole.low
        whole = replace(
            whole, low=whole.low + span * rng.uniform(-0.05, 0.05), high=whole.high + span * rng.uniform(-0.08, 0.12)
        )
    grey = fast_grey_channels(look.image, CALCIUM_NOMINAL_MM, whole)
    inner = slice(_MARGIN, _MARGIN + PATCH)
    shown = view.shown * np.float32(curve.slope(*view.soft_and_bone))
    if look.blur_px > 0:
        shown = np.asarray(cv2.GaussianBlur(shown, (0, 0), look.blur_px), dtype=np.float32)
    calcium = view.truth & _BIT["calcium"] != 0
    ignore = _unseen(calcium, shown, _noise(look.image), _texture(look.image - shown, CALCIUM_NOMINAL_MM))
    if view.unseen is not None:
        ignore |= view.unseen
    image = np.concatenate([grey, view.anatomy])[:, inner, inner]
    return image, view.truth[inner, inner], ignore[inner, inner].astype(np.uint8)


def _fill(rng: np.random.Generator, levels: NDArray[np.uint8]) -> float | None:
    fill = random_fill(rng, levels)
    return None if fill is None else fill / 255.0


def _noise(image: Image) -> float:
    """Standard deviation of the finest grain, robust against edges."""
    fine = image - cv2.GaussianBlur(image, (0, 0), 1.2)
    return max(0.002, float(1.4826 * np.median(np.abs(fine[::2, ::2]))))


def _texture(background: Image, pixel_mm: float) -> Image:
    """As :func:`sclerograph.phantom.visibility.texture`, ten times as fast."""
    fine = cv2.GaussianBlur(background, (0, 0), TEXTURE_FROM_MM / pixel_mm)
    coarse = cv2.GaussianBlur(background, (0, 0), TEXTURE_TO_MM / pixel_mm)
    variance = cv2.GaussianBlur((fine - coarse) ** 2, (0, 0), TEXTURE_AROUND_MM / pixel_mm)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=np.float32)


def faint_calcium(
    image: Image,
    calcium: Mask,
    mineral_mm: NDArray[np.floating],
    soft_and_bone: tuple[float, float],
    pixel_mm: float,
) -> Mask:
    """Calcium of a simulated film that nobody can see: it stays in the noise and the texture of its film.

    Parameters
    ----------
    image
        (rows, columns) greys, 0 to 1.
    calcium, mineral_mm
        Where calcium is and its thickness.
    soft_and_bone
        Greys of soft tissue and shafts (:func:`shaft_greys`).
    pixel_mm
        Nominal millimetres of a pixel.
    """
    per_mm = (soft_and_bone[1] - soft_and_bone[0]) / _SHAFT_MINERAL_MM
    shown = mineral_mm.astype(np.float32) * np.float32(per_mm)
    return _unseen(calcium, shown, _noise(image), _texture(image - shown, pixel_mm))


def _unseen(calcium: Mask, shown: Image, noise: float, texture: Image) -> Mask:
    hidden = np.float32(PART_OVER_GRAIN * noise) + np.float32(PART_OVER_TEXTURE) * texture
    unseen = calcium & (shown < hidden)
    count, found = cv2.connectedComponents(calcium.astype(np.uint8), connectivity=8)
    label = np.asarray(found, dtype=np.int32)
    if count > 1:
        needed = np.float32(PEAK_OVER_GRAIN * noise + LEAST_GREY) + np.float32(PEAK_OVER_TEXTURE) * texture
        peaks = np.zeros(count, dtype=np.float32)
        np.maximum.at(peaks, label[calcium], (shown / needed)[calcium])
        unseen |= calcium & (peaks < 1.0)[label]
    return np.asarray(unseen)


def _to_patch(rng: np.random.Generator, pose: Pose, centre: NDArray[np.floating]) -> Matrix:
    """From film pixels to a patch about upright, its middle at ``centre``."""
    matrix = pose.to_nominal / CALCIUM_NOMINAL_MM
    matrix = compose(similarity(float(rng.uniform(-25, 25)), float(rng.uniform(0.9, 1.12)), (0, 0), (0, 0)), matrix)
    matrix[:, 2] += (_SIDE - 1) / 2 - apply(matrix, np.asarray(centre))
    return matrix


def _shift(window: tuple[slice, slice]) -> Matrix:
    """From pixels of a window to pixels of its film."""
    return np.array([[1.0, 0.0, window[1].start], [0.0, 1.0, window[0].start]])


def _within_patch(landmarks: NDArray[np.float32], to_patch: Matrix) -> NDArray[np.float32]:
    """Only the landmarks that the patch shows, or else the one that is nearest to its middle."""
    places = apply(to_patch, landmarks[:, :2]) - (_SIDE - 1) / 2
    known = landmarks[:, 2] > 0
    shown = known & (np.abs(places) < PATCH / 2).all(axis=1)
    if not shown.any():
        shown[np.where(known, np.hypot(*places.T), np.inf).argmin()] = True
    chosen = landmarks.copy()
    chosen[:, 2] *= shown
    return chosen


def _window(to_patch: Matrix, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The part of a film that a patch shows, at least 16 pixels a side."""
    linear = np.linalg.inv(to_patch[:, :2])
    corners = np.array([(x, y) for x in (0.0, _SIDE - 1.0) for y in (0.0, _SIDE - 1.0)])
    on_film = (corners - to_patch[:, 2]) @ linear.T
    low, high = np.floor(on_film.min(axis=0)).astype(int) - 2, np.ceil(on_film.max(axis=0)).astype(int) + 3
    left, right = np.clip([low[0], high[0]], 0, shape[1])
    top, bottom = np.clip([low[1], high[1]], 0, shape[0])
    left, top = min(left, shape[1] - 16), min(top, shape[0] - 16)
    return slice(int(top), int(max(bottom, top + 16))), slice(int(left), int(max(right, left + 16)))


def _simulated_centre(rng: np.random.Generator, film: StoredFilm, pose: Pose) -> NDArray[np.float64]:
    draw = rng.random()
    columns = film.image.shape[1]
    jitter = rng.normal(0.0, 9.0, 2) * pose.pixels_per_mm
    if draw < 0.55 and len(film.calcium_cells):
        # Small deposits as often as large ones: a random deposit, not a random pixel.
        count, found, _, centres = cv2.connectedComponentsWithStats(film.tissue & CALCIUM, connectivity=8)
        if count > 1:
            rows, columns = np.nonzero(film.tissue & CALCIUM)
            peaks = np.zeros(count)
            np.maximum.at(peaks, np.asarray(found)[rows, columns], film.calcium_mm[rows, columns].astype(np.float64))
            # what is thin is seldom seen, and teaches little
            weights = np.clip(peaks[1:], 0.05, 1.0)
            chosen = 1 + int(rng.choice(count - 1, p=weights / weights.sum()))
            return np.asarray(centres[chosen] + jitter, dtype=np.float64)
    if draw < 0.75:
        cells = np.flatnonzero((film.tissue & MARKER).ravel()) if rng.random() < 0.2 else np.zeros(0, dtype=np.int64)
        if len(cells):
            row, column = divmod(int(cells[int(rng.integers(len(cells)))]), columns)
            return np.array([column, row]) + jitter
        return _hard_place(rng, film.landmarks) + jitter
    return _anywhere(rng, (film.tissue & SOFT_TISSUE) != 0)


def _real_centre(rng: np.random.Generator, film: PreparedFilm) -> NDArray[np.float64]:
    assert film.scale is not None
    draw = rng.random()
    jitter = rng.normal(0.0, 9.0, 2) * film.pose.pixels_per_mm
    if draw < 0.55:
        known = np.flatnonzero(film.landmarks[:, 2] > 0)
        first, second = film.landmarks[rng.choice(known, 2), :2].astype(np.float64)
        return np.asarray(first + (second - first) * (rng.random() if rng.random() < 0.3 else 0.0) + jitter)
    if draw < 0.75:
        if rng.random() < 0.15:
            return _brightest_outside(rng, film) + jitter
        return _hard_place(rng, film.landmarks) + jitter
    return _anywhere(rng, film.scale.hand)


def _brightest_outside(rng: np.random.Generator, film: PreparedFilm) -> NDArray[np.float64]:
    """A letter, a marker or an edge beside the hand."""
    assert film.scale is not None
    beside = np.where(film.scale.hand, np.uint8(0), film.grey)[::4, ::4]
    rows, columns = np.nonzero(beside >= np.percentile(beside, 99))
    index = int(rng.integers(len(rows)))
    return np.array([columns[index] * 4.0, rows[index] * 4.0])


def _hard_place(rng: np.random.Generator, landmarks: NDArray[np.float32]) -> NDArray[np.float64]:
    places = [landmark_index(name) for name in _HARD_PLACES]
    places = [index for index in places if landmarks[index, 2] > 0]
    if not places:
        places = np.flatnonzero(landmarks[:, 2] > 0).tolist()
    return np.asarray(landmarks[places[int(rng.integers(len(places)))], :2], dtype=np.float64)


def _anywhere(rng: np.random.Generator, mask: Mask) -> NDArray[np.float64]:
    rows, columns = np.nonzero(mask[::8, ::8])
    if not len(rows):
        return np.array([mask.shape[1] / 2, mask.shape[0] / 2])
    index = int(rng.integers(len(rows)))
    return np.array([columns[index] * 8.0, rows[index] * 8.0])


def _overview(image: Image, landmarks: NDArray[np.float32], pose: Pose) -> Image:
    """The whole hand as the calcium network is shown it, but coarser: the greys of a patch are ranged by it."""
    known = landmarks[:, 2] > 0
    x0, y0, x1, y1 = calcium_box(pose.map_to_nominal(landmarks[known, :2]))
    matrix = pose.to_nominal / _OVERVIEW_MM
    matrix[:, 2] -= (x0 / _OVERVIEW_MM, y0 / _OVERVIEW_MM)
    dark = float(np.percentile(image[::8, ::8], 2))
    size = (round((x1 - x0) / _OVERVIEW_MM), round((y1 - y0) / _OVERVIEW_MM))
    shown = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=dark)
    return np.asarray(shown, dtype=np.float32)


def shaft_greys(image: Image, landmarks: NDArray[np.float32], pose: Pose) -> tuple[float, float]:
    """Median grey of the soft tissue beside the shafts of metacarpals and proximal phalanges, and of the shafts."""
    bone: list[Image] = []
    soft: list[Image] = []
    across_px = 6.4 * pose.pixels_per_mm
    pairs = [(f"CMC{d}", f"MCP{d}") for d in range(2, 6)] + [(f"MCP{d}", f"PIP{d}") for d in range(2, 6)]
    for first, second in pairs:
        a, b = landmarks[landmark_index(first)], landmarks[landmark_index(second)]
        if a[2] <= 0 or b[2] <= 0:
            continue
        step = b[:2] - a[:2]
        across = np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-6) * across_px
        middle = a[:2] + step * np.linspace(0.4, 0.6, 12)[:, None]
        for values, points in ((bone, middle), (soft, middle + across), (soft, middle - across)):
            x = np.clip(np.round(points[:, 0]).astype(int), 0, image.shape[1] - 1)
            y = np.clip(np.round(points[:, 1]).astype(int), 0, image.shape[0] - 1)
            values.append(image[y, x])
    if not bone:
        low, high = np.percentile(image[::4, ::4], [50, 95])
        return float(low), float(max(high, low + 0.02))
    low, high = float(np.median(np.concatenate(soft))), float(np.median(np.concatenate(bone)))
    return low, max(high, low + 0.02)


def _simulated_anatomy(rng: np.random.Generator, bones: NDArray[Any], calcium: Mask) -> Image:
    """The true bones, as unsure as a skeleton network is of them."""
    present = bones
    if rng.random() < 0.15:
        for index in rng.integers(0, len(BONES), int(rng.integers(1, 4))):
            present = present & ~np.int32(1 << int(index))
    sigma = float(rng.uniform(1.2, 4.0))
    maps = []
    for mask in (present != 0, present & (1 << PISIFORM) != 0):
        values = mask.astype(np.float32)
        if rng.random() < 0.2:
            size = int(rng.integers(3, 8))
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
            values = (cv2.erode if rng.random() < 0.5 else cv2.dilate)(values, kernel)
        maps.append(np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), dtype=np.float32))
    return _unsure(rng, maps, calcium)


def _real_anatomy(rng: np.random.Generator, film: PreparedFilm, to_patch: Matrix, calcium: Mask) -> Image:
    """What the skeleton network saw on the film before anything was put in."""
    crop_to_film = np.linalg.inv(np.vstack([film.to_crop, [0.0, 0.0, 1.0]]))[:2]
    matrix = compose(to_patch, crop_to_film)
    maps = [fast_warp(values, matrix, _SIDE, _SIDE) / np.float32(255.0) for values in (film.any_bone, film.pisiform)]
    return _unsure(rng, maps, calcium)


def _unsure(rng: np.random.Generator, maps: Sequence[Image], calcium: Mask) -> Image:
    """Shift the anatomy a little, let calcium disturb it, drop it at times; -1 to 1 as the network is shown it."""
    stacked = np.stack(maps)
    draw = rng.random()
    if draw < 0.15:
        return np.full_like(stacked, -1.0)
    if draw < 0.3 and calcium.any():
        # A deposit may be taken for bone, or hide it.
        blurred = cv2.GaussianBlur(calcium.astype(np.float32), (0, 0), float(rng.uniform(2.0, 6.0)))
        strength = np.float32(rng.uniform(0.4, 1.0))
        if rng.random() < 0.5:
            stacked[0] = np.maximum(stacked[0], blurred * strength)
        else:
            stacked *= 1 - blurred * strength
    elif draw < 0.45:
        holes = _holes(rng)
        stacked *= holes
    if rng.random() < 0.5:
        shift = similarity(float(rng.normal(0, 1.0)), 1.0, (_SIDE / 2, _SIDE / 2), tuple(rng.normal(0, 2.0, 2)))
        stacked = np.stack([cv2.warpAffine(each, shift, (_SIDE, _SIDE)) for each in stacked])
    return np.asarray(np.clip(stacked, 0.0, 1.0) * 2 - 1, dtype=np.float32)


def _holes(rng: np.random.Generator) -> Image:
    coarse = rng.normal(0.8, 0.7, (12, 12)).astype(np.float32)
    field = cv2.resize(coarse, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(field, 0.0, 1.0), dtype=np.float32)
