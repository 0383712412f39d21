"""What the networks are trained to make small."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["finder_loss", "heat_map_loss", "mask_loss", "unpack_bits"]


def unpack_bits(bits: Tensor, channels: int) -> Tensor:
    """(batch, rows, columns) int32 bit field to (batch, channels, rows, columns) bool, bit 0 first."""
    shifts = 1 << torch.arange(channels, dtype=torch.int32)
    return (bits[:, None] & shifts[None, :, None, None]) != 0


def _axis_gaussian(centre: Tensor, length: int, sigma: float) -> Tensor:
    position = torch.arange(length, dtype=torch.float32)
    weight = torch.exp(-0.5 * ((position - centre[..., None]) / sigma) ** 2)
    return weight / (weight.sum(-1, keepdim=True) + 1e-6)


def heat_map_loss(logits: Tensor, cells: Tensor, weights: Tensor, sigma: float) -> Tensor:
    """Cross-entropy between the spatial softmax and a Gaussian around each landmark, averaged over the weights.

    Parameters
    ----------
    logits
        (batch, landmarks, rows, columns).
    cells
        (batch, landmarks, 2) x, y in cells of the map.
    weights
        (batch, landmarks); 0 for landmarks that are not labelled, hidden or off the crop.
    sigma
        Standard deviation of the Gaussian in cells.
    """
    rows, columns = logits.shape[-2:]
    logits = logits.float()
    along_x = _axis_gaussian(cells[..., 0], columns, sigma)
    along_y = _axis_gaussian(cells[..., 1], rows, sigma)
    expected = (torch.matmul(logits, along_x[..., None])[..., 0] * along_y).sum(-1)
    entropy = torch.logsumexp(logits.flatten(2), -1) - expected
    return (entropy * weights).sum() / (weights.sum() + 1e-3)


def mask_loss(logits: Tensor, targets: Tensor, weights: Tensor, *, dice_share: float = 0.5) -> Tensor:
    """Binary cross-entropy plus soft Dice loss for masks that may overlap.

    Parameters
    ----------
    logits
        (batch, channels, rows, columns).
    targets
        The same shape, 0 or 1.
    weights
        Broadcastable to the same shape: 0 where there is no truth.
    dice_share
        Weight of the Dice term, which is taken for each channel over the whole batch and counts only channels that occur.
    """
    logits = logits.float()
    truth = targets.float()
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    spread = weights.expand_as(logits)
    total = spread.sum() + 1e-3
    cross = (entropy * spread).sum() / total
    probability = torch.sigmoid(logits) * spread
    over = (0, 2, 3)
    truth = truth * spread
    present = truth.sum(over)
    overlap = (probability * truth).sum(over)
    dice = (2 * overlap + 10.0) / (probability.sum(over) + present + 10.0)
    occurs = (present > 0).float()
    return cross * 4.0 + dice_share * ((1 - dice) * occurs).sum() / (occurs.sum() + 1e-3)


def finder_loss(maps: Tensor, heat: Tensor, near: Tensor, values: Tensor) -> Tensor:
    """Focal loss on the centre map, and regression in its neighbourhood.

    Parameters
    ----------
    maps
        (batch, 5, rows, columns) from :class:`sclerograph.training.unet.FinderNet`.
    heat
        (batch, rows, columns) Gaussians of height 1 around each centre (penalty-reduced focal loss of Law and Deng,
        doi:10.1007/s11263-019-01204-1).
    near
        (batch, rows, columns) weight of the regression, 0 away from centres.
    values
        (batch, 4, rows, columns) up_x, up_y, log length, mirrored (0 or 1).
    """
    maps = maps.float()
    score = maps[:, 0]
    positive = (heat > 0.99).float()
    probability = torch.sigmoid(score)
    gain = positive * (1 - probability) ** 2 * functional.logsigmoid(score)
    loss = (1 - positive) * (1 - heat) ** 4 * probability**2 * functional.logsigmoid(-score)
    centre = -(gain + loss).sum() / (positive.sum() + 4.0)
    weight = near.sum() + 1e-3
    difference = functional.smooth_l1_loss(maps[:, 1:4], values[:, :3], reduction="none", beta=0.1)
    regression = (difference * near[:, None] * torch.tensor([1.0, 1.0, 1.0])[:, None, None]).sum() / weight
    side = functional.binary_cross_entropy_with_logits(maps[:, 4], values[:, 3], reduction="none")
    return centre + 2.0 * regression + 0.5 * (side * near).sum() / weight
