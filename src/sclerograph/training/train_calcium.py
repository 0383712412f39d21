"""Train the calcium network.

python -m sclerograph.training.train_calcium --bank work/bank/train --prepared work/real_maps --steps 3000 \
    --out work/calcium [--negatives work/negatives.json] [--resume]
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor, nn

from sclerograph.training.bank import Bank
from sclerograph.training.calcium_batches import CalciumShares, CalciumSource, read_negatives
from sclerograph.training.loop import Schedule, train
from sclerograph.training.losses import FIRST_CALCIUM_WEIGHT, calcium_loss, unpack_bits
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
from sclerograph.training.unet import CALCIUM_CHANNELS, CalciumNet

__all__ = ["calcium_losses"]


def calcium_losses(
    model: nn.Module,
    batch: dict[str, Tensor],
    progress: float,
    draw: random.Random,
    *,
    first_weight: float = FIRST_CALCIUM_WEIGHT,
) -> dict[str, Tensor]:
    """Losses of one batch of :class:`CalciumSource`."""
    image = batch["image"].to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(image)
    truth = unpack_bits(batch["truth"].int(), len(CALCIUM_CHANNELS))
    weights = batch["known"][:, :, None, None].expand(logits.shape).clone()
    weights[:, 0] *= batch["ignore"] == 0
    return calcium_loss(logits, truth, weights, progress, batch["share"], first_weight=first_weight)


def main(
    bank: BankFolder,
    out: Out,
    steps: Steps = 3000,
    batch_size: BatchSize = 8,
    fine_bank: Annotated[
        list[Path] | None, typer.Option(exists=True, file_okay=False, help="Banks of films as sharp as a department's.")
    ] = None,
    side_bank: SideBank = None,
    prepared: Annotated[
        Path | None, typer.Option(help="Folder of films made ready by self_training; without it only simulated ones.")
    ] = None,
    real_share: Annotated[float, typer.Option()] = 0.5,
    deposits_share: Annotated[
        float, typer.Option(help="Share of real patches that get deposits; the others are untouched.")
    ] = CalciumShares.deposits,
    negatives: Annotated[Path | None, typer.Option(help="File of mine_negatives.")] = None,
    peak_rate: PeakRate = 2e-3,
    first_weight: Annotated[
        float, typer.Option(help="Greatest weight of a calcified pixel at the start; lower it for fine-tuning.")
    ] = FIRST_CALCIUM_WEIGHT,
    start_from: StartFrom = None,
    seed: Seed = 0,
    threads: Threads = 2,
    workers: Workers = 1,
    resume: Resume = False,
) -> None:
    """Train, and write ``OUT/last.pt`` and ``OUT/log.csv``."""
    torch.manual_seed(seed)
    source = CalciumSource(
        Bank(bank) if side_bank is None else Bank(bank, side_bank),
        prepared,
        batch_size=batch_size,
        shares=replace(CalciumShares(), real=real_share, deposits=deposits_share),
        negatives=read_negatives(negatives) if negatives is not None else (),
        seed=seed,
        fine=Bank(*fine_bank) if fine_bank else None,
    )
    checkpoint = train(
        CalciumNet(),
        source,
        partial(calcium_losses, first_weight=first_weight),
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
