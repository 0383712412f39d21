"""Train the finder.

python -m sclerograph.training.train_finder --bank work/bank/train --data DATA --steps 2500 --out work/finder [--resume]
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor, nn

from sclerograph.training.bank import Bank
from sclerograph.training.finder_batches import FinderSource
from sclerograph.training.loop import Schedule, train
from sclerograph.training.losses import finder_loss
from sclerograph.training.options import (
    BankFolder,
    BatchSize,
    Out,
    PeakRate,
    Resume,
    Seed,
    SideBank,
    StartFrom,
    Steps,
    Threads,
    Workers,
)
from sclerograph.training.real_films import negative_films, training_films
from sclerograph.training.unet import FinderNet

__all__ = ["finder_losses"]


def finder_losses(
    model: nn.Module, batch: dict[str, Tensor], progress: float, draw: random.Random
) -> dict[str, Tensor]:
    """Loss of one batch of :class:`FinderSource`."""
    image = batch["image"].to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        maps = model(image)
    return {"finder": finder_loss(maps, batch["heat"], batch["near"], batch["values"])}


def main(
    bank: BankFolder,
    out: Out,
    steps: Steps = 2500,
    batch_size: BatchSize = 16,
    data: Annotated[Path | None, typer.Option(help="Folder of real films; without it only simulated ones.")] = None,
    pseudo_labels: Annotated[Path | None, typer.Option()] = None,
    real_share: Annotated[float, typer.Option()] = 0.3,
    peak_rate: PeakRate = 2e-3,
    side_bank: SideBank = None,
    start_from: StartFrom = None,
    seed: Seed = 0,
    threads: Threads = 2,
    workers: Workers = 1,
    resume: Resume = False,
) -> None:
    """Train, and write ``OUT/last.pt`` and ``OUT/log.csv``."""
    torch.manual_seed(seed)
    real = training_films(data, pseudo_labels) if data is not None else []
    negatives = negative_films(data) if data is not None else []
    side = Bank(side_bank) if side_bank is not None else None
    source = FinderSource(
        Bank(bank), real, negatives, batch_size=batch_size, real_share=real_share, side=side, seed=seed
    )
    checkpoint = train(
        FinderNet(),
        source,
        finder_losses,
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
