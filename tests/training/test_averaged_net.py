"""Two calcium networks ship as one that averages them, and either can be trained further."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sclerograph.training.averaged_net import load_members  # noqa: E402
from sclerograph.training.export import NetworkName, export  # noqa: E402
from sclerograph.training.loop import averaged_weights  # noqa: E402
from sclerograph.training.unet import CalciumNet  # noqa: E402


def _checkpoint(path: Path, seed: int) -> Path:
    torch.manual_seed(seed)
    # no two tensors alike, as after training: the exporter would store equal ones once
    weights = {name: each + 1e-3 * torch.rand_like(each.float()) for name, each in CalciumNet().state_dict().items()}
    torch.save({"average": weights}, path)
    return path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_shipped_network_is_the_mean_of_its_members(tmp_path: Path) -> None:
    import onnxruntime

    checkpoints = [_checkpoint(tmp_path / f"{seed}.pt", seed) for seed in (1, 2)]
    shipped = tmp_path / "calcium.onnx"
    export(NetworkName.CALCIUM, checkpoints, shipped)

    image = np.random.default_rng(0).normal(size=(1, 4, 64, 96)).astype(np.float32)
    with torch.no_grad():
        each = [load_members(CalciumNet, [path])(torch.from_numpy(image)).numpy() for path in checkpoints]
    (given,) = onnxruntime.InferenceSession(str(shipped), providers=["CPUExecutionProvider"]).run(
        None, {"image": image}
    )
    assert np.abs(each[0] - each[1]).max() > 0.1
    np.testing.assert_allclose(given, (each[0] + each[1]) / 2, atol=5e-3)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_first_member_of_a_shipped_network_can_be_trained_further(tmp_path: Path) -> None:
    checkpoints = [_checkpoint(tmp_path / f"{seed}.pt", seed) for seed in (1, 2)]
    shipped = tmp_path / "calcium.onnx"
    export(NetworkName.CALCIUM, checkpoints, shipped)
    again = CalciumNet()
    again.load_state_dict(averaged_weights(shipped))
    expected = torch.load(checkpoints[0], weights_only=True)["average"]
    torch.testing.assert_close(again.outline.weight, expected["outline.weight"], atol=1e-3, rtol=1e-3)
