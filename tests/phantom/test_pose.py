import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.phantom.form import index_of, sample_form
from sclerograph.phantom.pose import pose_hand, rotation_about
from tests.phantom.films import STAGES, sick_scene


def test_every_bone_of_the_vocabulary_is_placed_with_its_marrow_inside() -> None:
    hand = sick_scene().hand()
    for bone in BONES:
        posed = hand.bones[bone.code]
        assert np.isfinite(posed.outer).all()
        assert np.ptp(posed.marrow, axis=0).prod() < np.ptp(posed.outer, axis=0).prod()


def test_joints_lie_where_the_form_says() -> None:
    form = sample_form(np.random.default_rng(3), flexion_probability=0.0)
    hand = pose_hand(form, np.random.default_rng(3), size=1.0)
    for name in ("PIP3", "DIP3", "TIP3", "MCP2", "IP1", "CMC4"):
        assert np.hypot(*(hand.landmarks[index_of[name], :2] - form.points[index_of[name]])) < 2.0
    assert len(hand.landmarks) == len(LANDMARKS)


def test_finer_surfaces_are_the_same_hand() -> None:
    scene = sick_scene()
    coarse, fine = scene.hand(), scene.hand(2.0)
    assert np.linalg.norm(coarse.landmarks - fine.landmarks, axis=1).max() < 0.8
    assert len(fine.bones["PP3"].outer) > 3 * len(coarse.bones["PP3"].outer)


def test_a_resorbed_phalanx_has_the_length_that_remains() -> None:
    hand = sick_scene().hand()
    for digit, stage in STAGES.items():
        expected = (1.0 - stage.lost) * hand.intact_distal_length_mm[digit]
        assert hand.distal_length_mm[digit] == pytest.approx(expected, rel=0.02)


def test_rotations_keep_lengths() -> None:
    turn = rotation_about(np.array([1.0, 2.0, 3.0]), 40.0)
    assert turn @ turn.T == pytest.approx(np.eye(3))
    assert np.linalg.det(turn) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_heads_of_phalanges_end_at_their_landmarks(seed: int) -> None:
    """The first mode of variation changes the length of the surfaces, and must not change that of the posed bones."""
    form = sample_form(np.random.default_rng(seed), flexion_probability=0.0)
    hand = pose_hand(form, np.random.default_rng(seed), size=1.0)
    for code in ("PP2", "MP3", "PP5", "MP5"):
        bone = hand.bones[code]
        axis = (bone.head - bone.base) / np.linalg.norm(bone.head - bone.base)
        assert (bone.outer @ axis).max() - bone.head @ axis == pytest.approx(0.0, abs=0.8)
