"""Hands on their side, and the finder's batches that show them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2")
pytest.importorskip("numba")

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.phantom.scene import TRAINING_HEALTHY, HandScene, draw_scene
from sclerograph.training.bank import Bank, Gear, simulate, write_shard
from sclerograph.training.finder_batches import FinderSource
from sclerograph.training.side_view import draw_side_scene


def breadth(scene: HandScene) -> float:
    """How far the heads of the metacarpals of the fingers reach across the film, against how long MC3 is."""
    marks = dict(zip(LANDMARKS, scene.landmarks_mm, strict=True))
    heads = np.array([marks[f"MCP{digit}"] for digit in (2, 3, 4, 5)])
    axis = marks["MCP3"] - marks["CMC3"]
    across = heads @ np.array([-axis[1], axis[0]]) / np.linalg.norm(axis)
    return float(np.ptp(across) / np.linalg.norm(axis))


def test_the_metacarpals_lie_over_each_other() -> None:
    from_side = np.median([breadth(draw_side_scene(np.random.default_rng(seed))) for seed in range(6)])
    flat = np.median([breadth(draw_scene(np.random.default_rng(seed), TRAINING_HEALTHY)) for seed in range(6)])
    assert from_side < 0.5 * flat


@pytest.mark.slow
def test_a_batch_of_the_finder_shows_hands_of_both_banks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for gear, seed in ((Gear.FAST, 1), (Gear.SIDE, 2)):
        (tmp_path / gear.value).mkdir()
        write_shard(tmp_path / gear.value / "shard_00000", iter([(seed, simulate(seed, gear))]))
    flat, side = (Bank(tmp_path / gear.value) for gear in (Gear.FAST, Gear.SIDE))
    shown: list[int] = []
    take = Bank.__getitem__

    def noted(bank: Bank, number: int) -> object:
        shown.append(take(bank, number).seed)
        return take(bank, number)

    monkeypatch.setattr(Bank, "__getitem__", noted)
    for source, seeds in ((FinderSource(flat, [], []), {1}), (FinderSource(flat, [], [], side=side), {1, 2})):
        shown.clear()
        batch = source.batch(1, 0.0)
        assert batch["image"].shape == (16, 2, 192, 192)
        assert set(shown) == seeds
