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


#: Share of a patch that its calcium counts as in the cross-entropy, as far as the weights below allow.
_CALCIUM_SHARE = 0.06
#: A pixel of calcium counts at least so much, and at most so much at the start and at the end of a training.
_LEAST_CALCIUM_WEIGHT, FIRST_CALCIUM_WEIGHT, _LAST_MOST = 3.0, 60.0, 6.0


def calcium_loss(
    logits: Tensor,
    truth: Tensor,
    weights: Tensor,
    progress: float,
    *,
    first_weight: float = FIRST_CALCIUM_WEIGHT,
    false_mark_share: float = 0.6,
) -> dict[str, Tensor]:
    """Losses of the calcium network.

    Calcium fills half a percent of the patches. Weighted like everything else it would not be learnt for a long time,
    so at first a patch with one small deposit counts as much as one that is full of calcium; this is taken back until,
    at the end, a missed pixel costs three to six times a falsely marked one.

    Parameters
    ----------
    logits, truth
        (batch, channels, rows, columns); channel 0 is calcium.
    weights
        The same shape: 0 where nothing is known.
    progress
        0 at the start of the training, 1 at its end.
    first_weight
        Greatest weight of a calcified pixel at the start; lower where a trained network is fine-tuned.
    false_mark_share
        Weight of false marks in the Tversky loss of calcium (Salehi et al. 2017, doi:10.1007/978-3-319-67389-9_44);
        missed pixels get the rest. Above a half it favours marks that are right.

    Returns
    -------
    ``calcium``: cross-entropy and Tversky loss of channel 0; ``others``: cross-entropy of the rest.
    """
    values, target = logits.float(), truth.float()
    cross = functional.softplus(values) - values * target
    present = target[:, 0] * weights[:, 0]
    area, all_area = present.sum((1, 2)), weights[:, 0].sum((1, 2))
    most = first_weight * (_LAST_MOST / first_weight) ** min(1.0, progress / 0.7)
    boost = (_CALCIUM_SHARE * all_area / (area + 1.0)).clamp(_LEAST_CALCIUM_WEIGHT, most)
    weighted = weights[:, 0] * (1 + (boost[:, None, None] - 1) * target[:, 0])
    entropy = (cross[:, 0] * weighted).sum() / (weights[:, 0].sum() + 1e-3)
    probability = torch.sigmoid(values[:, 0]) * weights[:, 0]
    hit = (probability * target[:, 0]).sum()
    false_marks, missed = probability.sum() - hit, present.sum() - hit
    overlap = (hit + _DICE_SMOOTHING) / (
        hit + false_mark_share * false_marks + (1 - false_mark_share) * missed + _DICE_SMOOTHING
    )
    others = (cross[:, 1:] * weights[:, 1:]).sum() / (weights[:, 1:].sum() + 1e-3)
    return {"calcium": 4.0 * entropy + 0.5 * (1 - overlap), "others": others}


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
