import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.beam import Beam
from sclerograph.phantom.film import fast_layers
from sclerograph.phantom.layers import HandLayers, mirrored, side_by_side
from tests.phantom.films import sick_scene


@pytest.fixture(scope="module")
def left() -> HandLayers:
    scene = sick_scene()
    rng = np.random.default_rng(0)
    return fast_layers(scene, scene.detector(300, 220, 0.85), Beam.at(38.0), rng, metal=False)


def test_twice_mirrored_is_the_same(left: HandLayers) -> None:
    right = mirrored(left)
    assert (left.side, right.side, mirrored(right).side) == ("L", "R", "L")
    assert np.array_equal(mirrored(right).bones, left.bones)
    assert np.array_equal(right.materials, left.materials[:, :, ::-1])
    assert mirrored(right).landmarks == pytest.approx(left.landmarks)


def test_hands_side_by_side_keep_their_own_truth(left: HandLayers) -> None:
    first, second = side_by_side(left, mirrored(left))
    assert first.shape == second.shape == (300, 440)
    assert first.materials is second.materials
    assert not first.bones[:, 220:].any()
    assert not second.bones[:, :220].any()
    assert np.array_equal(second.bones[:, 220:], left.bones[:, ::-1])
    # both hands are mirror images of each other about the middle of the film
    assert first.landmarks[:, 0] + second.landmarks[:, 0] == pytest.approx(439.0)
