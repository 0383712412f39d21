"""The network of the joints: what one square of film says of the space of a joint."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from sclerograph.networks.joint_crops import JOINT_KINDS, JOINT_ROWS, WIDTHS_MM
from sclerograph.training.unet import layer

__all__ = ["JOINT_OUTPUTS", "JointNet"]

#: Logits of the widths, then of being fused, then of facing each other on the film.
JOINT_OUTPUTS = len(WIDTHS_MM) + 2


class JointNet(nn.Module):
    """Logits (batch, widths + 2) of squares (batch, 9, rows, columns).

    Rows run across the space and are drawn together first, so that each column tells a width of its own; the joint is
    the mean of its columns, those of the middle more than the others as the network finds best.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(layer(2 + len(JOINT_KINDS), 32), layer(32, 48, stride=2), layer(48, 48))
        self.coarse = nn.Sequential(
            layer(48, 64, stride=2), layer(64, 64), layer(64, 96, stride=2), layer(96, 96), layer(96, 96)
        )
        self.columns = nn.Sequential(
            nn.Conv2d(96, 192, (JOINT_ROWS // 8, 1), bias=False), nn.BatchNorm2d(192), nn.ReLU(inplace=True)
        )
        self.weight = nn.Conv2d(192, 4, 1)
        self.head = nn.Sequential(nn.Linear(4 * 192, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, JOINT_OUTPUTS))

    def forward(self, squares: Tensor) -> Tensor:
        """(batch, 9, rows, columns) to (batch, widths + 2)."""
        columns = self.columns(self.coarse(self.fine(squares)))
        weights = torch.softmax(self.weight(columns).flatten(2), dim=-1)
        seen = torch.einsum("bkc,bfc->bkf", weights, columns[:, :, 0])
        return cast(Tensor, self.head(seen.flatten(1)))
