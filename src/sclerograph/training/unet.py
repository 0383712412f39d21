"""The networks: one U-Net body with additive skips, and three heads.

Strided convolutions go down, a 1x1 convolution and nearest-neighbour upsampling go up, and the skip is added instead of
concatenated: at high resolution memory traffic costs more than arithmetic on a CPU, and adding halves it. Channel
counts are multiples of 16, as the matrix units of bf16 processors want them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from sclerograph.anatomy.hand import BONES, LANDMARKS

__all__ = [
    "CALCIUM_CHANNELS",
    "FINDER_CHANNELS",
    "MASK_CHANNELS",
    "Body",
    "CalciumNet",
    "FinderNet",
    "SkeletonNet",
    "layer",
]

#: Masks of the skeleton network: the bones in their order, then soft tissue.
MASK_CHANNELS = (*(b.code for b in BONES), "soft_tissue")
#: Maps of the finder: heat, up (x, y of the unit vector on the film), natural log of length over the film's longer
#: side, mirrored.
FINDER_CHANNELS = ("centre", "up_x", "up_y", "log_length", "mirrored")
#: Masks of the calcium network.
CALCIUM_CHANNELS = ("calcium", "metal", "marker", "look_alike", "bone")


def layer(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Return a convolution with its normalisation, cut at zero."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Body(nn.Module):
    """U-Net of ``len(channels)`` resolutions; ``stem_stride`` 2 starts at half resolution; returns ``finest`` features.

    Parameters
    ----------
    inputs
        Channels of the input.
    channels
        Channels at each resolution, finest first.
    stem_stride
        1 or 2.
    stop
        Index of the resolution at which the decoder stops (0: the finest).
    """

    def __init__(self, inputs: int, channels: Sequence[int], stem_stride: int, stop: int = 0) -> None:
        super().__init__()
        first = channels[0]
        self.stop = stop
        self.stem = nn.Sequential(layer(inputs, first, 5 if stem_stride > 1 else 3, stem_stride), layer(first, first))
        steps = list(pairwise(channels))
        self.down = nn.ModuleList(
            nn.Sequential(layer(fine, coarse, stride=2), layer(coarse, coarse), layer(coarse, coarse))
            for fine, coarse in steps
        )
        self.lateral = nn.ModuleList(nn.Conv2d(coarse, fine, 1, bias=False) for fine, coarse in steps[stop:])
        self.up = nn.ModuleList(nn.Sequential(layer(fine, fine), layer(fine, fine)) for fine, _ in steps[stop:])

    def forward(self, image: Tensor) -> Tensor:
        """(batch, inputs, rows, columns) to (batch, channels[stop], ...); rows and columns must divide by the deepest
        stride.
        """
        features = [self.stem(image)]
        for down in self.down:
            features.append(down(features[-1]))
        result = features[-1]
        for index in range(len(self.up) - 1, -1, -1):
            widened = functional.interpolate(self.lateral[index](result), scale_factor=2.0, mode="nearest")
            result = self.up[index](widened + features[self.stop + index])
        return cast(Tensor, result)


class SkeletonNet(nn.Module):
    """37 landmark heat maps at half resolution, and 30 masks at full resolution."""

    def __init__(self, channels: Sequence[int] = (32, 64, 96, 128, 192)) -> None:
        super().__init__()
        self.body = Body(2, channels, stem_stride=2)
        self.landmark_head = nn.Conv2d(channels[0], len(LANDMARKS), 1)
        self.mask_head = nn.Conv2d(channels[0], len(MASK_CHANNELS) * 4, 1)
        nn.init.constant_(cast(Tensor, self.mask_head.bias), -2.0)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (batch, 37, rows / 2, columns / 2) and (batch, 30, rows, columns)."""
        features = self.body(image)
        return self.landmark_head(features), functional.pixel_shuffle(self.mask_head(features), 2)

    def one_phase(self, image: Tensor, row_phase: int, column_phase: int) -> tuple[Tensor, Tensor]:
        """As :meth:`forward`, but masks only at every fourth row from ``row_phase`` and every second column: an
        eighth of the work.

        Training draws the phases anew at each step, so that all pixels are learnt.
        """
        features = self.body(image)
        phase = 2 * (row_phase % 2) + column_phase
        bias = cast(Tensor, self.mask_head.bias)
        masks = functional.conv2d(features[:, :, row_phase // 2 :: 2], self.mask_head.weight[phase::4], bias[phase::4])
        return self.landmark_head(features), masks


class FinderNet(nn.Module):
    """Five maps at a quarter of the film's resolution: see ``FINDER_CHANNELS``."""

    def __init__(self, channels: Sequence[int] = (32, 64, 96, 128, 128)) -> None:
        super().__init__()
        self.body = Body(2, channels, stem_stride=2, stop=1)
        self.head = nn.Conv2d(channels[1], len(FINDER_CHANNELS), 1)
        with torch.no_grad():
            cast(Tensor, self.head.bias)[0] = -4.0

    def forward(self, image: Tensor) -> Tensor:
        """(batch, 2, rows, columns) to (batch, 5, rows / 4, columns / 4)."""
        return cast(Tensor, self.head(self.body(image)))


#: Features of the film's own resolution, and of those that the body gives to each of its pixels.
_DETAILS, _HINTS = 16, 8


class CalciumNet(nn.Module):
    """Masks at full resolution from two grey and two anatomical channels: see ``CALCIUM_CHANNELS``.

    The body says at half resolution where calcium is; a thin branch at full resolution, which is told what the body
    thinks, draws the outline.
    """

    def __init__(self, channels: Sequence[int] = (32, 64, 112, 160, 208)) -> None:
        super().__init__()
        self.body = Body(4, channels, stem_stride=2)
        self.detail = nn.Sequential(layer(4, _DETAILS), layer(_DETAILS, _DETAILS))
        self.head = nn.Conv2d(channels[0], (len(CALCIUM_CHANNELS) + _HINTS) * 4, 1)
        self.fuse = layer(_DETAILS + _HINTS, _DETAILS)
        self.outline = nn.Conv2d(_DETAILS, len(CALCIUM_CHANNELS), 1)
        nn.init.constant_(self.head.bias[: len(CALCIUM_CHANNELS) * 4], -3.0)  # type: ignore[index]

    def forward(self, image: Tensor) -> Tensor:
        """(batch, 4, rows, columns) to logits (batch, 5, rows, columns)."""
        coarse = self.head(self.body(image))
        split = len(CALCIUM_CHANNELS) * 4
        logits = functional.pixel_shuffle(coarse[:, :split], 2)
        hints = functional.pixel_shuffle(coarse[:, split:], 2)
        return cast(Tensor, logits + self.outline(self.fuse(torch.cat([self.detail(image), hints], 1))))
