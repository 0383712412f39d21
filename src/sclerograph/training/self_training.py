"""Let a skeleton network mark the landmarks of training films that nobody has marked, and keep what it is sure of.

    python -m sclerograph.training.self_training --checkpoint work/skeleton1/last.pt --data DATA \
        --out work/pseudo1.npz --films 420

Writes three things beside each other: the landmarks (``--out``), the films made ready with what the network saw of
their anatomy (``--maps``, see :mod:`sclerograph.training.prepared`), and how far the films' own key points lie from the
network's (``--offsets``, see :mod:`sclerograph.training.definitions`). Only films of the split ``train`` are looked at.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from torch.nn import functional

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.networks.crops import (
    SKELETON_COLUMNS,
    SKELETON_NOMINAL_MM,
    SKELETON_ROWS,
    Pose,
    fit_pose,
    skeleton_crop,
)
from sclerograph.networks.decode import decode_heat_maps, spatial_softmax
from sclerograph.networks.inputs import PISIFORM
from sclerograph.networks.shape_prior import plausible_landmarks
from sclerograph.training.augment import apply, compose, similarity
from sclerograph.training.definitions import PointOffsets, estimate_offsets
from sclerograph.training.greys import fast_grey_channels, fast_warp
from sclerograph.training.loop import load_averaged
from sclerograph.training.prepared import PreparedFilm, prepare
from sclerograph.training.real_films import RealFilm, training_films
from sclerograph.training.unet import SkeletonNet

__all__ = ["MarkedFilm", "SkeletonEye", "accepted_landmarks", "mark_film", "order_of_films", "remake"]

#: Turn (degrees) and size of the looks that must agree.
_LOOKS = ((0.0, 1.0), (6.0, 0.95), (-6.0, 1.05))
#: Size of the first looks at a film that is shown whole.
_FIRST_SIZES = (1.0, 1.2)
#: Looks that differ by more than this from their mean do not agree, in nominal mm.
_AGREE_MM = 1.2
_LEAST_CONFIDENCE = 0.5
#: A hand with a lower mean confidence was not found.
_LEAST_MEAN_CONFIDENCE = 0.35
#: A film with fewer accepted landmarks is dropped.
_FEWEST_LANDMARKS = 24
#: With so many a film can still be looked at, if not learnt from.
_FEWEST_FOR_A_POSE = 10
#: One chirality is not tried again when its first look was this much less confident.
_CLEARLY_WRONG_SIDE = 0.12
#: From this bone age on, a hand is nearly adult.
_NEARLY_ADULT_MONTHS = 150

Matrix = NDArray[np.float64]


class SkeletonEye:
    """A trained skeleton network looking at films."""

    def __init__(self, checkpoint: Path) -> None:
        model = load_averaged(SkeletonNet(), checkpoint)
        assert isinstance(model, SkeletonNet)
        self._model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def look(
        self, image: NDArray[np.uint8], to_crops: Sequence[Matrix], *, with_masks: bool = False
    ) -> tuple[NDArray[np.float64], NDArray[np.float32] | None]:
        """Look at a film through each matrix.

        Returns
        -------
        points, masks
            (looks, 37, 3) film x, y and confidence; (30, rows, columns) probabilities of the first look if asked for.
        """
        dark = float(np.percentile(image[::4, ::4], 2))
        crops = [
            fast_grey_channels(
                fast_warp(image, matrix, SKELETON_ROWS, SKELETON_COLUMNS, fill=dark), SKELETON_NOMINAL_MM
            )
            for matrix in to_crops
        ]
        batch = torch.from_numpy(np.stack(crops)).to(memory_format=torch.channels_last)
        with torch.inference_mode():
            with torch.autocast("cpu", torch.bfloat16):
                features = self._model.body(batch)
            # The heads stay in full precision: bf16 logits would move the points by tenths of a pixel.
            heat = self._model.landmark_head(features.float()).contiguous().numpy()
            masks = None
            if with_masks:
                logits = functional.pixel_shuffle(self._model.mask_head(features[:1].float()), 2)
                masks = torch.sigmoid(logits)[0].contiguous().numpy()
        points = np.stack([decode_heat_maps(spatial_softmax(each)) for each in heat])
        for each, matrix in zip(points, to_crops, strict=True):
            each[:, :2] = apply(_inverse(matrix), each[:, :2])
        return points, masks


@dataclass(frozen=True)
class MarkedFilm:
    """What the network says about one film, in pixels of the loaded film.

    ``points`` is (37, 3) x, y, confidence, the mean of the looks; ``disagreement_mm`` (37,) the largest distance of a
    look from it; ``masks`` (30, rows, columns) probabilities on the crop of ``to_crop``.
    """

    points: NDArray[np.float64]
    disagreement_mm: NDArray[np.float64]
    mirrored: bool
    masks: NDArray[np.float32]
    to_crop: Matrix

    @property
    def pose(self) -> Pose:
        """How the hand lies on the film."""
        return _pose(self.points, self.mirrored)


def _inverse(matrix: Matrix) -> Matrix:
    linear = np.linalg.inv(matrix[:, :2])
    return np.hstack([linear, -linear @ matrix[:, 2:]])


def _pose(points: NDArray[np.float64], mirrored: bool) -> Pose:
    return fit_pose(points[:, :2], points[:, 2] ** 2 + 1e-6, mirrored=mirrored)


def _whole_film(shape: tuple[int, ...], size: float, mirrored: bool) -> Matrix:
    """The film in the middle of the crop, as large as fits times ``size``."""
    scale = size * min(SKELETON_ROWS / shape[0], SKELETON_COLUMNS / shape[1])
    middle_x, middle_y = (SKELETON_COLUMNS - 1) / 2, (SKELETON_ROWS - 1) / 2
    matrix = np.array(
        [[scale, 0.0, middle_x - scale * (shape[1] - 1) / 2], [0.0, scale, middle_y - scale * (shape[0] - 1) / 2]]
    )
    flip = np.array([[-1.0, 0.0, SKELETON_COLUMNS - 1.0], [0.0, 1.0, 0.0]])
    return compose(flip, matrix) if mirrored else matrix


def mark_film(eye: SkeletonEye, image: NDArray[np.uint8]) -> MarkedFilm | None:
    """Find the one hand of a film that is about upright, and mark it from three slightly different views.

    Returns
    -------
    MarkedFilm or None
        ``None`` where no hand is found.
    """
    # The whole film, both ways round; then each side that is in question once more, properly cropped.
    tries = [(size, mirrored) for mirrored in (False, True) for size in _FIRST_SIZES]
    points, _ = eye.look(image, [_whole_film(image.shape, *each) for each in tries])
    confidence = points[..., 2].mean(axis=1)
    best: dict[bool, int] = {}
    for index, (_, mirrored) in enumerate(tries):
        if mirrored not in best or confidence[index] > confidence[best[mirrored]]:
            best[mirrored] = index
    top = confidence.max()
    sides = [side for side, index in best.items() if confidence[index] > top - _CLEARLY_WRONG_SIDE]
    points, _ = eye.look(image, [skeleton_crop(_pose(points[best[side]], side)).to_crop for side in sides])
    chosen = int(points[..., 2].mean(axis=1).argmax())
    mirrored = sides[chosen]
    if points[chosen, :, 2].mean() < _LEAST_MEAN_CONFIDENCE:
        return None
    straight = skeleton_crop(_pose(points[chosen], mirrored)).to_crop
    centre = (SKELETON_COLUMNS / 2, SKELETON_ROWS / 2)
    views = [compose(similarity(turn, size, centre, (0.0, 0.0)), straight) for turn, size in _LOOKS]
    points, masks = eye.look(image, views, with_masks=True)
    assert masks is not None
    mean = points.mean(axis=0)
    pixels_per_mm = _pose(mean, mirrored).pixels_per_mm
    apart = np.hypot(*np.moveaxis(points[..., :2] - mean[:, :2], -1, 0)).max(axis=0) / pixels_per_mm
    return MarkedFilm(mean, apart, mirrored, masks, straight)


def accepted_landmarks(marked: MarkedFilm, *, least_confidence: float = _LEAST_CONFIDENCE) -> NDArray[np.bool_]:
    """Say which of the 37 landmarks are sure: confident, agreed on by all looks, and plausible for a hand."""
    plausible = plausible_landmarks(marked.points[:, :2], marked.points[:, 2], mirrored=marked.mirrored)
    sure = (marked.points[:, 2] >= least_confidence) & (marked.disagreement_mm < _AGREE_MM)
    return np.asarray(sure & plausible)


def order_of_films(films: Sequence[RealFilm], seed: int = 0) -> list[RealFilm]:
    """Films with key points first, then the nearly adult hands, then the others, each in random order."""
    rng = np.random.default_rng(seed)
    shuffled = [films[index] for index in rng.permutation(len(films))]

    def rank(film: RealFilm) -> int:
        if film.labelled:
            return 0
        return 1 if (film.bone_age_months or 0) >= _NEARLY_ADULT_MONTHS else 2

    return sorted(shuffled, key=rank)


def _prepare(name: str, image: NDArray[np.uint8], marked: MarkedFilm, landmarks: NDArray[np.float32]) -> PreparedFilm:
    any_bone = marked.masks[: len(BONES)].max(axis=0)
    maps = [np.round(each * 255.0).astype(np.uint8) for each in (any_bone, marked.masks[PISIFORM])]
    return prepare(name, image, landmarks, marked.mirrored, (maps[0], maps[1]), marked.to_crop)


def remake(
    eye: SkeletonEye, name: str, image: NDArray[np.uint8], *, least_confidence: float = _LEAST_CONFIDENCE
) -> PreparedFilm | None:
    """Make a film ready as it is now, for instance with deposits put in; ``None`` where no hand is found."""
    marked = mark_film(eye, image)
    if marked is None:
        return None
    sure = accepted_landmarks(marked, least_confidence=least_confidence)
    if sure.sum() < _FEWEST_FOR_A_POSE:
        return None
    return _prepare(name, image, marked, _sure_landmarks(marked, sure))


def _sure_landmarks(marked: MarkedFilm, sure: NDArray[np.bool_]) -> NDArray[np.float32]:
    landmarks = np.zeros((len(LANDMARKS), 3), dtype=np.float32)
    landmarks[sure, :2] = marked.points[sure, :2]
    landmarks[sure, 2] = 1.0
    return landmarks


def main(
    checkpoint: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    data: Annotated[Path, typer.Option(exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option()],
    films: Annotated[int, typer.Option()] = 420,
    after: Annotated[int, typer.Option(help="Leave out so many films first: those that others are trained on.")] = 0,
    maps: Annotated[Path, typer.Option(help="Folder for the films made ready.")] = Path("work/real_maps"),
    offsets: Annotated[Path, typer.Option(help="File for the offsets of the key points.")] = Path("work/offsets.json"),
    least_confidence: Annotated[float, typer.Option()] = _LEAST_CONFIDENCE,
    threads: Annotated[int, typer.Option()] = 2,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Mark training films and write what is sure."""
    torch.set_num_threads(threads)
    eye = SkeletonEye(checkpoint)
    chosen = order_of_films(training_films(data), seed)[after : after + films]
    names: list[str] = []
    kept: list[NDArray[np.float32]] = []
    sides: list[bool] = []
    ours: list[NDArray[np.floating]] = []
    theirs: list[NDArray[np.floating]] = []
    poses: list[Pose] = []
    started = time.monotonic()
    for number, film in enumerate(chosen, start=1):
        image = film.image()
        marked = mark_film(eye, image)
        if marked is None or (film.labelled and marked.mirrored != film.mirrored):
            continue
        sure = accepted_landmarks(marked, least_confidence=least_confidence)
        if sure.sum() < _FEWEST_LANDMARKS:
            continue
        landmarks = _sure_landmarks(marked, sure)
        names.append(film.name)
        kept.append(landmarks)
        sides.append(marked.mirrored)
        if film.labelled:
            ours.append(landmarks)
            theirs.append(film.landmarks)
            poses.append(marked.pose)
        _prepare(film.name, image, marked, landmarks).save(maps)
        if number % 20 == 0:
            typer.echo(f"{number} of {len(chosen)}, {(time.monotonic() - started) / number:.2f} s a film")
    if not kept:
        raise typer.BadParameter("the network is sure of no film: train it longer")
    np.savez(out, names=np.array(names), landmarks=np.stack(kept), mirrored=np.array(sides))
    share = np.stack(kept)[..., 2].mean(axis=0)
    typer.echo(f"{len(kept)} of {len(chosen)} films kept, {share.mean():.1%} of their landmarks, {sum(sides)} mirrored")
    typer.echo("least sure: " + ", ".join(f"{LANDMARKS[i]} {share[i]:.0%}" for i in np.argsort(share)[:6]))
    if poses:
        found = estimate_offsets(ours, theirs, poses)
        found.save(offsets)
        _tell_offsets(found, ours, theirs, poses)


def _tell_offsets(
    found: PointOffsets,
    ours: Sequence[NDArray[np.floating]],
    theirs: Sequence[NDArray[np.floating]],
    poses: Sequence[Pose],
) -> None:
    raw: list[NDArray[np.float64]] = []
    moved: list[NDArray[np.float64]] = []
    for own, other, pose in zip(ours, theirs, poses, strict=True):
        both = (own[:, 2] > 0) & (other[:, 2] > 0)
        for distances, points in ((raw, own[:, :2]), (moved, found.to_theirs(own, pose))):
            distances.append(np.hypot(*(points - other[:, :2])[both].T) / pose.pixels_per_mm)
    typer.echo(
        f"key points of {len(poses)} training films: {np.concatenate(raw).mean():.2f} nominal mm from ours, "
        f"{np.concatenate(moved).mean():.2f} with the offsets taken off"
    )
    for name, (along, across), films in zip(LANDMARKS, found.offsets_mm, found.films, strict=True):
        if films:
            typer.echo(f"  {name}: {along:+.2f} along, {across:+.2f} across ({films} films)")


if __name__ == "__main__":
    typer.run(main)
