"""Batches for the calcium network: patches of simulated films, and of real films with deposits put in or untouched.

What the network is shown is what :meth:`sclerograph.networks.runner.Networks.calcium` shows it: grey channels whose
range is that of the whole hand, and the skeleton network's bones and pisiform, in the hand's upright frame.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import CALCIUM_NOMINAL_MM, Pose, calcium_box, fit_pose
from sclerograph.networks.inputs import PISIFORM
from sclerograph.phantom.insertion import FilmScale, insert_deposits
from sclerograph.phantom.layers import CALCIUM, LOOK_ALIKE, MARKER, METAL
from sclerograph.training.augment import apply, compose, random_fill, similarity
from sclerograph.training.bank import Bank, StoredFilm
from sclerograph.training.calcium_look import draw_curve, random_calcium_look
from sclerograph.training.faint_calcium import SHAFT_MINERAL_MM, grain, shaft_greys, texture, unseen_calcium
from sclerograph.training.film_disease import draw_metal_on, on_grid, resorb_some_tips
from sclerograph.training.greys import GreyStatistics, fast_grey_channels, fast_warp, warp_labels
from sclerograph.training.patch_places import place_on_real_film, place_on_simulated_film
from sclerograph.training.prepared import PreparedFilm, load_prepared, split_names
from sclerograph.training.unet import CALCIUM_CHANNELS
from sclerograph.training.unsure_anatomy import anatomy_of_real_film, anatomy_of_simulated_film

__all__ = ["ANYWHERE", "PATCH", "CalciumShares", "CalciumSource", "Negative", "read_negatives", "share_of_deposit"]

#: Share of the deposits put into real films that lie anywhere in the hand. Without them the network learns that palm
#: and web are free of calcium, and is blind to a mass there.
ANYWHERE = 0.25
#: Side of a patch, and what is drawn around it so that local means at its edge are those of the film.
PATCH, _MARGIN = 256, 48
_SIDE = PATCH + 2 * _MARGIN
#: Pixels of the smallest core of a deposit that counts as a whole one (a disc of 2 nominal mm has about as many).
_SMALLEST_CORE = 40
#: Resolution at which the greys of a whole hand are measured, nominal mm a pixel.
_OVERVIEW_MM = 0.6
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
    """How often a patch shows what: ``real`` is of all patches, ``fine`` and ``calcified`` of the simulated ones the
    shares that are taken from fine films and from films with calcium, the others are of the real ones.
    """

    real: float = 0.5
    fine: float = 0.5
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
    bank, fine
        Simulated films, and fine ones if there are any.
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
        fine: Bank | None = None,
    ) -> None:
        self.fine = fine
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
        counts neither way), ``known`` (batch, 5), ``share`` (how much each pixel counts of its deposit).
        """
        rng = np.random.default_rng([self.seed, 3, step])
        if step % 100 == 0:
            for bank in filter(None, (self.bank, self.fine)):
                bank.refresh()
        count = self.batch_size
        images = np.zeros((count, 4, PATCH, PATCH), dtype=np.float32)
        truth = np.zeros((count, PATCH, PATCH), dtype=np.uint8)
        ignore = np.zeros((count, PATCH, PATCH), dtype=np.uint8)
        known = np.zeros((count, len(CALCIUM_CHANNELS)), dtype=np.float32)
        share = np.zeros((count, PATCH, PATCH), dtype=np.float32)
        for index in range(count):
            view = self._real(rng) if rng.random() < self.shares.real else self._simulated(rng)
            images[index], truth[index], ignore[index] = _patch(rng, view)
            known[index] = view.known
            share[index] = share_of_deposit((truth[index] & _BIT["calcium"] != 0) & (ignore[index] == 0))
        return {"image": images, "truth": truth, "ignore": ignore, "known": known, "share": share}

    def _simulated_film(self, rng: np.random.Generator) -> StoredFilm:
        calcified = rng.random() < self.shares.calcified
        bank = self.fine if self.fine is not None and rng.random() < self.shares.fine else self.bank
        for _ in range(_MOST_TRIES):
            film = bank[int(rng.integers(len(bank)))]
            seen = (film.landmarks[:, 2] > 0).sum() >= _FEWEST_LANDMARKS
            if seen and (len(film.calcium_cells) > 0 or not calcified):
                return film
        raise ValueError(f"{_MOST_TRIES} films of the bank in a row show no hand with calcium")

    def _simulated(self, rng: np.random.Generator) -> _View:
        film = self._simulated_film(rng)
        pose = fit_pose(film.landmarks[:, :2], film.landmarks[:, 2])
        centre = place_on_simulated_film(rng, film, pose)
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
        per_mm = (greys[1] - greys[0]) / SHAFT_MINERAL_MM
        return _View(
            image,
            to_patch,
            np.asarray(mineral * np.float32(per_mm), dtype=np.float32),
            truth,
            None,
            anatomy_of_simulated_film(rng, bones, calcium),
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
            centre = place_on_real_film(rng, film)
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
            anatomy_of_real_film(rng, film, to_patch, calcium),
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
            inserted = insert_deposits(
                image, shown_landmarks, on_grid(nominal_mm), rng, count=count, scale=scale, anywhere=ANYWHERE
            )
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
    ignore = unseen_calcium(calcium, shown, grain(look.image), texture(look.image - shown, CALCIUM_NOMINAL_MM))
    if view.unseen is not None:
        ignore |= view.unseen
    image = np.concatenate([grey, view.anatomy])[:, inner, inner]
    return image, view.truth[inner, inner], ignore[inner, inner].astype(np.uint8)


def share_of_deposit(calcium: NDArray[np.bool_]) -> Image:
    """How much each pixel counts of its deposit: those of its core 1 in all, those of its rim 0.

    The core is what is left of connected pixels when their outermost ones are taken off, or all of them where none is
    left. A core of less than :data:`_SMALLEST_CORE` pixels counts as its share of that many: what is so small is grain
    too often.
    """
    share = np.zeros(calcium.shape, dtype=np.float32)
    count, labels = cv2.connectedComponents(calcium.astype(np.uint8), connectivity=8)
    if count == 1:
        return share
    inner = cv2.erode(calcium.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1) > 0
    has_core = np.bincount(labels[inner], minlength=count) > 0
    core = calcium & (inner | ~has_core[labels])
    sizes = np.maximum(np.bincount(labels[core], minlength=count), _SMALLEST_CORE)
    share[core] = (1.0 / sizes)[labels[core]]
    return share


def _fill(rng: np.random.Generator, levels: NDArray[np.uint8]) -> float | None:
    fill = random_fill(rng, levels)
    return None if fill is None else fill / 255.0


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
