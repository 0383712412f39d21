from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.phantom.beam import Beam
from sclerograph.phantom.cortex import thin_cortex, true_cortex
from sclerograph.phantom.form import index_of
from sclerograph.phantom.interior import bone_attenuation
from sclerograph.phantom.pose import PosedBone, PosedHand
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.scene import ADULT, HandScene, draw_scene

LEVELS = np.linspace(0.4, 0.6, 5)


def tube(outer_mm: float, marrow_mm: float, length_mm: float = 60.0) -> PosedBone:
    """A straight tube along y, its surfaces closed by poles at the ends."""
    around, rings = 90, 12
    angle = 2 * np.pi * np.arange(around) / around
    heights = np.linspace(0.0, length_mm, rings)

    def surface(radius: float) -> np.ndarray:
        ring = np.stack([radius * np.cos(angle), np.zeros(around), radius * np.sin(angle)], axis=1)
        sides = np.concatenate([ring + np.array([0.0, h, 0.0]) for h in heights])
        return np.concatenate([[[0.0, heights[0], 0.0]], sides, [[0.0, heights[-1], 0.0]]])

    faces = []
    for r in range(rings - 1):
        for k in range(around):
            a, b = 1 + r * around + k, 1 + r * around + (k + 1) % around
            faces += [[a, a + around, b], [b, a + around, b + around]]
    last = 1 + (rings - 1) * around
    for k in range(around):
        faces += [[0, 1 + k, 1 + (k + 1) % around], [last + (k + 1) % around, last + k, last + around]]
    outer, marrow = surface(outer_mm / 2), surface(marrow_mm / 2)
    return PosedBone(
        "MC3",
        outer,
        marrow,
        np.array(faces),
        np.zeros(3),
        np.array([0.0, length_mm, 0.0]),
        tubular=True,
        length_mm=length_mm,
    )


def metacarpal_index(scene: HandScene) -> float:
    detector = scene.detector(900, 700, 0.28)
    hand = scene.hand()
    marks = detector.project(hand.landmarks)
    start, end = marks[index_of["CMC3"]], marks[index_of["MCP3"]]
    return float(np.median(true_cortex(hand.bones["MC3"], detector, start, end, LEVELS).index))


def test_the_widths_of_a_tube_are_its_own_enlarged_by_the_projection() -> None:
    detector = Detector(700, 300, 0.14, -21.0, 80.0, -10.0, (0.0, 30.0, 990.0))
    ends = detector.project(np.array([[0.0, 0.0, 0.0], [0.0, 60.0, 0.0]]))
    true = true_cortex(tube(8.0, 4.4), detector, ends[0], ends[1], LEVELS)
    enlarged = 1000.0 / 990.0
    assert true.outer_mm == pytest.approx(8.0 * enlarged, abs=0.03)
    assert true.marrow_mm == pytest.approx(4.4 * enlarged, abs=0.03)
    assert true.index == pytest.approx(0.45, abs=0.005)
    assert true.thickness_mm == pytest.approx(1.8 * enlarged, abs=0.03)


def test_beyond_the_bone_there_is_no_width() -> None:
    detector = Detector(700, 300, 0.14, -21.0, 80.0, -10.0, (0.0, 30.0, 990.0))
    ends = detector.project(np.array([[0.0, 0.0, 0.0], [0.0, 60.0, 0.0]]))
    true = true_cortex(tube(8.0, 4.4), detector, ends[0], ends[1], np.array([0.5, 1.1]))
    assert true.outer_mm[1] == 0.0
    assert np.isnan(true.index[1])


def test_a_cortex_loses_the_stated_share_from_inside() -> None:
    detector = Detector(700, 300, 0.14, -21.0, 80.0, -10.0, (0.0, 30.0, 990.0))
    ends = detector.project(np.array([[0.0, 0.0, 0.0], [0.0, 60.0, 0.0]]))
    hand = PosedHand({"MC3": tube(8.0, 4.0)}, np.zeros((37, 3)), 1.0)
    outer = hand.bones["MC3"].outer.copy()
    thin_cortex(hand, {"MC3": 0.3})
    true = true_cortex(hand.bones["MC3"], detector, ends[0], ends[1], LEVELS)
    assert true.thickness_mm == pytest.approx(0.7 * 2.0 * 1000.0 / 990.0, abs=0.03)
    assert np.array_equal(outer, hand.bones["MC3"].outer)


def test_a_scene_shows_the_loss() -> None:
    scene = draw_scene(np.random.default_rng(5), ADULT)
    thinned = replace(scene, cortex_loss={"MC3": 0.25}, _hands={})
    assert 0.7 < metacarpal_index(thinned) / metacarpal_index(scene) < 0.82


def test_other_bones_keep_their_cortex() -> None:
    scene = draw_scene(np.random.default_rng(5), ADULT)
    thinned = replace(scene, cortex_loss={"MC2": 0.5}, _hands={})
    assert np.array_equal(scene.hand().bones["MC3"].marrow, thinned.hand().bones["MC3"].marrow)


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_an_impossible_share_is_refused(share: float) -> None:
    hand = draw_scene(np.random.default_rng(5), ADULT).hand()
    with pytest.raises(ValueError, match="share"):
        thin_cortex(hand, {"MC2": share})


def test_mineral_lost_at_the_joints_darkens_ends_and_spares_shafts() -> None:
    scene = draw_scene(np.random.default_rng(6), ADULT)
    hand, detector, beam = scene.hand(), scene.detector(900, 700, 0.28), Beam.at(38.0)
    bone = hand.bones["MC3"]

    def attenuation(loss: float) -> np.ndarray:
        matter = replace(scene.matter, periarticular_loss=loss)
        drawn = bone_attenuation(bone, detector, beam, np.random.default_rng(1), matter)
        assert drawn is not None
        return drawn[1]

    lost = attenuation(0.0) - attenuation(0.6)
    rows = lost.max(axis=1)
    third = len(rows) // 3
    assert rows[third : 2 * third].max() < 0.25 * rows.max()
    assert rows[: third // 2].max() > 0.5 * rows.max()
