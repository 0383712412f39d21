"""Start a wide network from the weights of a narrow one: it says the same at first, and has more to learn with.

A feature of the wide network that the narrow one has is computed from the same features with the same weights. The
others begin at random, and nothing of the narrow network listens to them yet (after Net2Net, arXiv:1511.05641, but with
weights of zero instead of features given twice).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

__all__ = ["load_widened"]


def load_widened(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Load weights into a network of the same form, as wide or wider.

    Parameters
    ----------
    model
        The network; features that the weights do not know keep their random start.
    weights
        Tensors by name, each at most as large as the network's own.

    Raises
    ------
    ValueError
        If a tensor is missing or larger than the network's own.
    """
    own = model.state_dict()
    if missing := sorted(set(own) ^ set(weights)):
        raise ValueError(f"weights of another form of network: {missing[0]} is in one of the two only")
    for name, wide in own.items():
        narrow = weights[name]
        if narrow.ndim != wide.ndim or any(a > b for a, b in zip(narrow.shape, wide.shape, strict=True)):
            raise ValueError(f"{name} has shape {tuple(narrow.shape)}, too large for {tuple(wide.shape)}")
        corner = tuple(slice(0, size) for size in narrow.shape)
        with torch.no_grad():
            if wide.ndim > 1:
                wide[corner[:1]] = 0.0  # what the narrow network computes does not listen to new features
            wide[corner] = narrow
