"""Train the network of the shafts.

python -m sclerograph.training.train_shafts --lesion-films work/lesion_films --steps 4000 --out work/shafts
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

from sclerograph.anatomy.norms import segment_ends
from sclerograph.networks.shaft_crops import INDICES, SHAFT_COLUMNS, SHAFT_ROWS, shaft_channels, shaft_crop
from sclerograph.training.greys import fast_warp
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
from sclerograph.training.shaft_examples import ShaftExample, shaft_examples_of
from sclerograph.training.strip_greys import noisy_and_bent
from sclerograph.training.strip_net import belief_losses, shaft_net

__all__ = ["ShaftSource", "shaft_losses"]

#: Landmarks are moved by this (nominal mm, along and across), as those of the skeleton network err.
_ALONG_MM, _ACROSS_MM = 1.0, 0.6
_SIZE = 0.04


class ShaftSource:
    """Makes batches of shafts with landmarks beside their place, of other sizes, sharpness, noise and greys.

    Parameters
    ----------
    examples
        What to draw from.
    """

    def __init__(self, examples: Sequence[ShaftExample], *, batch_size: int = 64, seed: int = 0) -> None:
        self.examples, self.batch_size, self.seed = examples, batch_size, seed

    def batch(self, step: int, progress: float) -> dict[str, NDArray[np.generic]]:
        """``square`` (batch, 5, rows, columns), ``index`` and ``isthmus`` (batch,)."""
        rng = np.random.default_rng([self.seed, 8, step])
        chosen = [self.examples[i] for i in rng.integers(len(self.examples), size=self.batch_size)]
        return {
            "square": np.stack([_varied(rng, example) for example in chosen]),
            "index": np.array([each.index for each in chosen], dtype=np.float32),
            "isthmus": np.array([each.isthmus for each in chosen], dtype=np.float32),
        }


def _varied(rng: np.random.Generator, example: ShaftExample) -> NDArray[np.float32]:
    grey = example.grey.astype(np.float32)
    unit = example.pixels_per_mm * float(np.exp(rng.normal(0.0, _SIZE)))
    axis = example.ends[1] - example.ends[0]
    along = axis / np.hypot(*axis)
    across = np.array([-along[1], along[0]])
    shifts = rng.normal(0.0, 1.0, (2, 2)) * [_ALONG_MM, _ACROSS_MM] * example.pixels_per_mm
    ends = example.ends + shifts[:, :1] * along + shifts[:, 1:] * across
    if rng.random() < 0.3:  # a softer film
        grey = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.3, 1.0)))
    points = dict(zip(segment_ends(example.code), ends, strict=True))
    crop = shaft_crop(points, example.code, unit, mirrored=False)
    assert crop is not None  # both ends are known
    square = fast_warp(grey, crop.to_crop, SHAFT_ROWS, SHAFT_COLUMNS, fill=None)
    square = noisy_and_bent(rng, square, noise=0.06, bend=0.2)
    channels = shaft_channels(square, example.code, 1.0 / unit)
    channels[0] *= np.float32(np.exp(rng.normal(0.0, 0.05)))
    channels[-1] += np.float32(rng.normal(0.0, 0.05))
    if rng.random() < 0.5:
        channels = channels[:, ::-1]
    return np.ascontiguousarray(channels)


def shaft_losses(model: nn.Module, batch: dict[str, Tensor], progress: float, draw: random.Random) -> dict[str, Tensor]:
    """Losses of one batch of :class:`ShaftSource`: of both indices, of the belief in them and of its mean."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(batch["square"].to(memory_format=torch.channels_last))
    levels = torch.from_numpy(INDICES).float()
    losses: dict[str, Tensor] = {}
    for part, name in ((logits[:, : len(INDICES)], "index"), (logits[:, len(INDICES) :], "isthmus")):
        weight = 1.0 if name == "index" else 0.5
        belief, mean = belief_losses(part.float(), batch[name], levels, 0.01)
        losses |= {name: weight * belief.mean(), f"{name} mean": 20.0 * weight * mean.mean()}
    return losses


def main(
    lesion_films: LesionFilms,
    out: Out,
    steps: Steps = 4000,
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
    examples = [each for film in stored_films(lesion_films) for each in shaft_examples_of(film)]
    typer.echo(f"{len(examples)} shafts")
    checkpoint = train(
        shaft_net(),
        ShaftSource(examples, batch_size=batch_size, seed=seed),
        shaft_losses,
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
