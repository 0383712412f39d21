import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.objects import add_metal
from tests.phantom.films import healthy_scene


@pytest.mark.parametrize("seed", range(6))
def test_metal_covers_part_of_the_film_only(seed: int) -> None:
    scene = healthy_scene()
    detector = scene.detector(440, 340, 0.56)
    coverage = add_metal(np.random.default_rng(seed), scene.hand(), detector)
    assert coverage.shape == (440, 340)
    assert coverage.min() >= 0.0
    assert coverage.max() <= 1.0 + 1e-6
    assert (coverage > 0.5).mean() < 0.15
