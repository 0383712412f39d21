"""The network of the second look: one answer for a square of film around a mark."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from sclerograph.networks.marks import MARK_CHANNELS

__all__ = ["SecondLookNet"]

_FINE, _MIDDLE, _COARSE = 48, 72, 88


def _convolution(inputs: int, outputs: int, stride: int = 1, side: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False), nn.BatchNorm2d(outputs))


class _Block(nn.Module):
    """Two convolutions whose result is added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = _convolution(channels, channels), _convolution(channels, channels)

    def forward(self, values: Tensor) -> Tensor:
        return torch.relu(values + self.second(torch.relu(self.first(values))))


class SecondLookNet(nn.Module):
    """Logit that a mark is calcium.

    What surrounds a mark is averaged over the square; what the mark itself shows is averaged over the mark, at two
    resolutions.
    """

    def __init__(self) -> None:
        super().__init__()
        # the first step halves the resolution: most of the time would go into the full one
        self.fine = nn.Sequential(_convolution(len(MARK_CHANNELS), _FINE, 2, 5), nn.ReLU(), _Block(_FINE))
        self.middle = nn.Sequential(_convolution(_FINE, _MIDDLE, 2), nn.ReLU(), _Block(_MIDDLE), _Block(_MIDDLE))
        self.coarse = nn.Sequential(_convolution(_MIDDLE, _COARSE, 2), nn.ReLU(), _Block(_COARSE))
        self.pool = nn.AvgPool2d(2)
        self.head = nn.Sequential(
            nn.Linear(2 * _COARSE + _FINE + _MIDDLE, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 1)
        )

    def forward(self, patch: Tensor) -> Tensor:
        """(batch, 9, side, side) to (batch,) logits."""
        fine = self.fine(patch)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        mark = self.pool((patch[:, MARK_CHANNELS.index("mark")] + 1.0)[:, None] * 0.5)
        seen = [coarse.mean((2, 3)), coarse.amax((2, 3)), _mean_over(mark, fine), _mean_over(self.pool(mark), middle)]
        return cast(Tensor, self.head(torch.cat(seen, 1))[:, 0])


def _mean_over(mark: Tensor, values: Tensor) -> Tensor:
    return (values * (mark / (mark.sum((2, 3), keepdim=True) + 1e-3))).sum((2, 3))
