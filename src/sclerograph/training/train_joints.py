"""Train the network of the joints.

python -m sclerograph.training.train_joints --lesion-films work/lesion_films --steps 5000 --out work/joints
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import cv2
import numpy as np
import torch
import typer
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sclerograph.anatomy.joint_frame import JointFrame
from sclerograph.networks.joint_crops import JOINT_COLUMNS, JOINT_ROWS, WIDTHS_MM, frame_crop, joint_channels
from sclerograph.training.greys import fast_warp
from sclerograph.training.joint_examples import JointExample, joint_examples_of
from sclerograph.training.lesion_film import stored_films
from sclerograph.training.loop import Schedule, train
from sclerograph.training.options import (
    BatchSize,
    LesionFilms,
    Out,
    PeakRate,
    Resume,
    Seed,
    StartFrom,
    Steps,
    Threads,
    Workers,
)
from sclerograph.training.strip_greys import noisy_and_bent
from sclerograph.training.strip_net import belief_losses, joint_net

__all__ = ["JointSource", "joint_losses"]

#: How squares are varied: shift (nominal mm), turn, and logarithm of the size, as standard deviations.
_SHIFT_MM, _TURN_DEG, _SIZE = 0.8, 4.0, 0.05
#: Rare joints are drawn more often: fused ones, and those of thumb and wrist.
_FUSED_TIMES, _OTHERS_TIMES = 3.0, 2.0


class JointSource:
    """Makes batches of squares, shifted, turned, of other sizes, sharpness, noise and greys.

    Parameters
    ----------
    examples
        What to draw from.
    """

    def __init__(self, examples: Sequence[JointExample], *, batch_size: int = 64, seed: int = 0) -> None:
        self.examples, self.batch_size, self.seed = examples, batch_size, seed
        times = [
            (_FUSED_TIMES if each.fused else 1.0) * (1.0 if each.code[-1] in "2345" else _OTHERS_TIMES)
            for each in examples
        ]
        self._chances = np.array(times) / np.sum(times)

    def batch(self, step: int, progress: float) -> dict[str, NDArray[np.generic]]:
        """``square`` (batch, 9, rows, columns); ``width`` (batch,) nominal mm, ``open``, ``fused`` and ``seen``."""
        rng = np.random.default_rng([self.seed, 7, step])
        chosen = [self.examples[i] for i in rng.choice(len(self.examples), self.batch_size, p=self._chances)]
        made = [_varied(rng, example) for example in chosen]
        width = np.array([width for _, width in made])
        return {
            "square": np.stack([square for square, _ in made]),
            "width": np.nan_to_num(width).astype(np.float32),
            "open": np.isfinite(width).astype(np.float32),
            "fused": np.array([each.fused for each in chosen], dtype=np.float32),
            "seen": np.array([each.seen for each in chosen], dtype=np.float32),
        }


def _varied(rng: np.random.Generator, example: JointExample) -> tuple[NDArray[np.float32], float]:
    """Return a square of a joint, varied, and the width that its space then has in nominal millimetres."""
    grey = example.grey.astype(np.float32)
    unit = example.pixels_per_mm * float(np.exp(rng.normal(0.0, _SIZE)))
    turn = np.radians(rng.normal(0.0, _TURN_DEG))
    along = example.frame.along @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    origin = example.frame.origin + rng.normal(0.0, _SHIFT_MM, 2) * example.pixels_per_mm
    if rng.random() < 0.4:  # a coarser film, or a softer one
        grey = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.3, 1.3)))
    crop = frame_crop(JointFrame(origin, along, unit), example.code, unit, mirrored=False)
    square = fast_warp(grey, crop.to_crop, JOINT_ROWS, JOINT_COLUMNS, fill=None)
    square = noisy_and_bent(rng, square, noise=0.08, bend=0.25)
    channels = joint_channels(square, example.code, 1.0 / unit)
    channels[0] *= np.float32(np.exp(rng.normal(0.0, 0.08)))
    channels[-1] += np.float32(rng.normal(0.0, 0.1))
    if rng.random() < 0.5:
        channels = np.ascontiguousarray(channels[:, :, ::-1])
    return channels, example.width_px / unit


def joint_losses(model: nn.Module, batch: dict[str, Tensor], progress: float, draw: random.Random) -> dict[str, Tensor]:
    """Losses of one batch of :class:`JointSource`: of the widths where there is one, of fusion, of being seen."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(batch["square"].to(memory_format=torch.channels_last))
    logits = logits.float()
    width, off = belief_losses(logits[:, :-2], batch["width"], torch.from_numpy(WIDTHS_MM).float(), 0.05)
    count = batch["open"].sum().clamp(min=1.0)
    fused = functional.binary_cross_entropy_with_logits(logits[:, -2], batch["fused"], reduction="none")
    return {
        "width": (width * batch["open"]).sum() / count,
        "mean": 2.0 * (off * batch["open"]).sum() / count,
        "fused": (fused * batch["seen"]).sum() / batch["seen"].sum().clamp(min=1.0),
        "seen": functional.binary_cross_entropy_with_logits(logits[:, -1], batch["seen"]),
    }


def main(
    lesion_films: LesionFilms,
    out: Out,
    steps: Steps = 5000,
    batch_size: BatchSize = 64,
    peak_rate: PeakRate = 2e-3,
    start_from: StartFrom = None,
    seed: Seed = 0,
    threads: Threads = 2,
    workers: Workers = 1,
    resume: Resume = False,
) -> None:
    """Train, and write ``OUT/last.pt`` and ``OUT/log.csv``."""
    torch.manual_seed(seed)
    examples = [each for film in stored_films(lesion_films) for each in joint_examples_of(film)]
    typer.echo(f"{len(examples)} joints")
    checkpoint = train(
        joint_net(),
        JointSource(examples, batch_size=batch_size, seed=seed),
        joint_losses,
        Schedule(steps=steps, peak_rate=peak_rate, weight_decay=1e-2),
        out,
        resume=resume,
        start_from=start_from,
        seed=seed,
        threads=threads,
        workers=workers,
    )
    typer.echo(str(checkpoint))


if __name__ == "__main__":
    typer.run(main)
