"""Joints of simulated films with the width of their spaces, for the joint network.

    python -m sclerograph.training.joint_examples --hands 200 --out work/joint_examples

Of each joint the part of the film around it is kept, large enough for every square that training cuts out of it; so a
square is sampled once from the film's own pixels, as in a reading. Hands are kept in files of a few; what is there is
not simulated again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.anatomy.joint_frame import SPACE_JOINTS, JointFrame, landmark_frame
from sclerograph.networks.crops import fit_pose
from sclerograph.networks.joint_crops import JOINT_COLUMNS, JOINT_ROWS, joint_nominal_mm
from sclerograph.training.joint_films import JointFilm, joint_films

__all__ = ["FIRST_SEED", "JointExample", "examples_of", "read_examples", "write_examples"]

#: Seeds of the films: beyond those on which the measurement was adjusted and those held out for the bench.
FIRST_SEED = 18_000_000
#: Parts of the film are larger than the square by this, for shifts and turns.
_LARGER = 1.35
_HANDS_A_FILE = 10


@dataclass(frozen=True)
class JointExample:
    """One joint on one film.

    ``grey`` (rows, columns) is the part of the film around it, ``frame`` the joint in the pixels of that part, and
    ``pixels_per_mm`` the pixels of a nominal millimetre. ``width_px`` and ``least_px`` are the width of the space, mean
    and least, not-a-number where it has none: where the bones are fused, or not ``seen`` to face each other.
    """

    film: int
    code: str
    grey: NDArray[np.uint16]
    frame: JointFrame
    pixels_per_mm: float
    width_px: float
    least_px: float
    fused: bool
    seen: bool


def examples_of(film: JointFilm, number: int) -> Iterator[JointExample]:
    """Return the joints of a film whose landmarks are on it.

    Parameters
    ----------
    film
        The film with its true spaces.
    number
        Of the film among all.
    """
    shown = film.film
    grey = shown.image_12bit if shown.image_12bit is not None else shown.image.astype(np.uint16) << np.uint16(4)
    marks = shown.landmarks.astype(np.float64)
    points = {name: mark[:2] for name, mark in zip(LANDMARKS, marks, strict=True) if mark[2] > 0}
    unit = fit_pose(marks[:, :2], marks[:, 2]).pixels_per_mm
    for code in SPACE_JOINTS:
        frame = landmark_frame(points, code, unit)
        if frame is None:
            continue
        reach = 0.5 * _LARGER * joint_nominal_mm(code) * unit * float(np.hypot(JOINT_ROWS, JOINT_COLUMNS))
        low = np.maximum(np.floor(frame.origin - reach).astype(int), 0)
        high = np.ceil(frame.origin + reach).astype(int) + 1
        part = grey[low[1] : high[1], low[0] : high[0]]
        if min(part.shape) < reach:
            continue
        true = film.spaces.get(code)
        open_ = true is not None and not true.fused
        yield JointExample(
            film=number,
            code=code,
            grey=part,
            frame=JointFrame(frame.origin - low, frame.along, frame.half_width),
            pixels_per_mm=unit,
            width_px=true.mean_mm / shown.mm_per_pixel if true is not None and open_ else float("nan"),
            least_px=true.least_mm / shown.mm_per_pixel if true is not None and open_ else float("nan"),
            fused=true is not None and true.fused,
            seen=true is not None,
        )


def write_examples(path: Path, examples: Sequence[JointExample]) -> None:
    """Keep examples in one file, written as a whole or not at all."""
    scratch = path.with_suffix(".partial")
    with scratch.open("wb") as handle:
        np.savez(
            handle,
            grey=np.concatenate([each.grey.ravel() for each in examples]),
            shapes=np.array([each.grey.shape for each in examples]),
            codes=np.array([SPACE_JOINTS.index(each.code) for each in examples]),
            films=np.array([each.film for each in examples]),
            frames=np.array([[*each.frame.origin, *each.frame.along] for each in examples]),
            numbers=np.array([[each.pixels_per_mm, each.width_px, each.least_px] for each in examples]),
            flags=np.array([[each.fused, each.seen] for each in examples]),
        )
    scratch.replace(path)


def read_examples(folder: Path) -> list[JointExample]:
    """Return all examples of a folder."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as stored:
            parts = {name: stored[name] for name in stored.files}
        ends = np.cumsum(parts["shapes"].prod(axis=1))
        for i, (end, shape) in enumerate(zip(ends, parts["shapes"], strict=True)):
            unit, width, least = (float(value) for value in parts["numbers"][i])
            frame = JointFrame(parts["frames"][i, :2], parts["frames"][i, 2:], unit)
            found.append(
                JointExample(
                    film=int(parts["films"][i]),
                    code=SPACE_JOINTS[parts["codes"][i]],
                    grey=parts["grey"][end - shape.prod() : end].reshape(shape),
                    frame=frame,
                    pixels_per_mm=unit,
                    width_px=width,
                    least_px=least,
                    fused=bool(parts["flags"][i, 0]),
                    seen=bool(parts["flags"][i, 1]),
                )
            )
    return found


def main(
    out: Annotated[Path, typer.Option()],
    hands: Annotated[int, typer.Option()] = 200,
) -> None:
    """Write the examples of so many hands."""
    out.mkdir(parents=True, exist_ok=True)
    for first in range(0, hands, _HANDS_A_FILE):
        path = out / f"hands_{first:05d}.npz"
        if path.exists():
            continue
        examples: list[JointExample] = []
        for hand in range(first, min(first + _HANDS_A_FILE, hands)):
            for visit, film in enumerate(joint_films(FIRST_SEED + hand)):
                examples += examples_of(film, 2 * hand + visit)
        write_examples(path, examples)
        typer.echo(f"{path.name}: {len(examples)} joints")


if __name__ == "__main__":
    typer.run(main)
