"""What the networks are trained to make small."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["FIRST_CALCIUM_WEIGHT", "calcium_loss", "finder_loss", "heat_map_loss", "mask_loss", "unpack_bits"]


#: Added to both sides of the Dice ratio, in pixels: an empty mask costs little.
_DICE_SMOOTHING = 10.0


def unpack_bits(bits: Tensor, channels: int) -> Tensor:
    """(batch, rows, columns) int32 bit field to (batch, channels, rows, columns) bool, bit 0 first."""
    shifts = 1 << torch.arange(channels, dtype=torch.int32)
    return (bits[:, None] & shifts[None, :, None, None]) != 0


def _axis_gaussian(centre: Tensor, length: int, sigma: float) -> Tensor:
    position = torch.arange(length, dtype=torch.float32)
    weight = torch.exp(-0.5 * ((position - centre[..., None]) / sigma) ** 2)
    return weight / (weight.sum(-1, keepdim=True) + 1e-6)


class _HeatMapEntropy(torch.autograd.Function):
    """Cross-entropy of a spatial softmax with separable targets; keeps only its gradient, which is cheaper than
    autograd's way.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, along_x: Tensor, along_y: Tensor, weights: Tensor) -> Tensor:
        batch, maps, rows, columns = logits.shape
        values = logits.detach().to(torch.float32, memory_format=torch.contiguous_format, copy=True)
        values = values.view(batch * maps, rows, columns)
        across, down = along_x.reshape(-1, columns, 1), along_y.reshape(-1, rows, 1)
        share = weights.reshape(-1)
        expected = (torch.bmm(values, across) * down).sum((1, 2))
        highest = values.amax((1, 2), keepdim=True)
        values.sub_(highest).exp_()
        total = values.sum((1, 2))
        loss = ((highest[:, 0, 0] + total.log() - expected) * share).sum()
        values.mul_((share / total)[:, None, None])
        values.baddbmm_(down * share[:, None, None], across.transpose(1, 2), alpha=-1)
        ctx.save_for_backward(
            values.view(batch, maps, rows, columns).to(logits.dtype, memory_format=torch.channels_last)
        )
        return loss

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * upstream[0].to(gradient.dtype), None, None, None


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
    along_x = _axis_gaussian(cells[..., 0], columns, sigma)
    along_y = _axis_gaussian(cells[..., 1], rows, sigma)
    share = weights / (weights.sum() + 1e-3)
    return cast(Tensor, _HeatMapEntropy.apply(logits, along_x, along_y, share))


class _MaskEntropyAndDice(torch.autograd.Function):
    """Binary cross-entropy and soft Dice loss in one pass, with the gradient made on the way."""

    @staticmethod
    def forward(
        ctx: Any, logits: Tensor, truth: Tensor, weights: Tensor, cross_share: float, dice_share: float
    ) -> Tensor:
        values = logits.detach().float()
        truth = truth.float()
        over = (0, 2, 3)
        spread = weights.expand_as(values)
        total = spread.sum() + 1e-3
        probability = torch.sigmoid(values)
        # log(1 + exp(x)) - x t, with the softplus written so that large logits do not overflow.
        cross = ((functional.softplus(values) - values * truth) * spread).sum() / total
        weighted_truth = truth * spread
        weighted = probability * spread
        present = weighted_truth.sum(over)
        numerator = 2 * (weighted * truth).sum(over) + _DICE_SMOOTHING
        denominator = weighted.sum(over) + present + _DICE_SMOOTHING
        occurs = (present > 0).float()
        occurs = occurs / (occurs.sum() + 1e-3)
        loss = cross_share * cross + dice_share * ((1 - numerator / denominator) * occurs).sum()
        slope = (dice_share * occurs / denominator)[None, :, None, None]
        ratio = (numerator / denominator)[None, :, None, None]
        gradient = (ratio - 2 * truth) * slope
        gradient.mul_(weighted).mul_(1 - probability)
        gradient.add_((probability - truth) * (spread * (cross_share / total)))
        ctx.save_for_backward(gradient.to(logits.dtype))
        return loss

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, None, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * upstream[0].to(gradient.dtype), None, None, None, None


def mask_loss(
    logits: Tensor, targets: Tensor, weights: Tensor, *, cross_share: float = 4.0, dice_share: float = 0.5
) -> Tensor:
    """Binary cross-entropy plus soft Dice loss for masks that may overlap.

    Parameters
    ----------
    logits
        (batch, channels, rows, columns).
    targets
        The same shape, 0 or 1.
    weights
        Broadcastable to the same shape: 0 where there is no truth.
    cross_share, dice_share
        Weights of the two terms. The Dice term is taken for each channel over the whole batch and counts only
        channels that occur.
    """
    return cast(Tensor, _MaskEntropyAndDice.apply(logits, targets, weights, cross_share, dice_share))


#: How often a pixel of calcium counts at the start of a training.
FIRST_CALCIUM_WEIGHT = 6.0
#: Weight of the term that asks for every deposit alike. A pixel in the core of a small deposit counts about four times
#: as much as one of background; the second look takes away what that marks too much.
_MISSED_SHARE = 0.06


def calcium_loss(
    logits: Tensor,
    truth: Tensor,
    weights: Tensor,
    progress: float,
    share: Tensor,
    *,
    first_weight: float = FIRST_CALCIUM_WEIGHT,
) -> dict[str, Tensor]:
    """Losses of the calcium network.

    Calcium fills about one percent of the patches. A soft Dice loss for each patch that shows some makes one small
    deposit count as much as a mass. The cross-entropy counts calcium more often at first; from the middle of the
    training on each pixel counts once, so that the outline at a half is not widened. Where masses and grains are in one
    patch, both terms are blind to the grains: a third one asks for the core of every deposit alike (the idea of the
    blob loss, doi:10.48550/arXiv.2205.08209), and leaves the rims, hence the outlines, to the others.

    Parameters
    ----------
    logits, truth
        (batch, channels, rows, columns); channel 0 is calcium.
    weights
        The same shape: 0 where nothing is known.
    progress
        0 at the start of the training, 1 at its end.
    share
        (batch, rows, columns) how much each pixel counts of its deposit
        (:func:`sclerograph.training.calcium_batches.share_of_deposit`).
    first_weight
        How often a pixel of calcium counts at the start; lower where a trained network is fine-tuned.

    Returns
    -------
    ``calcium``: cross-entropy and Dice loss of channel 0; ``missed``: cross-entropy of the deposits' cores; ``others``:
    cross-entropy of the rest.
    """
    values, target = logits.float(), truth.float()
    cross = functional.softplus(values) - values * target
    weight = first_weight ** max(0.0, 1.0 - 2.0 * progress)
    known = weights[:, 0]
    entropy = (cross[:, 0] * known * (1 + (weight - 1) * target[:, 0])).sum() / (known.sum() + 1e-3)
    probability, present = torch.sigmoid(values[:, 0]) * known, target[:, 0] * known
    area = present.sum((1, 2))
    overlap = (2 * (probability * present).sum((1, 2)) + _DICE_SMOOTHING) / (
        probability.sum((1, 2)) + area + _DICE_SMOOTHING
    )
    shown = (area > 0).float()
    dice = ((1 - overlap) * shown).sum() / (shown.sum() + 1e-3)
    missed = (functional.softplus(-values[:, 0]) * share).sum() / (share.sum() + 1.0)
    others = (cross[:, 1:] * weights[:, 1:]).sum() / (weights[:, 1:].sum() + 1e-3)
    return {"calcium": 10.0 * entropy + 0.5 * dice, "missed": _MISSED_SHARE * missed, "others": others}


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
