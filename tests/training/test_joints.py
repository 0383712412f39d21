"""Examples for the joint network, and that it learns from them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (extra train)")
pytest.importorskip("cv2", reason="training needs opencv (extra train)")

from sclerograph.anatomy.joint_frame import SPACE_JOINTS, JointFrame
from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import hand_shape
from sclerograph.networks.joint_crops import JOINT_COLUMNS, JOINT_KINDS, JOINT_ROWS
from sclerograph.training.export import NetworkName
from sclerograph.training.joint_examples import JointExample, joint_examples_of
from sclerograph.training.lesion_film import TrueSpace
from sclerograph.training.strip_net import joint_net
from sclerograph.training.train_joints import JointSource, joint_losses

from .strip_learning import learn_and_export

MM = 0.2


def _film(spaces: dict[str, TrueSpace]) -> Any:
    marks = np.ones((37, 3), np.float32)
    marks[:, :2] = Pose(0.0, 4.0, (500.0, 620.0)).map_to_film(hand_shape().mean_mm)
    image = np.random.default_rng(0).integers(0, 50_000, (1200, 1000)).astype(np.uint16)
    return SimpleNamespace(image=image, landmarks=marks, mm_per_pixel=MM, spaces=spaces)


def _bars(count: int) -> list[JointExample]:
    """Two bright bones with a dark space between them, as wide as the example says."""
    examples = []
    for i in range(count):
        unit = 6.0
        width = 0.4 + 1.6 * ((7 * i) % count) / count
        grey = np.full((220, 220), 3000, np.uint16)
        half = round(width * unit / 2)
        grey[110 - half : 110 + half] = 500
        frame = JointFrame(np.array([110.0, 110.0]), np.array([0.0, -1.0]), unit)
        examples.append(JointExample("PIP3", grey, frame, unit, 2.0 * half, 2.0 * half, fused=False, seen=True))
    return examples


def test_each_joint_of_a_film_is_an_example_with_its_width_in_pixels() -> None:
    spaces = {"PIP3": TrueSpace(0.8, 0.6, 0.0, fused=False), "DIP3": TrueSpace(-0.3, -0.4, 0.5, fused=True)}
    examples = {each.code: each for each in joint_examples_of(_film(spaces))}
    assert set(examples) == set(SPACE_JOINTS)
    assert examples["PIP3"].width_px == pytest.approx(0.8 / MM)
    assert examples["PIP3"].seen
    assert not examples["PIP3"].fused
    assert examples["DIP3"].fused
    assert np.isnan(examples["DIP3"].width_px)
    assert not examples["MCP3"].seen
    assert np.isnan(examples["MCP3"].width_px)
    origin = examples["PIP3"].frame.origin.round().astype(int)
    assert 0 <= origin[1] < examples["PIP3"].grey.shape[0]


def test_a_batch_depends_on_its_step_alone() -> None:
    source = JointSource(_bars(8), batch_size=6)
    batch, again = source.batch(4, 0.0), source.batch(4, 1.0)
    assert batch["square"].shape == (6, 2 + len(JOINT_KINDS), JOINT_ROWS, JOINT_COLUMNS)
    for name, values in batch.items():
        np.testing.assert_array_equal(values, again[name])
    assert ((batch["width"] > 0.2) & (batch["width"] < 3.0)).all()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_widths_are_learnt_and_exported_in_half_the_size(tmp_path: Path) -> None:
    source = JointSource(_bars(24), batch_size=16)
    log = learn_and_export(NetworkName.JOINTS, joint_net, source, joint_losses, tmp_path)
    assert log["mean"] < 1.0
