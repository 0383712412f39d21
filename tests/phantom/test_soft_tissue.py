import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.interior import nested_path_lengths
from sclerograph.phantom.soft_tissue import soft_tissue
from tests.phantom.films import healthy_scene, sick_scene


def test_layers_are_nested_and_cover_the_bones() -> None:
    scene = healthy_scene()
    detector = scene.detector(440, 340, 0.56)
    soft = soft_tissue(scene.hand(), detector, scene.stream("soft tissue"))
    assert (soft.total >= soft.below_skin).all()
    assert (soft.below_skin >= soft.muscle).all()
    for bone in scene.hand().bones.values():
        nested = nested_path_lengths(bone, detector)
        assert nested is not None
        window, outer, _ = nested
        assert (soft.total[window][outer > 1.0] > 1.2).mean() > 0.97


def test_pulp_follows_a_resorbed_bone() -> None:
    scene = sick_scene()
    hand = scene.hand()
    assert hand.distal_length_mm[5] < 0.5 * hand.intact_distal_length_mm[5]
    detector = scene.detector(440, 340, 0.56)
    total = soft_tissue(hand, detector, scene.stream("soft tissue")).total
    bone = hand.bones["DP5"]
    base, head = detector.project(np.stack([bone.base, bone.head]))
    beyond = base + (head - base) * 1.5
    assert total[int(beyond[1]), int(beyond[0])] < 1.2
