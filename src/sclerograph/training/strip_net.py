"""The network of joints and of shafts: what a square of film says of a width across it."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.networks.joint_crops import JOINT_KINDS, JOINT_ROWS, WIDTHS_MM
from sclerograph.networks.shaft_crops import INDICES
from sclerograph.training.unet import layer

__all__ = ["StripNet", "belief_losses", "joint_net", "shaft_net"]


class StripNet(nn.Module):
    """Logits (batch, outputs) of squares (batch, channels, 96, columns).

    Rows are drawn together first, so that each column tells a width of its own; the answer is the mean of the columns,
    some more than others as the network finds best.

    Parameters
    ----------
    channels
        Of a square.
    outputs
        Logits.
    """

    def __init__(self, channels: int, outputs: int) -> None:
        super().__init__()
        self.fine = nn.Sequential(layer(channels, 32), layer(32, 48, stride=2), layer(48, 48))
        self.coarse = nn.Sequential(
            layer(48, 64, stride=2), layer(64, 64), layer(64, 96, stride=2), layer(96, 96), layer(96, 96)
        )
        self.columns = nn.Sequential(
            nn.Conv2d(96, 192, (JOINT_ROWS // 8, 1), bias=False), nn.BatchNorm2d(192), nn.ReLU(inplace=True)
        )
        self.weight = nn.Conv2d(192, 4, 1)
        self.head = nn.Sequential(nn.Linear(4 * 192, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, outputs))

    def forward(self, squares: Tensor) -> Tensor:
        """(batch, channels, rows, columns) to (batch, outputs)."""
        columns = self.columns(self.coarse(self.fine(squares)))
        weights = torch.softmax(self.weight(columns).flatten(2), dim=-1)
        seen = torch.einsum("bkc,bfc->bkf", weights, columns[:, :, 0])
        return cast(Tensor, self.head(seen.flatten(1)))


def joint_net() -> StripNet:
    """Logits of the widths of a joint's space, then of being fused, then of facing each other on the film."""
    return StripNet(2 + len(JOINT_KINDS), len(WIDTHS_MM) + 2)


def shaft_net() -> StripNet:
    """Logits of the cortical index of a shaft, then of that at its narrowest part."""
    return StripNet(2 + len(RADIOGRAMMETRY_BONES), 2 * len(INDICES))


def belief_losses(logits: Tensor, true: Tensor, levels: Tensor, beta: float) -> tuple[Tensor, Tensor]:
    """Losses (batch,) of a belief over evenly spaced levels: of its shares, and of its mean.

    Parameters
    ----------
    logits
        (batch, levels).
    true
        (batch,) the true values, brought into the range of the levels.
    levels
        (levels,).
    beta
        Errors of the mean smaller than this count by their square.
    """
    low, high, step = float(levels[0]), float(levels[-1]), float(levels[1] - levels[0])
    inside = true.clamp(low, high - 1e-4 * step)
    shares = torch.log_softmax(logits, dim=1)
    # belief is shared between the two levels beside the true one
    apart = (torch.arange(len(levels))[None] - ((inside - low) / step)[:, None]).abs()
    of_shares = -((1.0 - apart).clamp(min=0.0) * shares).sum(1)
    of_mean = functional.smooth_l1_loss(shares.exp() @ levels, inside, reduction="none", beta=beta)
    return of_shares, of_mean
