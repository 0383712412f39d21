"""The losses that make their own gradient agree with plain ones."""

import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra train)")

from torch.nn import functional  # noqa: E402

from sclerograph.training.calcium_batches import share_of_deposit  # noqa: E402
from sclerograph.training.losses import calcium_loss, finder_loss, heat_map_loss, mask_loss, unpack_bits  # noqa: E402


def _gaussian(centre, length: int, sigma: float):
    weight = torch.exp(-0.5 * ((torch.arange(length) - centre[..., None]) / sigma) ** 2)
    return weight / weight.sum(-1, keepdim=True)


def test_heat_map_loss_is_a_cross_entropy() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 3, 12, 10, requires_grad=True)
    cells, weights = torch.rand(2, 3, 2) * 9, torch.tensor([[1.0, 0.0, 0.5], [1.0, 1.0, 0.0]])
    target = _gaussian(cells[..., 1], 12, 1.5)[..., None] * _gaussian(cells[..., 0], 10, 1.5)[..., None, :]
    entropy = -(logits.flatten(2).log_softmax(-1) * target.flatten(2)).sum(-1)
    plain = (entropy * weights).sum() / weights.sum()
    (expected,) = torch.autograd.grad(plain, logits)
    ours = heat_map_loss(logits, cells, weights, 1.5)
    (given,) = torch.autograd.grad(ours, logits)
    assert ours.item() == pytest.approx(plain.item(), rel=1e-3)
    torch.testing.assert_close(given, expected, rtol=1e-3, atol=1e-6)


def test_mask_loss_is_entropy_and_dice() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 3, 12, 10, requires_grad=True)
    truth, weights = torch.rand(2, 3, 12, 10) > 0.6, torch.rand(2, 1, 12, 10)
    entropy = functional.binary_cross_entropy_with_logits(logits, truth.float(), reduction="none")
    cross = (entropy * weights).sum() / (3 * weights.sum())
    probability, marked = logits.sigmoid() * weights, truth.float() * weights
    over = (0, 2, 3)
    dice = (2 * (probability * truth).sum(over) + 10) / (probability.sum(over) + marked.sum(over) + 10)
    plain = 4 * cross + 0.5 * (1 - dice).mean()
    (expected,) = torch.autograd.grad(plain, logits)
    ours = mask_loss(logits, truth, weights)
    (given,) = torch.autograd.grad(ours, logits)
    assert ours.item() == pytest.approx(plain.item(), rel=1e-3)
    torch.testing.assert_close(given, expected, rtol=2e-3, atol=1e-6)


def test_bits() -> None:
    bits = torch.tensor([[[1 | 1 << 29, 0]]], dtype=torch.int32)
    masks = unpack_bits(bits, 30)
    assert masks.shape == (1, 30, 1, 2)
    assert masks[0, :, 0, 0].nonzero().flatten().tolist() == [0, 29]
    assert not masks[0, :, 0, 1].any()


def test_finder_loss_prefers_the_truth() -> None:
    heat = torch.zeros(1, 12, 12)
    heat[0, 5, 5] = 1
    near, values = heat.clone(), torch.zeros(1, 4, 12, 12)
    values[0, :, 5, 5] = torch.tensor([0.6, -0.8, -1.0, 1.0])
    right = torch.full((1, 5, 12, 12), -6.0)
    right[0, :, 5, 5] = torch.tensor([6.0, 0.6, -0.8, -1.0, 6.0])
    wrong = right.roll(4, 3)
    assert finder_loss(right, heat, near, values) < 0.05 < finder_loss(wrong, heat, near, values)


def test_calcium_loss_leaves_out_what_is_not_known() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 5, 16, 16, requires_grad=True)
    truth = torch.zeros(2, 5, 16, 16, dtype=torch.bool)
    truth[:, 0, 4:8, 4:8] = True
    weights = torch.ones(2, 5, 16, 16)
    weights[1, 1:], weights[0, 0, :4] = 0, 0
    losses = calcium_loss(logits, truth, weights, 0.5, torch.zeros(2, 16, 16))
    (gradient,) = torch.autograd.grad(sum(losses.values()), logits)
    assert not gradient[weights == 0].any()
    assert (gradient[weights > 0] != 0).all()


def test_calcium_loss_weighs_misses_and_false_marks() -> None:
    truth = torch.zeros(1, 5, 16, 16, dtype=torch.bool)
    truth[:, 0, 4:8, 4:8] = True
    weights = torch.ones(1, 5, 16, 16)
    right = torch.where(truth, 8.0, -8.0)
    missed, wrong = right.clone(), right.clone()
    missed[:, 0, 4:8, 4:8], wrong[:, 0, 10:14, 10:14] = -8.0, 8.0
    least, most, between = (
        float(calcium_loss(each, truth, weights, 1.0, torch.zeros(1, 16, 16))["calcium"])
        for each in (right, missed, wrong)
    )
    assert least < 0.01
    # A missed pixel costs more than a falsely marked one in the cross-entropy.
    assert least < between < most
    # Early on a small deposit counts more.
    assert float(calcium_loss(missed, truth, weights, 0.0, torch.zeros(1, 16, 16))["calcium"]) >= most


def test_calcium_counts_more_often_at_first_and_once_from_the_middle_on() -> None:
    truth = torch.zeros(1, 5, 64, 64, dtype=torch.bool)
    truth[0, 0, :2, :2] = True
    # so sure that there is none that the Dice loss hardly pulls
    logits = torch.full((1, 5, 64, 64), -12.0, requires_grad=True)
    pulls = []
    for progress in (0.0, 0.25, 0.5, 1.0):
        losses = calcium_loss(
            logits, truth, torch.ones(1, 5, 64, 64), progress, torch.zeros(1, 64, 64), first_weight=9.0
        )
        loss = losses["calcium"]
        (gradient,) = torch.autograd.grad(loss, logits)
        pulls.append(-float(gradient[0, 0, 0, 0]) * 64 * 64 / 10.0)
    assert pulls == pytest.approx([9.0, 3.0, 1.0, 1.0], abs=0.01)


def test_a_patch_with_a_small_deposit_counts_as_much_as_one_with_a_mass() -> None:
    truth = torch.zeros(2, 5, 64, 64, dtype=torch.bool)
    truth[0, 0, :6, :6], truth[1, 0, :40, :40] = True, True
    missed_small, missed_mass = torch.where(truth, 12.0, -12.0), torch.where(truth, 12.0, -12.0)
    missed_small[0, 0], missed_mass[1, 0] = -12.0, -12.0
    weights = torch.ones(2, 5, 64, 64)
    weights[:, 1:] = 0
    entropy = {}
    for name, logits in (("small", missed_small), ("mass", missed_mass)):
        pixels = float((torch.sigmoid(logits) - truth.float()).abs()[:, 0].sum())
        loss = calcium_loss(logits, truth, weights, 1.0, torch.zeros(2, 64, 64))["calcium"]
        entropy[name] = float(loss) - 10 * 12 * pixels / (2 * 64 * 64)
    assert entropy["small"] == pytest.approx(0.5 * 0.5 * (1 - 10 / 46), abs=0.01)
    assert entropy["mass"] == pytest.approx(0.5 * 0.5 * (1 - 10 / 1610), abs=0.01)


def test_every_missed_deposit_costs_alike_whatever_its_size() -> None:
    truth = torch.zeros(1, 5, 64, 64, dtype=torch.bool)
    truth[0, 0, 2:12, 2:12], truth[0, 0, 20:60, 20:60] = True, True
    share = torch.from_numpy(share_of_deposit(truth[0, 0].numpy()))[None]
    weights = torch.ones(1, 5, 64, 64)
    missed = {}
    for name, window in (("small", slice(0, 15)), ("mass", slice(15, 64)), ("none", slice(0, 0))):
        logits = torch.where(truth, 12.0, -12.0)
        logits[0, 0, window] = -12.0
        missed[name] = float(calcium_loss(logits, truth, weights, 1.0, share)["missed"])
    assert missed["small"] == pytest.approx(missed["mass"], rel=1e-3)
    assert missed["none"] < 0.01 * missed["small"]
