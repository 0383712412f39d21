"""Networks of one form that were trained from different draws, asked together: their answers are averaged.

Where one errs by chance the other seldom does the same, so the average errs less than each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from sclerograph.training.loop import load_averaged

__all__ = ["AveragedNet", "load_members"]


class AveragedNet(nn.Module):
    """Mean of the logits of its members, which take and give the same.

    Parameters
    ----------
    members
        Networks that each take one image and return one tensor.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, image: Tensor) -> Tensor:
        """Return what the members return, averaged."""
        return cast(Tensor, torch.stack([member(image) for member in self.members]).mean(0))


def load_members(make: Callable[[], nn.Module], checkpoints: Sequence[Path]) -> nn.Module:
    """Load one network, or the average of several, ready for inference.

    Parameters
    ----------
    make
        Makes a network of the form that was trained.
    checkpoints
        One for each member.
    """
    members = [load_averaged(make(), checkpoint) for checkpoint in checkpoints]
    return members[0] if len(members) == 1 else AveragedNet(members).eval()
