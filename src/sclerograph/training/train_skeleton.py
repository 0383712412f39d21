"""Train the skeleton network.

python -m sclerograph.training.train_skeleton --bank work/bank/train --steps 2500 --out work/skeleton [--resume]
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor, nn

from sclerograph.networks.decode import SKELETON_STRIDE
from sclerograph.training.bank import Bank
from sclerograph.training.definitions import PointOffsets
from sclerograph.training.loop import Schedule, train
from sclerograph.training.losses import heat_map_loss, mask_loss, unpack_bits
from sclerograph.training.options import (
    BankFolder,
    BatchSize,
    Out,
    PeakRate,
    Resume,
    Seed,
    StartFrom,
    Steps,
    Threads,
    Workers,
)
from sclerograph.training.real_films import training_films
from sclerograph.training.skeleton_batches import SkeletonSource
from sclerograph.training.unet import MASK_CHANNELS, SkeletonNet

__all__ = ["skeleton_losses"]

#: Width of the target around a landmark, in cells of 1.1 nominal mm: wide to find it, narrow to point at it.
_FIRST_SIGMA, _LAST_SIGMA = 2.6, 1.1


def skeleton_losses(
    model: nn.Module, batch: dict[str, Tensor], progress: float, draw: random.Random
) -> dict[str, Tensor]:
    """Landmark and mask losses of one batch of :class:`SkeletonSource`."""
    assert isinstance(model, SkeletonNet)
    row_phase, column_phase = draw.randrange(4), draw.randrange(2)
    image = batch["image"].to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        heat, masks = model.one_phase(image, row_phase, column_phase)
    points = batch["points"]
    cells = (points[..., :2] - (SKELETON_STRIDE - 1) / 2) / SKELETON_STRIDE
    sigma = _FIRST_SIGMA + (_LAST_SIGMA - _FIRST_SIGMA) * min(1.0, progress / 0.8)
    losses = {"landmarks": heat_map_loss(heat, cells, points[..., 2], sigma)}
    simulated = batch["has_masks"] > 0
    if bool(simulated.any()):
        bits = batch["masks"][simulated, row_phase::4, column_phase::2]
        truth = unpack_bits(bits, len(MASK_CHANNELS))
        losses["masks"] = mask_loss(masks[simulated], truth, torch.ones(()))
    return losses


def main(
    bank: BankFolder,
    out: Out,
    steps: Steps = 2500,
    batch_size: BatchSize = 8,
    data: Annotated[Path | None, typer.Option(help="Folder of real films; without it only simulated ones.")] = None,
    pseudo_labels: Annotated[Path | None, typer.Option()] = None,
    offsets: Annotated[
        Path | None, typer.Option(help="Offsets of the key points, from self_training; taken off them.")
    ] = None,
    prepared: Annotated[
        Path | None, typer.Option(help="Folder of films made ready by self_training; they get disease on the fly.")
    ] = None,
    real_share: Annotated[float, typer.Option()] = 0.3,
    peak_rate: PeakRate = 2e-3,
    start_from: StartFrom = None,
    seed: Seed = 0,
    threads: Threads = 2,
    workers: Workers = 1,
    resume: Resume = False,
) -> None:
    """Train, and write ``OUT/last.pt`` and ``OUT/log.csv``."""
    torch.manual_seed(seed)
    known_offsets = PointOffsets.load(offsets) if offsets is not None else None
    real = training_films(data, pseudo_labels, known_offsets) if data is not None else []
    source = SkeletonSource(
        Bank(bank), real, batch_size=batch_size, real_share=real_share, prepared=prepared, seed=seed
    )
    checkpoint = train(
        SkeletonNet(),
        source,
        skeleton_losses,
        Schedule(steps=steps, peak_rate=peak_rate),
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
