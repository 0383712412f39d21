"""Train a small network on strips for a moment, and export it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from sclerograph.training.export import NetworkName, export
from sclerograph.training.loop import BatchSource, Schedule, averaged_weights, train


def learn_and_export(
    name: NetworkName, make: Callable[[], nn.Module], source: BatchSource, losses: Callable[..., Any], folder: Path
) -> dict[str, float]:
    """Take 60 steps and export the network; return the last line of the log.

    The exported file must hold the weights in half their size, and give them back for more training.
    """
    torch.manual_seed(0)
    schedule = Schedule(steps=60, average_over_steps=10)
    checkpoint = train(make(), source, losses, schedule, folder, workers=0, progress_of=lambda line: None)
    exported = folder / f"{name.value}.onnx"
    export(name, [checkpoint], exported)
    assert exported.stat().st_size < 0.6 * 4 * sum(weights.numel() for weights in make().parameters())
    make().load_state_dict(averaged_weights(exported))
    names, *_, last = (line.split(",") for line in (folder / "log.csv").read_text().splitlines())
    return dict(zip(names, map(float, last), strict=True))
