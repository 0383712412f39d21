"""The training loop learns, and continues where it stopped."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra train)")

from torch import nn  # noqa: E402

from sclerograph.training.loop import Schedule, load_averaged, train  # noqa: E402


class Lines:
    """Batches of a straight line."""

    def batch(self, step: int, progress: float) -> dict[str, np.ndarray]:
        x = np.random.default_rng(step).normal(size=(16, 1)).astype(np.float32)
        return {"x": x, "y": 3 * x + 1}


def _loss(model: nn.Module, batch: dict, progress: float, draw: object) -> dict:
    return {"error": ((model(batch["x"]) - batch["y"]) ** 2).mean()}


def _train(out: Path, steps: int, *, resume: bool = False, source: Lines | None = None) -> Path:
    torch.manual_seed(0)
    schedule = Schedule(steps=steps, peak_rate=0.1, average_over_steps=5)
    return train(
        nn.Linear(1, 1),
        source or Lines(),
        _loss,
        schedule,
        out,
        resume=resume,
        workers=0,
        threads=1,
        progress_of=lambda _: None,
    )


def test_learns_and_logs(tmp_path: Path) -> None:
    checkpoint = _train(tmp_path, 120)
    model = load_averaged(nn.Linear(1, 1), checkpoint)
    assert model.weight.item() == pytest.approx(3, abs=0.1)
    assert model.bias.item() == pytest.approx(1, abs=0.1)
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["step", "50", "100", "120"]


def test_an_interrupted_run_continues_to_the_same_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sclerograph.training.loop._CHECKPOINT_EVERY", 5)
    whole = load_averaged(nn.Linear(1, 1), _train(tmp_path / "whole", 20))

    class Broken(Lines):
        def batch(self, step: int, progress: float) -> dict[str, np.ndarray]:
            if step == 12:
                raise KeyboardInterrupt
            return super().batch(step, progress)

    with pytest.raises(KeyboardInterrupt):
        _train(tmp_path / "parts", 20, source=Broken())
    parts = load_averaged(nn.Linear(1, 1), _train(tmp_path / "parts", 20, resume=True))
    torch.testing.assert_close(whole.state_dict(), parts.state_dict(), rtol=0, atol=0)
