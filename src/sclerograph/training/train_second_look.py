"""Train the network of the second look.

python -m sclerograph.training.train_second_look --examples work/marks.npz --steps 3000 --out work/second_look
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import torch
import typer
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sclerograph.networks.marks import MARK_CHANNELS, MARK_PATCH
from sclerograph.training.augment import similarity
from sclerograph.training.loop import Schedule, train
from sclerograph.training.options import BatchSize, Out, PeakRate, Resume, Seed, StartFrom, Steps, Threads
from sclerograph.training.second_look_examples import EXAMPLE_SIDE, Examples, read_examples
from sclerograph.training.second_look_net import SecondLookNet

__all__ = ["SecondLookSource", "second_look_losses"]

_GREYS = slice(0, 2)
_CALCIUM = MARK_CHANNELS.index("calcium")
_ACROSS = MARK_CHANNELS.index("across")
#: How examples are varied: greatest shift in pixels, standard deviations of the turn and of the logarithm of the size.
_SHIFT, _TURN_DEG, _SIZE = 4.0, 10.0, 0.08


class SecondLookSource:
    """Makes batches of marks, shifted, turned, mirrored, with other sizes and greys; as many right as wrong ones.

    Large marks are drawn more often than small ones, by the root of their areas: they are few, and a mass or a plate
    that is taken back costs a patient's reading more than a grain.
    """

    def __init__(self, examples: Examples, *, batch_size: int = 64, seed: int = 0) -> None:
        self.examples, self.batch_size, self.seed = examples, batch_size, seed
        areas = (examples.patches[:, MARK_CHANNELS.index("mark")] > 0).sum((1, 2))
        self._kinds = [np.flatnonzero(examples.calcium == kind) for kind in (0, 1)]
        self._chances = [_as_chances(np.sqrt(areas[kind])) for kind in self._kinds]

    def batch(self, step: int, progress: float) -> dict[str, NDArray[np.generic]]:
        """``patch`` (batch, 9, 64, 64) and ``calcium`` (batch,)."""
        rng = np.random.default_rng([self.seed, 5, step])
        half = self.batch_size // 2
        chosen = np.concatenate(
            [rng.choice(kind, half, p=chances) for kind, chances in zip(self._kinds, self._chances, strict=True)]
        )
        patches = np.stack([self._varied(rng, int(index)) for index in chosen])
        return {"patch": patches, "calcium": self.examples.calcium[chosen].astype(np.float32)}

    def _varied(self, rng: np.random.Generator, index: int) -> NDArray[np.float32]:
        patch = _moved(rng, self.examples.patches[index].astype(np.float32))
        if rng.random() < 0.5:
            patch = patch[:, :, ::-1].copy()
        patch[_GREYS] *= np.float32(np.exp(rng.normal(0.0, 0.12)))
        patch[0] += np.float32(rng.normal(0.0, 0.1))
        if rng.random() < 0.3:
            patch[_GREYS] += rng.normal(0.0, rng.uniform(0.0, 0.06), patch[_GREYS].shape).astype(np.float32)
        # the calcium network that is looked over may be surer or less sure than the one that made the examples
        patch[_CALCIUM] = np.clip(patch[_CALCIUM] * np.float32(rng.uniform(0.85, 1.1)), -1.0, 1.0)
        patch[_ACROSS:] += rng.normal(0.0, 0.03, 2).astype(np.float32)[:, None, None]
        return patch


def _as_chances(weights: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _moved(rng: np.random.Generator, example: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut a square out of an example, a little beside its middle, turned and of another size."""
    middle = (EXAMPLE_SIDE - 1) / 2
    shift = rng.uniform(-_SHIFT, _SHIFT, 2) + (MARK_PATCH - EXAMPLE_SIDE) / 2
    turn, size = float(rng.normal(0.0, _TURN_DEG)), float(np.exp(rng.normal(0.0, _SIZE)))
    matrix = similarity(turn, size, (middle, middle), (float(shift[0]), float(shift[1])))
    moved = np.empty((len(example), MARK_PATCH, MARK_PATCH), dtype=np.float32)
    for values, channel in zip(moved, example, strict=True):
        values[:] = cv2.warpAffine(channel, matrix, (MARK_PATCH, MARK_PATCH), borderMode=cv2.BORDER_REPLICATE)
    return moved


def second_look_losses(
    model: nn.Module, batch: dict[str, Tensor], progress: float, draw: random.Random
) -> dict[str, Tensor]:
    """Cross-entropy of one batch of :class:`SecondLookSource`."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(batch["patch"].to(memory_format=torch.channels_last))
    return {"calcium": functional.binary_cross_entropy_with_logits(logits.float(), batch["calcium"])}


def main(
    examples: Annotated[list[Path], typer.Option(exists=True, dir_okay=False, help="May be repeated.")],
    out: Out,
    steps: Steps = 3000,
    batch_size: BatchSize = 64,
    peak_rate: PeakRate = 2e-3,
    start_from: StartFrom = None,
    seed: Seed = 0,
    threads: Threads = 2,
    resume: Resume = False,
) -> None:
    """Train, and write ``OUT/last.pt`` and ``OUT/log.csv``."""
    torch.manual_seed(seed)
    checkpoint = train(
        SecondLookNet(),
        SecondLookSource(read_examples(examples), batch_size=batch_size, seed=seed),
        second_look_losses,
        Schedule(steps=steps, peak_rate=peak_rate, weight_decay=1e-2),
        out,
        resume=resume,
        start_from=start_from,
        seed=seed,
        threads=threads,
        workers=1,
    )
    typer.echo(str(checkpoint))


if __name__ == "__main__":
    typer.run(main)
