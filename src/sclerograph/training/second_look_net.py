"""The network of the second look: one answer for a square of film around a mark."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from sclerograph.networks.marks import MARK_CHANNELS

__all__ = ["SecondLookNet"]


def _layer(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class SecondLookNet(nn.Module):
    """Logit that a mark is calcium.

    What surrounds a mark is averaged over the square; what the mark itself shows is averaged over the mark.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(_layer(len(MARK_CHANNELS), 32), _layer(32, 48, 2), _layer(48, 48))
        self.coarse = nn.Sequential(_layer(48, 64, 2), _layer(64, 64), _layer(64, 96, 2), _layer(96, 96))
        self.pool = nn.AvgPool2d(2)
        self.head = nn.Sequential(nn.Linear(96 + 96 + 48, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 1))

    def forward(self, patch: Tensor) -> Tensor:
        """(batch, 9, side, side) to (batch,) logits."""
        fine = self.fine(patch)
        coarse = self.coarse(fine)
        mark = self.pool((patch[:, MARK_CHANNELS.index("mark")] + 1.0)[:, None] * 0.5)
        share = mark / (mark.sum((2, 3), keepdim=True) + 1e-3)
        seen = [coarse.mean((2, 3)), coarse.amax((2, 3)), (fine * share).sum((2, 3))]
        return cast(Tensor, self.head(torch.cat(seen, 1))[:, 0])
