"""What is set in the flat hand is what its projection shows; measurements by true outlines find it again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.phantom.alignment import ABOVE, JointShift, Misalignment, misalign, true_joint, true_thumb_base
from sclerograph.phantom.flexion import flexed
from sclerograph.phantom.pose import PosedHand, pose_hand
from sclerograph.phantom.scene import ADULT, HandScene, draw_scene


@pytest.fixture(scope="module")
def scene() -> HandScene:
    return draw_scene(np.random.default_rng(3), ADULT)


def _flat(scene: HandScene, how: Misalignment | None = None) -> PosedHand:
    hand = pose_hand(scene.form, scene.stream("pose"), size=scene.size)
    if how is not None:
        misalign(hand, how)
    return hand


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.7])
def test_the_thumb_is_displaced_as_stated(scene: HandScene, ratio: float) -> None:
    hand = _flat(scene, Misalignment(cmc1_ratio=ratio))
    assert true_thumb_base(hand, ABOVE).subluxation_ratio == pytest.approx(ratio, abs=1e-3)


def test_a_sunken_thumb_lies_deeper(scene: HandScene) -> None:
    before = true_thumb_base(_flat(scene), ABOVE)
    after = true_thumb_base(_flat(scene, Misalignment(cmc1_sunk=0.25)), ABOVE)
    assert after.migration_ratio - before.migration_ratio == pytest.approx(0.25, abs=0.01)


def test_resorption_takes_the_stated_share_of_the_height(scene: HandScene) -> None:
    before = true_thumb_base(_flat(scene), ABOVE)
    after = true_thumb_base(_flat(scene, Misalignment(trapezium_lost=0.4)), ABOVE)
    assert after.trapezium_height / before.trapezium_height == pytest.approx(0.6, abs=0.01)
    with pytest.raises(ValueError, match="share"):
        _flat(scene, Misalignment(trapezium_lost=1.0))


@pytest.mark.parametrize(("code", "angle"), [("PIP3", 12.0), ("DIP4", -10.0), ("MCP5", 20.0), ("MCP1", -15.0)])
def test_joints_turn_and_move_as_stated(scene: HandScene, code: str, angle: float) -> None:
    before = true_joint(_flat(scene), ABOVE, code)
    turned = true_joint(_flat(scene, Misalignment(joints={code: JointShift(angle_deg=angle)})), ABOVE, code)
    moved = true_joint(_flat(scene, Misalignment(joints={code: JointShift(offset_ratio=0.3)})), ABOVE, code)
    assert before is not None
    assert turned is not None
    assert moved is not None
    assert turned.angle_deg - before.angle_deg == pytest.approx(angle, abs=0.2)
    # offsets are set across the proximal bone and read across the bisector of both
    assert moved.offset_ratio - before.offset_ratio == pytest.approx(0.3, abs=0.02)


def test_only_joints_of_the_digits_can_be_moved(scene: HandScene) -> None:
    with pytest.raises(ValueError, match="digits"):
        _flat(scene, Misalignment(joints={"CMC2": JointShift(0.1)}))


def test_an_empty_misalignment_draws_the_same_hand(scene: HandScene) -> None:
    plain, empty = scene.hand(), replace(scene, misalignment=Misalignment(), _hands={}).hand()
    assert all(np.allclose(plain.bones[code].outer, empty.bones[code].outer, atol=1e-9) for code in plain.bones)


def test_flexed_phalanges_keep_their_lengths(scene: HandScene) -> None:
    before = _flat(scene)
    bent = replace(scene, form=flexed(scene.form, {3: (20.0, 50.0, 60.0)}), _hands={})
    after = _flat(bent)
    assert after.bones["MP3"].length_mm == pytest.approx(
        before.bones["MP3"].length_mm, rel=0.05
    )  # joint spaces lie in the film
    axis = after.bones["MP3"].head - after.bones["MP3"].base
    assert np.degrees(np.arcsin(-axis[2] / np.linalg.norm(axis))) == pytest.approx(50.0, abs=0.5)
    with pytest.raises(ValueError, match="digit 1"):
        flexed(scene.form, {1: (1.0, 2.0, 3.0)})
