"""Collect marks of the calcium network, right and wrong, for the second look.

    python -m sclerograph.training.second_look_examples --checkpoint work/calcium/last.pt \
        --skeleton work/skeleton/last.pt --prepared work/other_maps --bank work/marks_bank --out work/marks.npz

The calcium network errs less on films that it was trained on than on others, so most films should be others. Real ones
are looked at untouched, where every mark is wrong, and with deposits put in. A mark is right when it touches calcium
that can be seen, wrong when it touches none; what touches only calcium that nobody can see is left out.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.networks.marks import MARK_PATCH
from sclerograph.training.bank import Bank
from sclerograph.training.calcium_batches import ANYWHERE
from sclerograph.training.calcium_cases import Case, real_cases, simulated_cases
from sclerograph.training.calcium_eye import CalciumEye
from sclerograph.training.options import CalciumCheckpoints
from sclerograph.training.prepared import split_names
from sclerograph.training.self_training import SkeletonEye

__all__ = ["EXAMPLE_SIDE", "Examples", "examples_of", "read_examples"]

#: First seed of the deposits that are put into real films.
_FIRST_SEED = 8_000_000
#: Examples are larger than what is shown, so that training can shift them.
EXAMPLE_SIDE = MARK_PATCH + 8
#: A mark that comes this near to calcium, in pixels, touches it.
_TOUCHES = 2
_NEIGHBOURS = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True)
class Examples:
    """Squares (n, 9, side, side) float16 and what they are (n,): 1 calcium, 0 not; ``film`` (n,) numbers the films."""

    patches: NDArray[np.float16]
    calcium: NDArray[np.uint8]
    film: NDArray[np.int32]


def examples_of(case: Case) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Squares around the marks of one film, and which of them are calcium; without those that are neither."""
    marks, patches = case.seen.marks, case.seen.mark_patches(case.pose, EXAMPLE_SIDE)
    right = np.isin(marks.numbers, marks.labels[_grown(case.truth)])
    unsure = np.isin(marks.numbers, marks.labels[_grown(case.unseen)]) & ~right
    return patches[~unsure], right[~unsure]


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(ndimage.binary_dilation(mask, _NEIGHBOURS, iterations=_TOUCHES))


def read_examples(paths: Sequence[Path]) -> Examples:
    """Read what :func:`main` wrote, from several files one after the other."""
    parts, films = [], 0
    for path in paths:
        with np.load(path) as stored:
            parts.append(Examples(stored["patches"], stored["calcium"], stored["film"] + films))
            films += int(stored["film"].max(initial=0))
    return Examples(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("patches", "calcium", "film"))
    )


def main(
    checkpoints: CalciumCheckpoints,
    skeleton: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option()],
    prepared: Annotated[
        list[Path] | None,
        typer.Option(exists=True, file_okay=False, help="Films made ready by self_training; may be repeated."),
    ] = None,
    bank: Annotated[
        list[Path] | None, typer.Option(exists=True, file_okay=False, help="Simulated films; may be repeated.")
    ] = None,
    rounds: Annotated[int, typer.Option(help="How often deposits are put into each real film.")] = 2,
    threads: Annotated[int, typer.Option()] = 2,
) -> None:
    """Write the examples."""
    torch.set_num_threads(threads)
    eye, skeleton_eye = CalciumEye(checkpoints), SkeletonEye(skeleton)

    def every_case() -> Iterator[Case]:
        for films in map(Bank, bank or ()):
            stored = (films[number] for number in range(len(films)))
            yield from simulated_cases(eye.look, skeleton_eye, ((film.seed, film) for film in stored))
        for folder in prepared or ():
            names, _ = split_names(folder)  # the levels are chosen on the others
            yield from real_cases(eye.look, skeleton_eye, folder, names, inserted_with=None)
            for turn in range(rounds):
                yield from real_cases(
                    eye.look, skeleton_eye, folder, names, inserted_with=_FIRST_SEED + turn, anywhere=ANYWHERE
                )

    patches: list[NDArray[np.float16]] = []
    calcium: list[NDArray[np.uint8]] = []
    film_numbers: list[NDArray[np.int32]] = []
    started = time.monotonic()
    for number, case in enumerate(every_case(), start=1):
        cut, right = examples_of(case)
        patches.append(cut.astype(np.float16))
        calcium.append(right.astype(np.uint8))
        film_numbers.append(np.full(len(right), number, dtype=np.int32))
        if number % 100 == 0:
            marks, share = sum(map(len, calcium)), np.concatenate(calcium).mean()
            each = (time.monotonic() - started) / number
            typer.echo(f"{number} films, {marks} marks, {share:.0%} of them calcium, {each:.2f} s a film")
    with out.with_suffix(".partial").open("wb") as handle:
        np.savez(
            handle, patches=np.concatenate(patches), calcium=np.concatenate(calcium), film=np.concatenate(film_numbers)
        )
    out.with_suffix(".partial").replace(out)


if __name__ == "__main__":
    typer.run(main)
