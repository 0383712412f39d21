"""Examples for the second look, and that it learns from them."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch (extra train)")
pytest.importorskip("cv2", reason="training needs opencv (extra train)")

import torch

from sclerograph.networks.crops import Pose
from sclerograph.networks.maps import Crop
from sclerograph.networks.marks import MARK_CHANNELS, MARK_PATCH
from sclerograph.training.calcium_cases import Case
from sclerograph.training.calcium_eye import Seen
from sclerograph.training.export import NetworkName, export
from sclerograph.training.loop import Schedule, train
from sclerograph.training.second_look_examples import EXAMPLE_SIDE, Examples, examples_of
from sclerograph.training.second_look_net import SecondLookNet
from sclerograph.training.train_second_look import SecondLookSource, second_look_losses

_CROP = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), 120, 100, 0.25)


def _examples(count: int = 40) -> Examples:
    """Calcium is brighter in the middle than what is not."""
    rng = np.random.default_rng(0)
    patches = rng.normal(0.0, 0.1, (count, len(MARK_CHANNELS), EXAMPLE_SIDE, EXAMPLE_SIDE)).astype(np.float16)
    calcium = (np.arange(count) % 2).astype(np.uint8)
    middle = slice(EXAMPLE_SIDE // 2 - 6, EXAMPLE_SIDE // 2 + 6)
    patches[:, MARK_CHANNELS.index("mark")] = -1.0
    patches[:, MARK_CHANNELS.index("mark"), middle, middle] = 1.0
    patches[calcium == 1, 0, middle, middle] += 1.0
    return Examples(patches, calcium, np.arange(count, dtype=np.int32))


def test_examples_are_right_wrong_or_left_out() -> None:
    calcium = np.full((120, 100), 0.01, np.float32)
    truth, unseen = np.zeros((120, 100), bool), np.zeros((120, 100), bool)
    for top, mask in ((10, truth), (50, unseen), (90, None)):
        calcium[top : top + 6, 20:26] = 0.9
        if mask is not None:
            mask[top : top + 6, 20:26] = True
    seen = Seen(_CROP, np.zeros((4, 120, 100), np.float32), calcium, np.zeros_like(calcium))
    patches, right = examples_of(Case(seen, Pose(0.0, 4.0, (0.0, 0.0)), truth, unseen))
    assert patches.shape == (2, len(MARK_CHANNELS), EXAMPLE_SIDE, EXAMPLE_SIDE)
    assert right.tolist() == [True, False]


def test_a_batch_holds_as_many_of_both() -> None:
    batch = SecondLookSource(_examples(), batch_size=16).batch(3, 0.1)
    assert batch["patch"].shape == (16, len(MARK_CHANNELS), MARK_PATCH, MARK_PATCH)
    assert batch["calcium"].sum() == 8
    again = SecondLookSource(_examples(), batch_size=16).batch(3, 0.9)
    assert np.array_equal(batch["patch"], again["patch"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_learns_and_is_exported(tmp_path: Path) -> None:
    torch.manual_seed(0)
    source = SecondLookSource(_examples(), batch_size=16)
    checkpoint = train(
        SecondLookNet(),
        source,
        second_look_losses,
        Schedule(steps=40, average_over_steps=5),
        tmp_path,
        threads=1,
        workers=0,
        progress_of=lambda _: None,
    )
    assert export(NetworkName.SECOND_LOOK, [checkpoint], tmp_path / "second_look.onnx") < 2e-3

    import onnxruntime

    session = onnxruntime.InferenceSession(str(tmp_path / "second_look.onnx"), providers=["CPUExecutionProvider"])
    batch = source.batch(1000, 1.0)
    (answers,) = session.run(None, {"image": batch["patch"]})
    assert ((answers > 0) == (batch["calcium"] > 0.5)).mean() > 0.9
