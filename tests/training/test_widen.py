"""A wide network that starts from a narrow one says the same, and can learn with all that it has."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from sclerograph.training.unet import CalciumNet  # noqa: E402
from sclerograph.training.widen import load_widened  # noqa: E402

NARROW, WIDE = (16, 16, 32), (16, 32, 48)


def _image() -> torch.Tensor:
    return torch.rand(1, 4, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("mode", ["eval", "train"])
def test_the_wide_network_says_what_the_narrow_one_says(mode: str) -> None:
    torch.manual_seed(0)
    narrow, wide = CalciumNet(NARROW), CalciumNet(WIDE)
    getattr(narrow, mode)()
    getattr(wide, mode)()
    load_widened(wide, narrow.state_dict())
    with torch.no_grad():
        expected, given = narrow(_image()), wide(_image())
    assert expected.std() > 0.01
    torch.testing.assert_close(given, expected, atol=1e-4, rtol=1e-4)


def test_new_features_learn_from_the_second_step_on() -> None:
    torch.manual_seed(0)
    narrow, wide = CalciumNet(NARROW), CalciumNet(WIDE)
    load_widened(wide, narrow.state_dict())
    fresh = wide.body.down[0][1][0].weight
    optimiser = torch.optim.SGD(wide.parameters(), lr=0.1)
    for _ in range(2):
        optimiser.zero_grad()
        wide(_image()).square().mean().backward()
        optimiser.step()
    assert fresh.grad is not None
    assert fresh.grad[NARROW[1] :].abs().max() > 0


def test_an_equally_wide_network_is_copied() -> None:
    narrow, same = CalciumNet(NARROW), CalciumNet(NARROW)
    load_widened(same, narrow.state_dict())
    for name, weights in same.state_dict().items():
        torch.testing.assert_close(weights, narrow.state_dict()[name])


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match="too large"):
        load_widened(CalciumNet(NARROW), CalciumNet(WIDE).state_dict())
    weights = CalciumNet(NARROW).state_dict()
    del weights["outline.bias"]
    with pytest.raises(ValueError, match=r"another form of network: outline\.bias"):
        load_widened(CalciumNet(NARROW), weights)
