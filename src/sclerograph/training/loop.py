"""The training loop that all networks share: AdamW, cosine schedule by steps, moving average, checkpoints, a CSV
log.
"""

from __future__ import annotations

import csv
import math
import os
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from sclerograph.training.widen import load_widened

__all__ = ["BatchSource", "Schedule", "averaged_weights", "load_averaged", "train"]

_LOG_EVERY = 50
_CHECKPOINT_EVERY = 250
#: How weights of the first of several averaged networks begin (:mod:`sclerograph.training.averaged_net`).
_FIRST_MEMBER = "members.0."


class BatchSource(Protocol):
    """Makes the batch of a step: the same arrays for the same step, whatever was made before."""

    def batch(self, step: int, progress: float) -> dict[str, np.ndarray]:
        """Arrays of one batch; ``progress`` runs from 0 to 1 over the training."""
        ...


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    steps: int
    peak_rate: float = 2e-3
    warm_up_steps: int = 100
    weight_decay: float = 1e-3
    final_fraction: float = 0.01
    average_over_steps: int = 150

    def rate(self, step: int) -> float:
        """Learning rate of a step."""
        warm = min(1.0, (step + 1) / max(1, min(self.warm_up_steps, self.steps // 10 + 1)))
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, self.steps))))
        return self.peak_rate * warm * (self.final_fraction + (1 - self.final_fraction) * cosine)


class _Steps(Dataset[dict[str, Tensor]]):
    """The batches from ``first`` to the end, numbered; ``None`` data workers share nothing but the disk."""

    def __init__(self, source: BatchSource, first: int, steps: int) -> None:
        self.source, self.first, self.steps = source, first, steps

    def __len__(self) -> int:
        return self.steps - self.first

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        step = self.first + index
        arrays = self.source.batch(step, step / self.steps)
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


def _be_nice(_: int) -> None:
    torch.set_num_threads(1)
    os.nice(5)


def _average(average: dict[str, Tensor], model: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                average[name].lerp_(value, 1 - decay)
            else:
                average[name].copy_(value)


def averaged_weights(checkpoint: Path) -> dict[str, Tensor]:
    """Weights of the moving average of a checkpoint, or of a shipped network (``.onnx``), to train it further.

    Of networks that ship averaged, the weights are those of the first.
    """
    if checkpoint.suffix == ".onnx":
        import onnx
        from onnx import numpy_helper

        stored = onnx.load(str(checkpoint)).graph.initializer
        weights = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in stored}
        weights = {name: each.float() if each.dtype == torch.float16 else each for name, each in weights.items()}
        if any(name.startswith(_FIRST_MEMBER) for name in weights):
            weights = {
                name.removeprefix(_FIRST_MEMBER): each
                for name, each in weights.items()
                if name.startswith(_FIRST_MEMBER)
            }
        counters = {name.replace("running_mean", "num_batches_tracked") for name in weights if "running_mean" in name}
        return weights | {name: torch.tensor(0) for name in counters}
    return dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])


def load_averaged(model: nn.Module, checkpoint: Path) -> nn.Module:
    """Load the moving average into a model and make it ready for inference."""
    model.load_state_dict(averaged_weights(checkpoint))
    return model.eval()


def _save(path: Path, state: dict[str, Any]) -> None:
    scratch = path.with_suffix(".partial")
    torch.save(state, scratch)
    scratch.replace(path)


def train(
    model: nn.Module,
    source: BatchSource,
    loss_of: Callable[[nn.Module, dict[str, Tensor], float, random.Random], dict[str, Tensor]],
    schedule: Schedule,
    out: Path,
    *,
    resume: bool = False,
    start_from: Path | None = None,
    seed: int = 0,
    threads: int = 2,
    workers: int = 1,
    progress_of: Callable[[str], None] = print,
) -> Path:
    """Train a model and return the path of its last checkpoint, ``out/last.pt``.

    Parameters
    ----------
    loss_of
        (model, batch, progress, random) to named losses; their sum is made small.
    resume
        Continue from ``out/last.pt`` if it is there. Batches and schedule continue where they stopped.
    start_from
        Checkpoint whose averaged weights are the start (fine-tuning), of a network as wide or narrower; ignored where
        resumed.
    """
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "last.pt"
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    if start_from is not None:
        load_widened(model, averaged_weights(start_from))
    model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    model.train()
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": schedule.weight_decay},
            {"params": [p for p in model.parameters() if p.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=schedule.peak_rate,
    )
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    first = 0
    if resume and checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average, first = state["average"], int(state["step"])
    loader: Iterable[dict[str, Tensor]] = DataLoader(
        _Steps(source, first, schedule.steps),
        batch_size=None,
        num_workers=workers,
        prefetch_factor=6 if workers else None,
        worker_init_fn=_be_nice,
    )
    log = out / "log.csv"
    sums: dict[str, float] = {}
    counted, started, waited = 0, time.monotonic(), 0.0
    asked = time.monotonic()
    for step, batch in enumerate(loader, start=first):
        waited += time.monotonic() - asked
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate(step)
        losses = loss_of(model, batch, step / schedule.steps, random.Random(f"{seed} {step}"))
        total = torch.stack(list(losses.values())).sum()
        optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        if torch.isfinite(norm):
            optimiser.step()
        decay = min(1 - 1 / schedule.average_over_steps, (step + 1) / (step + 10))
        _average(average, model, decay)
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach())
        counted += 1
        if (step + 1) % _LOG_EVERY == 0 or step + 1 == schedule.steps:
            seconds = (time.monotonic() - started) / counted
            row = {
                "step": step + 1,
                "rate": schedule.rate(step),
                "seconds_per_step": seconds,
                "waited": waited / counted,
            }
            row |= {name: value / counted for name, value in sums.items()}
            _append(log, row)
            progress_of("  ".join(f"{name} {value:.4g}" for name, value in row.items()))
            sums, counted, started, waited = {}, 0, time.monotonic(), 0.0
        if (step + 1) % _CHECKPOINT_EVERY == 0 or step + 1 == schedule.steps:
            _save(
                checkpoint,
                {
                    "model": model.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "average": average,
                    "step": step + 1,
                },
            )
        asked = time.monotonic()
    return checkpoint


def _append(path: Path, row: dict[str, float]) -> None:
    fresh = not path.exists()
    with path.open("a", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(row))
        if fresh:
            writer.writeheader()
        writer.writerow(row)
