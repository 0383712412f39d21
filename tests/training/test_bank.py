"""Films come back from the bank as they went in."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sclerograph.training.bank import Bank, Gear, simulate, write_shard


def _film(seed: int) -> SimpleNamespace:
    rng = np.random.default_rng(seed)
    rows, columns = 31 + seed, 17
    thickness = np.where(rng.random((rows, columns)) < 0.1, rng.random((rows, columns)), 0).astype(np.float16)
    return SimpleNamespace(
        image=rng.integers(0, 256, (rows, columns)).astype(np.uint8),
        tissue=rng.integers(0, 32, (rows, columns)).astype(np.uint8),
        bones=rng.integers(0, 2**29, (rows, columns)).astype(np.uint32),
        calcium_mm=thickness,
        landmarks=rng.random((37, 3)).astype(np.float32),
        nominal_mm_per_pixel=0.3 + 0.01 * seed,
    )


def test_round_trip_and_growth(tmp_path: Path) -> None:
    write_shard(tmp_path / "shard_00000", ((seed, _film(seed)) for seed in range(3)))
    bank = Bank(tmp_path)
    assert len(bank) == 3
    (tmp_path / "shard_00001.bin.partial").write_bytes(b"unfinished")
    write_shard(tmp_path / "shard_00002", ((seed, _film(seed)) for seed in range(3, 5)))
    bank.refresh()
    assert len(bank) == 5
    for number in range(5):
        stored, film = bank[number], _film(number)
        assert stored.seed == number
        for name in ("image", "tissue", "bones", "calcium_mm", "landmarks"):
            np.testing.assert_array_equal(getattr(stored, name), getattr(film, name))
        assert stored.nominal_mm_per_pixel == film.nominal_mm_per_pixel


@pytest.mark.slow
def test_fine_films_are_finer_than_fast_ones() -> None:
    fast, fine = simulate(300_000), simulate(300_000, Gear.FINE)
    assert fine.nominal_mm_per_pixel < 0.8 * fast.nominal_mm_per_pixel
    assert fine.bones.shape == fine.image.shape
